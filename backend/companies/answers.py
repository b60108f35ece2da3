"""What the doors of firms answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Literal

from typing_extensions import TypedDict

from backend.adapters.http.answers import PageJson, ProblemJson, list_json, problem_json
from backend.companies.facts import KeptFact
from backend.companies.particulars import PARTICULARS, best_particulars, shown_particular
from backend.companies.service.applications import STATES, TOLD_BY, NextStep
from backend.companies.service.disputes import DisputeState, claimed_value
from backend.companies.service.grid import POSTS, Gap, Holder
from backend.companies.store import Company
from backend.companies.store.applications import Application, State
from backend.companies.store.contacts import Contact
from backend.companies.store.fact_sources import FactSource
from backend.shared.caller import Role
from backend.shared.clock import end_of, in_shanghai
from backend.shared.errors import Problem
from policies.facts import SOURCES, FactJson, ValueJson, fact_named, value_json
from policies.sheet import Status


class ToldStepJson(TypedDict):
    """One step of a firm with a policy; `told_by` in words."""

    state: State
    on: str
    told_by: str
    note: str
    at: str


class ApplicationJson(TypedDict):
    """Where a firm stands with a policy, and how it came there."""

    policy: str
    revision: int
    state: State
    label: str
    since: str
    history: list[ToldStepJson]


class NextStepJson(TypedDict):
    """A funding policy that opens to a firm; `state` "": the firm has told nothing of it."""

    policy: str
    title: str
    kind: str
    because: str
    status: Status
    state: State | Literal[""]


class NameListJson(TypedDict):
    """How many firms of a published list were told, and what kept the others."""

    told: int
    problems: list[ProblemJson]


class ContactJson(TypedDict):
    """Whom to call."""

    uscc: str
    contact_name: str
    contact_phone: str
    updated_at: str | None


class DisputeJson(TypedDict):
    """A dispute; who wrote and settled it is left to the audit."""

    id: str
    fact: str
    label: str
    period: str | None
    claimed: ValueJson
    reason: str
    state: DisputeState
    answer: str
    at: str
    settled_at: str | None


class HolderJson(TypedDict):
    """Who holds a post."""

    label: str
    name: str


class GridJson(TypedDict):
    """Who looks after a firm; null is a gap."""

    liaison: HolderJson | None
    counsellor: HolderJson | None


class GapJson(TypedDict):
    """A place with nobody, or with more than one."""

    area: str
    town: str
    operating_area: str
    operating_town: str
    firms: int
    missing: list[str]
    shared: list[str]


class SourceOrderJson(TypedDict):
    """The order of a fact's sources."""

    fact: str
    label: str
    revision: int
    settled: bool
    order: list[str]
    order_labels: list[str]


class CompanyJson(TypedDict):
    """Who and where a firm is."""

    uscc: str
    revision: int
    name: str
    area: str
    town: str
    operating_area: str
    operating_town: str
    registered_address: str
    operating_address: str
    park: str
    flags: list[str]
    updated_at: str


class KeptFactJson(FactJson):
    """One fact with where it comes from, whether it is the one that counts, and is disputed."""

    label: str
    source_label: str
    flagged: bool
    counts: bool
    disputed: bool


class ParticularJson(TypedDict):
    """Something said of who and where a firm is; `counts`: it is what holds; `by` is shown to staff."""

    name: str
    value: str
    source: str
    flagged: bool
    shown: str
    label: str
    source_label: str
    known_at: str
    by: str
    counts: bool


def application_json(application: Application) -> ApplicationJson:
    """Where a firm stands with a policy, and how it came there."""
    return {
        "policy": application.policy,
        "revision": application.revision,
        "state": application.state,
        "label": STATES[application.state],
        "since": application.since,
        "history": [
            {
                "state": step["state"],
                "on": step["on"],
                "told_by": TOLD_BY[step["told_by"]],
                "note": step["note"],
                "at": in_shanghai(step["at"]).isoformat(),
            }
            for step in application.history
        ],
    }


def next_step_json(step: NextStep) -> NextStepJson:
    """A funding policy that opens to a firm."""
    return {
        "policy": step.policy,
        "title": step.title,
        "kind": step.kind,
        "because": step.because,
        "status": step.status,
        "state": step.state,
    }


def name_list_json(listed: int, problems: Sequence[Problem]) -> NameListJson:
    """What came of a list of so many firms."""
    return {
        "told": listed - len(problems),
        "problems": [problem_json(problem) for problem in problems],
    }


