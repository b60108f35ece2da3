"""Facts the service works out from what it holds: never stored, so they are never out of date."""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction

from backend.companies.firm_file import FirmFile
from policies.facts import FactRecord, Facts, Value

WORKED_OUT = ("works_elsewhere", "address_moved_on", "gaoqi_renewal_applied", "rd_ratio_change")
# What must be read for them.
BEHIND = ("rd_ratio_last_year", "rd_ratio_prev_year", "titles")


def signals(firm: FirmFile, facts: Facts, renewing: Collection[str]) -> dict[str, Value]:
    """The signals of a firm that can be worked out; `renewing` are the firms that applied again."""
    found: dict[str, Value] = {}
    if firm.works_elsewhere is not None:
        found["works_elsewhere"] = firm.works_elsewhere
    if firm.moved_on is not None:
        found["address_moved_on"] = firm.moved_on
    if facts.get("gaoqi_renewal_applied") is None and facts.get("titles") is not None:
        found["gaoqi_renewal_applied"] = firm.uscc in renewing
    now, before = facts.value("rd_ratio_last_year"), facts.value("rd_ratio_prev_year")
    if now is not None and before is not None:
        found["rd_ratio_change"] = Fraction(now) - Fraction(before)  # type: ignore[arg-type]
    return found


def as_records(found: dict[str, Value]) -> list[FactRecord]:
    """Signals as records, for the judgement of one firm with its reasons."""
    return [FactRecord(name, value, None, "registry") for name, value in found.items()]
