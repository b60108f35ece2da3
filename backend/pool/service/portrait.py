"""企业画像: a firm's figures over the years beside its peers', what it holds, what is missing or changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction

from typing_extensions import TypedDict

from backend.companies.service import Company, CompanyService
from backend.pool.peers import (
    BEHIND,
    IP,
    LABELS,
    METRICS,
    NOW,
    SIZES,
    UNITS,
    Peers,
    group_of,
    metric,
    years_before,
)
from backend.pool.rulebook import Published
from backend.pool.store.portraits import PortraitStore
from backend.shared.caller import Caller
from backend.shared.clock import Clock, in_shanghai, start_of
from policies.eligibility import QuestionJson, best_question, compile_rules, judge
from policies.facts import (
    FactJson,
    FactRecord,
    Facts,
    ValueJson,
    fact_named,
    members_of,
    resolve,
    value_json,
)
from policies.facts.values import decimal_text
from policies.vocabulary import TITLES

EXPIRY: Mapping[str, str] = {"gaoqi": "gaoqi_valid_to", "zhuanjingtexin": "srdi_valid_to"}


Figure = int | str | None


class IpPoint(TypedDict):
    """What the file held from a day on."""

    on: str
    value: ValueJson | None


class IpCount(TypedDict):
    """So many rights of a kind, beside the peers' as they are now."""

    id: str
    label: str
    value: ValueJson | None
    history: list[IpPoint]
    peers: int | None
    lower_quartile: Figure
    median: Figure
    upper_quartile: Figure


class PeerGroup(TypedDict):
    """Whom a firm is compared with, in words."""

    field: str
    size: str


class Quartiles(TypedDict):
    """Peers' figures year by year; null where the group was too small."""

    peers: list[int | None]
    lower_quartile: list[Figure]
    median: list[Figure]
    upper_quartile: list[Figure]


class SeriesJson(Quartiles):
    """A figure over the years beside its peers'."""

    id: str
    label: str
    unit: str
    years: list[str]
    values: list[Figure]


class HeldTitle(TypedDict):
    """A title a firm holds."""

    id: str
    label: str
    valid_to: str | None


class NamedFact(TypedDict):
    """A fact by name and label."""

    fact: str
    label: str


class Completeness(TypedDict):
    """How much of what rules ask is known."""

    asked: int
    known: int
    missing: list[NamedFact]
    next_question: QuestionJson | None


class ChangedFact(FactJson):
    """A fact that became known."""

    label: str


class ChangesSince(TypedDict):
    """What became known since this side last looked."""

    since: str | None
    facts: list[ChangedFact]


class PortraitJson(TypedDict):
    """A portrait, made for charts."""

    uscc: str
    name: str
    as_of: str
    ip: list[IpCount]
    peers: PeerGroup | None
    series: list[SeriesJson]
    titles: list[HeldTitle]
    completeness: Completeness
    changed: ChangesSince


class Portraits:
    """For the firm itself and whoever may read it. Figures of peers are shown for groups of five and more."""

    def __init__(
        self,
        store: PortraitStore,
        companies: CompanyService,
        published: Callable[[], Sequence[Published]],
        clock: Clock,
    ) -> None:
        self._store = store
        self._companies = companies
        self._published = published
        self._clock = clock

    def draw(self, uscc: str, caller: Caller) -> PortraitJson:
        """The portrait as it stands now, made for charts."""
        company = self._companies.read_company(uscc, caller)
        records = self._companies.facts_of(company.uscc)
        facts = resolve(records, self._clock.today())
        group = group_of(facts)
        figures = self._store.group("/".join(group)) if group else {}
        return {
            "uscc": company.uscc,
            "name": company.name,
            "as_of": self._clock.now().isoformat(),
            "ip": [_ip(name, facts, records, figures) for name in IP],
            "peers": _group_json(group),
            "series": [_series(name, facts, figures) for name in METRICS],
            "titles": _titles(facts),
            "completeness": self._completeness(facts),
            "changed": self._changed(company, records, caller),
        }

    def gather_peers(self) -> int:
        """Work the figures of all groups out anew, once a day: how many groups."""
        day, peers = self._clock.today(), Peers()
        for firms in self._companies.iterate_facts(batch=1000, names=BEHIND):
            for _, records in firms:
                peers.add(resolve(records, day))
        return self._store.put_groups(peers.groups(), self._clock.now())

    def _completeness(self, facts: Facts) -> Completeness:
        """How much of what published rules ask is known, and the question that settles most."""
        sheets = [one.sheet for one in self._published() if one.sheet.rules]
        asked = compile_rules(sheets, facts.on).facts
        missing = [name for name in asked if facts.get(name) is None]
        question = best_question(judge(sheet, facts, facts.on) for sheet in sheets)
        return {
            "asked": len(asked),
            "known": len(asked) - len(missing),
            "missing": [{"fact": name, "label": fact_named(name).label} for name in missing],
            "next_question": question.as_dict() if question else None,
        }

    def _changed(self, company: Company, records: Sequence[FactRecord], caller: Caller) -> ChangesSince:
        """What became known since this side last looked, on an earlier day."""
        side = "firm" if caller.kind == "person" else "staff"
        now = self._clock.now()
        before = self._store.look(company.uscc, side, now, start_of(now.date()))
        since = in_shanghai(before) if before else None
        return {
            "since": since.isoformat() if since else None,
            "facts": [_change(record) for record in records if since and _after(record, since)],
        }


