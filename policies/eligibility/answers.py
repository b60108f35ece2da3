"""A firm's answer for one policy, condition by condition, with its reasons."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from typing_extensions import TypedDict

from policies.conditions import Evaluation
from policies.eligibility.scores import PartAnswer, ScoreJson
from policies.facts import Known, ValueJson, Wanted, WantedJson, value_json
from policies.rules import ApplicationKind, CitationJson, Rule, Season, Window
from policies.sheet import Sheet, State, Status


class ConditionJson(TypedDict):
    """How one condition stands, as JSON."""

    id: str
    label: str
    state: State
    sentence: str
    details: list[str]
    fact: str | None
    value: ValueJson | None
    value_source: str | None
    value_period: str | None
    value_known_at: str | None
    threshold: str
    clause: str
    source: str
    missing: list[str]
    wanted: list[WantedJson]
    fix: bool
    help: list[str]
    parts: list[ConditionJson]
    score: ScoreJson | None


class WindowJson(TypedDict):
    """Days on which applications are taken, as JSON; both included."""

    open: str
    close: str


SeasonJson = TypedDict(
    "SeasonJson",
    {
        "id": str,
        "from": str,
        "to": str,
        "source": CitationJson,
        "waives": list[str],
        "changes": list[str],
        "note": str,
    },
)


class OpenJson(TypedDict):
    """A matter only people decide, as JSON."""

    id: str
    label: str
    state: State
    text: str


class VerdictHead(TypedDict):
    """All of a verdict but its conditions, which others write more fully."""

    policy: str
    title: str
    rule: str | None
    rule_source: CitationJson | None
    seasons: list[SeasonJson]
    status: Status
    confirmed: bool
    on: str
    kind: ApplicationKind
    not_in_force_since: str | None
    not_in_force_until: str | None
    outside_window: bool
    next_window: WindowJson | None
    missing: list[str]
    open: list[OpenJson]
    confidence: str
    confidence_note: str
    note: str
    readings: list[VerdictJson]


class VerdictJson(VerdictHead):
    """A verdict as JSON."""

    conditions: list[ConditionJson]


@dataclass(frozen=True)
class ConditionAnswer:
    """How one condition stands: state, value used, threshold, and one short plain sentence (Chinese);
    `details` is what the sentence leaves out to stay short."""

    id: str
    label: str
    state: State
    sentence: str
    threshold: str = ""
    fact: str | None = None
    known: Known | None = None
    clause: str = ""
    source: str = ""
    wanted: tuple[Wanted, ...] = ()
    fix: bool = False
    help: tuple[str, ...] = ()
    parts: tuple[ConditionAnswer, ...] = ()
    score: PartAnswer | None = None
    details: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of the facts that would help to decide this condition."""
        return tuple(dict.fromkeys(item.fact for item in self.wanted))

    def as_dict(self) -> ConditionJson:
        """The answer as JSON."""
        known = self.known
        return {
            "id": self.id,
            "label": self.label,
            "state": self.state,
            "sentence": self.sentence,
            "details": list(self.details),
            "fact": self.fact,
            "value": value_json(known.value) if known else None,
            "value_source": known.source if known else None,
            "value_period": known.period if known else None,
            "value_known_at": known.known_at.isoformat() if known and known.known_at else None,
            "threshold": self.threshold,
            "clause": self.clause,
            "source": self.source,
            "missing": list(self.missing),
            "wanted": [item.as_dict() for item in self.wanted],
            "fix": self.fix,
            "help": list(self.help),
            "parts": [part.as_dict() for part in self.parts],
            "score": self.score.as_dict() if self.score else None,
        }


@dataclass(frozen=True)
class Verdict:
    """The answer of one policy for one firm on one application day.

    `rule` is the version that judged (None when none is in force); `readings` holds the separate verdicts
    where no source says which version applies; `known` is what was worked out on the way.
    """

    policy: str
    title: str
    status: Status
    on: date
    kind: ApplicationKind
    rule: Rule | None = None
    confirmed: bool = True
    conditions: tuple[ConditionAnswer, ...] = ()
    not_in_force_since: date | None = None
    not_in_force_until: date | None = None
    outside_window: bool = False
    next_window: Window | None = None
    confidence: str = "?"
    confidence_note: str = ""
    note: str = ""
    readings: tuple[Verdict, ...] = ()
    sheet: Sheet | None = field(default=None, repr=False, compare=False)
    known: Evaluation | None = field(default=None, repr=False, compare=False)

    @property
    def seasons(self) -> tuple[Season, ...]:
        """The season notices that changed the rule for this application day."""
        return (
            tuple(season for season in self.rule.seasons if season.holds(self.on, self.kind))
            if self.rule
            else ()
        )

    @property
    def missing(self) -> tuple[str, ...]:
        """The facts whose absence leaves this answer open, in the order of the conditions."""
        return tuple(dict.fromkeys(item.fact for item in self.wanted))

    @property
    def wanted(self) -> tuple[Wanted, ...]:
        """The same with the accounting years that are missing, under every reading."""
        readings = self.readings or (self,)
        return tuple(
            dict.fromkeys(item for one in readings for answer in one.conditions for item in answer.wanted)
        )

    @property
    def open(self) -> tuple[ConditionAnswer, ...]:
        """The matters only people decide."""
        return tuple(answer for answer in self.conditions if answer.state in ("declared", "needs_person"))

    def as_dict(self) -> VerdictJson:
        """The verdict as JSON; days as YYYY-MM-DD."""
        window = self.next_window
        return {
            "policy": self.policy,
            "title": self.title,
            "rule": self.rule.id if self.rule else None,
            "rule_source": self.rule.source.as_dict() if self.rule else None,
            "seasons": [_season(season) for season in self.seasons],
            "status": self.status,
            "confirmed": self.confirmed,
            "on": self.on.isoformat(),
            "kind": self.kind,
            "not_in_force_since": _day(self.not_in_force_since),
            "not_in_force_until": _day(self.not_in_force_until),
            "outside_window": self.outside_window,
            "next_window": {"open": window.open.isoformat(), "close": window.close.isoformat()}
            if window
            else None,
            "conditions": [answer.as_dict() for answer in self.conditions],
            "missing": list(self.missing),
            "open": [
                {"id": answer.id, "label": answer.label, "state": answer.state, "text": answer.threshold}
                for answer in self.open
            ],
            "confidence": self.confidence,
            "confidence_note": self.confidence_note,
            "note": self.note,
            "readings": [reading.as_dict() for reading in self.readings],
        }


def _season(season: Season) -> SeasonJson:
    return {
        "id": season.id,
        "from": season.from_.isoformat(),
        "to": season.to.isoformat(),
        "source": season.source.as_dict(),
        "waives": list(season.waives),
        "changes": [condition.id for condition in season.all_ if condition.id],
        "note": season.note,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
