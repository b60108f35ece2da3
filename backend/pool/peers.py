"""Peers of a firm: the same field of technology and about the same size. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from policies.facts import Facts

SMALLEST_GROUP = 5
# The bands of 国科发火〔2016〕32号 for research spending; size has no other established measure here.
SIZES: Sequence[tuple[str, int | None, str]] = (
    ("s", 50_000_000, "销售收入5000万元以下"),
    ("m", 200_000_000, "销售收入5000万至2亿元"),
    ("l", None, "销售收入2亿元以上"),
)
# Metric -> (part, whole): a share of two yearly facts, or one yearly fact.
METRICS: Mapping[str, tuple[str, str]] = {
    "revenue": ("revenue", ""),
    "rd_expense": ("rd_expense", ""),
    "rd_ratio": ("rd_expense", "revenue"),
    "staff": ("staff", ""),
    "tech_staff": ("tech_staff", ""),
    "tech_staff_share": ("tech_staff", "staff"),
    "rd_staff": ("rd_staff", ""),
    "rd_staff_share": ("rd_staff", "staff"),
    "hightech_revenue_share": ("hightech_revenue", "total_income"),
}
LABELS: Mapping[str, str] = {
    "revenue": "销售收入",
    "rd_expense": "研发费用",
    "rd_ratio": "研发费用占销售收入比",
    "staff": "职工总数",
    "tech_staff": "科技人员数",
    "tech_staff_share": "科技人员占比",
    "rd_staff": "研发人员数",
    "rd_staff_share": "研发人员占比",
    "hightech_revenue_share": "高新技术产品收入占比",
}
UNITS: Mapping[str, str] = {
    "revenue": "元",
    "rd_expense": "元",
    "staff": "人",
    "tech_staff": "人",
    "rd_staff": "人",
}
# What is held now and belongs to no year.
IP: Mapping[str, str] = {
    "class1_ip": "Ⅰ类（已授权）",
    "class2_ip": "Ⅱ类（已授权）",
    "invention_patents": "发明专利",
    "ip_applied": "申请中",
    "ip_core": "核心",
    "ip_expiring_1y": "一年内到期",
}
NOW = "now"
BEHIND = frozenset({"tech_field", *IP, *(name for pair in METRICS.values() for name in pair if name)})
YEARS = 3
Number = int | Fraction


def group_of(facts: Facts) -> tuple[str, str] | None:
    """The group of a firm, (field, size); None while its field or last year's revenue is unknown."""
    known = facts.value("tech_field")
    revenue = facts.value("revenue")
    if known is None or revenue is None:
        return None
    size = next(name for name, most, _ in SIZES if most is None or revenue <= most)  # type: ignore[operator]
    return str(known), size


def years_before(facts: Facts) -> list[str]:
    """The accounting years shown, oldest first."""
    return [str(year) for year in range(facts.on.year - YEARS, facts.on.year)]


def metric(facts: Facts, name: str, year: str) -> Number | None:
    """The figure of one year, None when unknown."""
    part, whole = METRICS[name]
    found = _amount(facts, part, year)
    if not whole or found is None:
        return found
    other = _amount(facts, whole, year)
    return Fraction(found) / Fraction(other) if other else None


@dataclass
class Peers:
    """Collects the figures of many firms, group by group."""

    _figures: dict[str, dict[str, list[Number]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )

    def add(self, known: Facts) -> None:
        """One more firm."""
        group = group_of(known)
        if group is None:
            return
        figures = self._figures["/".join(group)]
        for key, figure in _figures_of(known):
            if figure is not None:
                figures[key].append(figure)

    def groups(self) -> Iterator[tuple[str, dict[str, list[str]]]]:
        """Group -> metric and year (or now) -> [firms, quartile, middle, quartile]; none of small groups."""
        for name, figures in sorted(self._figures.items()):
            shown = {
                key: _quartiles(values) for key, values in figures.items() if len(values) >= SMALLEST_GROUP
            }
            if shown:
                yield name, shown


def _figures_of(known: Facts) -> Iterator[tuple[str, Number | None]]:
    for name in METRICS:
        for year in years_before(known):
            yield f"{name}/{year}", metric(known, name, year)
    for name in IP:
        yield f"{name}/{NOW}", known.value(name)  # type: ignore[misc]


def _quartiles(values: Sequence[Number]) -> list[str]:
    ordered = sorted(map(Fraction, values))
    return [str(len(ordered)), *(str(_at(ordered, Fraction(part, 4))) for part in (1, 2, 3))]


def _at(ordered: Sequence[Fraction], share: Fraction) -> Fraction:
    """Between the two nearest, in proportion."""
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def _amount(facts: Facts, name: str, year: str) -> Number | None:
    record = facts.records.get((name, year))
    return record.value if record and isinstance(record.value, int | Fraction) else None
