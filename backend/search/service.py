"""Search over the published content: the index answers with ids and highlights, the database is the truth."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal

import structlog

from backend.catalogue import indexing as policy_documents
from backend.catalogue.service import CatalogueService, PublishedPolicy
from backend.courses import indexing as course_documents
from backend.courses.service import Course, CourseService
from backend.institutions import indexing as institution_documents
from backend.institutions.service import Institution, InstitutionService
from backend.search.words import policy_analyzer
from backend.shared.clock import Clock
from backend.shared.errors import NotFoundError
from backend.shared.events import Event
from backend.shared.paging import LARGEST_PAGE, every
from policies.sheet import Clause
from search_index.document import SearchDocument
from search_index.engine import Engine, IndexUnusableError
from search_index.engines.whoosh import open_engine, rebuild_engine
from search_index.query import AnyOf, Between, Query, SearchHit, Sort
from search_index.schema import Schema

log = structlog.get_logger(__name__)

Progress = Callable[[int], None]
Standing = Literal["in_force", "expired", "consultation", "all"]
FACETS = ("kind", "policy_kind", "level", "area", "department", "title_id", "industry")
SCHEMA = Schema(
    tuple(dict.fromkeys((*policy_documents.FIELDS, *course_documents.FIELDS, *institution_documents.FIELDS)))
)
SORTS = {"newest": Sort("valid_from", descending=True), "deadline": Sort("valid_to")}


@dataclass(frozen=True)
class Wanted:
    """What is asked: words, filters by field, and which policies by where they stand today."""

    text: str
    filters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    standing: Standing = "in_force"
    sort: str = "relevance"
    limit: int = 20
    cursor: str | None = None


@dataclass(frozen=True)
class Finding:
    """A hit with its record as the database has it now; `part` is the measure or clause that was found."""

    hit: SearchHit
    record: PublishedPolicy | Course | Institution
    part: Clause | None = None


@dataclass(frozen=True)
class Findings:
    """A page of findings; `elsewhere` counts what the chosen standing leaves out."""

    items: tuple[Finding, ...]
    total: int
    facets: dict[str, dict[str, int]]
    next_cursor: str | None
    unmatched_words: tuple[str, ...]
    matched: str
    elsewhere: dict[str, int]


class SearchService:
    """Follows the content rooms by their events; an index that cannot be used is made anew."""

    def __init__(
        self,
        folder: Path,
        catalogue: CatalogueService,
        courses: CourseService,
        institutions: InstitutionService,
        clock: Clock,
    ) -> None:
        self._folder = folder
        self._catalogue = catalogue
        self._courses = courses
        self._institutions = institutions
        self._clock = clock
        self._opened: Engine | None = None
        self._opening = threading.Lock()

    def search(self, wanted: Wanted) -> Findings:
        """One page; raises QueryError for a question that cannot be asked."""
        engine = self._engine()
        chosen = tuple(AnyOf(name, values) for name, values in wanted.filters.items() if values)
        result = engine.search(
            Query(
                text=wanted.text,
                filters=(*chosen, *self._standing(wanted.standing)),
                facets=FACETS,
                sort=SORTS.get(wanted.sort),
                limit=wanted.limit,
                cursor=wanted.cursor,
            )
        )
        elsewhere = {}
        if wanted.standing == "in_force":
            others = Query(text=wanted.text, filters=(*chosen, *self._standing("expired")), limit=1)
            elsewhere = {"expired": engine.search(others).total}
        return Findings(
            items=tuple(self._found(result.hits)),
            total=result.total,
            facets=result.facets,
            next_cursor=result.next_cursor,
            unmatched_words=result.unmatched_words,
            matched=result.matched,
            elsewhere=elsewhere,
        )

    def suggest(self, prefix: str, limit: int) -> list[str]:
        """Titles and terms for what is being typed."""
        return self._engine().suggest(prefix, limit)

    def rebuild(self, on_progress: Progress | None = None) -> int:
        """Make the index anew from the database while the old one answers; returns the documents."""
        return self._engine().rebuild(self._documents(), on_progress)

    def check(self) -> str | None:
        """None when the index can answer, else what is wrong."""
        try:
            self._engine().check()
        except IndexUnusableError as error:
            return error.message
        return None

    def close(self) -> None:
        """Let go of the index."""
        if self._opened is not None:
            self._opened.close()

    def follow_policy(self, event: Event) -> None:
        """Listens to policy.published and policy.withdrawn; what holds now is read, so order is nothing."""
        engine = self._engine()
        revision, gone = self._catalogue.retired_documents(event.subject)
        published = self._catalogue.find_published([event.subject])
        engine.put(
            [document for policy in published for document in policy_documents.search_documents(policy)]
        )
        for document_id in gone:
            engine.remove(document_id, revision)

    def follow_course(self, event: Event) -> None:
        """Listens to course.changed."""
        course = self._courses.find_course(event.subject)
        documents = course_documents.search_documents(course)
        self._follow(documents, course_documents.is_findable(course))

    def follow_institution(self, event: Event) -> None:
        """Listens to institution.changed."""
        institution = self._institutions.find_institution(event.subject)
        documents = institution_documents.search_documents(institution)
        self._follow(documents, institution_documents.is_findable(institution))

    def _follow(self, documents: Sequence[SearchDocument], findable: bool) -> None:
        if findable:
            self._engine().put(documents)
            return
        for document in documents:
            self._engine().remove(document.id, document.revision)

    def _engine(self) -> Engine:
        if self._opened is None:
            with self._opening:
                if self._opened is None:
                    self._opened = self._open()
        return self._opened

    def _open(self) -> Engine:
        analyzer = policy_analyzer()
        try:
            return open_engine(self._folder, SCHEMA, analyzer)
        except IndexUnusableError as error:
            log.warning("index_rebuilt", reason=error.reason)
            return rebuild_engine(self._folder, SCHEMA, analyzer, self._documents())

    def _documents(self) -> Iterator[SearchDocument]:
        for policy in self._catalogue.published_sheets():
            yield from policy_documents.search_documents(policy)
        for course in every(lambda cursor: self._courses.list_courses(LARGEST_PAGE, cursor)):
            yield from course_documents.search_documents(course)
        for institution in every(lambda cursor: self._institutions.list_institutions(LARGEST_PAGE, cursor)):
            yield from institution_documents.search_documents(institution)

    def _standing(self, standing: Standing) -> tuple[AnyOf | Between, ...]:
        today = self._clock.today()
        if standing == "consultation":
            return (AnyOf("status", ("consultation",)),)
        if standing == "expired":
            return (Between("valid_to", high=today - timedelta(days=1)),)
        if standing == "all":
            return ()
        return (
            AnyOf("status", ("published", "listed")),
            Between("valid_from", high=today, or_unknown=True),
            Between("valid_to", low=today, or_unknown=True),
        )

    def _found(self, hits: Sequence[SearchHit]) -> Iterator[Finding]:
        """The hits whose records the public may still see; the index may lag, the database does not."""
        ids = [_policy_of(hit.id) for hit in hits if hit.kind in ("policy", "measure")]
        policies = {
            policy.slug: policy for policy in self._catalogue.find_published(list(dict.fromkeys(ids)))
        }
        for hit in hits:
            if hit.kind in ("policy", "measure"):
                yield from _in_policy(hit, policies.get(_policy_of(hit.id)))
            else:
                yield from self._helper(hit)

    def _helper(self, hit: SearchHit) -> Iterator[Finding]:
        key = hit.id.partition(":")[2]
        read: Callable[[str], Course | Institution] = (
            self._courses.read_course if hit.kind == "course" else self._institutions.read_institution
        )
        try:
            yield Finding(hit, read(key))
        except NotFoundError:
            log.info("hit_is_gone", document=hit.id)


def _policy_of(document_id: str) -> str:
    return document_id.partition("#")[0]


def _in_policy(hit: SearchHit, policy: PublishedPolicy | None) -> Iterable[Finding]:
    if policy is None:
        return ()
    anchor = hit.id.partition("#")[2]
    if not anchor:
        return (Finding(hit, policy),)
    return [Finding(hit, policy, clause) for clause in policy.sheet.clauses if clause.anchor == anchor]
