"""The pool over each store: entering, moving, undoing, two people at once, and whom pushes reach."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest

from backend.adapters.mongo import Relay
from backend.companies.service import CompanyService, Firm
from backend.companies.store import CompanyStore
from backend.demo.firms import made_up_code
from backend.pool.life import Stage
from backend.pool.service import PoolFilter, PoolService
from backend.pool.store import PoolStore
from backend.shared.caller import SYSTEM, Caller, Role, Scope
from backend.shared.clock import SHANGHAI, FixedClock
from backend.shared.errors import (
    AlreadyExistsError,
    NotFoundError,
    StaleRevisionError,
    WrongStateError,
)
from backend.shared.events import Bus, Event

ONE, TWO, THREE = (made_up_code(number) for number in (1, 2, 3))
LOCAL = Caller("staff", "w", roles=frozenset({Role.LIAISON}), scope=Scope(areas=frozenset({"zhangjiang"})))


@dataclass
class Room:
    companies: CompanyService
    pool: PoolService
    clock: FixedClock
    heard: list[Event]


@pytest.fixture
def room(store: object) -> Iterator[Room]:
    clock = FixedClock(datetime(2026, 5, 6, 9, 30, tzinfo=SHANGHAI))
    bus, heard = Bus(), []
    relay = Relay(bus)
    companies = CompanyService(CompanyStore(), clock, relay.hand_on)
    pool = PoolService(PoolStore(), companies, clock, relay.hand_on)
    for kind in ("pool.entered", "pool.moved"):
        bus.subscribe(kind, "test", heard.append)
    bus.subscribe("company.facts_changed", "pool", lambda event: pool.follow_companies([event.subject]))
    for uscc, area in ((ONE, "zhangjiang"), (TWO, "lingang"), (THREE, "")):
        companies.add_company(Firm(uscc, "示例企业", area=area), SYSTEM)
    yield Room(companies, pool, clock, heard)


def test_entering_is_the_first_event_and_happens_once(room: Room) -> None:
    member = room.pool.enter(ONE, Stage("in_pool", "reserve"), SYSTEM, "符合入库条件", rule="ruku@1")
    assert member.stage.label == "在库（储备）"
    assert [(event.step, event.rule, event.by) for event in member.life] == [
        ("in_pool", "ruku@1", "system:policymap")
    ]
    with pytest.raises(AlreadyExistsError):
        room.pool.enter(ONE, Stage("candidate"), SYSTEM, "再来")
    with pytest.raises(NotFoundError):
        room.pool.enter(made_up_code(9), Stage("candidate"), SYSTEM, "不认识")
    with pytest.raises(WrongStateError):
        room.pool.enter(TWO, Stage("applying"), SYSTEM, "跳步")
    assert [event.kind for event in room.heard] == ["pool.entered"]


def test_the_state_of_any_instant_is_known(room: Room) -> None:
    room.pool.enter(ONE, Stage("candidate"), SYSTEM, "一")
    room.clock.move(days=10)
    room.pool.move(ONE, Stage("in_pool", "cultivate"), SYSTEM, "二")
    between = room.clock.now()
    room.clock.move(days=10)
    room.pool.undo(ONE, SYSTEM, "弄错了")
    assert room.pool.state(ONE).stage == Stage("candidate")
    assert room.pool.state(ONE, between).stage == Stage("in_pool", "cultivate")
    assert len(room.pool.read(ONE, SYSTEM).life) == 3


def test_a_life_undone_to_its_beginning_goes_on_by_moving(room: Room) -> None:
    room.pool.enter(ONE, Stage("candidate"), SYSTEM, "一")
    assert room.pool.undo(ONE, SYSTEM, "不该入").stage == Stage()
    assert room.pool.members() == []
    assert room.pool.move(ONE, Stage("tracked"), SYSTEM, "先跟踪").stage == Stage("tracked")


def test_of_two_who_decide_at_once_the_second_is_told(room: Room) -> None:
    seen = room.pool.enter(ONE, Stage("candidate"), SYSTEM, "一").revision
    room.pool.move(ONE, Stage("applying"), SYSTEM, "甲", seen)
    with pytest.raises(StaleRevisionError):
        room.pool.move(ONE, Stage("left"), SYSTEM, "乙", seen)
    assert room.pool.state(ONE).stage == Stage("applying")


def test_pushes_reach_those_from_candidate_on_in_the_order_of_codes(room: Room) -> None:
    stages = [(ONE, Stage("tracked")), (TWO, Stage("candidate")), (THREE, Stage("certified"))]
    assert room.pool.enter_many([*stages, (made_up_code(9), Stage("candidate"))], SYSTEM, "导入") == 3
    assert room.pool.enter_many(stages, SYSTEM, "再导入") == 0
    reached = sorted([TWO, THREE])
    assert room.pool.members() == reached
    assert room.pool.members(after=reached[0], batch=1) == reached[1:]
    assert room.pool.count() == 2
    room.pool.move(TWO, Stage("left"), SYSTEM, "退出")
    assert room.pool.members() == [THREE]


def test_local_staff_see_their_area_and_follow_a_firm_that_moves(room: Room) -> None:
    room.pool.enter_many([(ONE, Stage("candidate")), (TWO, Stage("candidate"))], SYSTEM, "导入")
    assert [member.uscc for member in room.pool.list_members(PoolFilter(), LOCAL, 10, None).items] == [ONE]
    with pytest.raises(NotFoundError):
        room.pool.move(TWO, Stage("left"), LOCAL, "不归我管")
    room.companies.record_facts(TWO, [{"name": "area", "value": "zhangjiang"}], "registry", SYSTEM)
    found = [member.uscc for member in room.pool.list_members(PoolFilter("candidate"), LOCAL, 10, None).items]
    assert found == sorted([ONE, TWO])
