"""The columns of all firms: always what the firms' files say, however they came to be so."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.adapters.mongo import Relay, collection_of
from backend.companies.columns.files import ColumnFiles
from backend.companies.facts import Ranks
from backend.companies.service import CompanyService, Firm
from backend.companies.service.disputes import DisputeService
from backend.companies.service.firm_columns import FirmColumns
from backend.companies.store import CompanyStore
from backend.demo.firms import made_up_code
from backend.pool.signals import lay_signals, signals
from backend.shared.caller import SYSTEM, Caller, Role
from backend.shared.clock import SHANGHAI, FixedClock
from backend.shared.errors import InvalidInputError, WrongStateError
from backend.shared.events import Bus
from policies.eligibility import FactTable, compile_rules, judge_many
from policies.facts import registry, resolve
from policies.loader import INTERNAL, LIBRARY, load_library

AT = datetime(2026, 11, 20, 9, 30, tzinfo=SHANGHAI)
STAFF = Caller("staff", "w", roles=frozenset({Role.EDITOR}))
WORKED_OUT = ("works_elsewhere", "address_moved_on", "rd_ratio_change", "gaoqi_renewal_applied")
SHEETS = [sheet for folder in (LIBRARY, INTERNAL) for sheet in load_library(folder)[0] if sheet.rules]
FACTS: dict[str, tuple[list[str | None], list[Any]]] = {
    "revenue": (["2023", "2024", "2025", "2026"], [0, 1, 10**8, 33_333_333]),
    "rd_expense": (["2023", "2024", "2025", "2026"], [0, 1, 5 * 10**6, 3_333_333]),
    "staff": (["2025", "2026"], [10, 30, 300]),
    "tech_staff": (["2025", "2026"], [0, 3, 30]),
    "registered_on": ([None], ["2019-03-01", "2025-02-01"]),
    "titles": ([None], [[], ["gaoqi"], ["gaoqi", "srdi"]]),
    "class2_ip": ([None, "2025", "2026-11-21", "2026-12-31", "2027-01-02"], [0, 3, 9]),
    "area": ([None], ["zhangjiang", "lingang", "某某园"]),
    "market_share": ([None], ["0.1", "0.0999999999"]),
    "gaoqi_valid_to": ([None], ["2027-01-05", "2027-06-30"]),
    "works_elsewhere": ([None], [True, False]),
    "pudong_registered": ([None], [True, False]),
}
SAYING = st.sampled_from(sorted(FACTS)).flatmap(
    lambda name: st.tuples(
        st.just("say"),
        st.integers(0, 4),
        st.just(name),
        st.sampled_from(FACTS[name][0]),
        st.sampled_from(FACTS[name][1]),
        st.sampled_from(["registry", "tax", "self_declared"]),
    )
)
STEPS = st.one_of(
    SAYING,
    SAYING,
    SAYING,
    st.tuples(st.just("add"), st.integers(0, 4)),
    st.tuples(st.just("dispute"), st.integers(0, 4), st.integers(0, 99), st.booleans()),
    st.tuples(st.just("rank"), st.sampled_from(["revenue", "class2_ip", "titles"]), st.integers(0, 3)),
    st.tuples(st.just("days"), st.sampled_from([1, 11, 40])),
    st.tuples(
        st.just("drop"),
    ),
    st.tuples(
        st.just("look"),
    ),
)


@dataclass
class Room:
    folder: Path
    clock: FixedClock = field(default_factory=lambda: FixedClock(AT))
    ranks: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        store, hand_on = CompanyStore(), Relay(Bus()).hand_on
        self.companies = CompanyService(store, self.clock, hand_on, self.known_ranks)
        self.disputes = DisputeService(store, self.companies, self.known_ranks, hand_on, self.clock)
        self.columns = self.opened()

    def known_ranks(self) -> Ranks:
        return dict(self.ranks)

    def opened(self) -> FirmColumns:
        """The columns as another process, or this one after a restart, would have them."""
        return FirmColumns(CompanyStore(), self.clock, self.known_ranks, ColumnFiles(self.folder), unsaved=1)

    def do(self, what: str, *how: Any) -> None:
        self.clock.move(minutes=7)
        # Contradictions, and what is disputed already, are refused: nothing is written.
        with suppress(InvalidInputError, WrongStateError):
            getattr(self, f"_{what}")(*how)

    def _add(self, number: int) -> None:
        if not self.companies.exists(made_up_code(number)):
            area = ("", "张江", "临港")[number % 3]
            firm = Firm(made_up_code(number), "示例", area=area, operating_area="临港" if number > 2 else "")
            self.companies.add_company(firm, SYSTEM)

    def _say(self, number: int, name: str, period: str | None, value: Any, source: str) -> None:
        self._add(number)
        facts = [{"name": name, "value": value, "period": period}]
        self.companies.record_facts(made_up_code(number), facts, source, SYSTEM)

    def _dispute(self, number: int, which: int, corrected: bool) -> None:
        self._add(number)
        uscc = made_up_code(number)
        facts = self.companies.facts_of(uscc)
        if not facts:
            return
        wrong = facts[which % len(facts)]
        claimed = FACTS.get(wrong.name, ([], [wrong.value]))[1][0]
        person = Caller("person", "p", firms=frozenset({uscc}))
        company = self.disputes.dispute(uscc, wrong.name, wrong.period, claimed, "有误", person)
        outcome = "corrected" if corrected else "kept"
        self.disputes.settle(uscc, company.disputes[-1]["id"], outcome, "已核", None, STAFF)  # type: ignore[arg-type]

    def _rank(self, fact: str, turn: int) -> None:
        order = ["registry", "tax", "staff_verified", "self_declared"]
        self.ranks[fact] = tuple(order[turn:] + order[:turn])

    def _days(self, days: int) -> None:
        self.clock.move(days=days)

    def _drop(self) -> None:
        collection_of("companies").drop()

    def _look(self) -> None:
        agree(self, self.columns)


def agree(room: Room, columns: FirmColumns) -> None:
    """Every fact, every signal and every answer, beside those from the full files."""
    day = room.clock.today()
    view = columns.view(day, registry())
    plain, worked = FactTable(day), FactTable(day, WORKED_OUT)
    renewing = {made_up_code(1), made_up_code(4)}
    for firms in room.companies.iterate_files(registry()):
        for firm in firms:
            facts = resolve(firm.records, day)
            found = signals(firm, facts, renewing)
            plain.put(firm.uscc, facts)
            worked.put_values(firm.uscc, lambda name, f=found, k=facts: f.get(name, k.value(name)))  # type: ignore[misc]
            assert view.known_since(firm.uscc) == firm.known_since
    same(view.table, plain)
    few = sorted(view.table.keys)[1:3]
    some, part = columns.view_of([*few, "nobody"], day, registry()), FactTable(day)
    for firms in room.companies.iterate_facts(few) if few else ():
        for uscc, records in firms:
            part.put(uscc, resolve(records, day))
    same(some.table, part)
    for name in ("elsewhere", "moved_on", "rd_change", "created"):
        whole = getattr(view, name)[[view.table.row(uscc) for uscc in some.table.keys]]
        np.testing.assert_array_equal(getattr(some, name), whole)
    rules = compile_rules(SHEETS, day)
    mine, theirs = judge_many(rules, view.table), judge_many(rules, plain)
    for slug in rules.policies:
        assert sorted(zip(mine.keys, mine.statuses(slug).tolist(), strict=True)) == sorted(
            zip(theirs.keys, theirs.statuses(slug).tolist(), strict=True)
        )
    lay_signals(view, lambda: renewing)
    same(view.table.picked(WORKED_OUT), worked)


def same(table: FactTable, expected: FactTable) -> None:
    assert sorted(table.keys) == sorted(expected.keys)
    rows = [table.row(key) for key in expected.keys]
    mine, theirs = bits(table), bits(expected)
    empty = np.zeros(len(rows), bool)
    for name in {*mine, *theirs}:
        found = mine[name][rows] if name in mine else empty
        np.testing.assert_array_equal(found, theirs.get(name, empty), err_msg=name)


def bits(table: FactTable) -> dict[str, np.ndarray]:
    size = len(table)
    return {
        name: part if name.startswith("n/") else np.unpackbits(part, count=size, bitorder="little")
        for name, part in table.parts().items()
        if name != "keys"
    }


@pytest.fixture
def room(store: object, tmp_path: Path) -> Iterator[Room]:
    yield Room(tmp_path / "columns")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=1, max_size=14))
def test_after_any_changes_the_columns_are_what_the_files_say(
    store: object, tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[Any, ...]]
) -> None:
    collection_of("companies").drop()
    room = Room(tmp_path_factory.mktemp("columns"))
    for step in steps:
        room.do(*step)
    agree(room, room.columns)
    agree(room, room.opened())


def filled(room: Room, count: int) -> None:
    room.companies.add_companies(
        (
            Firm(made_up_code(n), "示例", area="张江", facts=({"name": "class2_ip", "value": n % 9},))
            for n in range(count)
        ),
        SYSTEM,
    )


def test_only_firms_that_changed_are_read_again_and_none_after_a_restart(room: Room) -> None:
    filled(room, 300)
    agree(room, room.columns)
    assert room.columns.read == 300
    room.clock.move(days=1)
    room.do("say", 7, "class2_ip", None, 9, "tax")
    agree(room, room.columns)
    assert room.columns.read == 301
    later = room.opened()
    agree(room, later)
    assert later.read == 0


def test_a_write_that_comes_late_under_an_early_time_is_found(room: Room) -> None:
    filled(room, 50)
    agree(room, room.columns)
    room.clock.move(days=2)
    room.do("say", 1, "class2_ip", None, 9, "tax")
    agree(room, room.columns)
    early = room.clock.now() - timedelta(days=1)
    change = {
        "$set": {"updated_at": early},
        "$inc": {"revision": 1},
        "$push": {
            "facts": {"source": "tax", "known_at": early, "by": "w", "said": [["class2_ip", 77, None]]}
        },
    }
    collection_of("companies").update_one({"_id": made_up_code(2)}, change)
    agree(room, room.columns)


def test_words_about_a_later_day_count_from_that_day_on(room: Room) -> None:
    room.do("say", 1, "class2_ip", None, 3, "tax")
    room.do("say", 1, "class2_ip", "2026-11-25", 9, "tax")
    for day in (20, 24, 25, 23, 26):
        on = date(2026, 11, day)
        table = room.columns.view(on, ["class2_ip"]).table
        assert table.numbers("class2_ip", 0, 1)[0] == (9 if day >= 25 else 3)
    assert room.opened().view(date(2026, 11, 24), ["class2_ip"]).table.numbers("class2_ip", 0, 1)[0] == 3


def test_another_order_of_sources_is_taken_up_at_once(room: Room) -> None:
    room.do("say", 1, "class2_ip", None, 3, "registry")
    room.do("say", 1, "class2_ip", None, 9, "self_declared")
    agree(room, room.columns)
    room.do("rank", "class2_ip", 3)
    agree(room, room.columns)
    agree(room, room.opened())


@pytest.mark.parametrize("seed", range(8))
def test_a_damaged_file_is_not_believed(room: Room, seed: int) -> None:
    filled(room, 40)
    agree(room, room.columns)
    (path,) = room.folder.glob("*.npz")
    chance, whole = random.Random(seed), path.read_bytes()
    if seed % 2:
        path.write_bytes(whole[: chance.randrange(len(whole))])
    else:
        at = chance.randrange(len(whole) // 4)
        path.write_bytes(whole[:at] + bytes(200) + whole[at + 200 :])
    agree(room, room.opened())


def test_a_file_of_another_database_or_release_is_not_used(room: Room) -> None:
    filled(room, 20)
    agree(room, room.columns)
    assert ColumnFiles(room.folder).load(2026, room.columns._held[2026].ranks) is not None
    assert ColumnFiles(room.folder, "other").load(2026, room.columns._held[2026].ranks) is None
    assert ColumnFiles(room.folder).load(2026, "other ranks") is None


def test_what_is_handed_out_is_the_callers_own(room: Room) -> None:
    filled(room, 10)
    view = room.columns.view(room.clock.today(), ["class2_ip", "area"])
    before = bits(view.table)
    room.do("say", 3, "class2_ip", None, 99, "tax")
    room.columns.view(room.clock.today(), ["class2_ip"])
    for name, part in bits(view.table).items():
        np.testing.assert_array_equal(part, before[name])
