"""A firm's own way with each policy, and what opens to it once it is certified or has moved in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from backend.companies.service import COMMISSION, CompanyService
from backend.companies.store.applications import COLLECTION, Application, ApplicationStore, State
from backend.shared.caller import Caller
from backend.shared.clock import Clock
from backend.shared.errors import (
    AlreadyExistsError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    Problem,
    StaleRevisionError,
)
from backend.shared.events import Event
from policies.conditions import leaves
from policies.conditions.tree import Among, Is
from policies.eligibility import judge
from policies.facts import resolve
from policies.sheet import Sheet, Status

CHANGED = "application.changed"
STATES: Mapping[str, str] = {
    "interested": "有意向",
    "preparing": "准备中",
    "applied": "已申报",
    "obtained": "已获得",
    "refused": "未通过",
}
TOLD_BY: Mapping[str, str] = {
    "firm": "企业",
    "liaison": "联络员",
    "commission": "科经委",
    "name_list": "公示名单",
}
REMINDED = frozenset({"interested", "preparing"})
FUNDING = ("money", "tax")
TRIES = 5
MOVED_IN = "newly_introduced"


class Published(Protocol):
    """A policy as the public sees it."""

    @property
    def slug(self) -> str: ...
    @property
    def sheet(self) -> Sheet: ...


@dataclass(frozen=True)
class NextStep:
    """A funding policy that opens to a firm: why, and how the firm stands with it today."""

    policy: str
    title: str
    kind: str
    because: str
    status: Status
    state: State | Literal[""]


class ApplicationService:
    """Told by the firm, its liaison, the commission, or a published list of names."""

    def __init__(
        self,
        store: ApplicationStore,
        companies: CompanyService,
        published: Callable[[], Sequence[Published]],
        hand_on: Callable[[str, str], bool],
        clock: Clock,
    ) -> None:
        self._store = store
        self._companies = companies
        self._published = published
        self._hand_on = hand_on
        self._clock = clock

    def listed(self, uscc: str, caller: Caller) -> list[Application]:
        """Where the firm stands with each policy it has a way with."""
        return self._store.of_firm(self._companies.read_company(uscc, caller).uscc)

    def tell(
        self,
        uscc: str,
        policy: str,
        state: State,
        on: date,
        caller: Caller,
        note: str = "",
        listed: bool = False,
    ) -> Application:
        """One more step on a day not later than today; saying the same again changes nothing.

        `listed`: it stands in a published list of names, which `note` names; for the commission.
        """
        company = self._companies.read_company(uscc, caller)
        if policy not in {one.slug for one in self._published()}:
            raise NotFoundError("政策", policy)
        if on > self._clock.today():
            raise InvalidInputError.at("on", "日期不能在将来。")
        told_by = _teller(caller, listed)
        for _ in range(TRIES):
            before, now = self._store.find(company.uscc, policy), self._clock.now()
            step = {"state": state, "on": on.isoformat(), "told_by": told_by, "note": note,
                    "by": caller.label, "at": now}  # fmt: skip
            history = before.history if before else ()
            if any(_same(old, step) for old in history):
                assert before is not None
                return before
            stands = max((*history, step), key=lambda one: (one["on"], one["at"].timestamp()))
            record_id = f"{company.uscc}/{policy}"
            data = {name: stands[name] for name in ("state", "told_by", "note", "on")}
            data |= {"uscc": company.uscc, "policy": policy}
            event = Event(CHANGED, record_id, now, caller.label, data)
            try:
                told = self._store.tell(before, (company.uscc, policy), step, stands, now, event)
            except (AlreadyExistsError, StaleRevisionError):
                continue  # somebody else told something meanwhile
            self._hand_on(COLLECTION, record_id)
            return told
        raise StaleRevisionError("申报状态", f"{uscc}/{policy}", 0, 0)

    def tell_list(
        self, policy: str, usccs: Iterable[str], state: State, on: date, reference: str, caller: Caller
    ) -> list[Problem]:
        """The same for a published list of names; codes nobody knows come back as problems."""
        if not (caller.kind == "staff" and caller.has(*COMMISSION)):
            raise ForbiddenError
        problems = []
        for place, uscc in enumerate(usccs):
            try:
                self.tell(uscc, policy, state, on, caller, reference, listed=True)
            except NotFoundError as error:
                if error.details["kind"] == "政策":
                    raise
                problems.append(Problem(f"usccs.{place}", error.message))
        return problems

    def reminders_over(self, usccs: Sequence[str]) -> set[tuple[str, str]]:
        """(USCC, policy) where a firm has applied or is through: nobody reminds it any more; for the push."""
        return set(self._store.in_states(set(STATES) - REMINDED, usccs))

    def applied(self, policy: str) -> set[str]:
        """The firms that have applied for a policy and have no answer yet; for other rooms."""
        return {uscc for uscc, _ in self._store.in_states(["applied"], policy=policy)}

    def count_tried(self, policy: str) -> tuple[int, int]:
        """How many firms applied for a policy, whatever came of it, and how many obtained it."""
        tried = self._store.in_states({"applied", "obtained", "refused"}, policy=policy)
        return len(tried), len(self._store.in_states({"obtained"}, policy=policy))

    def next_steps(self, uscc: str, caller: Caller) -> list[NextStep]:
        """The funding policies that open by a title the firm holds or by its having moved in."""
        company = self._companies.read_company(uscc, caller)
        facts = resolve(self._companies.facts_of(company.uscc), self._clock.today())
        policies = {one.slug: one.sheet for one in self._published()}
        states = {one.policy: one.state for one in self._store.of_firm(company.uscc)}
        titles = facts.value("titles")
        held = dict.fromkeys(titles if isinstance(titles, frozenset) else (), "持有该资质")
        led: dict[str, str] = {}
        for slug, state in states.items():
            sheet = policies.get(slug)
            if sheet is not None and state == "obtained":
                held |= dict.fromkeys(sheet.grants, f"已获得“{sheet.title}”")
                led |= {
                    r.target: f"已获得“{sheet.title}”" for r in sheet.relations if r.kind == "leads_on_to"
                }
        moved_in = facts.value(MOVED_IN) is True
        steps = []
        for slug, sheet in policies.items():
            because = _opened(sheet, held, moved_in) or led.get(slug, "")
            if sheet.kind in FUNDING and because and states.get(slug) != "obtained":
                status = judge(sheet, facts, self._clock.today()).status if sheet.rules else "unknown"
                steps.append(NextStep(slug, sheet.title, sheet.kind, because, status, states.get(slug, "")))
        return steps


def _teller(caller: Caller, listed: bool) -> str:
    if caller.kind == "person":
        return "firm"
    if caller.kind == "system" or caller.has(*COMMISSION):
        return "name_list" if listed else "commission"
    return "liaison"


def _same(old: Mapping[str, object], new: Mapping[str, object]) -> bool:
    return all(old[name] == new[name] for name in ("state", "on", "told_by"))


def _opened(sheet: Sheet, held: Mapping[str, str], moved_in: bool) -> str:
    """Why a policy opens to a firm with these titles, "" when it does not."""
    asked = set(sheet.requires)
    asks_moved_in = False
    for rule in sheet.rules:
        for condition in rule.conditions:
            for leaf in leaves(condition.tree):
                if isinstance(leaf, Among) and leaf.fact == "titles" and not leaf.negated:
                    asked |= leaf.members
                asks_moved_in |= isinstance(leaf, Is) and leaf.fact == MOVED_IN and leaf.value
    because = next((held[title] for title in sorted(asked) if title in held), "")
    return because or ("新引进企业" if moved_in and asks_moved_in else "")