def _series(name: str, facts: Facts, figures: Mapping[str, Sequence[str]]) -> SeriesJson:
    years = years_before(facts)
    return {
        "id": name,
        "label": LABELS[name],
        "unit": UNITS.get(name, "比例"),
        "years": years,
        "values": [_shown(metric(facts, name, year)) for year in years],
        **_beside([figures.get(f"{name}/{year}") for year in years]),
    }


def _ip(
    name: str, facts: Facts, records: Sequence[FactRecord], figures: Mapping[str, Sequence[str]]
) -> IpCount:
    beside = _beside([figures.get(f"{name}/{NOW}")])
    return {
        "id": name,
        "label": IP[name],
        "value": _value(facts, name),
        "history": _history([record for record in records if record.name == name], facts.on),
        "peers": beside["peers"][0],
        "lower_quartile": beside["lower_quartile"][0],
        "median": beside["median"][0],
        "upper_quartile": beside["upper_quartile"][0],
    }


def _history(told: Sequence[FactRecord], on: date) -> list[IpPoint]:
    """What the file held, from each day on which that changed."""
    dated = [(in_shanghai(record.known_at).date(), record) for record in told if record.known_at]
    points: list[IpPoint] = []
    for day in sorted({day for day, _ in dated}):
        held = _value(resolve([record for known, record in dated if known <= day], on), told[0].name)
        if not points or points[-1]["value"] != held:
            points.append({"on": day.isoformat(), "value": held})
    return points


def _group_json(group: tuple[str, str] | None) -> PeerGroup | None:
    if group is None:
        return None
    fields = members_of(fact_named("tech_field")) or {}
    return {"field": fields[group[0]], "size": next(label for name, _, label in SIZES if name == group[1])}


def _beside(figures: Sequence[Sequence[str] | None]) -> Quartiles:
    """The peers' figures year by year; None where the group was too small."""
    counts, *shares = (
        [Fraction(figure[place]) if figure else None for figure in figures] for place in range(4)
    )
    lower, median, upper = ([_shown(number) for number in column] for column in shares)
    return {
        "peers": [None if count is None else int(count) for count in counts],
        "lower_quartile": lower,
        "median": median,
        "upper_quartile": upper,
    }


def _value(facts: Facts, name: str) -> ValueJson | None:
    known = facts.value(name)
    return None if known is None else value_json(known)


def _day(facts: Facts, name: str) -> str | None:
    known = facts.value(name)
    return known.isoformat() if isinstance(known, date) else None


def _titles(facts: Facts) -> list[HeldTitle]:
    held = facts.value("titles")
    labels = TITLES.labels()
    return [
        {
            "id": title,
            "label": labels.get(title, title),
            "valid_to": _day(facts, EXPIRY[title]) if title in EXPIRY else None,
        }
        for title in (sorted(held) if isinstance(held, frozenset) else ())
    ]


def _after(record: FactRecord, since: datetime) -> bool:
    return record.known_at is not None and record.known_at > since


def _change(record: FactRecord) -> ChangedFact:
    return {**record.as_dict(), "label": fact_named(record.name).label, "by": ""}


def _shown(number: int | Fraction | None) -> Figure:
    """Whole numbers as they are, shares as decimals."""
    if number is None:
        return None
    return int(number) if Fraction(number).denominator == 1 else decimal_text(number)
