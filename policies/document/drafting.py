"""A read document as the draft of a policy sheet, and the list of what a person must check first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Literal

from policies.document.headings import bare, read_heading
from policies.document.model import (
    Amount,
    Document,
    Head,
    Period,
    PlannedTarget,
    Provision,
    Remark,
    Row,
    Unit,
)
from policies.document.outline import parts_of
from policies.sheet import Clause, Confidence, KeyPoints, Relation, Sheet, Target, TaskRow, Validity
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
_MOST_QUOTED, _LONGEST_QUOTED = 5, 120
_PERIOD = re.compile(r"[（(]\s*((?:19|20)\d\d)\s*[-—–~至]\s*((?:19|20)\d\d)\s*年?\s*[）)]")

# Stays in a sheet's confidence until a person has checked what was read.
UNCHECKED = "由原文自动读取，待核对"


def draft_sheet(document: Document, slug: str | None = None) -> Sheet:
    """The sheet of a policy as far as the document tells; rules and summary are left to people, and the key
    points are no more than its own phrases on money and time.

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
        published=_published(head),
        validity=_validity(document, title),
        confidence=Confidence(mark="?", note=UNCHECKED),
        key_points=_key_points(document),
        relations=_relations(document),
        clauses=tuple(_clause(item) for item in document.provisions) or _sections(document),
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
    unsure = ((head.number, "文号"), (head.effective, "施行日期"), (head.expires, "有效期"))
    for value, what in unsure:
        if value and not value.sure:
            items.append(Remark(value.line, "unsure_value", f"{what}“{value.value}”为推算，请核对"))
    items += [
        Remark(period.line, "unsure_period", f"“{period.written}”没有写全日期，请核对")
        for period in document.periods
        if not period.sure and period.kind in ("application", "public_notice", "consultation", "deadline")
    ]
    items += [
        Remark(amount.line, "unsure_amount", f"看不出“{amount.written}”是资助还是条件，请核对")
        for amount in document.amounts
        if not amount.sure
    ]
    items += [
        Remark(citation.line, "citation_unnumbered", f"《{citation.title}》没有写文号，请核对所指文件")
        for citation in document.citations
        if not citation.sure
    ]
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


def _published(head: Head) -> date | None:
    day = head.published or head.printed
    return day.value if day else None


def _key_points(document: Document) -> KeyPoints:
    """Quotations to start from; a person puts them into plain words."""
    money = [amount for amount in document.amounts if amount.role == "support"]
    windows = [period for period in document.periods if period.kind == "application"]
    return KeyPoints(how_much=_quoted(document, money), when=_quoted(document, windows))


def _quoted(document: Document, values: Iterable[Amount | Period]) -> str:
    """The sentences that hold these values."""
    texts = {line.number: line.text for line in document.lines}
    sentences: dict[str, None] = {}
    for value in values:
        text = texts[value.line]
        start = max(text.rfind(mark, 0, value.span[0]) for mark in "。；;") + 1
        sentences[bare(re.split("[。；;]", text[start:])[0])[:_LONGEST_QUOTED]] = None
    return "原文：" + "；".join(list(sentences)[:_MOST_QUOTED]) if sentences else ""


def _relations(document: Document) -> tuple[Relation, ...]:
    relations: dict[tuple[str, str], Relation] = {}
    for citation in document.citations:
        title = f"《{citation.title}》" if citation.title else ""
        note = title if citation.sure else "原文只写了标题，没有文号"
        relation = Relation(kind=citation.kind, target=citation.target, note=note)
        relations.setdefault((citation.kind, citation.target), relation)
    return tuple(relations.values())


def _clause(item: Provision) -> Clause:
    return Clause(
        anchor=item.anchor,
        title=item.title or f"第{item.number}条",
        text=item.text,
        group=item.group,
        lead=_labels(item.lead),
        support=_labels(item.support),
        # What an article asks of a firm is no promise.
        targets=_targets(item.targets) if item.kind != "article" else (),
    )


def _sections(document: Document) -> tuple[Clause, ...]:
    """Parts and their parts as clauses, of a document that has neither measures nor articles."""
    head = document.head
    signature = {found.line for found in (*head.issuers, head.signed) if found}
    texts = {line.number: bare(line.text) for line in document.lines if line.number not in signature}
    duties = {duty.anchor: duty for duty in document.duties}
    clauses = []
    for section, last in parts_of(document.outline):
        lines = [texts[number] for number in range(section.first, last + 1) if texts.get(number)]
        heading = read_heading(lines[0]) if lines else None
        rest = heading.rest if heading and heading.rest != section.title else ""
        duty = duties.get(section.anchor)
        clauses.append(
            Clause(
                anchor=section.anchor,
                title=section.title,
                text="\n".join(filter(None, (rest, *lines[1:]))),
                lead=_labels(duty.lead) if duty else (),
                support=_labels(duty.support) if duty else (),
            )
        )
    return tuple(clauses)


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
        due=row.due,
        targets=_targets(row.targets),
    )


def _labels(units: Iterable[Unit]) -> tuple[str, ...]:
    return tuple(unit.label for unit in units)


def _targets(targets: Iterable[PlannedTarget]) -> tuple[Target, ...]:
    return tuple(
        Target(
            text=target.text,
            # A range is no one number; its words say it.
            quantity=target.quantity if target.upto is None else None,
            comparator=target.comparator,
            unit=target.unit,
            year=target.year,
            per=target.per,
        )
        for target in targets
    )


def _body(document: Document) -> str:
    """The goals of the whole document, which belong to no clause."""
    if not document.goals or _kind(document.head.title.value if document.head.title else "") != "plan":
        return ""
    lines = [f"- {'到' + str(goal.year) + '年，' if goal.year else ''}{goal.text}" for goal in document.goals]
    return "\n".join(["## 总体目标", "", *lines])
