"""Exact numbers as float64 columns without a wrong answer at any threshold.

Rounding to float64 keeps order but may put a value exactly on a threshold it only comes close to. So a value
that lands on the float of a short decimal without being equal to it moves one step to its own side; two
different decimals of at most twelve digits lie far more than one step apart, so no other comparison changes.
"""

from __future__ import annotations

import math
from fractions import Fraction

DIGITS = 12


def column_number(value: int | Fraction) -> float:
    """The float64 that compares with every threshold as the exact value does."""
    near = float(value)
    if isinstance(value, int) or not _is_short(near):
        return near
    decimal = Fraction(repr(near))
    if value == decimal:
        return near
    return math.nextafter(near, -math.inf if value < decimal else math.inf)


def column_ratio(part: int, whole: int) -> float:
    """The same for the ratio of two whole numbers, `whole` > 0, without making it a Fraction first."""
    near = part / whole
    return column_number(Fraction(part, whole)) if _is_short(near) else near


def threshold_number(value: Fraction) -> float:
    """A threshold as float64; raises ValueError for one with more digits than columns can tell apart."""
    near = float(value)
    if value.denominator != 1 and not (_is_short(near) and Fraction(repr(near)) == value):
        raise ValueError(f"门槛 {value} 的有效数字超过 {DIGITS} 位")
    return near


def _is_short(number: float) -> bool:
    mantissa = repr(number).lower().partition("e")[0]
    return len(mantissa.replace(".", "").lstrip("-0")) <= DIGITS
