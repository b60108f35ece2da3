"""A firm's raw row on its way into the columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

import numpy as np

from backend.companies.facts import Ranks
from backend.companies.firm_file import moved_on, works_elsewhere
from policies.eligibility import Row, StoredReader
from policies.eligibility.exact import column_number
from policies.facts import registry

# The change of the one from the other is worked out here, where both are still exact.
NOW, BEFORE = "rd_ratio_last_year", "rd_ratio_prev_year"
PLACES = ("area", "town", "operating_area", "operating_town")


class FirmRow(NamedTuple):
    """What the columns hold of a firm.

    `stamp`: revision, last and first write (ms), by which it is seen that it changed. `begins`: the days from
    which words about it count. `elsewhere` is -1 where it is unknown, numbers are NaN.
    """

    uscc: str
    facts: Row
    elsewhere: int
    moved_on: float
    rd_change: float
    stamp: tuple[int, int, int]
    begins: tuple[date, ...]


class ColumnReader:
    """Reads every registered fact for applications on one day."""

    def __init__(self, on: date, ranks: Ranks) -> None:
        self._reader = StoredReader(on, registry(), ranks)

    def read(self, raw: Mapping[str, Any]) -> FirmRow:
        """The row of one firm."""
        best = self._reader.best(raw["facts"])
        registered = best.get(("pudong_registered", None))
        elsewhere = works_elsewhere(
            **{name: raw.get(name, "") for name in PLACES},
            registered_here=registered[0] if registered else None,
        )
        moved = moved_on(raw)
        now, before = self._reader.exact(NOW, best), self._reader.exact(BEFORE, best)
        return FirmRow(
            raw["_id"],
            self._reader.row(best),
            -1 if elsewhere is None else int(elsewhere),
            np.nan if moved is None else moved.toordinal(),
            np.nan if now is None or before is None else column_number(now - before),
            stamp_of(raw),
            tuple(_begins(raw)),
        )


def stamp_of(raw: Mapping[str, Any]) -> tuple[int, int, int]:
    """Revision, last and first write of a raw row."""
    return raw.get("revision", 0), _ms(raw.get("updated_at")), _ms(raw.get("created_at"))


def _ms(at: datetime | None) -> int:
    return round(at.timestamp() * 1000) if at else 0


def _begins(raw: Mapping[str, Any]) -> Iterator[date]:
    """From which days standing facts count, where they say so."""
    for group in raw["facts"]:
        for said in group["said"]:
            if said[2] is not None and len(said[2]) == 10:
                yield date.fromisoformat(said[2])
