"""What is under test, and the world around it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from backend.adapters.mongo import Relay
from backend.catalogue.service import PublishedPolicy
from backend.companies.service import CompanyService, Firm
from backend.companies.store import CompanyStore
from backend.demo.firms import made_up_code
from backend.pool.life import Stage
from backend.pool.service import PoolService
from backend.pool.store import PoolStore
from backend.push.service import Found, Help, PushService, PushStores, World
from backend.push.service.carriers import Parcel
from backend.push.store.deliveries import Delivery
from backend.shared.caller import SYSTEM, Caller, Role
from backend.shared.clock import SHANGHAI, FixedClock
from backend.shared.errors import CarrierDownError, CarrierError, CarrierRefusedError
from backend.shared.events import Bus, Event
from policies.sheet import Sheet, parse_sheet

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
{windows}    all:
      - {{id: patents, label: 发明专利, fact: invention_patents, at_least: {least}, help: [ip-planning]}}
{more}---
示例
"""
OPEN = "      - {id: field, label: 领域, declared: 属于支持的领域}\n"


def firm_code(number: int) -> str:
    return made_up_code(number)


def policy(
    slug: str = "alpha",
    version: int = 1,
    least: int = 3,
    declared: bool = False,
    window: tuple[str, str] | None = None,
    more: str = "",
    title: str = "",
) -> PublishedPolicy:
    windows = f"    windows: [{{open: {window[0]}, close: {window[1]}}}]\n" if window else ""
    text = SHEET.format(
        slug=slug,
        title=title or f"示例{slug}",
        least=least,
        more=(OPEN if declared else "") + more,
        windows=windows,
    )
    return PublishedPolicy(slug, version, version, parse_sheet(text, f"{slug}.md"), START)


@dataclass
class NotingCarrier:
    """A carrier that notes what it was given; `faults` are raised first, one per send."""

    name: str = "wechat"
    needs_permit: bool = True
    reachable: dict[str, str] = field(default_factory=dict)
    sent: list[Parcel] = field(default_factory=list)
    faults: list[CarrierError] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    wait: Callable[[datetime], datetime] = lambda now: now
    before_send: Callable[[Parcel], None] = lambda _parcel: None

    def addresses(self, persons: Sequence[str]) -> Mapping[str, str]:
        return {person: self.reachable[person] for person in persons if person in self.reachable}

    def send(self, parcel: Parcel) -> str:
        if self.faults:
            raise self.faults.pop(0)
        self.before_send(parcel)
        self.sent.append(parcel)
        return f"{self.name}-{len(self.sent)}"

    def wait_until(self, _error: CarrierDownError, now: datetime) -> datetime:
        return self.wait(now)

    def refused(self, parcel: Parcel, error: CarrierRefusedError) -> bool:
        self.refusals.append(parcel.person)
        return False

    def titles(self, person: str = "") -> list[str]:
        return [parcel.message.title for parcel in self.sent if person in ("", parcel.person)]


