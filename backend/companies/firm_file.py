"""What a job over many firms reads of each: the facts it asked for, the place, and when that last changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from backend.companies.facts import Ranks, judged, unpack
from backend.shared.clock import in_shanghai
from policies.facts import FactRecord, Value
from policies.vocabulary import WORD_LISTS

_MOVING = frozenset({"registered_address", "operating_address", "operating_area", "operating_town"})


@dataclass(frozen=True)
class FirmFile:
    """One firm on its way through a job; `moved_on` is None when it was never known to move."""

    uscc: str
    records: Sequence[FactRecord]
    area: str
    town: str
    operating_area: str
    operating_town: str
    moved_on: date | None
    known_since: datetime

    @property
    def places(self) -> dict[str, str]:
        """Where it is registered and where it works, by the names of the fields."""
        return {name: getattr(self, name) for name in ("area", "town", "operating_area", "operating_town")}


def works_elsewhere(
    area: str, town: str, operating_area: str, operating_town: str, registered_here: Value | None
) -> bool | None:
    """Whether the place of work is another than that of registration; None when either is unknown.

    One that is not registered in the district (`registered_here`) and works in a place of it does so wherever
    it is registered.
    """
    pairs = ((area, operating_area), (town, operating_town))
    known = [here != there for here, there in pairs if here and there]
    if known:
        return any(known)
    works_here = operating_area in WORD_LISTS["areas"] or operating_town in WORD_LISTS["towns"]
    return True if works_here and registered_here is False else None


def file_of(row: Mapping[str, Any], ranks: Ranks, names: Collection[str]) -> FirmFile:
    """From the store's row."""
    return FirmFile(
        row["_id"],
        judged(unpack(row["facts"], ranks, names)),
        row.get("area", ""),
        row.get("town", ""),
        row.get("operating_area", ""),
        row.get("operating_town", ""),
        moved_on(row),
        in_shanghai(row["created_at"]),
    )


def moved_on(row: Mapping[str, Any]) -> date | None:
    """The day the newest changed word about a place became known."""
    words = [
        (one["name"], one["value"], one["known_at"])
        for one in row.get("particulars", ())
        if one["name"] in _MOVING
    ]
    words += [
        (name, value, group["known_at"])
        for group in row["facts"]
        for name, value, *_ in group["said"]
        if name in ("area", "town") and group["known_at"]
    ]
    last: dict[str, str] = {}
    moved = None
    for name, value, at in words:
        if last.setdefault(name, value) != value:
            last[name] = value
            moved = max(filter(None, (moved, in_shanghai(at).date())))
    return moved
