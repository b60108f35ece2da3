"""Pictures: no label overlaps on a 390-point screen, places stay, crowds fold, and the same in words."""

import csv
import io
from datetime import date
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.document import draft_sheet
from policies.graph import Link, Neighbourhood, Node, Part, PolicyMap, neighbourhood, part_of_policy
from policies.graph.ladder import ladder
from policies.graph.layout import FONT, LINE, ROW_STEP, WIDTH, Band, Item, Layout, arrange, text_width, wrap
from policies.graph.listing import COLUMNS, as_csv, in_words
from policies.graph.picture import MOST, Picture, echarts, picture_of, picture_of_ladder
from policies.graph.svg import svg
from policies.loader import load_library
from tests.unit.policies.document.plans import MADE_UP, REAL, read_plan
from tests.unit.policies.graph.random_maps import parts_lists

SCREEN = 390
DAY = date(2026, 5, 1)
LABELS = st.text(st.sampled_from("高新技术企业认定（示例）〔2026〕1号ABC mW“”%"), min_size=1, max_size=40)
BANDS = st.lists(
    st.tuples(st.sampled_from((1, 2, 3, 4)), st.lists(LABELS, max_size=14)), min_size=1, max_size=5
).map(
    lambda bands: [
        Band(f"组{n}", columns, tuple(Item(f"{n}-{i}", label) for i, label in enumerate(labels)))
        for n, (columns, labels) in enumerate(bands)
    ]
)


def assert_readable(layout: Layout) -> None:
    """Boxes lie apart and on the screen, and every line of text within its box."""
    assert layout.width <= SCREEN
    for box in layout.boxes:
        assert box.width / 2 <= box.x <= SCREEN - box.width / 2
        assert box.height / 2 <= box.y <= layout.height - box.height / 2
        assert max(text_width(line) for line in box.lines) <= box.width
        assert len(box.lines) * LINE <= box.height
    for one, other in combinations(layout.boxes, 2):
        apart_x = abs(one.x - other.x) >= (one.width + other.width) / 2
        assert apart_x or abs(one.y - other.y) >= (one.height + other.height) / 2, (one, other)
    for heading in layout.headings:
        for box in layout.boxes:
            assert abs(box.y - (heading.y - FONT / 2)) >= (box.height + FONT) / 2


@given(BANDS)
def test_labels_never_overlap_at_zoom_one(bands: list[Band]) -> None:
    assert_readable(arrange(bands, []))


@given(BANDS, st.data())
def test_places_stay_when_something_comes_or_goes(bands: list[Band], data: st.DataObject) -> None:
    items = [item.id for band in bands for item in band.items]
    links = (
        data.draw(st.lists(st.tuples(st.sampled_from(items), st.sampled_from(items)), max_size=9))
        if items
        else []
    )
    before = arrange(bands, links)
    number = data.draw(st.integers(0, len(bands) - 1))
    grown = Band(bands[number].heading, bands[number].columns, (Item("new", "新来的"), *bands[number].items))
    after = arrange([*bands[:number], grown, *bands[number + 1 :]], links, before.slots)
    assert_readable(after)
    moved = {box.id: box for box in after.boxes}
    for box in before.boxes:
        assert moved[box.id].x == box.x
        assert 0 <= moved[box.id].y - box.y <= ROW_STEP + 24  # a row, or a band that was not there before
    again = arrange(bands, links, after.slots)
    elsewhere = {box.id for box in after.boxes if box.id != "new"}
    stayed = sum(again.slots[box] == after.slots[box] for box in elsewhere)
    assert stayed >= len(elsewhere) - 1


@given(BANDS, st.randoms())
def test_the_order_of_things_does_not_matter(bands: list[Band], chance) -> None:
    turned = [Band(b.heading, b.columns, tuple(chance.sample(b.items, len(b.items)))) for b in bands]
    assert set(arrange(bands, []).boxes) == set(arrange(turned, []).boxes)