def contact_json(contact: Contact) -> ContactJson:
    """Whom to call."""
    return {
        "uscc": contact.uscc,
        "contact_name": contact.contact_name,
        "contact_phone": contact.contact_phone,
        "updated_at": in_shanghai(contact.updated_at).isoformat() if contact.updated_at else None,
    }


def dispute_json(dispute: Mapping[str, Any]) -> DisputeJson:
    """A dispute."""
    settled = dispute.get("settled_at")
    return {
        "id": dispute["id"],
        "fact": dispute["fact"],
        "label": fact_named(dispute["fact"]).label,
        "period": dispute["period"],
        "claimed": value_json(claimed_value(dispute)),
        "reason": dispute["reason"],
        "state": dispute["state"],
        "answer": dispute.get("answer", ""),
        "at": in_shanghai(dispute["at"]).isoformat(),
        "settled_at": in_shanghai(settled).isoformat() if settled else None,
    }


def disputes_json(company: Company) -> PageJson[DisputeJson]:
    """All disputes of a firm, oldest first."""
    return list_json(dispute_json(dispute) for dispute in company.disputes)


def grid_json(found: Mapping[Role, Holder | None]) -> GridJson:
    """Who looks after a firm."""
    return {
        "liaison": _holder_json(Role.LIAISON, found[Role.LIAISON]),
        "counsellor": _holder_json(Role.COUNSELLOR, found[Role.COUNSELLOR]),
    }


def _holder_json(post: Role, holder: Holder | None) -> HolderJson | None:
    return {"label": POSTS[post], "name": holder.shown} if holder else None


def gap_json(gap: Gap) -> GapJson:
    """A place with nobody, or with more than one."""
    return {
        "area": gap.place.area,
        "town": gap.place.town,
        "operating_area": gap.place.operating_area,
        "operating_town": gap.place.operating_town,
        "firms": gap.firms,
        "missing": [post.value for post in gap.missing],
        "shared": [post.value for post in gap.shared],
    }


def source_order_json(settled: FactSource) -> SourceOrderJson:
    """The order of a fact's sources."""
    return {
        "fact": settled.fact,
        "label": fact_named(settled.fact).label,
        "revision": settled.revision,
        "settled": settled.revision > 0,
        "order": list(settled.order),
        "order_labels": [SOURCES[source] for source in settled.order],
    }


def company_json(company: Company) -> CompanyJson:
    """Who and where a firm is."""
    return {
        "uscc": company.uscc,
        "revision": company.revision,
        "name": company.name,
        "area": company.area,
        "town": company.town,
        "operating_area": company.operating_area,
        "operating_town": company.operating_town,
        "registered_address": company.registered_address,
        "operating_address": company.operating_address,
        "park": company.park,
        "flags": list(company.flags),
        "updated_at": in_shanghai(company.updated_at).isoformat(),
    }


def particulars_json(company: Company, named: bool, as_of: date | None = None) -> PageJson[ParticularJson]:
    """Who and where the firm is, every word that was ever said, oldest first; `named`: and by whom."""
    end = end_of(as_of) if as_of else None
    rows = [row for row in company.particulars if end is None or in_shanghai(row["known_at"]) < end]
    best = best_particulars(rows)
    return list_json(_particular_json(row, best[row["name"]] is row, named) for row in rows)


def _particular_json(row: Mapping[str, Any], counts: bool, named: bool) -> ParticularJson:
    return {
        "name": row["name"],
        "value": row["value"],
        "source": row["source"],
        "flagged": row["flagged"],
        "shown": shown_particular(row["name"], row["value"]),
        "label": PARTICULARS[row["name"]],
        "source_label": SOURCES[row["source"]],
        "known_at": in_shanghai(row["known_at"]).isoformat(),
        "by": row["by"] if named else "",
        "counts": counts,
    }


def facts_json(
    facts: list[KeptFact], best: Collection[int], company: Company, named: bool
) -> PageJson[KeptFactJson]:
    """All facts of a firm, oldest first; `best`: the ids of records that count; `named`: and who said it."""
    disputed = {(d["fact"], d["period"]) for d in company.disputes if d["state"] == "open"}
    return list_json(
        _fact_json(fact, id(fact.record) in best, (fact.record.name, fact.record.period) in disputed, named)
        for fact in facts
    )


def _fact_json(fact: KeptFact, counts: bool, disputed: bool, named: bool) -> KeptFactJson:
    shown = fact.record.as_dict()
    return {
        **shown,
        "by": fact.record.by if named else "",
        "label": fact_named(shown["name"]).label,
        "source_label": SOURCES[shown["source"]],
        "flagged": fact.flagged,
        "counts": counts,
        "disputed": disputed,
    }