@dataclass
class Room:
    """The push service over a store, with firms, policies, persons and carriers that tests set."""

    clock: FixedClock
    stores: PushStores
    companies: CompanyService
    pool: PoolService
    live: dict[str, PublishedPolicy] = field(default_factory=dict)
    versions: dict[tuple[str, int], Sheet] = field(default_factory=dict)
    bound: dict[str, list[str]] = field(default_factory=dict)
    openids: dict[str, str] = field(default_factory=dict)
    helps: dict[tuple[str, str], Help] = field(default_factory=dict)
    findings: list[Found] = field(default_factory=list)
    publishers: list[str] = field(default_factory=lambda: ["wang", "zhao"])
    drafts: dict[str, PublishedPolicy] = field(default_factory=dict)
    applied: set[tuple[str, str]] = field(default_factory=set)
    queue: list[tuple[str, ...]] = field(default_factory=list)
    wechat: NotingCarrier = field(default_factory=NotingCarrier)
    mail: NotingCarrier = field(default_factory=lambda: NotingCarrier("mail", needs_permit=False))
    letters: list[tuple[str, str, str]] = field(default_factory=list)
    push: PushService = field(init=False)

    def __post_init__(self) -> None:
        world = World(
            pool=self.pool,
            companies=self.companies,
            clock=self.clock,
            enqueue=lambda *task: self.queue.append(task),
            published=lambda: list(self.live.values()),
            sheet_of_version=lambda slug, number: self.versions.get((slug, number)),
            persons_of=lambda usccs: {u: list(self.bound[u]) for u in usccs if self.bound.get(u)},
            firms_of=lambda person: [u for u, persons in self.bound.items() if person in persons],
            openids_of=lambda persons: {p: self.openids[p] for p in persons if p in self.openids},
            allows_carriers=lambda persons: {
                p for p in persons if p in self.openids or p in self.mail.reachable
            },
            publishers=lambda: self.publishers,
            find_help=lambda kind, key: self.helps.get((kind, key)),
            find=lambda _text, _filters: list(self.findings),
            draft=lambda slug: self.drafts[slug],
            reminders_over=lambda usccs: {pair for pair in self.applied if pair[0] in usccs},
        )
        self.push = PushService(
            world,
            lambda _push: [self.wechat, self.mail],
            lambda *letter: self.letters.append(letter),
            stores=self.stores,
        )

    # The world

    def add_firms(self, patents: Mapping[int, int | None], stage: str = "candidate") -> None:
        """Firms by number with this many patents (None: unknown), all in the pool."""
        for number, count in patents.items():
            facts = () if count is None else ({"name": "invention_patents", "value": count},)
            self.companies.add_company(Firm(firm_code(number), f"示例企业{number}", facts=facts), SYSTEM)
        self.pool.enter_many([(firm_code(number), Stage(stage)) for number in patents], SYSTEM, "测试")

    def set_fact(self, number: int, name: str, value: object) -> None:
        self.clock.move(minutes=1)
        self.companies.record_facts(firm_code(number), [{"name": name, "value": value}], "registry", SYSTEM)
        uscc = firm_code(number)
        self.push.on_firm_changed(Event("company.facts_changed", uscc, self.clock.now(), "staff:x"))

    def set_patents(self, number: int, count: int) -> None:
        self.set_fact(number, "invention_patents", count)

    def publish(self, found: PublishedPolicy, change: str = "published", material: bool = True) -> Event:
        self.live[found.slug] = found
        self.versions[found.slug, found.version] = found.sheet
        data = {"version": found.version, "change": change, "material": material}
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

    def on_wechat(self, person: str, permits: int = 1, template: str = "policy") -> None:
        """The person signs in by WeChat and taps consent so many times."""
        self.openids[person] = self.wechat.reachable[person] = f"openid-{person}"
        for number in range(permits):
            self.stores.permits.grant(person, template, f"tap-{template}-{number}", self.clock.now())

    def on_mail(self, person: str) -> None:
        """The person has confirmed an address."""
        self.mail.reachable[person] = f"{person}@example.org"
        self.stores.preferences.set(
            person, self.clock.now(), email=f"{person}@example.org", email_confirmed=True
        )

    # What goes on

    def at(self, year: int, month: int, day: int, hour: int = 9) -> None:
        """Set the clock."""
        self.clock.at = datetime(year, month, day, hour, tzinfo=SHANGHAI)

    def work(self) -> None:
        """Do what the queue holds until it is empty."""
        tasks: dict[str, Callable[..., object]] = {
            "match_policy": self.push.match_policy,
            "deliver_due": self.push.deliver_due,
        }
        while self.queue:
            name, *ids = self.queue.pop(0)
            tasks[name](*ids)

    def tick(self) -> None:
        """What the schedule does each minute."""
        self.push.resume_runs()
        self.push.match_changed()
        self.work()
        self.push.deliver_due()

    # What came of it

    def inbox(self, person: str) -> list[str]:
        page, _ = self.push.inbox.read_inbox(self._caller(person), 100, None)
        return [item.message.id for item in page.items]

    def titles(self, person: str) -> list[str]:
        page, _ = self.push.inbox.read_inbox(self._caller(person), 100, None)
        return [item.message.title for item in page.items]

    def kinds(self, number: int) -> Counter[str]:
        return Counter(message.kind for message in self.stores.messages.of_firm(firm_code(number)))

    def answers(self) -> list[str]:
        """The messages about answers."""
        return [message for message in self.messages() if "question." not in message]

    def messages(self) -> list[str]:
        everybody = Caller("staff", "all", roles=frozenset({Role.ADMIN}))
        page = self.push.inbox.list_messages(everybody, 100, None, None, None)
        return sorted(message.id for message in page.items)

    def deliveries(self, number: int, carrier: str) -> list[Delivery]:
        found = self.stores.messages.of_firm(firm_code(number))
        rows = self.stores.deliveries.of_messages([message.id for message in found])
        return [row for row in rows if row.carrier == carrier]

    def reader(self, person: str, *numbers: int) -> Caller:
        return Caller("person", person, firms=frozenset(map(firm_code, numbers)))

    def _caller(self, person: str) -> Caller:
        firms = frozenset(uscc for uscc, persons in self.bound.items() if person in persons)
        return Caller("person", person, firms=firms)


def open_room() -> Room:
    """A room over the store that is connected."""
    clock = FixedClock(START)
    relay = Relay(Bus())
    companies = CompanyService(CompanyStore(), clock, relay.hand_on)
    pool = PoolService(PoolStore(), companies, clock, relay.hand_on)
    return Room(clock, PushStores(), companies, pool)