@pytest.mark.parametrize(
    ("label", "lines"),
    [
        ("区科经委", ("区科经委",)),
        ("市经济信息化委员会", ("市经济信息", "化委员会")),
        ("示例〔2026〕1号文", ("示例〔2026〕", "1号文")),
        ("第一行很长很长很长\n第二行", ("第一行很长很…", "第二行")),
    ],
)
def test_labels_break_evenly_and_not_at_brackets_or_in_numbers(label: str, lines: tuple[str, ...]) -> None:
    assert wrap(label, 7 * FONT) == lines


@pytest.fixture(scope="module")
def library() -> PolicyMap:
    sheets, _ = load_library()
    return PolicyMap(part_of_policy(sheet, {}) for sheet in sheets)


@pytest.mark.parametrize("path", [MADE_UP, REAL], ids=["made-up", "real"])
def test_the_plan_fits_the_phone_with_its_tasks_folded(path: Path) -> None:
    sheet = draft_sheet(read_plan(path))
    there = PolicyMap([part_of_policy(sheet, {})])
    picture = picture_of(neighbourhood(there, f"policy:{sheet.slug}", 2, limit=400), DAY)
    assert_readable(picture.layout)
    assert len(picture.spots) <= MOST
    (folded,) = [spot for spot in picture.spots if spot.folded]
    assert (folded.group, folded.folded, folded.label) == ("row", 69, "任务 69 项")
    assert sum(spot.group == "measure" for spot in picture.spots) == 22
    assert ("department:kejingwei", "fold:row") in {(line.source, line.target) for line in picture.lines}
    assert not any(
        line.in_force
        for line in picture_of(neighbourhood(there, f"policy:{sheet.slug}", 2), date(2035, 1, 1)).lines
    )


def test_every_view_of_the_library_is_readable(library: PolicyMap) -> None:
    for node in library.nodes():
        for depth in (1, 2):
            picture = picture_of(neighbourhood(library, node.id, depth, limit=400), DAY)
            assert_readable(picture.layout)
            assert len(picture.spots) <= MOST
            ElementTree.fromstring(svg(picture))
    for day in (date(2026, 3, 31), date(2026, 4, 1)):
        assert_readable(picture_of_ladder(ladder(library, day), "成长阶梯").layout)


def test_higher_rungs_stand_higher(library: PolicyMap) -> None:
    rungs = ladder(library, DAY)
    places = {box.id: box.y for box in picture_of_ladder(rungs, "成长阶梯").layout.boxes}
    for rung in rungs:
        for step in rung.steps:
            assert places[rung.title.id] <= places[step.below.id]


def crowd(count: int) -> Neighbourhood:
    centre = Node.of("help", "h", "研发费用归集")
    nodes = tuple(Node.of("condition", f"p/{n}", f"条件{n}") for n in range(count))
    links = tuple(Link("needs_help", node.id, centre.id) for node in nodes)
    return neighbourhood(PolicyMap([Part("policy:p", (centre, *nodes), links)]), centre.id, limit=100)


def test_a_crowd_of_one_kind_shows_its_first_and_counts_the_rest() -> None:
    picture = picture_of(crowd(200), DAY)
    assert len(picture.spots) == MOST
    (fold,) = [spot for spot in picture.spots if spot.folded]
    assert (fold.label, fold.folded) == ("另有条件 142 项", 142)
    assert len(picture_of(crowd(59), DAY).spots) == 60
    assert not any(spot.folded for spot in picture_of(crowd(59), DAY).spots)


