"""Both plans, value by value."""

from collections import Counter
from datetime import date

import pytest

from policies.document import check_list, draft_sheet
from policies.sheet import parse_sheet, render_sheet
from tests.unit.policies.document.plans import MADE_UP, REAL, read_plan

ALL = "自贸区各管理局 度假区管委会 相关镇"
TWO = "自贸区各管理局 度假区管委会"
# Lead and supporting departments of the 19 measures and 3 safeguards, by full name.
DUTIES = {
    "m1": ("区审改办 区市场监管局 区科经委", f"区国资委 {ALL}"),
    "m2": ("区科经委", TWO),
    "m3": ("区商务委 区国资委 区科经委", ALL),
    "m4": ("区科经委", ALL),
    "m5": ("区科经委", f"区商务委 区市场监管局 区知识产权局 {ALL}"),
    "m6": ("区发改委 区科经委", f"区市场监管局 {ALL}"),
    "m7": ("区科经委", f"区知识产权局 {ALL}"),
    "m8": ("区科经委", f"区知识产权局 区税务局 {ALL}"),
    "m9": ("区科经委", ALL),
    "m10": ("区科经委", ALL),
    "m11": ("区科经委 区财政局 区税务局", TWO),
    "m12": ("区知识产权局", f"区科经委 {ALL}"),
    "m13": ("区科经委", f"区人社局 区科协 {ALL}"),
    "m14": ("区科经委", f"区商务委 {TWO}"),
    "m15": ("区金融局", "区国资委 区科经委 区财政局"),
    "m16": ("区科经委", ALL),
    "m17": ("区委组织部 区人社局", f"区建交委 区卫健委 区教育局 {TWO}"),
    "m18": ("区规划资源局", f"区科经委 区国资委 {TWO}"),
    "m19": ("区科经委", f"区发改委 区财政局 区商务委 区人社局 区市场监管局 区金融局 {TWO}"),
    "s1": ("区科经委", f"区财政局 区商务委 区人社局 区市场监管局 {ALL}"),
    "s2": ("区科经委", ALL),
    "s3": ("区科经委", f"区委宣传部 {ALL}"),
}
# Units of the 69 rows; "?" marks a proposal for a name that is cut or misprinted.
CUT_ALL = "区科经委 自贸区各管理局 度假区管委会? 相关镇"
CUT_TWO = "区科经委 自贸区各管理局 度假区管委会?"
MARKET = "区科经委 区市场监管局 自贸区各管理局? 度假区管委会"
BANK_CUT = "区金融局 区科经委 区财政局?"
UNITS = {
    "区科经委": (1, 5, 6, 8, 36, 52, 63, 66),
    CUT_ALL: (9, 10, *range(14, 18), 19, 22, 25, 26, 28, 29, *range(30, 34), 53, 67, 68),
    CUT_TWO: (7, 41, 43, 45, 64),
    MARKET: (18, 20, 23),
    BANK_CUT: (47, 49, 50, 51),
    "区科经委 区国资委 自贸区各管理局? 度假区管委会 相关镇?": (2,),
    "区市场监管局": (3,),
    "区审改办": (4,),
    "区商务委 区国资委 区科经委 自贸区各管理局 度假区管委会": (11,),
    "区商务委 自贸区各管理局 度假区管委会? 相关镇": (12,),
    "区商务委": (13,),
    f"区科经委 区商务委 区知识产权局 {ALL}": (21,),
    "区科经委 区知识产权局 自贸区各管理局? 度假区管委会": (24,),
    "区科经委 区知识产权局": (27,),
    "区税务局 区财政局": (34,),
    "区科经委 区财政局": (35, 37, 62),
    "区知识产权局 自贸区各管理局? 度假区管委会? 相关镇?": (38,),
    "区知识产权局": (39, 40),
    "区科经委 区人社局 区科协 自贸区各管理局? 度假区管委会?": (42,),
    "区科经委 区商务委": (44,),
    "区金融局 区国资委 区科经委": (46,),
    "区金融局 区科经委 区财政局": (48,),
    "区委组织部 区人社局?": (54,),
    "区人社局": (55,),
    "区建交委 区卫健委 区教育局 自贸区各管理局 度假区管委会?": (56,),
    "区科经委 区规划资源局?": (57, 58, 59),
    "区国资委": (60,),
    "区科经委 区发改委? 区财政局 区人社局 区市场监管局 区金融局? 自贸区各管理局? 度假区管委会": (61,),
    "区科经委 区财政局 区商务委 区市场监管局 自贸区各管理局 度假区管委会? 相关镇": (65,),
    "区科经委 区委宣传部 自贸区各管理局? 度假区管委会": (69,),
}
ROWS_PER_CLAUSE = [4, 4, 5, 4, 4, 2, 3, 3, 2, 2, 4, 3, 3, 2, 6, 2, 3, 4, 3, 2, 2, 2]
# place, quantity, unit, comparator, year, per
REAL_TARGETS = [
    ("goal", 2000, "家", "more_than", 2025, "year"),
    ("goal", 750, "家", "more_than", 2025, "total"),
    ("goal", 2500, "家", "more_than", 2025, "total"),
    ("goal", 60, "家", "more_than", 2025, "total"),
    ("m1", 20000, "户", "at_least", None, "year"),
    ("m1", 30, "%", "at_least", None, "year"),
    ("m3", 100, "家", "at_least", None, "year"),
    ("m12", 85, "件", "about", 2025, "total"),
    ("m18", 10_000_000, "平方米", "at_least", None, None),
    ("r3", 100, "%", None, None, None),
    ("r3", 20000, "户", "at_least", None, "year"),
    ("r3", 30, "%", "at_least", None, "year"),
    ("r4", 22, "个", "at_least", 2025, "total"),
    ("r11", 100, "家", "at_least", None, "year"),
    ("r12", 200, "个", "at_least", None, "year"),
    ("r12", 20, "个", "at_least", None, "year"),
    ("r13", 20, "场", "at_least", None, "year"),
    ("r39", 85, "件", "about", 2025, "total"),
    ("r48", 30, "家", "more_than", None, "year"),
    ("r51", 60, "家", "more_than", 2025, "total"),
    ("r60", 10_000_000, "平方米", "at_least", None, None),
]
MADE_UP_QUANTITIES = [
    *(300, 80, 200, 9, 5000, 25, 40, 40, 2_000_000, 100, 5000, 25, 12, 40, 60, 8, 6, 40, 5, 9, 2_000_000),
]
MADE_UP_TARGETS = [
    (place, quantity, unit, comparator, year and 2028, per)
    for (place, _, unit, comparator, year, per), quantity in zip(
        REAL_TARGETS, MADE_UP_QUANTITIES, strict=True
    )
]


