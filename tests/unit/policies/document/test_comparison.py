"""Two versions side by side."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from policies.document import compare, compare_sheets, draft_sheet, keep_anchors, read_document
from policies.document.comparison import _moved
from tests.unit.policies.document.plans import MADE_UP

TEXT = MADE_UP.read_text("utf-8")


def read(text):
    return read_document(text.split("\n"), "plan")


OLD = read(TEXT)


def test_a_document_does_not_differ_from_itself() -> None:
    assert compare(OLD, OLD) == ()


def test_a_changed_number_and_department_are_named() -> None:
    new = TEXT.replace(
        "引进成长企业不少于 40 家。（牵头部门：区商务委、国资委",
        "引进成长企业不少于 55 家。（牵头部门：区商务委",
    )
    (found,) = compare(OLD, read(new))
    assert (found.change, found.old, found.new, found.title) == ("changed", "m3", "m3", "引进成长企业")
    assert found.quantities == (("40家",), ("55家",))
    assert found.departments == ("-牵头:区国资委",)
    assert found.words == (("40", "55"),)


def test_removed_and_added_clauses() -> None:
    lines = TEXT.split("\n")
    place = next(n for n, line in enumerate(lines) if line.startswith("**10、"))
    without = "\n".join(lines[:place] + lines[place + 1 :])
    assert [(d.change, d.old, d.title) for d in compare(OLD, read(without))] == [
        ("removed", "m10", "中介机构守规范")
    ]
    assert [(d.change, d.new, d.title) for d in compare(read(without), OLD)] == [
        ("added", "m10", "中介机构守规范")
    ]


def test_a_clause_that_only_moved_is_moved() -> None:
    lines = TEXT.split("\n")
    place = next(n for n, line in enumerate(lines) if line.startswith("**13、"))
    lines[place], lines[place + 2] = (
        lines[place + 2].replace("14、", "13、"),
        lines[place].replace("13、", "14、"),
    )
    assert [(d.change, {d.old, d.new}) for d in compare(OLD, read("\n".join(lines)))] == [
        ("moved", {"m13", "m14"})
    ]


@settings(max_examples=30, deadline=None)
@given(st.permutations(range(8)))
def test_only_what_left_the_common_order_has_moved(order) -> None:
    moved = _moved(order)
    kept = [place for place, left in zip(order, moved, strict=True) if not left]
    assert kept == sorted(kept)
    longest = max(
        len(run) for size in range(9) for run in combinations(order, size) if list(run) == sorted(run)
    )
    assert len(kept) == longest


def test_a_new_year_is_seen_as_a_new_number() -> None:
    new = read(TEXT.replace("到2028年，每万人口", "到2029年，每万人口"))
    (found,) = compare(OLD, new)
    assert found.quantities == (("2028年",), ("2029年",))


def test_sheets_of_two_versions_are_compared_as_the_documents_are() -> None:
    new = read(TEXT.replace("引进成长企业不少于 40 家", "引进成长企业不少于 55 家"))
    old_sheet, new_sheet = draft_sheet(OLD), draft_sheet(new)
    assert [(d.change, d.new, d.quantities) for d in compare_sheets(old_sheet, new_sheet)] == [
        (d.change, d.new, d.quantities) for d in compare(OLD, new)
    ]


def test_anchors_survive_a_new_version() -> None:
    """A measure put in front pushes all numbers; what pointed to 引进成长企业 still does."""
    first = next(n for n, line in enumerate(TEXT.split("\n")) if line.startswith("**1、"))
    lines = TEXT.split("\n")
    for number in range(19, 0, -1):
        lines = [
            line.replace(f"**{number}、", f"**{number + 1}、", 1)
            if line.startswith(f"**{number}、")
            else line
            for line in lines
        ]
    lines.insert(first, "**1、新的举措。**开展全新的示例工作。（牵头部门：区科经委）")
    old, new = draft_sheet(OLD), draft_sheet(read("\n".join(lines)))
    assert [clause.anchor for clause in new.clauses][:3] == ["m1", "m2", "m3"]
    kept = keep_anchors(old, new, taken=["m25"])
    by_title = {clause.title: clause.anchor for clause in kept.clauses}
    assert by_title == {clause.title: clause.anchor for clause in old.clauses} | {"新的举措": "m26"}
    assert [row.anchor for row in kept.tasks] == [row.anchor for row in old.tasks]
    assert [row.measure for row in kept.tasks] == [row.measure for row in old.tasks]
    assert keep_anchors(old, old) == old
