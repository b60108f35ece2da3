"""What must hold of every sheet of the library."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from policies.proof.numbers import texts_of, unproven
from policies.sheet import Sheet
from policies.vocabulary import AREAS, DEPARTMENTS, HELP_KINDS, TITLES

# What the other side of a relation must say in return.
_RETURNS: Mapping[str, frozenset[str]] = {
    "leads_on_to": frozenset({"cites", "based_on"}),
    "cites": frozenset({"cites", "leads_on_to", "implements", "interprets"}),
    "replaces": frozenset({"replaced_by"}),
    "replaced_by": frozenset({"replaces"}),
    "stacks_with": frozenset({"stacks_with"}),
    "excludes": frozenset({"excludes"}),
    "capped_together": frozenset({"capped_together"}),
    "implements": frozenset({"cites", "leads_on_to"}),
    "interprets": frozenset({"cites", "leads_on_to"}),
}
# These are said by the younger document alone.
_ONE_SIDED = frozenset({"based_on", "amends", "repeals"})
# How a note says that days stay empty because nobody knows them.
_UNKNOWN = re.compile("没有查到|没有对照|没有逐一核对")


@dataclass(frozen=True)
class LibraryProblem:
    """One thing that does not hold: the sheet, the field, and why (Chinese)."""

    slug: str
    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.slug} {self.field}：{self.reason}"


def check_library(sheets: Sequence[Sheet]) -> list[LibraryProblem]:
    """Everything that does not hold, sheet by sheet."""
    by_slug = {sheet.slug: sheet for sheet in sheets}
    return [problem for sheet in sheets for problem in check_sheet(sheet, by_slug)]


def check_sheet(sheet: Sheet, others: Mapping[str, Sheet]) -> list[LibraryProblem]:
    """What does not hold of one sheet; `others` are all sheets by slug."""
    found = (*_sources(sheet), *_dates(sheet), *_texts(sheet), *_relations(sheet, others), *_words(sheet))
    return [LibraryProblem(sheet.slug, field, reason) for field, reason in found]


Found = Iterator[tuple[str, str]]


def _sources(sheet: Sheet) -> Found:
    if not sheet.sources or not all(rule.source.title for rule in sheet.rules):
        yield "sources", "没有来源"
    for source in (*sheet.sources, *(rule.source for rule in sheet.rules)):
        host = urlsplit(source.url).hostname or "" if source.url else ".gov.cn"
        if not host.endswith(".gov.cn"):
            yield "sources", f"不是官方网址：{source.url}"
    if re.search(r"https?://", sheet.body + texts_of(sheet)):
        yield "body", "网址只写在 sources 里"


def _dates(sheet: Sheet) -> Found:
    validity = sheet.validity
    if not (validity.from_ or validity.to or _UNKNOWN.search(validity.note)):
        yield "validity", "没有有效期，也没有说明没有查到"
    if not validity.to and not validity.note:
        yield "validity.note", "没有截止日的要说明"
    if sheet.confidence.mark == "?" or not sheet.confidence.note:
        yield "confidence", "没有写明可信程度和原因"


def _texts(sheet: Sheet) -> Found:
    points = sheet.key_points
    required = {"summary": sheet.summary, "who": points.who, "what": points.what, "when": points.when}
    for name, text in required.items():
        if not text:
            yield name if name == "summary" else f"key_points.{name}", "没有写"
    for number in unproven(texts_of(sheet), sheet):
        yield "key_points", f"文字中的“{number}”在数据中没有"


def _relations(sheet: Sheet, others: Mapping[str, Sheet]) -> Found:
    areas = {entry.id for entry in AREAS}
    for relation in sheet.relations:
        where = f"relations.{relation.kind}"
        if relation.kind == "routed_to":
            if relation.target not in areas and relation.target not in others:
                yield where, f"没有区域或政策 {relation.target}"
        elif relation.target in others:
            back = {link.kind for link in others[relation.target].relations if link.target == sheet.slug}
            if relation.kind not in _ONE_SIDED and not back & _RETURNS[relation.kind]:
                yield where, f"{relation.target} 没有写回 {sheet.slug}"
        elif "〔" not in relation.target and "公告" not in relation.target:
            yield where, f"{relation.target} 既不是政策也不是文号"


def _words(sheet: Sheet) -> Found:
    kinds = {kind for rule in sheet.rules for condition in rule.conditions for kind in condition.help}
    yield from _unknown("grants", {*sheet.grants, *sheet.requires}, (entry.id for entry in TITLES))
    yield from _unknown("rules.help", kinds, (entry.id for entry in HELP_KINDS))
    named = {name for clause in sheet.clauses for name in (*clause.lead, *clause.support)}
    named |= {name for task in sheet.tasks for name in (*task.units, *task.uncertain_units)}
    yield from _unknown("clauses", named, (entry.label for entry in DEPARTMENTS))


def _unknown(field: str, used: set[str], known: Iterable[str]) -> Found:
    for word in sorted(used - set(known)):
        yield field, f"词表中没有 {word}"
