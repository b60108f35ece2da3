"""Derived facts: the few formulas by which one fact follows from others, as data.

Each works on yearly amounts of the accounting years before the application day. The years asked for are
the full years since registration where the firm is younger than the rule's span (195号: 按实际经营年限).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from policies.facts.errors import FactError

Shape = Literal["last", "total", "mean", "share", "growth", "mean_growth", "multiple"]
Amounts = Sequence[int | Fraction]

_SPAN: Mapping[str, int] = {"last": 1, "growth": 2, "mean_growth": 3}


@dataclass(frozen=True)
class Formula:
    """`shape` of yearly `inputs` over `years` accounting years, the newest lying `back` years ago."""

    shape: Shape
    inputs: tuple[str, ...]
    years: int = 1
    back: int = 1

    @property
    def gives_ratio(self) -> bool:
        return self.shape in ("share", "growth", "mean_growth", "multiple")

    @property
    def may_be_negative(self) -> bool:
        return self.shape in ("growth", "mean_growth")

    @property
    def shortens(self) -> bool:
        """Whether a younger firm is judged by the years it has; growth over one year has no shorter form."""
        return self.shape in ("total", "mean", "share", "mean_growth") and self.years > 1

    def span(self, year: int) -> list[int]:
        """The accounting years needed for an application in `year`, oldest first."""
        newest = year - self.back
        return list(range(newest - self.years + 1, newest + 1))

    def compute(self, columns: Sequence[Amounts]) -> int | Fraction | None:
        """The value from one list of yearly amounts per input, oldest first; None where it has no meaning."""
        return _COMPUTE[self.shape](columns)


def read_formula(name: str, entry: Mapping[str, Any]) -> Formula:
    """The formula written in the registry; raises FactError on an unknown shape."""
    shape = next((key for key in entry if key in _COMPUTE), None)
    if shape is None:
        raise FactError(name, f"不认识的计算公式 {sorted(entry)}")
    inputs = tuple(str(entry[key]) for key in (shape, "of") if key in entry)
    years = int(entry.get("years", 1)) + (1 if shape == "multiple" else 0)
    return Formula(shape, inputs, _SPAN.get(shape, years), int(entry.get("back", 1)))  # type: ignore[arg-type]


def _last(columns: Sequence[Amounts]) -> int | Fraction | None:
    return columns[0][-1]


def _total(columns: Sequence[Amounts]) -> int | Fraction | None:
    return sum(columns[0])


def _mean(columns: Sequence[Amounts]) -> int | Fraction | None:
    return Fraction(sum(columns[0])) / len(columns[0])


def _share(columns: Sequence[Amounts]) -> int | Fraction | None:
    part, whole = sum(columns[0]), sum(columns[1])
    return Fraction(part) / Fraction(whole) if whole > 0 else None


def _multiple(columns: Sequence[Amounts]) -> int | Fraction | None:
    """Newest over oldest; without a positive start there is no growth to speak of."""
    first, *_, newest = columns[0]
    return Fraction(newest) / Fraction(first) if first > 0 else None


def _growth(columns: Sequence[Amounts]) -> int | Fraction | None:
    ratio = _multiple(columns)
    return None if ratio is None else ratio - 1


def _mean_growth(columns: Sequence[Amounts]) -> int | Fraction | None:
    """1/2 x (Y2/Y1 + Y3/Y2) - 1 (195号); first year 0: the last two years; second year 0: no points,
    shown here as 0 growth; a firm with two years: those two. A negative base gives no meaningful rate."""
    years = list(columns[0])
    if len(years) == 3 and years[0] == 0:
        years = years[1:]
    if len(years) < 2 or any(amount < 0 for amount in years[:-1]):
        return None
    if 0 in years[:-1]:
        return Fraction(0)
    rates = [Fraction(after) / Fraction(before) for before, after in zip(years, years[1:], strict=False)]
    return sum(rates, Fraction(0)) / len(rates) - 1


_COMPUTE: Mapping[str, Callable[[Sequence[Amounts]], int | Fraction | None]] = {
    "last": _last,
    "total": _total,
    "mean": _mean,
    "share": _share,
    "growth": _growth,
    "mean_growth": _mean_growth,
    "multiple": _multiple,
}
