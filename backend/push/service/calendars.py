"""A person's calendar feed: the deadlines of its firms, at a secret address that can be revoked."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

from icalendar import Calendar, Event

from backend.push.service.world import World
from backend.push.store import PushStores
from backend.push.store.answers import TOLD
from backend.shared.caller import Caller
from backend.shared.clock import in_shanghai
from backend.shared.errors import NotFoundError
from policies.deadlines import firm_deadlines, open_duties, policy_deadlines
from policies.facts import resolve


@dataclass(frozen=True)
class Entry:
    """A day in somebody's calendar, or hours of it; `key` stays the same when the words change."""

    key: str
    day: date
    title: str
    text: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None


# (person, its firms, today) -> entries; other rooms hand theirs in.
Source = Callable[[str, Sequence[str], date], Iterable[Entry]]


class Calendars:
    """One feed per person; a new address closes the old one."""

    def __init__(self, stores: PushStores, world: World, sources: Sequence[Source] = ()) -> None:
        self._stores = stores
        self._world = world
        self._sources: tuple[Source, ...] = (self.deadlines, *sources)

    def open(self, caller: Caller) -> str:
        """A new secret, shown only now; earlier addresses end."""
        secret, now = secrets.token_urlsafe(24), self._world.clock.now()
        self._stores.feeds.add(_hash(secret), caller.id, now)
        self._stores.feeds.close(caller.id, now, keep=_hash(secret))
        return secret

    def revoke(self, caller: Caller) -> int:
        """Close the person's feed: 1 if there was one."""
        return self._stores.feeds.close(caller.id, self._world.clock.now())

    def is_open(self, caller: Caller) -> bool:
        """Whether the person has a feed."""
        return self._stores.feeds.since(caller.id) is not None

    def feed(self, secret: str) -> bytes:
        """The calendar behind a secret address; NotFoundError for one that was never or is no longer open."""
        person = self._stores.feeds.person_of(_hash(secret))
        if person is None:
            raise NotFoundError("日历", "")
        calendar = Calendar()
        calendar.add("prodid", "-//policymap//CN")
        calendar.add("version", "2.0")
        calendar.add("x-wr-calname", "政策导图：截止日期")
        calendar.add("x-wr-timezone", "Asia/Shanghai")
        notes = "；".join(f"{label}：{where}" for label, where in open_duties())
        calendar.add("x-wr-caldesc", f"日期未定：{notes}")
        stamp = in_shanghai(self._world.clock.now())
        for entry in self.entries(person):
            event = Event()
            event.add("uid", f"{entry.key}@policymap")
            event.add("dtstamp", stamp)
            event.add("dtstart", entry.starts_at or entry.day)
            event.add("dtend", entry.ends_at or entry.day + timedelta(days=1))
            event.add("summary", entry.title)
            if entry.text:
                event.add("description", entry.text)
            calendar.add_component(event)
        return bytes(calendar.to_ical())

    def entries(self, person: str) -> list[Entry]:
        """Everything for this person, by day."""
        firms, today = sorted(self._world.firms_of(person)), self._world.clock.today()
        found = [entry for source in self._sources for entry in source(person, firms, today)]
        return sorted(found, key=lambda entry: (entry.day, entry.key))

    def deadlines(self, person: str, firms: Sequence[str], today: date) -> Iterable[Entry]:
        """Windows of what each firm qualifies for or the person follows, and the firm's own dates."""
        names = self._world.companies.names_of(firms)
        followed = {
            (f.uscc, f.policy) for f in self._stores.follows.of_person(person) if f.active and f.policy
        }
        policies = self._world.published()
        answers = (
            self._stores.answers.get_many(firms, [policy.slug for policy in policies]) if policies else {}
        )
        for uscc in firms:
            said = answers.get(uscc, {})
            for policy in policies:
                slug = policy.slug
                if (uscc, slug) in followed or (slug in said and said[slug].status in TOLD):
                    for deadline in policy_deadlines(policy.sheet, today):
                        key = f"{uscc}.{slug}.{deadline.key}.{deadline.day:%Y%m%d}"
                        yield Entry(
                            key, deadline.day, f"{names.get(uscc, '')} {deadline.label}", deadline.source
                        )
            for deadline in firm_deadlines(resolve(self._world.companies.facts_of(uscc), today), today):
                key = f"{uscc}.{deadline.key}.{deadline.day:%Y%m%d}"
                yield Entry(key, deadline.day, f"{names.get(uscc, '')} {deadline.label}", deadline.source)


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
