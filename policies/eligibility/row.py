"""One firm's facts as the matching reads them: numbers as floats, everything else as members."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from policies.eligibility.exact import column_number
from policies.facts import Value

Lookup = Callable[[str], Value | None]


class Row(NamedTuple):
    """What is known; a name that is missing is unknown. A yes/no fact has the member "true" or "false"."""

    numbers: Mapping[str, float]
    members: Mapping[str, frozenset[str]]


def row_of(names: Iterable[str], lookup: Lookup) -> Row:
    """The row of these facts from bare values."""
    numbers: dict[str, float] = {}
    members: dict[str, frozenset[str]] = {}
    for name in names:
        value = lookup(name)
        if isinstance(value, bool):
            members[name] = frozenset(["true" if value else "false"])
        elif isinstance(value, date):
            numbers[name] = float(value.toordinal())
        elif isinstance(value, int | Fraction):
            numbers[name] = column_number(value)
        elif value is not None:
            members[name] = frozenset([value]) if isinstance(value, str) else value
    return Row(numbers, members)
