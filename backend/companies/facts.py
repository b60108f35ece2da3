"""Facts on their way in and out: read by the registry, put into the vocabulary's words, kept exact."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache
from typing import Any

import structlog

from backend.shared.clock import in_shanghai
from backend.shared.errors import InvalidInputError, Problem
from policies.facts import SOURCES, FactError, FactRecord, Value, fact_named, resolve, value_json
from policies.vocabulary import WORD_LISTS, find

log = structlog.get_logger(__name__)

# Fact -> its sources, the best first, where staff settled another order than the usual one.
Ranks = Mapping[str, Sequence[str]]
NO_RANKS: Ranks = {}


@dataclass(frozen=True)
class KeptFact:
    """A fact in a firm's file; a flagged one holds a word no list knows: kept, judged by nobody."""

    record: FactRecord
    flagged: bool = False

    def same_as(self, other: KeptFact) -> bool:
        """Whether both say the same from the same source."""
        mine, theirs = self.record, other.record
        return (mine.name, mine.value, mine.period, mine.source) == (
            theirs.name,
            theirs.value,
            theirs.period,
            theirs.source,
        )


def read_facts(stated: Sequence[Mapping[str, Any]], source: str, now: datetime, by: str) -> list[KeptFact]:
    """Facts `{name, value, period}` as records; InvalidInputError names every wrong one."""
    kept, problems = [], []
    for place, fact in enumerate(stated):
        try:
            kept.append(_kept(fact, source, now, by))
        except FactError as wrong:
            problems.append(Problem(f"facts.{place}", wrong.reason))
    if problems:
        raise InvalidInputError(problems)
    return kept


def refuse_conflicts(old: Iterable[KeptFact], new: Sequence[KeptFact], now: datetime) -> None:
    """InvalidInputError when a new fact cannot be true beside the best of what is known."""
    records = [fact.record for fact in (*old, *new) if not fact.flagged]
    # From the first day of the next year on, the facts of every year known today are looked at.
    on = date(in_shanghai(now).year + 1, 1, 1)
    touched = {(fact.record.name, fact.record.period) for fact in new}
    problems = [
        Problem(conflict.fact, conflict.reason)
        for conflict in resolve(records, on).conflicts
        if {(conflict.fact, conflict.period), (conflict.other, conflict.period)} & touched
    ]
    if problems:
        raise InvalidInputError(problems)


def beyond_better(known: Sequence[KeptFact], stated: Sequence[KeptFact]) -> list[KeptFact]:
    """The stated facts without those that only repeat what a better source said last.

    An exported table taken in again says nothing new, whatever source it is given; but a source that once
    said otherwise is heard when it comes round.
    """
    newest = {
        (fact.record.name, fact.record.period, fact.record.source): fact for fact in known if not fact.flagged
    }
    return [fact for fact in stated if not _repeats_better(newest, fact)]


def _repeats_better(newest: Mapping[tuple[str, str | None, str], KeptFact], fact: KeptFact) -> bool:
    mine = fact.record
    if fact.flagged or (mine.name, mine.period, mine.source) in newest:
        return False
    others = (newest.get((mine.name, mine.period, source)) for source in SOURCES)
    records = [other.record for other in others if other is not None]
    if not records:
        return False
    best = min(records, key=lambda record: record.source_rank)
    return best.source_rank <= mine.source_rank and best.value == mine.value


# A file brings thousands of facts at one instant.
_known_at = lru_cache(maxsize=1024)(in_shanghai)

Said = list[Any]  # [name, value, period], and True behind where a word is flagged


def pack(facts: Iterable[KeptFact]) -> list[dict[str, Any]]:
    """Facts as the store keeps them: what one source said at one time together; ratios exact, as text."""
    groups: dict[tuple[str, datetime | None, str], list[Said]] = {}
    for fact in facts:
        record = fact.record
        said = said_of(record.name, record.value, record.period, fact.flagged)
        groups.setdefault((record.source, record.known_at, record.by), []).append(said)
    return [grouped(said, *who) for who, said in groups.items()]


def grouped(said: Sequence[Said], source: str, known_at: datetime | None, by: str) -> dict[str, Any]:
    """One row of the store."""
    return {"source": source, "known_at": known_at, "by": by, "said": list(said)}


def said_of(name: str, value: Value, period: str | None, flagged: bool) -> Said:
    """One fact within a row of the store."""
    return [name, packed_value(value), period, True] if flagged else [name, packed_value(value), period]


def packed_value(value: Value) -> Any:
    """The value as the store keeps it."""
    return f"{value.numerator}/{value.denominator}" if isinstance(value, Fraction) else value_json(value)


def unpack(
    raw: Iterable[Mapping[str, Any]], ranks: Ranks = NO_RANKS, names: Collection[str] | None = None
) -> list[KeptFact]:
    """Stored facts, oldest first, all or of these names; what the registry no longer takes is left out."""
    return [KeptFact(record, flagged) for record, flagged in _read(raw, ranks, names)]


def unpack_judged(
    raw: Iterable[Mapping[str, Any]], ranks: Ranks = NO_RANKS, names: Collection[str] | None = None
) -> list[FactRecord]:
    """The records among them that may be judged by."""
    return [record for record, flagged in _read(raw, ranks, names) if not flagged]


def _read(
    raw: Iterable[Mapping[str, Any]], ranks: Ranks, names: Collection[str] | None
) -> Iterator[tuple[FactRecord, bool]]:
    for row in raw:
        source, by = row["source"], row["by"]
        known_at = _known_at(row["known_at"]) if row["known_at"] else None
        for said in row["said"]:
            if names is not None and said[0] not in names:
                continue
            name, value, period, *flagged = said
            order = ranks.get(name)
            rank = order.index(source) if order else None
            try:
                record = FactRecord.kept(name, value, period, source, known_at, by, rank)
            except FactError as wrong:
                log.warning("fact_not_readable", fact=wrong.fact)
                continue
            yield record, bool(flagged)


def judged(facts: Iterable[KeptFact]) -> list[FactRecord]:
    """The records that may be judged by."""
    return [fact.record for fact in facts if not fact.flagged]


def known_words(name: str, value: Value) -> tuple[Value, bool]:
    """The value in the words of the fact's list, and whether every word was found."""
    fact = fact_named(name)
    words = WORD_LISTS.get(fact.members) if isinstance(fact.members, str) else None
    if words is None or not isinstance(value, str | frozenset):
        return value, True
    given = [value] if isinstance(value, str) else sorted(value)
    found = {text: find(words, text) for text in given}
    named = [entry.id if entry else text for text, entry in found.items()]
    return (named[0] if isinstance(value, str) else frozenset(named)), all(found.values())


def _kept(stated: Mapping[str, Any], source: str, now: datetime, by: str) -> KeptFact:
    fact = fact_named(str(stated["name"]))
    record = FactRecord(fact.name, stated["value"], stated.get("period"), source, now, by)
    if fact.period == "year" and record.period is None:
        raise FactError(fact.name, f"{fact.label}应写明会计年度（四位年份）")
    value, known = known_words(fact.name, record.value)
    return KeptFact(FactRecord(fact.name, value, record.period, source, now, by), not known)
