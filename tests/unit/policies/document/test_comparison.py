"""Two versions side by side."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from policies.document import compare, read_document
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