@pytest.fixture(params=[MADE_UP, REAL], ids=["made-up", "real"])
def plan(request):
    return read_plan(request.param)


@pytest.mark.parametrize(
    ("path", "number", "issuer", "title", "signed", "printed"),
    [
        (
            MADE_UP,
            "示科经委〔2026〕8号",
            "示例市示例区科技和经济委员会",
            "示例区高新技术企业成长三年行动计划（2026-2028年）",
            date(2026, 3, 3),
            date(2026, 3, 4),
        ),
        (
            REAL,
            "浦科经委〔2023〕68号",
            "上海市浦东新区科技和经济委员会",
            "浦东新区高新技术企业培育三年行动计划（2023-2025年）",
            date(2023, 5, 8),
            date(2023, 5, 9),
        ),
    ],
    ids=["made-up", "real"],
)
def test_the_head(path, number, issuer, title, signed, printed) -> None:
    head = read_plan(path).head
    assert (head.number.value, head.number.line, head.number.sure) == (number, 5, True)
    assert [found.value for found in head.issuers] == [issuer]
    assert (head.title.value, head.title.line) == (title, 9)
    assert (head.signed.value, head.printed.value) == (signed, printed)
    assert (head.openness.value, head.stage.value) == ("主动公开", "final")
    assert head.effective is None and head.expires is None


def test_measures_and_safeguards_with_their_departments(plan) -> None:
    read = {
        item.anchor: (" ".join(u.label for u in item.lead), " ".join(u.label for u in item.support))
        for item in plan.provisions
    }
    assert read == DUTIES
    assert all(unit.sure and unit.id for item in plan.provisions for unit in (*item.lead, *item.support))
    assert len({item.group for item in plan.of_kind("measure")}) == 4
    assert {item.group for item in plan.of_kind("safeguard")} == {"保障措施"}


