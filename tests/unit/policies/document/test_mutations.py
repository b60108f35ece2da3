"""Damaged documents: never an exception, never a value the text does not hold."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.document import Line, check_list, draft_sheet, read_document
from policies.sheet import parse_sheet, render_sheet
from tests.unit.policies.document.evidence import check_evidence
from tests.unit.policies.document.plans import MADE_UP
from tests.unit.policies.document.readings import FOLDER

TEXT = MADE_UP.read_text("utf-8")
OTHERS = [path.read_text("utf-8") for path in sorted(FOLDER.glob("*")) if path.suffix in (".txt", ".md")]
LINES = TEXT.split("\n")
BRACKETS = "（）()〔〕[]【】《》<>"


@st.composite
def damaged(draw, texts=(TEXT,)) -> list[str]:
    """A document after a few blows."""
    text = draw(st.sampled_from(texts))
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


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(damaged() | damaged(OTHERS))
def test_a_damaged_document_is_read_without_inventing(lines) -> None:
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


def test_ten_thousand_nested_headings_are_read_in_bounded_time() -> None:
    kinds = ("第{n}章 章", "{c}、部分", "（{c}）小节", "{n}. 事项", "（{n}）细目")
    lines = [kinds[n % 5].format(n=n % 90 + 1, c="一二三四五六七八九"[n % 9]) for n in range(10_000)]
    start = time.perf_counter()
    document = read_document(lines, "深")
    assert time.perf_counter() - start < 10
    anchors = [section.anchor for section in document.outline]
    assert len(anchors) == len(set(anchors)) == 10_000
    assert max(map(len, anchors)) < 80
