"""Facts the service works out from what it holds: never stored, so they are never out of date."""

from __future__ import annotations

from collections.abc import Callable, Collection
from fractions import Fraction

import numpy as np

from backend.companies.columns.held import ColumnView
from backend.companies.firm_file import FirmFile, works_elsewhere
from policies.facts import FactRecord, Facts, Value

WORKED_OUT = ("works_elsewhere", "address_moved_on", "gaoqi_renewal_applied", "rd_ratio_change")
# What must be read for them.
BEHIND = ("rd_ratio_last_year", "rd_ratio_prev_year", "titles", "pudong_registered")


def signals(firm: FirmFile, facts: Facts, renewing: Collection[str]) -> dict[str, Value]:
    """The signals of a firm that can be worked out; `renewing` are the firms that applied again."""
    found: dict[str, Value] = {}
    elsewhere = works_elsewhere(**firm.places, registered_here=facts.value("pudong_registered"))
    if elsewhere is not None:
        found["works_elsewhere"] = elsewhere
    if firm.moved_on is not None:
        found["address_moved_on"] = firm.moved_on
    if facts.get("gaoqi_renewal_applied") is None and facts.get("titles") is not None:
        found["gaoqi_renewal_applied"] = firm.uscc in renewing
    now, before = facts.value("rd_ratio_last_year"), facts.value("rd_ratio_prev_year")
    if now is not None and before is not None:
        found["rd_ratio_change"] = Fraction(now) - Fraction(before)  # type: ignore[arg-type]
    return found


def lay_signals(view: ColumnView, renewing: Callable[[], Collection[str]] | None) -> None:
    """The same signals for all firms at once, laid over what was stated; `renewing` names those firms."""
    table, asked = view.table, set(view.table.names)
    if "works_elsewhere" in asked:
        table.lay_flags("works_elsewhere", view.elsewhere >= 0, view.elsewhere > 0)
    for name, column in (("address_moved_on", view.moved_on), ("rd_ratio_change", view.rd_change)):
        if name in asked:
            table.lay_numbers(name, column)
    if renewing is not None and "gaoqi_renewal_applied" in asked:
        firms = renewing()
        held = np.array([key in firms for key in table.keys], bool)
        table.lay_flags(
            "gaoqi_renewal_applied",
            table.told("titles") & ~table.told("gaoqi_renewal_applied"),
            held,
        )


def as_records(found: dict[str, Value]) -> list[FactRecord]:
    """Signals as records, for the judgement of one firm with its reasons."""
    return [FactRecord(name, value, None, "registry") for name, value in found.items()]
