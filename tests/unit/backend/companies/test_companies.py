"""Firms: facts are appended and checked, places are put into known words, and outsiders learn nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

import pytest

from backend.adapters.mongo import Relay
from backend.companies.service import CompanyService, Firm
from backend.companies.store import CompanyStore
from backend.demo.firms import demo_firms, made_up_code
from backend.shared.caller import ANONYMOUS, SYSTEM, Caller, Role, Scope
from backend.shared.clock import SHANGHAI, FixedClock
from backend.shared.errors import (
    AlreadyExistsError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    StaleRevisionError,
)
from backend.shared.events import Bus, Event
from policies.facts import resolve
from policies.vocabulary.uscc import UsccError, check_uscc

ONE, TWO = made_up_code(1), made_up_code(2)
PERSON = Caller("person", "p1", firms=frozenset({ONE}))


@dataclass
class Room:
    companies: CompanyService
    store: CompanyStore
    clock: FixedClock
    heard: list[Event]


@pytest.fixture
def room(store: object) -> Iterator[Room]:
    clock = FixedClock(datetime(2026, 5, 6, 9, 30, tzinfo=SHANGHAI))
    bus, heard = Bus(), []
    for kind in ("company.added", "company.facts_changed"):
        bus.subscribe(kind, "test", heard.append)
    companies = CompanyStore()
    yield Room(CompanyService(companies, clock, Relay(bus).hand_on), companies, clock, heard)


def staff(*roles: Role, areas: tuple[str, ...] = ()) -> Caller:
    return Caller("staff", "w", roles=frozenset(roles), scope=Scope(areas=frozenset(areas)))


def value(room: Room, name: str) -> object:
    return resolve(room.companies.facts_of(ONE), room.clock.today()).value(name)


def test_a_firm_is_taken_in_with_its_place_in_known_words(room: Room) -> None:
    firm = Firm(ONE, "示例企业", area="张江", town="北蔡", industries=("集成电路",))
    company = room.companies.add_company(firm, SYSTEM)
    assert (company.area, company.town, company.flags) == ("zhangjiang", "beicai-town", ())
    assert value(room, "industries") == frozenset({"integrated-circuits"})
    assert [event.kind for event in room.heard] == ["company.added"]
    with pytest.raises(AlreadyExistsError):
        room.companies.add_company(firm, SYSTEM)


def test_an_unknown_place_is_kept_as_written_flagged_and_judged_by_nobody(room: Room) -> None:
    firm = Firm(ONE, "示例企业", area="某某园", operating_area="无名区")
    company = room.companies.add_company(firm, SYSTEM)
    assert (company.area, company.operating_area) == ("某某园", "无名区")
    assert company.flags == ("area", "operating_area")
    assert value(room, "area") is None
    room.companies.record_facts(ONE, [{"name": "area", "value": "临港"}], "registry", SYSTEM)
    company = room.companies.read_company(ONE, SYSTEM)
    assert (company.area, company.flags) == ("lingang", ("operating_area",))
    assert value(room, "area") == "lingang"


def test_facts_are_appended_and_the_better_source_wins(room: Room) -> None:
    room.companies.add_company(Firm(ONE, "示例企业"), SYSTEM)
    stated = {"name": "revenue", "value": "5000万", "period": "2025"}
    room.companies.record_facts(ONE, [stated], "tax", SYSTEM)
    room.clock.move(days=1)
    room.companies.record_facts(ONE, [{**stated, "value": 60_000_000}], "registry", PERSON)
    assert value(room, "revenue") == 50_000_000
    kept = room.companies.kept_facts(room.companies.read_company(ONE, SYSTEM))
    assert [(fact.record.value, fact.record.source) for fact in kept] == [
        (50_000_000, "tax"),
        (60_000_000, "self_declared"),
    ]
    earlier = resolve(room.companies.facts_of(ONE), room.clock.today(), room.clock.now())
    assert earlier.value("revenue") == 50_000_000


def test_saying_the_same_again_changes_nothing(room: Room) -> None:
    room.companies.add_company(Firm(ONE, "示例企业"), SYSTEM)
    facts = [{"name": "class1_ip", "value": 3}]
    first = room.companies.record_facts(ONE, facts, "registry", SYSTEM)
    second = room.companies.record_facts(ONE, facts, "registry", SYSTEM)
    assert first.revision == second.revision
    assert len(room.heard) == 2


def test_a_ratio_comes_back_exactly_as_it_was_given(room: Room) -> None:
    room.companies.add_company(Firm(ONE, "示例企业"), SYSTEM)
    fact = {"name": "market_share", "value": "0.0999999999"}
    room.companies.record_facts(ONE, [fact], "registry", SYSTEM)
    assert value(room, "market_share") == Fraction(999999999, 10**10)


def test_contradictions_are_refused_and_nothing_is_written(room: Room) -> None:
    room.companies.add_company(Firm(ONE, "示例企业"), SYSTEM)
    room.companies.record_facts(ONE, [{"name": "staff", "value": 10, "period": "2025"}], "tax", SYSTEM)
    with pytest.raises(InvalidInputError) as error:
        room.companies.record_facts(
            ONE, [{"name": "tech_staff", "value": 11, "period": "2025"}], "tax", PERSON
        )
    assert "大于" in error.value.message
    assert len(room.companies.facts_of(ONE)) == 1


@pytest.mark.parametrize(
    "fact",
    [
        {"name": "no_such_fact", "value": 1},
        {"name": "staff", "value": -1, "period": "2025"},
        {"name": "staff", "value": 10},
        {"name": "staff", "value": 10, "period": "2027"},
        {"name": "registered_on", "value": "昨天"},
        {"name": "staff", "value": '{"$gt": ""}', "period": "2025"},
    ],
)
def test_facts_the_registry_refuses_name_their_place(room: Room, fact: dict[str, object]) -> None:
    room.companies.add_company(Firm(ONE, "示例企业"), SYSTEM)
    with pytest.raises(InvalidInputError) as error:
        room.companies.record_facts(ONE, [fact], "registry", SYSTEM)
    assert error.value.problems[0].where == "facts.0"
    assert room.companies.facts_of(ONE) == []


def test_two_writers_at_once_both_get_their_facts_in(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    room.companies.add_company(Firm(ONE, "示例企业"), SYSTEM)
    real, once = room.store.learn, []

    def slow(*args: object) -> object:
        if not once:
            once.append(True)
            room.companies.record_facts(ONE, [{"name": "class2_ip", "value": 2}], "registry", SYSTEM)
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(room.store, "learn", slow)
    room.companies.record_facts(ONE, [{"name": "class1_ip", "value": 1}], "registry", SYSTEM)
    assert {record.name for record in room.companies.facts_of(ONE)} == {"class1_ip", "class2_ip"}


def test_a_writer_who_never_gets_through_is_told(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    room.companies.add_company(Firm(ONE, "示例企业"), SYSTEM)

    def taken(*args: object) -> object:
        raise StaleRevisionError("企业", ONE, 1, 2)

    monkeypatch.setattr(room.store, "learn", taken)
    with pytest.raises(StaleRevisionError):
        room.companies.record_facts(ONE, [{"name": "class1_ip", "value": 1}], "registry", SYSTEM)


def test_who_may_read_a_firm(room: Room) -> None:
    room.companies.add_company(Firm(ONE, "示例一", area="zhangjiang"), SYSTEM)
    room.companies.add_company(Firm(TWO, "示例二", area="lingang"), SYSTEM)
    local = staff(Role.LIAISON, areas=("zhangjiang",))
    for caller in (PERSON, local, staff(Role.EDITOR), staff(Role.ADMIN), SYSTEM):
        assert room.companies.read_company(ONE, caller).uscc == ONE
    for caller in (PERSON, local):
        with pytest.raises(NotFoundError) as there:
            room.companies.read_company(TWO, caller)
        with pytest.raises(NotFoundError) as nowhere:
            room.companies.read_company(made_up_code(9), caller)
        assert there.value.message.replace(TWO, "") == nowhere.value.message.replace(made_up_code(9), "")
    for caller in (ANONYMOUS, staff(Role.MENTOR), staff(Role.DEPARTMENT)):
        with pytest.raises(ForbiddenError):
            room.companies.read_company(ONE, caller)
    assert [company.uscc for company in room.companies.list_companies(local, 10, None).items] == [ONE]
    with pytest.raises(ForbiddenError):
        room.companies.add_company(Firm(made_up_code(3), "示例三", area="lingang"), local)


def test_firms_are_found_by_a_part_of_their_name(room: Room) -> None:
    room.companies.add_company(Firm(ONE, "示例芯片设计有限公司", area="zhangjiang"), SYSTEM)
    room.companies.add_company(Firm(TWO, "示例生物科技有限公司"), SYSTEM)

    def found(**wanted: str) -> list[str]:
        return [company.uscc for company in room.companies.list_companies(SYSTEM, 10, None, **wanted).items]

    assert found(name="芯片") == [ONE]
    assert found(name="示例") == sorted([ONE, TWO])
    assert found(name=".*") == []
    assert found(area="zhangjiang") == [ONE]


def test_loading_many_can_be_repeated_and_resumed(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    firms = list(demo_firms(30))
    monkeypatch.setattr("backend.companies.service.BATCH", 8)
    room.companies.add_companies(firms[:11], SYSTEM)
    assert room.companies.add_companies(firms, SYSTEM) == 19
    assert room.companies.add_companies(firms, SYSTEM) == 0
    assert room.companies.count() == 30
    batches = list(room.companies.iterate_facts(batch=7))
    assert [uscc for batch in batches for uscc, _ in batch] == sorted(firm.uscc for firm in firms)
    assert list(room.companies.iterate_facts([ONE, made_up_code(99)]))[0][0][0] == ONE


def test_demo_firms_are_the_same_every_time_valid_and_recognisable() -> None:
    firms = list(demo_firms())
    assert firms == list(demo_firms())
    assert len({firm.uscc for firm in firms}) == len(firms) >= 200
    assert all(firm.name.startswith("示例") and check_uscc(firm.uscc) for firm in firms)
    assert len({firm.stage for firm in firms}) >= 5


def test_a_wrong_check_character_is_refused(room: Room) -> None:
    with pytest.raises(UsccError):
        room.companies.add_company(Firm(ONE[:-1] + ("0" if ONE[-1] != "0" else "1"), "示例"), SYSTEM)
