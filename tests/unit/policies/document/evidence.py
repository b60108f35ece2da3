"""Every value that was read stands in the text where it says it stands."""

from __future__ import annotations

import re

from policies.document import Document, Found, PlannedTarget, Span
from policies.document.headings import bare
from policies.document.places import _LEFT_OUT
from policies.document.quantities import chinese_number


def check_evidence(document: Document) -> None:
    """Fails on the first value the text does not hold."""
    texts = {line.number: line.text for line in document.lines}

    def at(line: int, span: Span | None) -> str:
        assert span is not None and 0 <= span[0] < span[1] <= len(texts[line])
        return texts[line][slice(*span)]

    _check_head(document, at)
    for item in (*document.provisions, *document.duties, *document.rows):
        text = _between(document, item.first, item.last)
        for unit in item.units if hasattr(item, "units") else (*item.lead, *item.support):
            written = _plain(unit.written)
            assert written in text or not unit.sure
            assert item.first <= unit.line <= item.last
            assert (
                not unit.sure
                or unit.id is None
                or unit.label.removeprefix("区") in written
                or written in unit.label
            )
        for target in getattr(item, "targets", ()):
            assert item.first <= target.line <= item.last
            _check_target(target, at)
    for goal in document.goals:
        _check_target(goal, at)
    for amount in document.amounts:
        assert at(amount.line, amount.span) == amount.written
        _check_number(amount.percent if amount.yuan is None else amount.yuan, amount.written)
    for period in document.periods:
        assert at(period.line, period.span).strip() == period.written
        for day in (period.first, period.last):
            assert day is None or _day_in(str(day), period.written)
    for citation in document.citations:
        written = at(citation.line, citation.span)
        assert written == citation.written
        assert citation.title in written
        whole = "".join(texts.values())
        assert all(part.lstrip("0") in whole for part in re.findall(r"\d+", citation.target))
    for term in document.terms:
        assert at(term.line, term.span) == term.written
        assert term.count >= 1


def _check_head(document: Document, at) -> None:
    head = document.head
    dates = (head.signed, head.printed, head.published)
    sure = [found for found in (head.effective, head.expires) if found and found.sure]
    for found in (*dates, *sure):
        if found:
            assert _day_in(str(found.value), _plain(at(found.line, found.span)))
    for found in (head.number, head.title, head.openness, head.index, *head.issuers):
        if found:
            _check_written(found, at)
    if head.number:
        digits = [str(int(part)) for part in re.findall(r"\d+", head.number.value)]
        there = "".join(str(int(part)) for part in re.findall(r"\d+", head.number.written))
        assert "".join(digits) in there


def _check_written(found: Found[str], at) -> None:
    # A title may be set in two lines: its place is where it begins.
    shown = _plain(at(found.line, found.span))
    assert shown and _plain(found.written).startswith(shown)


def _check_target(target: PlannedTarget, at) -> None:
    # Its words may go on in the next line or round a cell.
    assert _plain(target.text).startswith(_plain(at(target.line, target.span)))
    _check_number(target.quantity, target.text)


def _check_number(quantity: float | None, text: str) -> None:
    found = {
        float(part.replace(",", "").replace("，", "")) for part in re.findall(r"\d[\d,，]*(?:\.\d+)?", text)
    }
    found |= {
        float(chinese_number(part) or 0) for part in re.findall("[〇零一二两三四五六七八九十百千]+", text)
    }
    found |= {float(part) for part in re.findall(r"\d+(?:\.\d+)?", text)}
    assert any(abs(quantity - value * scale) < 0.01 * scale for value in found for scale in (1, 1e4, 1e8))


def _day_in(day: str, text: str) -> bool:
    """Whether the last parts of a day stand in the text, in digits or in Chinese."""
    digits = [int(part) for part in re.findall(r"\d+", text)]
    if not digits:
        return bool(re.search("[一二三四五六七八九十]日", text))
    return all(int(part) in digits for part in day.split("-"))


def _between(document: Document, first: int, last: int) -> str:
    lines = (bare(line.text) for line in document.lines if first <= line.number <= last)
    return _plain("".join(lines))


def _plain(text: str) -> str:
    return _LEFT_OUT.sub("", text)
