"""Original and reading side by side: every value that was read, with its place in the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

from policies.document import Document, Found, Line, PlannedTarget, Remark, Section, Span, Unit

_HEAD = {
    "number": "文号",
    "issuers": "发文机关",
    "title": "标题",
    "signed": "成文日期",
    "printed": "印发日期",
    "published": "发布日期",
    "effective": "施行日期",
    "expires": "有效期至",
    "openness": "公开属性",
    "index": "索引号",
    "stage": "阶段",
}


@dataclass(frozen=True)
class ReadValue:
    """One value: where it goes (`path`), what it is, how and where it is written, whether it is sure."""

    path: str
    label: str
    value: str
    written: str
    line: int
    span: Span | None
    sure: bool


@dataclass(frozen=True)
class Review:
    """All a person needs to check a reading against its original."""

    filename: str
    lines: Sequence[Line]
    outline: Sequence[Section]
    values: Sequence[ReadValue]
    remarks: Sequence[Remark]
    unread: Sequence[int]


def review_of(document: Document, remarks: Sequence[Remark]) -> Review:
    """The review of a reading; `remarks` is the check list."""
    values = sorted(_values(document), key=lambda value: (value.line, value.span or (0, 0)))
    return Review(document.name, document.lines, document.outline, values, remarks, document.unread)


def _values(document: Document) -> Iterator[ReadValue]:
    yield from _head(document)
    for item in document.provisions:
        for role, units in (("lead", item.lead), ("support", item.support)):
            yield from (_unit(f"clauses.{item.anchor}.{role}", unit) for unit in units)
        yield from (_target(f"clauses.{item.anchor}.targets", target) for target in item.targets)
    for part in document.duties:
        for role, units in (("lead", part.lead), ("support", part.support)):
            yield from (_unit(f"clauses.{part.anchor}.{role}", unit) for unit in units)
    for row in document.rows:
        yield from (_unit(f"tasks.{row.anchor}.units", unit) for unit in row.units)
        yield from (_target(f"tasks.{row.anchor}.targets", target) for target in row.targets)
    yield from (_target("goals", goal) for goal in document.goals)
    for amount in document.amounts:
        what = f"{amount.percent:g}%" if amount.yuan is None else f"{amount.yuan}元"
        label = {"support": "支持金额", "threshold": "条件金额", "other": "金额"}[amount.role]
        value = f"最高{what}" if amount.cap else what
        yield ReadValue("amounts", label, value, amount.written, amount.line, amount.span, amount.sure)
    for period in document.periods:
        value = f"{period.first or ''}..{period.last or ''}"
        written = period.written
        yield ReadValue(
            f"periods.{period.kind}", "时限", value, written, period.line, period.span, period.sure
        )
    for citation in document.citations:
        place = (citation.line, citation.span, citation.sure)
        yield ReadValue(f"relations.{citation.kind}", "引用文件", citation.target, citation.written, *place)
    for term in document.terms:
        place = (term.line, term.span, term.sure)
        yield ReadValue(f"terms.{term.words}", "词条", term.label, term.written, *place)


def _head(document: Document) -> Iterator[ReadValue]:
    for field in fields(document.head):
        held = getattr(document.head, field.name)
        for found in held if isinstance(held, tuple) else (held,):
            if isinstance(found, Found) and found.line:
                label = _HEAD[field.name]
                written = found.written or str(found.value)
                yield ReadValue(
                    field.name, label, str(found.value), written, found.line, found.span, found.sure
                )


def _unit(path: str, unit: Unit) -> ReadValue:
    return ReadValue(path, "责任单位", unit.label, unit.written, unit.line, unit.span, unit.sure)


def _target(path: str, target: PlannedTarget) -> ReadValue:
    value = f"{target.quantity}{'' if target.upto is None else f'-{target.upto}'}{target.unit}"
    return ReadValue(path, "目标", value, target.text, target.line, target.span, target.sure)
