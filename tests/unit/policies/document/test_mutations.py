"""Damaged documents: never an exception, never a value the text does not hold."""

import re
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.document import Document, Line, check_list, draft_sheet, read_document
from policies.document.headings import bare
from policies.sheet import parse_sheet, render_sheet
from tests.unit.policies.document.plans import MADE_UP

TEXT = MADE_UP.read_text("utf-8")
LINES = TEXT.split("\n")
BRACKETS = "（）()〔〕[]【】《》<>"


@st.composite
def damaged(draw) -> list[str]:
    """The made-up plan after a few blows."""
    text = TEXT
    for _ in range(draw(st.integers(1, 3))):
        blow = draw(st.sampled_from(["cut", "lose", "swap", "shuffle", "glue", "insert"]))
        place = draw(st.integers(0, max(0, len(text) - 1)))
        if blow == "cut":
            text = text[:place] if draw(st.booleans()) else text[place:]
        elif blow == "lose":
            text = text[:place] + text[place + draw(st.integers(1, 40)) :]
        elif blow == "swap":
            old, new = draw(st.sampled_from(BRACKETS)), draw(st.sampled_from(BRACKETS))
            text = text.replace(old, new)
        elif blow == "shuffle":
            lines = text.split("\n")
            draw(st.randoms()).shuffle(lines)
            text = "\n".join(lines)
        elif blow == "glue":
            text = text.replace(draw(st.sampled_from("\n\t、。：")), "")
        else:
            text = text[:place] + draw(st.text(max_size=8)) + text[place:]
    return text.split("\n")


def _around(document: Document, first: int, last: int) -> str:
    lines = (bare(line.text) for line in document.lines if first <= line.number <= last)
    return re.sub(r"\s|</?\w+>", "", "".join(lines))


def check_evidence(document: Document) -> None:
    """Every value stands in the lines it names."""
    head = document.head
    for found in (head.number, head.signed, head.printed):
        if found:
            source = re.findall(r"\d+", _around(document, found.line, found.line))
            digits = [str(int(part)) for part in re.findall(r"\d+", str(found.value))]
            assert "".join(digits) in "".join(str(int(part)) for part in source)
    for found in (head.title, head.openness, *head.issuers):
        assert found is None or re.sub(r"\s", "", found.value) in _around(document, found.line, found.line)
    for item in (*document.provisions, *document.rows):
        text = _around(document, item.first, item.last)
        units = item.units if hasattr(item, "units") else (*item.lead, *item.support)
        for unit in units:
            written = re.sub(r"\s", "", unit.written)
            assert written in text
            assert (
                not unit.sure
                or unit.id is None
                or unit.label.removeprefix("区") in written
                or written in unit.label
            )
    for target in (
        *document.goals,
        *(t for item in (*document.provisions, *document.rows) for t in item.targets),
    ):
        assert re.search(r"\d", target.text)
        assert any(
            str(target.quantity).rstrip("0") in re.sub(r"\s", "", line.text) for line in document.lines
        )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(damaged())
def test_a_damaged_plan_is_read_without_inventing(lines) -> None:
    document = read_document(lines, "坏的.txt")
    check_evidence(document)
    assert "\n".join(document.text_of(section) for section in document.outline) == "\n".join(lines)
    numbers = {line.number for line in document.lines} | {0}
    assert all(remark.line in numbers and remark.message for remark in check_list(document))
    assert {row.measure for row in document.rows} <= {item.anchor for item in document.provisions} | {""}
    sheet = draft_sheet(document)
    assert parse_sheet(render_sheet(sheet)) == sheet


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=12))
def test_any_text_is_read(lines) -> None:
    document = read_document(lines, "")
    check_evidence(document)
    assert draft_sheet(document).title


@given(st.lists(st.sampled_from(LINES), max_size=30))
def test_lines_out_of_order_keep_their_own_numbers(lines) -> None:
    document = read_document([Line(10 * n, text) for n, text in enumerate(lines, 1)], "x")
    assert {row.first % 10 for row in document.rows} <= {0}


@pytest.mark.parametrize(
    "piece", ["一", "甲", "（", "关于印发《", "〔2023", "自2023年1月1日起", "公告 ", "、", "1"]
)
def test_an_endless_line_is_read_in_bounded_time(piece) -> None:
    start = time.perf_counter()
    line = piece * (50_000 // len(piece))
    document = read_document([line, f"\t(1) {line}\t{line}"], "长")
    assert len(document.rows) == 1
    assert time.perf_counter() - start < 5


def test_nothing_at_all_is_read_as_nothing() -> None:
    document = read_document([], "空.txt")
    assert (document.provisions, document.rows, document.outline, document.unread) == ((), (), (), ())
    assert {remark.code for remark in document.remarks} == {"no_number", "no_title", "no_signed", "no_issuer"}
