"""监测预警: rules over facts and their change. Raised once, reopened only on new evidence, never forgotten.

A warning raised is an event; whoever turns it into a request listens.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from backend.companies.service import COMMISSION, LOCAL, CompanyService
from backend.pool.answers import RateJson
from backend.pool.rulebook import WARNING, Rulebook
from backend.pool.service import PoolService
from backend.pool.service.evaluating import UNMET, Evaluator
from backend.pool.store.warnings import COLLECTION, ENDED, OPEN, FirmWarning, WarningFilter, WarningStore
from backend.shared.caller import SYSTEM, Caller
from backend.shared.clock import Clock, in_shanghai, start_of
from backend.shared.errors import AlreadyExistsError, ForbiddenError, StaleRevisionError, WrongStateError
from backend.shared.events import Event
from backend.shared.paging import Page
from policies.eligibility import ConditionAnswer
from policies.facts import value_json
from policies.sheet import Sheet

RAISED, ESCALATED, ENDED_EVENT = "warning.raised", "warning.escalated", "warning.ended"
Result = Literal["handled", "recovered", "gone", "false_alarm"]
RESULTS: Mapping[str, str] = {
    "handled": "已处置",
    "recovered": "情况已好转",
    "gone": "企业已迁出或注销",
    "false_alarm": "误报",
}
HANDLING = "handling"
USUAL_DAYS, USUAL_SEVERITY = 30, "一般"
BATCH = 1000


@dataclass(frozen=True)
class WarningReport:
    """What a run came to."""

    firms: int
    raised: int
    reopened: int
    recovered: int
    escalated: int


class Warnings:
    """Runs every night over the firms pushes reach; people take the steps."""

    def __init__(
        self,
        store: WarningStore,
        pool: PoolService,
        companies: CompanyService,
        evaluator: Evaluator,
        finder: Callable[[str], str],
        hand_on: Callable[[str, str], bool],
        clock: Clock,
    ) -> None:
        self._store = store
        self._pool = pool
        self._companies = companies
        self._evaluator = evaluator
        self._finder = finder
        self._hand_on = hand_on
        self._clock = clock

    def look(self) -> WarningReport:
        """Raise, reopen and end by the rules of today, then escalate what nobody acted on; may run twice."""
        book, day = self._evaluator.rulebook(), self._clock.today()
        rules = book.starting(WARNING)
        members = set(self._pool.all_members())
        counts = {"firms": len(members), RAISED: 0, "reopened": 0, "recovered": 0}
        found = self._evaluator.evaluate(book, rules, day)
        for rule in rules:
            met = sorted(members.intersection(found.firms(rule)))
            for start in range(0, len(met), BATCH):
                self._raise(book, rule, met[start : start + BATCH], day, counts)
            self._recover(rule, members.intersection(found.firms(rule, {UNMET})), counts)
        escalated = sum(self._escalate(warning, day) for warning in self._store.overdue(day.isoformat()))
        return WarningReport(
            counts["firms"], counts[RAISED], counts["reopened"], counts["recovered"], escalated
        )

    def listed(
        self, caller: Caller, limit: int, cursor: str | None, state: str = "", rule: str = ""
    ) -> Page[FirmWarning]:
        """Warnings in the caller's scope."""
        if not (caller.kind == "staff" and caller.has(*COMMISSION, *LOCAL)):
            raise ForbiddenError
        if caller.has(*COMMISSION):
            return self._store.page(WarningFilter(state, rule), limit, cursor)
        scope = WarningFilter(state, rule, caller.scope.areas, caller.scope.towns)
        return self._store.page(scope, limit, cursor)

    def names_of(self, warnings: Sequence[FirmWarning]) -> Mapping[str, str]:
        """Code -> name of the firms these are about."""
        return self._companies.names_of([warning.uscc for warning in warnings])

    def act(self, uscc: str, rule: str, what: str, caller: Caller) -> FirmWarning:
        """Write down a step that was taken."""
        warning = self._open(uscc, rule, caller)
        now = self._clock.now()
        deadline = (now.date() + timedelta(days=warning.days)).isoformat()
        fields = {"deadline": max(deadline, warning.deadline), "level": 0}
        return self._store.change(warning, fields, self._step("acted", what, caller), caller.label, now)

    def end(self, uscc: str, rule: str, result: Result, note: str, caller: Caller) -> FirmWarning:
        """End a warning with its result; WrongStateError when it has ended."""
        return self._end(self._open(uscc, rule, caller), result, note, caller)

    def escalated_on(self, day: date) -> list[FirmWarning]:
        """Those nobody had acted on in time that day, whatever was done since."""
        return [
            warning
            for warning in self._store.changed_since(start_of(day))
            if any(
                step["kind"] == "escalated" and in_shanghai(step["at"]).date() == day
                for step in warning.steps
            )
        ]

    def rates(self, caller: Caller) -> dict[str, RateJson]:
        """Rule -> raised, ended, false alarms and their share of those that ended."""
        if not (caller.kind == "staff" and caller.has(*COMMISSION, *LOCAL)):
            raise ForbiddenError
        return {
            rule: {
                "raised": raised,
                "ended": ended,
                "false_alarms": false,
                "false_alarm_rate": f"{false / ended:.4f}" if ended else None,
            }
            for rule, (raised, ended, false) in sorted(self._store.rates().items())
        }

    def _raise(
        self, book: Rulebook, rule: str, met: Sequence[str], day: date, counts: dict[str, int]
    ) -> None:
        before, places = self._store.of_rule(rule, met), self._companies.all_places_of(met)
        for uscc in met:
            old = before.get(uscc)
            if old is not None and old.state == OPEN:
                if places.get(uscc, old.places) != old.places:
                    self._hand_over(old, places[uscc])
                continue
            verdict = self._evaluator.explain(book, rule, uscc, day)
            if verdict is None:
                continue
            evidence = _evidence(verdict.conditions)
            key = hashlib.sha256(repr(evidence).encode()).hexdigest()[:16]
            if old is not None and old.evidence_key == key:
                continue
            fields = self._fields(book, rule, uscc, evidence, key, day) | places[uscc]
            counts["reopened" if old else RAISED] += self._write(uscc, rule, old, fields)

    def _fields(
        self, book: Rulebook, rule: str, uscc: str, evidence: list[dict[str, Any]], key: str, day: date
    ) -> dict[str, Any]:
        severity, days = _handling(book.rules[rule].sheet)
        return {
            "rule_version": book.name(rule),
            "state": OPEN,
            "severity": severity,
            "evidence": evidence,
            "evidence_key": key,
            "finder": self._finder(uscc),
            "deadline": (day + timedelta(days=days)).isoformat(),
            "days": days,
            "level": 0,
            "result": "",
        }

    def _write(self, uscc: str, rule: str, old: FirmWarning | None, fields: Mapping[str, Any]) -> bool:
        now = self._clock.now()
        data = {name: fields[name] for name in ("severity", "finder", "deadline")}
        event = Event(RAISED, f"{uscc}/{rule}", now, SYSTEM.label, {"uscc": uscc, "rule": rule, **data})
        step = self._step("reopened" if old else "raised", "", SYSTEM)
        try:
            if old is None:
                self._store.raise_new(uscc, rule, {**fields, "steps": [step]}, SYSTEM.label, now, event)
            else:
                self._store.change(old, fields, step, SYSTEM.label, now, event, counts={"raised": 1})
        except (AlreadyExistsError, StaleRevisionError):
            return False  # another worker was faster
        self._hand_on(COLLECTION, f"{uscc}/{rule}")
        return True

    def _hand_over(self, warning: FirmWarning, places: Mapping[str, str]) -> None:
        """The firm has moved: who looks after it there sees the warning from now on."""
        fields = {**places, "finder": self._finder(warning.uscc)}
        with suppress(StaleRevisionError):  # somebody acted this very moment: the next run sees it again
            self._store.change(
                warning, fields, self._step("handed_over", "", SYSTEM), SYSTEM.label, self._clock.now()
            )

    def _recover(self, rule: str, unmet: set[str], counts: dict[str, int]) -> None:
        """What the rule no longer finds has come right by itself."""
        if not unmet:
            return
        for warning in self._store.open_of(rule):
            if warning.uscc in unmet:
                self._end(warning, "recovered", "规则不再成立", SYSTEM)
                counts["recovered"] += 1

    def _escalate(self, warning: FirmWarning, day: date) -> bool:
        """Nobody acted until the deadline: one level up, and a new deadline."""
        now = self._clock.now()
        data = {
            "uscc": warning.uscc,
            "rule": warning.rule,
            "level": warning.level + 1,
            "finder": warning.finder,
        }
        subject = f"{warning.uscc}/{warning.rule}"
        event = Event(ESCALATED, subject, now, SYSTEM.label, data)
        fields = {"level": warning.level + 1, "deadline": (day + timedelta(days=warning.days)).isoformat()}
        try:
            self._store.change(
                warning, fields, self._step("escalated", "逾期未处置", SYSTEM), SYSTEM.label, now, event
            )
        except StaleRevisionError:
            return False  # somebody acted this very moment
        self._hand_on(COLLECTION, subject)
        return True

    def _end(self, warning: FirmWarning, result: Result, note: str, caller: Caller) -> FirmWarning:
        now, subject = self._clock.now(), f"{warning.uscc}/{warning.rule}"
        data = {"uscc": warning.uscc, "rule": warning.rule, "result": result}
        event = Event(ENDED_EVENT, subject, now, caller.label, data)
        fields = {"state": ENDED, "result": result}
        counts = {"ended": 1, "false_alarms": int(result == "false_alarm")}
        step = self._step("ended", note, caller)
        done = self._store.change(warning, fields, step, caller.label, now, event, counts=counts)
        self._hand_on(COLLECTION, subject)
        return done

    def _open(self, uscc: str, rule: str, caller: Caller) -> FirmWarning:
        company = self._companies.read_company(uscc, caller)
        if caller.kind != "staff":
            raise ForbiddenError
        warning = self._store.get(company.uscc, rule)
        if warning.state != OPEN:
            raise WrongStateError("这条预警已经结束。", id=f"{uscc}/{rule}")
        return warning

    def _step(self, kind: str, what: str, caller: Caller) -> dict[str, Any]:
        return {"kind": kind, "what": what, "at": self._clock.now(), "by": caller.label}


def _handling(sheet: Sheet) -> tuple[str, int]:
    """How grave a warning of this rule is, and within how many days somebody must act."""
    clause = next((clause for clause in sheet.clauses if clause.anchor == HANDLING), None)
    if clause is None:
        return USUAL_SEVERITY, USUAL_DAYS
    days = next((int(target.quantity) for target in clause.targets if target.quantity), USUAL_DAYS)
    return clause.group or USUAL_SEVERITY, days


def _evidence(answers: Sequence[ConditionAnswer]) -> list[dict[str, Any]]:
    """The values the rule found, condition by condition."""
    found: list[dict[str, Any]] = []
    for answer in answers:
        if answer.known is not None:
            value, period = value_json(answer.known.value), answer.known.period
            found.append({"fact": answer.fact, "value": value, "period": period, "sentence": answer.sentence})
        found += _evidence(answer.parts)
    return found