def test_no_duty_and_no_mark_is_left_in_the_words(plan) -> None:
    for item in plan.provisions:
        assert item.text.endswith("。") and not set("*#<") & set(item.text + item.title), item.anchor
        assert "牵头" not in item.text.removeprefix("建立区分管领导牵头").removeprefix("由区分管领导牵头")


def test_rows_by_position_with_number_topic_measure_and_units(plan) -> None:
    expected = {row: units for units, rows in UNITS.items() for row in rows}
    read = {
        row.position: " ".join(unit.label + "?" * (not unit.sure) for unit in row.units) for row in plan.rows
    }
    assert read == expected
    assert [row.anchor for row in plan.rows] == [f"r{n}" for n in range(1, 70)]
    assert [row.number for row in plan.rows] == [str(20 if n == 21 else n) for n in range(1, 70)]
    anchors = list(DUTIES)
    assert [row.measure for row in plan.rows] == [
        anchor for anchor, count in zip(anchors, ROWS_PER_CLAUSE, strict=True) for _ in range(count)
    ]
    assert all(row.topic and row.group and not set("<*#\t") & set(row.text) for row in plan.rows)


def test_rows_split_over_lines_are_joined(plan) -> None:
    assert [row.position for row in plan.rows if row.last > row.first] == [23, 34, 49, 60]
    assert all(row.text.endswith("。") for row in plan.rows if row.last > row.first)


@pytest.mark.parametrize(
    ("path", "targets"), [(MADE_UP, MADE_UP_TARGETS), (REAL, REAL_TARGETS)], ids=["made-up", "real"]
)
def test_targets(path, targets) -> None:
    plan = read_plan(path)
    placed = [("goal", goal) for goal in plan.goals]
    placed += [(item.anchor, target) for item in (*plan.provisions, *plan.rows) for target in item.targets]
    assert [(p, t.quantity, t.unit, t.comparator, t.year, t.per) for p, t in placed] == targets
    # (60) goes on two lines further down.
    for _, target in placed:
        words = [line.text.strip() for line in plan.lines[target.line - 1 : target.line + 2]]
        assert target.text in words[0] or target.text in words[0].partition("\t")[0] + words[2]


def test_every_quirk_is_remarked_with_its_line(plan) -> None:
    shift = 2 if plan.head.signed.value.year == 2023 else 0
    assert Counter(remark.code for remark in plan.remarks) == {
        "cell_cut": 54,
        "markup": 19,
        "row_split": 4,
        "heading_marks": 3,
        "paragraph_split": 3,
        "topic_differs": 2,
        "space_in_name": 2,
        "number_repeated": 1,
        "number_missing": 1,
        "stray_word": 1,
        "name_variant": 1,
        "names_merged": 1,
        "group_renumbered": 1,
    }
    lines = {remark.code: remark.line - shift for remark in plan.remarks if remark.code != "cell_cut"}
    for code, line in (
        ("number_repeated", 140),
        ("number_missing", 141),
        ("stray_word", 187),
        ("name_variant", 191),
    ):
        assert lines[code] == line
    assert plan.unread == ()


def test_the_outline_covers_every_line_once(plan) -> None:
    assert "\n".join(plan.text_of(section) for section in plan.outline) == "\n".join(
        line.text for line in plan.lines
    )
    anchors = [section.anchor for section in plan.outline]
    assert len(set(anchors)) == len(anchors)
    assert anchors[:4] == ["head", "h1", "h1-1", "h1-2"]


def test_the_draft_carries_it_all_and_survives_writing(plan) -> None:
    sheet = draft_sheet(plan)
    year = plan.head.signed.value.year
    assert (sheet.kind, sheet.level, sheet.slug) == (
        "plan",
        "district",
        f"doc-{year}-{68 if year == 2023 else 8}",
    )
    assert (len(sheet.clauses), len(sheet.tasks)) == (22, 69)
    assert sheet.tasks[1].uncertain_units == ("自贸区各管理局", "相关镇")
    assert sheet.validity.to == date(year + 2, 12, 31) and sheet.validity.note
    assert sheet.confidence.mark == "?" and not sheet.rules
    assert parse_sheet(render_sheet(sheet)) == sheet
    assert draft_sheet(plan, slug="plan").slug == "plan"
    codes = {item.code for item in check_list(plan)}
    assert codes >= {"no_validity", "cell_cut", "number_repeated"} and "no_number" not in codes
    assert ("unknown_issuer" in codes) is (year != 2023)