def test_what_lies_farther_folds_first() -> None:
    centre = Node.of("policy", "p", "示例")
    near = tuple(Node.of("measure", f"p#m{n}", f"措施{n}") for n in range(30))
    far = tuple(Node.of("row", f"p#r{n}", f"任务{n}") for n in range(20))
    farther = tuple(Node.of("measure", f"q#m{n}", f"他项{n}") for n in range(15))
    links = [Link("contains", centre.id, node.id) for node in near]
    links += [Link("implements", node.id, near[0].id) for node in (*far, *farther)]
    there = PolicyMap([Part("policy:p", (centre, *near, *far, *farther), tuple(links))])
    spots = picture_of(neighbourhood(there, centre.id, 2, limit=400), DAY).spots
    assert {spot.label for spot in spots if spot.folded} == {"任务 20 项"}
    assert sum(spot.group == "measure" for spot in spots) == 45
    spots = picture_of(neighbourhood(there, centre.id, 2, limit=400), DAY, most=40).spots
    assert {spot.label for spot in spots if spot.folded} == {"任务 20 项", "另有措施 15 项"}


@settings(deadline=None)
@given(parts_lists(), st.integers(2, 8))
def test_any_map_folds_and_counts_everything_once(parts: list[Part], most: int) -> None:
    there = PolicyMap({part.owner: part for part in parts}.values())
    for node in there.nodes():
        around = neighbourhood(there, node.id, 2)
        kinds = {found.kind for found in around.nodes}
        picture = picture_of(around, DAY, most=max(most, len(kinds) + 1))
        assert sum(spot.folded or 1 for spot in picture.spots) == len(around.nodes)
        assert len(picture.spots) <= max(most, len(kinds) + 1)
        assert_readable(picture.layout)


def hostile() -> Picture:
    centre = Node.of("policy", "p", '<script>alert("1")</script> & “示例”')
    other = Node.of("policy", 'q"><x', "=1+1")
    part = Part("policy:p", (centre, other), (Link("cites", centre.id, other.id, anchor="@第一条"),))
    return picture_of(neighbourhood(PolicyMap([part]), centre.id), DAY)


def test_svg_is_well_formed_says_what_it_shows_and_lets_no_label_become_markup() -> None:
    root = ElementTree.fromstring(svg(hostile()))
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert names == {"svg", "title", "desc", "rect", "path", "g", "text", "tspan"}
    assert root.attrib["role"] == "img"
    assert "政策 2" in "".join(root.itertext())


def test_the_data_for_echarts_has_the_places_of_the_picture() -> None:
    picture = picture_of(crowd(5), DAY)
    data = echarts(picture)
    assert {(node["id"], node["x"], node["y"]) for node in data["nodes"]} == {
        (box.id, box.x, box.y) for box in picture.layout.boxes
    }
    assert data["width"] == WIDTH
    assert [category["name"] for category in data["categories"]] == ["条件", "帮助"]
    assert {link["value"] for link in data["links"]} == {"可获帮助"}


def test_the_same_in_words_names_every_thing_and_every_link_once(library: PolicyMap) -> None:
    around = neighbourhood(library, "policy:zhuanjingtexin", 1, on=date(2026, 4, 1))
    sections = in_words(around)
    assert [section.node for section in sections] == list(around.nodes)
    assert sum(len(section.lines) for section in sections[1:]) == len(around.links)
    words = "\n".join(line for section in sections for line in section.lines)
    assert "授予它的：专精特新中小企业认定" in words
    assert "2026-04-01起" in words
    counted = in_words(crowd(200))[0].lines
    assert counted == ("条件 200 项", "其中 101 项没有列出")


def test_the_table_opens_in_a_spreadsheet_and_no_cell_is_a_formula() -> None:
    nodes = [Node.of("policy", "p", "=cmd()"), Node.of("title", "t", "示例,资质")]
    link = Link(
        "grants_title", "policy:p", "title:t", date(2026, 1, 1), anchor="@x", found_by="document", mark="P"
    )
    text = as_csv(nodes, [link])
    assert text.startswith("\ufeff")
    header, row = csv.reader(io.StringIO(text[1:]))
    assert tuple(header) == COLUMNS
    assert row == [
        "政策",
        "'=cmd()",
        "授予资质",
        "资质",
        "示例,资质",
        "2026-01-01",
        "",
        "'@x",
        "读自原文",
        "P",
    ]
