"""A read document as the draft of a policy sheet, and the list of what a person must check first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Literal

from policies.document.headings import bare
from policies.document.model import Document, PlannedTarget, Provision, Remark, Row, Unit
from policies.sheet import Clause, Confidence, Relation, Sheet, Target, TaskRow, Validity
from policies.vocabulary import DEPARTMENTS, find

Kind = Literal["plan", "title", "money", "tax", "platform", "listing", "service"]
Level = Literal["national", "city", "district", "area"]

_KINDS: tuple[tuple[Kind, str], ...] = (
    ("plan", "行动计划|规划|方案"),
    ("tax", "税|加计扣除"),
    ("money", "资助|资金|补贴|贴息|奖励"),
    ("title", "认定|培育管理"),
    ("listing", "上市"),
    ("platform", "平台"),
)
_LEVELS: tuple[tuple[Level, str], ...] = (
    ("area", "管理局$|管委会$|管理委员会$"),
    ("district", "区|县"),
    ("city", "市"),
    ("national", "部|国家|国务院|总局"),
)
_PERIOD = re.compile(r"[（(]\s*((?:19|20)\d\d)\s*[-—–~至]\s*((?:19|20)\d\d)\s*年?\s*[）)]")

# Stays in a sheet's confidence until a person has checked what was read.
UNCHECKED = "由原文自动读取，待核对"


def draft_sheet(document: Document, slug: str | None = None) -> Sheet:
    """The sheet of a policy as far as the document tells; rules, summary and key points are left to people.

    The slug is made of the number's year and serial (doc-2023-68) unless given.
    """
    head = document.head
    title = head.title.value if head.title else bare(document.name) or "未读到标题的文件"
    return Sheet(
        slug=slug or _slug(document),
        title=title,
        kind=_kind(title) or "service",
        level=_level(document) or "district",
        stage=head.stage.value,
        number=head.number.value if head.number else "",
        issuers=tuple(issuer.value for issuer in head.issuers),
        signed=head.signed.value if head.signed else None,
        published=head.printed.value if head.printed else None,
        validity=_validity(document, title),
        confidence=Confidence(mark="?", note=UNCHECKED),
        relations=_relations(document),
        clauses=tuple(_clause(item) for item in document.provisions),
        tasks=tuple(_task(row) for row in document.rows),
        body=_body(document),
    )


def check_list(document: Document) -> tuple[Remark, ...]:
    """What to check before publishing: missing values, unsure ones, unknown departments, unread lines."""
    head = document.head
    items = list(document.remarks)
    title = head.title.value if head.title else ""
    if not _kind(title):
        items.append(Remark(0, "kind_unsure", "不能从标题判断政策类别，请选择"))
    if not _level(document):
        items.append(Remark(0, "level_unsure", "不能从发文机关判断层级，请选择"))
    if not (head.effective or head.expires):
        items.append(Remark(0, "no_validity", "正文没有写明施行日期和有效期，请核对"))
    for value, what in ((head.number, "文号"), (head.expires, "有效期")):
        if value and not value.sure:
            items.append(Remark(value.line, "unsure_value", f"{what}“{value.value}”为推算，请核对"))
    items += [
        Remark(issuer.line, "unknown_issuer", f"发文机关“{issuer.value}”不在部门名录中")
        for issuer in head.issuers
        if find(DEPARTMENTS, issuer.value) is None
    ]
    items += [Remark(line, "unread_line", "这一行没有读懂") for line in document.unread]
    return tuple(sorted(set(items), key=lambda item: (item.line, item.code, item.message)))


def _slug(document: Document) -> str:
    number = document.head.number
    digits = re.findall(r"\d+", number.value) if number else []
    if len(digits) == 2:
        return f"doc-{digits[0]}-{digits[1]}"
    ascii_name = re.sub(r"[^a-z0-9]+", "-", document.name.lower().rsplit(".", 1)[0]).strip("-")
    return f"doc-{ascii_name}"[:63].strip("-") if ascii_name else "doc-unnumbered"


def _kind(title: str) -> Kind | None:
    return next((kind for kind, words in _KINDS if re.search(words, title)), None)


def _level(document: Document) -> Level | None:
    if not document.head.issuers:
        return None
    issuer = document.head.issuers[0].value
    entry = find(DEPARTMENTS, issuer)
    if entry and entry.group in ("national", "city", "district"):
        return entry.group  # type: ignore[return-value]
    return next((level for level, words in _LEVELS if re.search(words, issuer)), None)


def _validity(document: Document, title: str) -> Validity:
    head = document.head
    start = head.effective or head.signed
    begins = start.value if start else None
    ends = head.expires.value if head.expires else None
    note = ""
    period = _PERIOD.search(title)
    if period and not ends:
        ends, note = date(int(period[2]), 12, 31), "截止日取自标题中的年份"
    if begins and ends and ends < begins:
        return Validity(note=f"读到的起止日期颠倒：{begins} 至 {ends}")
    return Validity.model_validate({"from": begins, "to": ends, "note": note})


def _relations(document: Document) -> tuple[Relation, ...]:
    pairs = dict.fromkeys((citation.kind, citation.target) for citation in document.citations)
    return tuple(Relation(kind=kind, target=target) for kind, target in pairs)


def _clause(item: Provision) -> Clause:
    return Clause(
        anchor=item.anchor,
        title=item.title or f"第{item.number}条",
        text=item.text,
        group=item.group,
        lead=_labels(item.lead),
        support=_labels(item.support),
        targets=_targets(item.targets),
    )


def _task(row: Row) -> TaskRow:
    return TaskRow(
        anchor=row.anchor,
        position=row.position,
        number=row.number,
        topic=row.topic,
        text=row.text,
        units=_labels(unit for unit in row.units if unit.sure),
        uncertain_units=_labels(unit for unit in row.units if not unit.sure),
        measure=row.measure,
        targets=_targets(row.targets),
    )


def _labels(units: Iterable[Unit]) -> tuple[str, ...]:
    return tuple(unit.label for unit in units)


def _targets(targets: Iterable[PlannedTarget]) -> tuple[Target, ...]:
    return tuple(
        Target(
            text=target.text,
            quantity=target.quantity,
            comparator=target.comparator,
            unit=target.unit,
            year=target.year,
            per=target.per,
        )
        for target in targets
    )


def _body(document: Document) -> str:
    """The goals of the whole document, which belong to no clause."""
    if not document.goals:
        return ""
    lines = [f"- {'到' + str(goal.year) + '年，' if goal.year else ''}{goal.text}" for goal in document.goals]
    return "\n".join(["## 总体目标", "", *lines])
