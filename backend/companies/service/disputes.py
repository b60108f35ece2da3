"""A firm disputes a fact in its file; staff look at it and correct it or keep it, with an answer.

Nothing is taken out: a correction is a newer word of the source that was wrong.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, Literal

from backend.companies.facts import Ranks, judged, pack, packed_value, read_facts, refuse_conflicts, unpack
from backend.companies.service import FACTS_CHANGED, CompanyService, file_fields
from backend.companies.store import COLLECTION, Company, CompanyStore
from backend.shared.caller import Caller
from backend.shared.clock import Clock
from backend.shared.errors import ForbiddenError, InvalidInputError, NotFoundError, WrongStateError
from backend.shared.events import Event
from policies.facts import FactRecord, fact_named

DISPUTED = "company.fact_disputed"
SETTLED = "company.dispute_settled"
OPEN = "open"
Outcome = Literal["corrected", "kept"]
DisputeState = Literal["open", "corrected", "kept"]
MOST_OPEN = 20


class DisputeService:
    """A dispute is part of the firm's record: it and its event are one write."""

    def __init__(
        self,
        store: CompanyStore,
        companies: CompanyService,
        ranks: Callable[[], Ranks],
        hand_on: Callable[[str, str], bool],
        clock: Clock,
    ) -> None:
        self._store = store
        self._companies = companies
        self._ranks = ranks
        self._hand_on = hand_on
        self._clock = clock

    def dispute(
        self, uscc: str, fact: str, period: str | None, claimed: Any, reason: str, caller: Caller
    ) -> Company:
        """Say that a fact in the file is wrong and what is right; NotFoundError when the file has none."""
        company = self._companies.read_company(uscc, caller)
        if caller.kind != "person":
            raise ForbiddenError("只有企业人员可以提出异议；工作人员可直接补充事实。")
        now = self._clock.now()
        right = read_facts(
            [{"name": fact, "value": claimed, "period": period}], "self_declared", now, caller.label
        )
        wrong = self._counting(company, fact, right[0].record.period)
        standing = [d for d in company.disputes if d["state"] == OPEN]
        if any((d["fact"], d["period"]) == (wrong.name, wrong.period) for d in standing):
            raise WrongStateError("这项事实已有未处理的异议。", fact=wrong.name)
        if len(standing) >= MOST_OPEN:
            raise WrongStateError(f"未处理的异议已有{MOST_OPEN}项，请等待处理。")
        new = {
            "id": uuid.uuid4().hex,
            "fact": wrong.name,
            "period": wrong.period,
            "source": wrong.source,
            "claimed": packed_value(right[0].record.value),
            "reason": reason,
            "state": OPEN,
            "at": now,
            "by": caller.label,
        }
        event = Event(DISPUTED, company.uscc, now, caller.label, {"fact": wrong.name, "dispute": new["id"]})
        done = self._store.set_disputes(company, [*company.disputes, new], caller.label, now, event)
        self._hand_on(COLLECTION, company.uscc)
        return done

    def settle(
        self, uscc: str, dispute_id: str, outcome: Outcome, answer: str, value: Any, caller: Caller
    ) -> Company:
        """Correct the fact (to `value`, default what the firm claims) or keep it, with an answer."""
        company = self._companies.read_company(uscc, caller)
        if caller.kind != "staff":
            raise ForbiddenError
        found = next((d for d in company.disputes if d["id"] == dispute_id), None)
        if found is None:
            raise NotFoundError("异议", dispute_id)
        if found["state"] != OPEN:
            raise WrongStateError("这项异议已经处理。", id=dispute_id)
        now = self._clock.now()
        settled = {**found, "state": outcome, "answer": answer, "settled_at": now, "settled_by": caller.label}
        disputes = [settled if d["id"] == dispute_id else dict(d) for d in company.disputes]
        data = {"fact": found["fact"], "dispute": dispute_id, "outcome": outcome}
        events = [Event(SETTLED, company.uscc, now, caller.label, data)]
        rows: list[dict[str, Any]] = []
        fields: dict[str, Any] = {"disputes": disputes}
        if outcome == "corrected":
            rows, following = self._correction(company, found, value, caller)
            fields |= following
            events.append(Event(FACTS_CHANGED, company.uscc, now, caller.label, {"facts": [found["fact"]]}))
        done = self._store.learn(company, rows, (), fields, caller.label, now, *events)
        self._hand_on(COLLECTION, company.uscc)
        return done

    def _correction(
        self, company: Company, dispute: Mapping[str, Any], value: Any, caller: Caller
    ) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        now = self._clock.now()
        right = claimed_value(dispute) if value is None else value
        stated = {"name": dispute["fact"], "value": right, "period": dispute["period"]}
        new = read_facts([stated], dispute["source"], now, caller.label)
        known = unpack(company.facts, self._ranks())
        refuse_conflicts(known, new, now)
        return pack(new), file_fields([*known, *new], company.particulars, now)

    def _counting(self, company: Company, fact: str, period: str | None) -> FactRecord:
        """The record that counts now for what is disputed."""
        name = fact_named(fact).name
        records = [
            record
            for record in judged(unpack(company.facts, self._ranks()))
            if (record.name, record.period) == (name, period)
        ]
        if not records:
            raise InvalidInputError.at("fact", f"企业档案中没有这一项：{fact_named(fact).label}。")
        return max(records, key=_preference)


def claimed_value(dispute: Mapping[str, Any]) -> Any:
    """What the firm says is right, exact."""
    value = dispute["claimed"]
    return Fraction(value) if fact_named(dispute["fact"]).is_ratio else value


def _preference(record: FactRecord) -> tuple[int, float]:
    return -record.source_rank, record.known_at.timestamp() if record.known_at else 0.0
