"""Deadlines: windows that open and close, titles that end, duties of the year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import chain

from backend.push.service.causes.firms import Chosen
from backend.push.service.firm_table import OWN, FirmTable
from backend.push.service.telling import WITHDRAWN, Teller, Telling
from backend.push.service.walking import Waiting
from backend.push.service.wording import deadline_message
from backend.push.service.world import World
from backend.push.store import PushStores
from backend.push.store.answers import TOLD
from backend.push.store.runs import MatchRun
from policies.deadlines import (
    Deadline,
    Reminder,
    due_reminder,
    duty_days,
    firm_deadlines,
    policy_deadlines,
)
from policies.facts import resolve

FARTHEST = timedelta(days=400)


def due_windows(world: World, today: date) -> list[Reminder]:
    """The reminders of all published policies that are due today."""
    deadlines = (
        deadline for policy in world.published() for deadline in policy_deadlines(policy.sheet, today)
    )
    return [reminder for deadline in deadlines if (reminder := due_reminder(deadline, today))]


def window_run(reminder: Reminder) -> str:
    """The id of the run for one reminder; the target day is in it, so an extended deadline is another run."""
    deadline = reminder.deadline
    return f"{cause_of(reminder)}@{deadline.day.isoformat()}"


def cause_of(reminder: Reminder) -> str:
    """The cause of a reminder's messages: what it is about, and how far ahead."""
    deadline = reminder.deadline
    about = f"{deadline.policy}." if deadline.policy else ""
    return f"{about}{deadline.key}-{reminder.lead}"


class WindowLook:
    """Whoever qualifies for a policy, or follows it, hears of its windows."""

    def __init__(self, run: MatchRun, stores: PushStores, world: World, teller: Teller) -> None:
        self._run, self._stores, self._world, self._teller = run, stores, world, teller
        policy = next((policy for policy in world.published() if policy.slug == run.policy), None)
        self.note = "" if policy else WITHDRAWN
        if policy is None:
            return
        unfinished = stores.runs.unfinished()
        if any(other.task == "answers" and other.policy in ("", run.policy) for other in unfinished):
            raise Waiting  # who qualifies is being found out
        target = date.fromisoformat(run.target)
        deadlines = policy_deadlines(policy.sheet, min(run.day, target))
        found = [due for item in deadlines if item.day == target and (due := due_reminder(item, run.day))]
        self._reminder = next((due for due in found if window_run(due) == run.id), None)
        self._version = policy.version
        if self._reminder is None:
            self.note = "截止日期已改变"
            return
        members = set(world.pool.all_members())
        answers = stores.answers.of_policy(run.policy)
        self._eligible = {u for u, answer in answers.items() if answer.status in TOLD and u in members}
        self._followers: dict[str, list[str]] = {}
        for follow in stores.follows.of_policy(run.policy):
            self._followers.setdefault(follow.uscc, []).append(follow.person)
        self.firms = Chosen({*self._eligible, *self._followers})

    def match(self, usccs: Sequence[str]) -> None:
        assert self._reminder is not None
        bound = self._world.persons_of(usccs)
        over = self._world.reminders_over(usccs)
        tellings = []
        for uscc in usccs:
            if (uscc, self._run.policy) in over:
                continue  # it has applied: what it was to be reminded of is done
            following = tuple(p for p in self._followers.get(uscc, ()) if p in bound.get(uscc, ()))
            eligible = uscc in self._eligible
            message = deadline_message(uscc, self._run, self._reminder, self._version, not eligible)
            if eligible or following:
                tellings.append(Telling(message, None if eligible else following))
        self._teller.tell(tellings, self._run.id)


class OwnLook:
    """A firm's own dates. Only firms with one newly due, or that changed, are read."""

    def __init__(
        self, run: MatchRun, stores: PushStores, world: World, teller: Teller, table: FirmTable
    ) -> None:
        self._run, self._world, self._teller = run, world, teller
        self.note = ""
        last = stores.runs.last_done("own_deadlines")
        since = last.day if last else run.day - timedelta(days=1)
        members = table.members()
        found: set[str] = set()
        for fact in OWN[:2]:
            days = _falling_due("title_end", since, run.day)
            found.update(table.holding(run.day, fact, days, members))
        if _falling_due("duty", since, run.day) & duty_days(run.day):
            found.update(members)
        if last is not None:
            reached = set(members)
            found.update(uscc for uscc in stores.changes.since(last.created_at) if uscc in reached)
        self.firms = Chosen(members if last is None else found)

    def match(self, usccs: Sequence[str]) -> None:
        day = self._run.day
        tellings = []
        for uscc, records in chain.from_iterable(self._world.companies.iterate_facts(usccs, len(usccs))):
            for deadline in firm_deadlines(resolve(records, day), day):
                reminder = due_reminder(deadline, day)
                if reminder:
                    tellings.append(Telling(deadline_message(uscc, self._run, reminder, 0, False)))
        self._teller.tell(tellings, self._run.id)


def _falling_due(kind: str, since: date, today: date) -> set[date]:
    """The days of deadlines of which a reminder fell due after `since`."""
    days = (today + timedelta(days=ahead) for ahead in range(FARTHEST.days))
    found = set()
    for day in days:
        reminder = due_reminder(Deadline(kind, "", "", day), today)
        if reminder and since < reminder.day:
            found.add(day)
    return found
