"""Hits with their records as the database has them now, and why each is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import structlog

from backend.catalogue.indexing import question_id
from backend.catalogue.service import PublishedPolicy
from backend.courses.service import Course
from backend.institutions.service import Institution
from backend.people.service import Adviser
from backend.search.service.following import Content
from policies.sheet import Clause, Sheet
from policies.vocabulary import AREAS
from search_index import highlight
from search_index.analysis import Word
from search_index.query import SearchHit

log = structlog.get_logger(__name__)

Helper = Course | Institution | Adviser


@dataclass(frozen=True)
class Answer:
    """A question firms ask with its answer, and the policy and clause it is about."""

    question: str
    answer: str
    anchor: str | None
    policy: PublishedPolicy


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
    record: PublishedPolicy | Helper | Answer
    part: Clause | None = None
    notes: tuple[str, ...] = ()
    clause: SearchHit | None = None


@dataclass(frozen=True)
class Findings:
    """A page of findings, and what helps when there are few.

    `standings` counts the same question by where policies stand; `parts` are shorter questions with what each
    would find; `choices` are short forms of several meanings; `unfiltered` counts without any filter.
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


def found(
    hits: Sequence[SearchHit],
    content: Content,
    clauses: Mapping[str, ClauseFound],
    today: date,
    home_area: str | None,
) -> Iterator[Finding]:
    """The hits whose records the public may still see; the index may lag, the database does not."""
    slugs = dict.fromkeys(_slug(hit) for hit in hits if hit.kind in ("policy", "measure"))
    policies = {policy.slug: policy for policy in content.catalogue.find_published(list(slugs))}
    helpers = _helpers(hits, content)
    answers = _answers(hits, content)
    for hit in hits:
        if answer := answers.get(hit.id):
            yield Finding(hit, answer, None, tuple(notes_on(answer.policy.sheet, today, home_area)))
            continue
        if hit.id in helpers:
            yield Finding(hit, helpers[hit.id])
            continue
        policy = policies.get(_slug(hit))
        if policy is None:
            log.info("hit_is_gone", document=hit.id)
            continue
        notes = tuple(notes_on(policy.sheet, today, home_area))
        anchor = hit.id.partition("#")[2]
        if not anchor:
            yield Finding(hit, policy, None, notes, _marked(policy, clauses.get(policy.slug)))
        for clause in policy.sheet.clauses:
            if anchor and clause.anchor == anchor:
                yield Finding(hit, policy, clause, notes)


def _helpers(hits: Sequence[SearchHit], content: Content) -> dict[str, Helper]:
    """Listed courses, institutions and mentors among the hits, by hit id: one read for each kind."""
    reads: dict[str, Callable[[list[str]], Sequence[Helper]]] = {
        "course": content.courses.find_listed,
        "institution": content.institutions.find_listed,
        "mentor": content.people.find_listed,
    }
    found: dict[str, Helper] = {}
    for kind, read in reads.items():
        ids = {hit.id.partition(":")[2]: hit.id for hit in hits if hit.kind == kind}
        if ids:
            found |= {ids[helper.id]: helper for helper in read(list(ids))}
    return found


def _answers(hits: Sequence[SearchHit], content: Content) -> dict[str, Answer]:
    """The published questions among the hits, by hit id: one read for all."""
    ids = dict.fromkeys(hit.id.partition(":")[2].partition("#")[0] for hit in hits if hit.kind == "question")
    held = content.catalogue.explanations.questions(list(ids)) if ids else []
    return {
        question_id(one.id, number): Answer(item["question"], item["answer"], one.anchor or None, policy)
        for one, policy in held
        if policy
        for number, item in enumerate(one.content["items"])
    }


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


def _slug(hit: SearchHit) -> str:
    return hit.id.partition("#")[0]
