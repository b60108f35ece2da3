"""Hits with their records as the database has them now, and why each is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import structlog

from backend.catalogue.service import PublishedPolicy
from backend.search.service.records import Answer, Record, Shown, Stand, named
from policies.sheet import Clause, Sheet
from policies.vocabulary import AREAS
from search_index import highlight
from search_index.analysis import Word
from search_index.query import SearchHit

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class ClauseFound:
    """The anchor of a clause that answers, and the words to mark in it."""

    anchor: str
    words: tuple[Word, ...]


@dataclass(frozen=True)
class Finding:
    """A hit with its record; `part` is the measure or clause that was found, `notes` say what to mind.

    `clause` is what answers inside a policy that was found as a whole.
    """

    hit: SearchHit
    record: Record
    part: Clause | None = None
    notes: tuple[str, ...] = ()
    clause: SearchHit | None = None


@dataclass(frozen=True)
class Findings:
    """A page of findings, and what helps when there are few.

    `standings` counts the same question by where policies stand; `parts` are shorter questions with what each
    would find; `choices` are short forms of several meanings; `unfiltered` counts without any filter.
    `stand` is how the database stood to what is `shown`.
    """

    items: tuple[Finding, ...]
    total: int
    facets: dict[str, dict[str, int]]
    next_cursor: str | None
    matched: str
    unmatched_words: tuple[str, ...]
    read_as: str | None
    did_you_mean: tuple[str, ...]
    parts: tuple[tuple[str, int], ...]
    related: tuple[str, ...]
    choices: dict[str, tuple[str, ...]]
    standings: dict[str, int]
    unfiltered: int | None
    shown: Shown
    stand: Stand


def found(
    hits: Sequence[SearchHit],
    records: Mapping[str, Record],
    clauses: Mapping[str, ClauseFound],
    today: date,
    home_area: str | None,
) -> Iterator[Finding]:
    """The hits whose records the public may still see; the index may lag, the database does not."""
    for hit in hits:
        record = records.get(named(hit))
        if record is None:
            log.info("hit_is_gone", document=hit.id)
        elif isinstance(record, str):
            yield Finding(hit, record)
        elif isinstance(record, Answer):
            yield Finding(hit, record, None, tuple(notes_on(record.policy.sheet, today, home_area)))
        else:
            yield from _of_policy(hit, record, clauses, tuple(notes_on(record.sheet, today, home_area)))


def _of_policy(
    hit: SearchHit, policy: PublishedPolicy, clauses: Mapping[str, ClauseFound], notes: tuple[str, ...]
) -> Iterator[Finding]:
    """The policy with the clause that answers, or the clause itself while the policy has it."""
    anchor = hit.id.partition("#")[2]
    if not anchor:
        yield Finding(hit, policy, None, notes, _marked(policy, clauses.get(policy.slug)))
        return
    for clause in policy.sheet.clauses:
        if clause.anchor == anchor:
            yield Finding(hit, policy, clause, notes)


def notes_on(sheet: Sheet, today: date, home_area: str | None) -> Iterator[str]:
    """Why somebody should look twice: not in force, or for another area."""
    start, end = sheet.validity.from_, sheet.validity.to
    if sheet.stage == "consultation":
        yield "征求意见稿，尚未施行。"
    elif end and today > end:
        yield f"已于{end.isoformat()}到期，仅供参考。"
    elif start and today < start:
        yield f"自{start.isoformat()}起施行。"
    if home_area and sheet.areas and home_area not in sheet.areas:
        labels = AREAS.labels()
        yield f"只适用于{'、'.join(labels.get(area, area) for area in sheet.areas)}。"


def _marked(policy: PublishedPolicy, wanted: ClauseFound | None) -> SearchHit | None:
    """The clause as the database has it, its words marked."""
    for clause in policy.sheet.clauses:
        if wanted and clause.anchor == wanted.anchor:
            title = highlight.title(clause.title, wanted.words)
            snippets = highlight.snippets(clause.text, wanted.words)
            ident = f"{policy.slug}#{clause.anchor}"
            return SearchHit(ident, "measure", policy.revision, 0.0, title, snippets)
    return None
