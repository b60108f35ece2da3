"""Search over the published content: the index answers with ids and highlights, the database is the truth."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import timedelta

from backend.search.service.asking import SCHEMA, STANDINGS, Wanted, chosen, query_of, standing_filters
from backend.search.service.findings import ClauseFound, Finding, Findings, found
from backend.search.service.following import Content
from backend.search.service.index import CHANGE_WAITS, Index
from backend.search.service.memory import Ground, Memory, Remembered
from backend.search.service.records import Answer, shown_by
from backend.search.store import Unanswered, UnansweredStore
from backend.search.words import meanings, policy_analyzer
from backend.shared.clock import Clock
from backend.shared.events import Event
from search_index.engine import Engine, IndexUnusableError, Keeper, Progress
from search_index.query import MAX_LIMIT, AnyOf, Query, SearchHit, SearchResult

__all__ = ["SCHEMA", "Answer", "Content", "Finding", "Findings", "SearchService", "Unanswered", "Wanted"]

RELATED = 6
UNANSWERED_DAYS = 180


class SearchService:
    """Answers questions, follows the content rooms, and counts what was asked in vain."""

    def __init__(self, keeper: Keeper, content: Content, unanswered: UnansweredStore, clock: Clock) -> None:
        self._content = content
        self._index = Index(keeper, content.documents)
        self._unanswered = unanswered
        self._clock = clock
        self._memory = Memory()

    def search(self, wanted: Wanted) -> Findings:
        """One page; raises QueryError for a question that cannot be asked."""
        findings = self._index.answer(lambda engine: self._search(engine, wanted))
        self._count(_in_vain(wanted, findings))
        return findings

    def recall(self, question: Hashable) -> bytes | None:
        """What `answer` wrote for this question, if index, day and the records shown are still the same."""
        known = self._memory.recall(question, self._ground())
        if known is None or known.shown.stand(self._content) != known.stand:
            return None
        self._count(known.in_vain)
        return known.written

    def answer(self, question: Hashable, wanted: Wanted, write: Callable[[Findings], bytes]) -> bytes:
        """One page as `write` puts it, to be recalled by `question`, which stands for all that is wanted."""
        ground = self._ground()
        found = self.search(wanted)
        written = write(found)
        if ground.commit is not None:
            vain = _in_vain(wanted, found)
            self._memory.keep(question, Remembered(ground, found.shown, found.stand, vain, written))
        return written

    def _ground(self) -> Ground:
        return Ground(self._index.commit(), self._clock.today())

    def _count(self, in_vain: str) -> None:
        if in_vain:
            self._unanswered.count(in_vain, self._clock.now())

    def suggest(self, prefix: str, limit: int) -> list[str]:
        """Titles and terms for what is being typed."""
        return self._index.answer(lambda engine: engine.suggest(prefix, limit))

    def rebuild(self, on_progress: Progress | None = None) -> int:
        """Make the index anew from the database while the old one answers; returns the documents."""
        engine = self._index.engine(CHANGE_WAITS)
        return engine.rebuild(self._content.documents(), on_progress)

    def check(self) -> str | None:
        """None when the index can answer, else what is wrong."""
        try:
            self._index.answer(lambda engine: engine.check())
        except IndexUnusableError as error:
            return error.message
        return None

    def close(self) -> None:
        """Let go of the index."""
        self._index.close()

    def follow_policy(self, event: Event) -> None:
        """Listens to policy.published and policy.withdrawn."""
        self._index.answer(lambda e: self._content.policy_changed(e, event.subject), CHANGE_WAITS)

    def follow_course(self, event: Event) -> None:
        """Listens to course.changed."""
        self._index.answer(lambda e: self._content.course_changed(e, event.subject), CHANGE_WAITS)

    def follow_institution(self, event: Event) -> None:
        """Listens to institution.changed."""
        self._index.answer(lambda e: self._content.institution_changed(e, event.subject), CHANGE_WAITS)

    def follow_questions(self, event: Event) -> None:
        """Listens to policy.questions_changed."""
        self._index.answer(lambda e: self._content.questions_changed(e, event.subject), CHANGE_WAITS)

    def follow_adviser(self, event: Event) -> None:
        """Listens to adviser.changed."""
        self._index.answer(lambda e: self._content.adviser_changed(e, event.subject), CHANGE_WAITS)

    def list_unanswered(self, limit: int) -> list[Unanswered]:
        """What was asked most often and found nothing that holds all of it."""
        return self._unanswered.most_asked(limit)

    def forget_unanswered(self) -> int:
        """Drop what nobody has asked for half a year; returns how many."""
        return self._unanswered.purge(self._clock.now() - timedelta(days=UNANSWERED_DAYS))

    def _search(self, engine: Engine, wanted: Wanted) -> Findings:
        today = self._clock.today()
        query = query_of(wanted, today)
        result = engine.search(query)
        clauses = _clauses(engine, result.read_as or wanted.text, result.hits)
        shown = shown_by(result.hits)
        stand = shown.stand(self._content)
        records = stand.records(self._content)
        items = tuple(found(result.hits, records, clauses, today, wanted.home_area))
        return Findings(
            items=items,
            total=result.total,
            facets=result.facets,
            next_cursor=result.next_cursor,
            matched=result.matched,
            unmatched_words=result.unmatched_words,
            read_as=result.read_as,
            did_you_mean=result.did_you_mean,
            parts=result.parts,
            related=_related(result, wanted.text),
            choices=meanings(wanted.text),
            standings=self._standings(engine, wanted, result),
            unfiltered=None if result.total else engine.totals(result.read_as or wanted.text, [()])[0],
            shown=shown,
            stand=stand,
        )

    def _standings(self, engine: Engine, wanted: Wanted, result: SearchResult) -> dict[str, int]:
        """The same question by where policies stand; what holds only some of the words is not counted."""
        today = self._clock.today()
        others = [standing for standing in STANDINGS if standing != wanted.standing]
        filters = [(*chosen(wanted, today), *standing_filters(standing, today)) for standing in others]
        text = result.read_as or wanted.text
        counted = dict(zip(others, engine.totals(text, filters), strict=True))
        return {standing: counted.get(standing, result.total) for standing in STANDINGS}


def _in_vain(wanted: Wanted, findings: Findings) -> str:
    """The words to count as asked in vain: those of a first page that holds nothing with all of them."""
    vain = wanted.cursor is None and not (findings.total and findings.matched == "all_words")
    return wanted.text if vain else ""


def _clauses(engine: Engine, text: str, hits: Sequence[SearchHit]) -> dict[str, ClauseFound]:
    """Of each policy among the hits, the measure or clause that answers best: all in one question."""
    slugs = tuple(hit.id for hit in hits if hit.kind == "policy")
    if not slugs or not text.strip():
        return {}
    filters = (AnyOf("policy", slugs), AnyOf("kind", ("measure",)))
    words = tuple(policy_analyzer().words_of(text))
    best: dict[str, ClauseFound] = {}
    for hit in engine.search(Query(text, filters, limit=MAX_LIMIT, highlights=False)).hits:
        slug, _, anchor = hit.id.partition("#")
        best.setdefault(slug, ClauseFound(anchor, words))
    return best


def _related(result: SearchResult, text: str) -> tuple[str, ...]:
    """Terms the best titles name and the question does not."""
    analyzer = policy_analyzer()
    asked = analyzer.canonical(text)
    titles = ["".join(piece.text for piece in hit.title_highlight) for hit in result.hits]
    named = dict.fromkeys(name for title in titles for name in analyzer.named_in(title) if name not in asked)
    return tuple(named)[:RELATED] if text.strip() else ()
