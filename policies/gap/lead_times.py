"""How long a title takes at least, from the application until it is held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

import yaml


@dataclass(frozen=True)
class LeadTime:
    """A least time in days, how sure it is, and who says so."""

    days: int
    mark: str
    source: str


@cache
def lead_times() -> Mapping[str, LeadTime]:
    """The least times known, by title."""
    text = Path(__file__).with_name("lead_times.yaml").read_text(encoding="utf-8")
    return {title: LeadTime(**entry) for title, entry in yaml.safe_load(text).items()}


def least_time(title: str) -> timedelta:
    """The least time a title takes; nothing where no source says."""
    known = lead_times().get(title)
    return timedelta(days=known.days if known else 0)
