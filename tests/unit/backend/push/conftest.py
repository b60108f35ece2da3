"""Companies, pool and push over each store, with a small library of two policies and a queue in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest

from backend.adapters.mongo import Relay
from backend.catalogue.service import PublishedPolicy
from backend.companies.service import CompanyService, Firm
from backend.companies.store import CompanyStore
from backend.demo.firms import made_up_code
from backend.pool.life import Stage
from backend.pool.service import PoolService
from backend.pool.store import PoolStore
from backend.push.service import PushService, PushStores, open_stores
from backend.shared.caller import SYSTEM, Caller
from backend.shared.clock import SHANGHAI, FixedClock
from backend.shared.events import Bus, Event
from policies.sheet import parse_sheet

START = datetime(2026, 5, 6, 9, 30, tzinfo=SHANGHAI)
SHEET = """---
slug: {slug}
title: {title}
kind: money
level: district
stage: final
issuers: [示例部门]
validity: {{from: 2020-01-01, to: null}}
confidence: {{mark: K, note: 示例}}
sources: []
summary: 示例政策
rules:
  - id: text-2020
    kind: any
    from: 2020-01-01
    source: {{title: 示例 第一条, mark: K}}
    all:
      - {{id: patents, label: 发明专利, fact: invention_patents, at_least: {least}}}
{more}---
示例
"""
OPEN = "      - {id: field, label: 领域, declared: 属于支持的领域}\n"


def firm_code(number: int) -> str:
    return made_up_code(number)


def policy(slug: str = "alpha", version: int = 1, least: int = 3, declared: bool = False) -> PublishedPolicy:
    text = SHEET.format(slug=slug, title=f"示例{slug}", least=least, more=OPEN if declared else "")
    return PublishedPolicy(slug, version, version, parse_sheet(text, f"{slug}.md"), START)


@dataclass
class Room:
    """What is under test, and the world around it."""

    clock: FixedClock
    stores: PushStores
    companies: CompanyService
    pool: PoolService
    push: PushService
    live: dict[str, PublishedPolicy] = field(default_factory=dict)
    bound: dict[str, list[str]] = field(default_factory=dict)
    queue: list[tuple[str, ...]] = field(default_factory=list)

    def add_firms(self, patents: dict[int, int | None]) -> None:
        """Firms by number with this many patents (None: unknown), all in the pool."""
        for number, count in patents.items():
            facts = () if count is None else ({"name": "invention_patents", "value": count},)
            self.companies.add_company(Firm(firm_code(number), f"示例企业{number}", facts=facts), SYSTEM)
        rows = [(firm_code(number), Stage("candidate")) for number in patents]
        self.pool.enter_many(rows, SYSTEM, "测试")

    def set_patents(self, number: int, count: int) -> None:
        self.clock.move(minutes=1)
        fact = {"name": "invention_patents", "value": count}
        self.companies.record_facts(firm_code(number), [fact], "registry", SYSTEM)

    def publish(self, found: PublishedPolicy, change: str = "published") -> Event:
        self.live[found.slug] = found
        data = {"version": found.version, "change": change, "material": True}
        event = Event("policy.published", found.slug, self.clock.now(), "staff:x", data)
        self.push.on_policy_published(event)
        return event

    def withdraw(self, slug: str) -> None:
        gone = self.live.pop(slug)
        data = {"version": gone.version}
        self.push.on_policy_withdrawn(Event("policy.withdrawn", slug, self.clock.now(), "staff:x", data))

    def bind(self, person: str, number: int, bound: bool = True) -> None:
        persons = self.bound.setdefault(firm_code(number), [])
        if bound:
            persons.append(person)
        else:
            persons.remove(person)
        data = {"person": person, "uscc": firm_code(number)}
        kind = "person.bound" if bound else "person.unbound"
        self.push.on_binding(Event(kind, f"{person}:{number}", self.clock.now(), person, data))

    def work(self) -> None:
        """Do what the queue holds until it is empty."""
        tasks = {"match_policy": self.push.match_policy, "deliver_due": self.push.deliver_due}
        while self.queue:
            name, *ids = self.queue.pop(0)
            tasks[name](*ids)

    def inbox(self, person: str) -> list[str]:
        firms = frozenset(uscc for uscc, persons in self.bound.items() if person in persons)
        page, _ = self.push.inbox.read_inbox(Caller("person", person, firms=firms), 100, None)
        return [item.message.id for item in page.items]

    def messages(self) -> list[str]:
        page = self.push.inbox.list_messages(
            replace(SYSTEM, roles=frozenset({"admin"})), 100, None, None, None
        )
        return sorted(message.id for message in page.items)

    def reader(self, person: str, *numbers: int) -> Caller:
        return Caller("person", person, firms=frozenset(map(firm_code, numbers)))


@pytest.fixture
def room(store: object) -> Iterator[Room]:
    clock = FixedClock(START)
    relay = Relay(Bus())
    companies = CompanyService(CompanyStore(), clock, relay.hand_on)
    pool = PoolService(PoolStore(), companies, clock, relay.hand_on)
    stores = open_stores()
    live: dict[str, PublishedPolicy] = {}
    bound: dict[str, list[str]] = {}
    queue: list[tuple[str, ...]] = []
    push = PushService(
        stores,
        pool,
        companies,
        lambda: list(live.values()),
        lambda uscc: list(bound.get(uscc, [])),
        lambda *task: queue.append(task),
        clock,
    )
    yield Room(clock, stores, companies, pool, push, live, bound, queue)
