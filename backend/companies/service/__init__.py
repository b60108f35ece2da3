"""The verbs of firms: take them in, learn about them, and tell only those who may know."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any, Protocol

from backend.companies.columns.files import ColumnFiles
from backend.companies.facts import (
    NO_RANKS,
    KeptFact,
    Ranks,
    judged,
    pack,
    read_facts,
    refuse_conflicts,
    unpack,
    unpack_judged,
)
from backend.companies.firm_file import FirmFile, file_of
from backend.companies.particulars import PARTICULARS, following, news, particular_rows
from backend.companies.service.firm_columns import FirmColumns
from backend.companies.store import COLLECTION, Company, CompanyFilter, CompanyStore
from backend.shared.caller import Caller, Role
from backend.shared.clock import Clock, end_of, in_shanghai
from backend.shared.errors import ForbiddenError, InvalidInputError, NotFoundError, StaleRevisionError
from backend.shared.events import Event
from backend.shared.paging import Page
from policies.facts import SOURCES, FactRecord, resolve
from policies.vocabulary.uscc import check_uscc

ADDED = "company.added"
FACTS_CHANGED = "company.facts_changed"
COMMISSION = (Role.EDITOR, Role.REVIEWER, Role.PUBLISHER)
LOCAL = (Role.LIAISON, Role.COUNSELLOR)
TRIES = 5
BATCH = 200


class NewFirm(Protocol):
    """What is needed to take a firm in; `facts` are mappings {name, value, period}."""

    @property
    def uscc(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def area(self) -> str: ...
    @property
    def town(self) -> str: ...
    @property
    def industries(self) -> Sequence[str]: ...
    @property
    def facts(self) -> Sequence[Mapping[str, Any]]: ...


@dataclass(frozen=True)
class Firm:
    """A firm to add, from a form."""

    uscc: str
    name: str
    area: str = ""
    town: str = ""
    operating_area: str = ""
    operating_town: str = ""
    registered_address: str = ""
    operating_address: str = ""
    park: str = ""
    industries: tuple[str, ...] = ()
    facts: tuple[Mapping[str, Any], ...] = ()


class CompanyService:
    """Facts are appended and never overwritten; the better source wins when they are used."""

    def __init__(
        self,
        store: CompanyStore,
        clock: Clock,
        hand_on: Callable[[str, str], bool],
        ranks: Callable[[], Ranks] = lambda: NO_RANKS,
        files: ColumnFiles | None = None,
    ) -> None:
        """`files` keeps the columns over a restart."""
        self._store = store
        self.columns = FirmColumns(store, clock, ranks, files)
        self._ranks = ranks
        self._clock = clock
        self._hand_on = hand_on

    def add_company(self, firm: NewFirm, caller: Caller, source: str = "staff_verified") -> Company:
        """Take a firm in; AlreadyExistsError if it is known, InvalidInputError for facts that cannot be."""
        now = self._clock.now()
        uscc, fields = self._fields(firm, caller, source, now)
        _refuse_out_of_scope(caller, fields["area"], fields["town"])
        company = self._store.add(uscc, fields, caller.label, now, Event(ADDED, uscc, now, caller.label))
        self._hand_on(COLLECTION, uscc)
        return company

    def add_companies(self, firms: Iterable[NewFirm], caller: Caller, source: str = "staff_verified") -> int:
        """Take many firms in, batch by batch; those already known stay as they are. How many were new.

        Nothing is announced firm by firm: whoever loads in bulk tells the rooms that follow.
        """
        waiting, added, now = iter(firms), 0, self._clock.now()
        while batch := {firm.uscc: firm for firm in islice(waiting, BATCH)}:
            new = self._store.missing(list(batch))
            rows = [self._fields(batch[uscc], caller, source, now) for uscc in new]
            added += self._store.add_many(rows, caller.label, now)
        return added

    def record_facts(
        self, uscc: str, facts: Sequence[Mapping[str, Any]], source: str, caller: Caller
    ) -> Company:
        """Append what is new in `facts` ({name, value, period}); saying the same again changes nothing.

        A person of the firm writes self_declared whatever `source` says. InvalidInputError for facts the
        registry refuses or that contradict what is known.
        """
        return self._learn(uscc, facts, {}, source, caller)

    def record_particulars(
        self, uscc: str, values: Mapping[str, str], source: str, caller: Caller
    ) -> Company:
        """The same for who and where a firm is: its name, addresses, park."""
        return self._learn(uscc, (), values, source, caller)

    def _learn(
        self,
        uscc: str,
        stated: Sequence[Mapping[str, Any]],
        values: Mapping[str, str],
        source: str,
        caller: Caller,
    ) -> Company:
        source = "self_declared" if caller.kind == "person" else source
        if source not in SOURCES:
            raise InvalidInputError.at("source", f"不认识的来源，应为：{'、'.join(SOURCES)}。")
        for _ in range(TRIES):
            company, now = self.read_company(uscc, caller), self._clock.now()
            known = unpack(company.facts, self._ranks())
            facts = fact_news(known, read_facts(stated, source, now, caller.label))
            words = news(company.particulars, particular_rows(values, source, now, caller.label))
            if not facts and not words:
                return company
            refuse_conflicts(known, facts, now)
            fields = file_fields([*known, *facts], [*company.particulars, *words], now)
            names = {fact.record.name for fact in facts} | {word["name"] for word in words}
            event = Event(FACTS_CHANGED, company.uscc, now, caller.label, {"facts": sorted(names)})
            rows = pack(facts)
            try:
                company = self._store.learn(company, rows, words, fields, caller.label, now, event)
            except StaleRevisionError:
                continue  # somebody else added something meanwhile: what contradicts is looked at again
            self._hand_on(COLLECTION, company.uscc)
            return company
        raise StaleRevisionError("企业", uscc, company.revision, company.revision + 1)

    def read_company(self, uscc: str, caller: Caller) -> Company:
        """One firm, for those who may know it; to others it is not there (NotFoundError)."""
        uscc = check_uscc(uscc)
        if caller.kind == "person" and uscc not in caller.firms:
            raise NotFoundError("企业", uscc)
        _refuse_outsiders(caller)
        company = self._store.get(uscc)
        here = _within(caller, company.area, company.town)
        if not here and not _works_within(caller, company):
            raise NotFoundError("企业", uscc)
        return company

    def list_companies(
        self, caller: Caller, limit: int, cursor: str | None, name: str = "", area: str = ""
    ) -> Page[Company]:
        """Firms by USCC in the caller's scope, found by a part of the name, by area."""
        if caller.kind == "person":
            raise ForbiddenError
        _refuse_outsiders(caller)
        everywhere = caller.kind == "system" or caller.has(*COMMISSION)
        scope = CompanyFilter(name, area) if everywhere else CompanyFilter(
            name, area, caller.scope.areas, caller.scope.towns
        )  # fmt: skip
        return self._store.page(scope, limit, cursor)

    def facts_of(self, uscc: str) -> list[FactRecord]:
        """Everything known about a firm that may be judged by; NotFoundError if there is no such firm."""
        return unpack_judged(self._store.get(uscc).facts, self._ranks())

    def kept_facts(self, company: Company, as_of: date | None = None) -> list[KeptFact]:
        """Everything in a firm's file, oldest first, flagged or not; `as_of`: as it stood that evening."""
        kept = unpack(company.facts, self._ranks())
        if as_of is None:
            return kept
        end = end_of(as_of)
        return [fact for fact in kept if fact.record.known_at is None or fact.record.known_at < end]

    def counting(self, facts: Sequence[KeptFact]) -> set[int]:
        """The ids of the records among these that count, each for its own period."""
        on = date(self._clock.today().year + 1, 1, 1)
        return {id(record) for record in resolve(judged(facts), on).records.values()}

    def iterate_facts(
        self,
        usccs: Sequence[str] | None = None,
        batch: int = 500,
        names: Collection[str] | None = None,
    ) -> Iterator[list[tuple[str, list[FactRecord]]]]:
        """Batches of (USCC, records) by USCC: of all firms, or of those named that are known; all their facts
        or those under these names."""
        ranks = self._ranks()
        for rows in self._store.iterate(usccs, batch):
            yield [(uscc, unpack_judged(raw, ranks, names)) for uscc, raw in rows]

    def iterate_files(
        self, names: Collection[str], usccs: Sequence[str] | None = None, batch: int = 1000
    ) -> Iterator[list[FirmFile]]:
        """Batches of what is known of firms under these names, and where they are: of all, or those named."""
        ranks = self._ranks()
        for rows in self._store.iterate_rows(usccs, batch):
            yield [file_of(row, ranks, names) for row in rows]

    def exists(self, uscc: str) -> bool:
        """Whether the firm is known."""
        return self._store.exists(uscc)

    def count(self) -> int:
        """How many firms are known."""
        return self._store.count()

    def place_of(self, uscc: str) -> tuple[str, str] | None:
        """Area and town of a firm; None if there is no such firm."""
        return self._store.places_of([uscc]).get(uscc)

    def places_of(self, usccs: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Code -> area and town of the firms that are known."""
        return self._store.places_of(usccs)

    def all_places_of(self, usccs: Sequence[str]) -> dict[str, dict[str, str]]:
        """Code -> area and town, and those it works in, of the firms that are known."""
        return self._store.all_places_of(usccs)

    def names_of(self, usccs: Sequence[str]) -> dict[str, str]:
        """Code -> name of the firms that are known."""
        return self._store.names_of(usccs)

    def _fields(
        self, firm: NewFirm, caller: Caller, source: str, now: datetime
    ) -> tuple[str, dict[str, Any]]:
        stated: list[Mapping[str, Any]] = list(firm.facts)
        place = {name: getattr(firm, name) for name in ("area", "town") if getattr(firm, name)}
        stated += [{"name": name, "value": value} for name, value in place.items()]
        if firm.industries:
            stated.append({"name": "industries", "value": list(firm.industries)})
        facts = read_facts(stated, source, now, caller.label)
        refuse_conflicts([], facts, now)
        stated_words = {name: str(getattr(firm, name, "")) for name in PARTICULARS}
        words = particular_rows(stated_words, source, now, caller.label)
        fields = {
            **file_fields(facts, words, now),
            "name": firm.name,
            "facts": pack(facts),
            "particulars": words,
        }
        return check_uscc(firm.uscc), fields


def file_fields(
    facts: Sequence[KeptFact], words: Sequence[Mapping[str, Any]], now: datetime
) -> dict[str, Any]:
    """Place, particulars and flags as they follow from the best known; an unknown word counts as written."""
    best = resolve([fact.record for fact in facts], in_shanghai(now).date())
    fields = {name: str(best.value(name) or "") for name in ("area", "town")}
    flags = {
        fact.record.name
        for fact in facts
        if fact.flagged and fact.record.value == best.value(fact.record.name)
    }
    others, flagged = following(words)
    return {**fields, **others, "flags": sorted(flags | flagged)}


def fact_news(known: Sequence[KeptFact], stated: Sequence[KeptFact]) -> list[KeptFact]:
    """What is not already the newest word of the same source on the same matter."""
    newest: dict[tuple[str, str | None, str], KeptFact] = {}
    news = []
    for place, fact in enumerate((*known, *stated)):
        slot = (fact.record.name, fact.record.period, fact.record.source)
        if place >= len(known) and not (slot in newest and fact.same_as(newest[slot])):
            news.append(fact)
        newest[slot] = fact
    return news


def _within(caller: Caller, area: str, town: str) -> bool:
    return caller.kind != "staff" or caller.has(*COMMISSION) or caller.scope.covers(area, town)


def _works_within(caller: Caller, company: Company) -> bool:
    """Whether the firm works in the caller's scope although it is registered elsewhere."""
    return caller.scope.covers(company.operating_area, company.operating_town)


def _refuse_outsiders(caller: Caller) -> None:
    if caller.kind == "anonymous" or (caller.kind == "staff" and not caller.has(*COMMISSION, *LOCAL)):
        raise ForbiddenError


def _refuse_out_of_scope(caller: Caller, area: str, town: str) -> None:
    _refuse_outsiders(caller)
    if caller.kind == "person" or not _within(caller, area, town):
        raise ForbiddenError("该企业不在您的工作范围内。")
