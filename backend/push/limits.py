"""What push may do, read from limits.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@dataclass(frozen=True)
class Kind:
    """A kind of message; `fixed` ones cannot be switched off."""

    label: str
    worth: int
    template: str
    free: bool = False
    fixed: bool = False
    personal: bool = False


@dataclass(frozen=True)
class CarrierLimit:
    """How fast a carrier may be used."""

    per_second: float
    parallel: int


@dataclass(frozen=True)
class Limits:
    """The figures of limits.yaml."""

    kinds: Mapping[str, Kind]
    carriers: Mapping[str, CarrierLimit]
    templates: Mapping[str, Mapping[str, str]]
    firm_messages_a_week: int
    quiet_from: time
    quiet_to: time
    digest_at: time
    question_every_days: int
    help_open_conditions: int
    not_relevant_stops: int
    unconfirmed_after_hours: int
    late_after_minutes: int

    def quiet(self, now: datetime) -> bool:
        """Whether carriers rest at this hour; the hours may reach over midnight."""
        clock = now.time()
        if self.quiet_from <= self.quiet_to:
            return self.quiet_from <= clock < self.quiet_to
        return clock >= self.quiet_from or clock < self.quiet_to


@cache
def limits() -> Limits:
    """The figures in force."""
    data: dict[str, Any] = yaml.safe_load(files("backend.push").joinpath("limits.yaml").read_text("utf-8"))
    data["kinds"] = {name: Kind(**given) for name, given in data["kinds"].items()}
    data["carriers"] = {name: CarrierLimit(**given) for name, given in data["carriers"].items()}
    for name in ("quiet_from", "quiet_to", "digest_at"):
        data[name] = time.fromisoformat(data[name])
    return Limits(**data)


def kind_named(name: str) -> Kind:
    """One kind; a name nobody defined is a bug."""
    return limits().kinds[name]
