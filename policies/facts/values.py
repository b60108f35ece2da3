"""Reading values exactly as people write them: 5%, 5000万, 2亿, dates, 是/否."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

Scalar = bool | int | str | date
Number = int | Fraction

_NUMBER = re.compile(r"([+-]?\d+(?:\.\d+)?)(%|万|亿)?元?")
_SCALE = {"%": Fraction(1, 100), "万": Fraction(10_000), "亿": Fraction(100_000_000), None: Fraction(1)}
_YES = {
    True: True,
    "true": True,
    "是": True,
    "有": True,
    False: False,
    "false": False,
    "否": False,
    "无": False,
}


def read_number(value: object) -> Fraction:
    """The exact number behind 5%, 5000万, 1.2亿, 0.05 or 71; raises ValueError with a Chinese reason."""
    if isinstance(value, bool):
        raise ValueError("应为数字，不是“是/否”")
    if isinstance(value, int | Fraction | Decimal):
        return Fraction(value)
    if isinstance(value, float):
        return Fraction(Decimal(repr(value)))
    return _parsed(str(value))


@lru_cache(maxsize=8192)
def _parsed(value: str) -> Fraction:
    text = value.replace(" ", "").replace(",", "").replace("，", "")
    if len(text) > 40 or not (found := _NUMBER.fullmatch(text)):
        raise ValueError(f"“{value[:40]}”不是数字")
    return Fraction(found[1]) * _SCALE[found[2]]


def read_day(value: object) -> date:
    """A calendar day from a date or its YYYY-MM-DD text; raises ValueError with a Chinese reason."""
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"“{str(value)[:40]}”不是日期（应为 YYYY-MM-DD）") from None


def read_yes_no(value: object) -> bool:
    """True or false from a boolean or 是/否; raises ValueError with a Chinese reason."""
    if isinstance(value, bool | str) and value in _YES:
        return _YES[value]
    raise ValueError(f"“{str(value)[:40]}”应为“是”或“否”")


def decimal_text(number: Number) -> str:
    """A decimal string of a ratio for the wire; at most six places when it has no finite form."""
    exact = Fraction(number)
    places = next((n for n in range(7) if (exact * 10**n).denominator == 1), 6)
    return f"{Decimal(round(exact * 10**places)).scaleb(-places):f}"


def money_text(amount: Number) -> str:
    """元 as people say them: 4800万元, 1.2亿元, 350元."""
    whole = Fraction(amount)
    for unit, size in (("亿元", 100_000_000), ("万元", 10_000)):
        if abs(whole) >= size:
            return f"{_trimmed(whole / size)}{unit}"
    return f"{_trimmed(whole)}元"


def percent_text(ratio: Number) -> str:
    """A ratio as a percentage with at most two places, cut toward zero so that 4.999% never reads 5%."""
    return f"{_trimmed(Fraction(ratio) * 100)}%"


def _trimmed(number: Fraction) -> str:
    cut = int(number * 100)
    return f"{Decimal(cut).scaleb(-2).normalize():f}"
