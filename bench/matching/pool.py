"""Made-up firms as whole columns, and made-up policies over the registered facts, from fixed seeds."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from policies.eligibility import FactTable
from policies.sheet import Sheet
from policies.vocabulary import WORD_LISTS

ON = date(2026, 11, 23)
DAY = ON.toordinal()
CATEGORIES = {
    "area": list(WORD_LISTS["areas"].labels()),
    "business_kind": ["manufacturing", "software", "information", "science_service", "other"],
    "tech_field": ["electronics", "biomedicine", "materials", "energy", "manufacturing", "none"],
    "town": list(WORD_LISTS["towns"].labels()),
}
SETS = {"titles": list(WORD_LISTS["titles"].labels()), "industries": list(WORD_LISTS["industries"].labels())}
FLAGS = ["listed", "abnormal_list", "safety_quality_accident_1y", "provincial_rd_body", "ip_self_developed"]
MONEY = {"revenue_last_year": 16.5, "rd_expense_2y": 14.5, "equity_raised_2y": 14.0, "assets_last_year": 16.8}
SHARES = {
    "rd_ratio_3y": (1.5, 22),
    "tech_staff_share": (1.3, 6),
    "hightech_revenue_share": (2, 1.4),
    "rd_domestic_share_3y": (9, 1),
    "main_revenue_share": (5, 1),
    "debt_ratio": (3, 3),
    "rd_staff_share": (1.2, 6),
    "college_staff_share": (2, 2),
    "market_share": (0.5, 8),
}
COUNTS = {
    "class1_ip": 1.5,
    "class2_ip": 5.0,
    "conversions_yearly": 3.0,
    "niche_years": 5.0,
    "staff_last_year": 60.0,
}
GROWTH = ["revenue_growth_3y", "main_revenue_growth_last_year"]


@dataclass(frozen=True)
class Columns:
    """Numbers (NaN unknown), codes of categories (-1), sets as bit masks with what is known, flags (-1)."""

    size: int
    numbers: dict[str, NDArray[np.float64]]
    codes: dict[str, NDArray[np.int16]]
    masks: dict[str, NDArray[np.int64]]
    known: dict[str, NDArray[np.bool_]]
    flags: dict[str, NDArray[np.int8]]

    def table(self) -> FactTable:
        """The same firms as the product keeps them."""
        known = dict(self.known)
        known |= {name: column >= 0 for name, column in (*self.codes.items(), *self.flags.items())}
        keys = [f"F{number:07}" for number in range(self.size)]
        return FactTable.from_arrays(ON, keys, self.numbers, known, self._members())

    def _members(self) -> Iterator[tuple[tuple[str, str], NDArray[np.bool_]]]:
        for name, column in self.codes.items():
            for code, member in enumerate(CATEGORIES[name]):
                yield (name, member), column == code
        for name, mask in self.masks.items():
            for place, member in enumerate(SETS[name]):
                yield (name, member), (mask >> place & 1).astype(bool)
        for name, flag in self.flags.items():
            yield (name, "true"), flag == 1
            yield (name, "false"), flag == 0


def columns(size: int, seed: int = 7) -> Columns:
    """`size` firms; about a third of the facts are missing, poor files everywhere at once."""
    rng = np.random.default_rng(seed)
    poor = rng.beta(2, 2, size) * 2
    hidden = lambda share: rng.random(size) < np.minimum(0.95, share * poor)  # noqa: E731
    numbers: dict[str, NDArray[np.float64]] = {}
    for name, mean in MONEY.items():
        numbers[name] = np.round(np.exp(rng.normal(mean, 1.7, size)) / 1e4) * 1e4
    for name, (a, b) in SHARES.items():
        numbers[name] = np.round(rng.beta(a, b, size), 3)
    for name, mean in COUNTS.items():
        numbers[name] = rng.poisson(rng.gamma(0.7, mean / 0.7, size)).astype(float)
    for name in GROWTH:
        numbers[name] = np.round(rng.normal(0.1, 0.25, size), 3)
    numbers["srdi_score"] = np.round(rng.normal(55, 14, size).clip(0, 100))
    numbers["registered_on"] = np.floor(DAY - rng.gamma(2.0, 4.0, size) * 365.25)
    numbers["gaoqi_valid_to"] = np.floor(DAY + rng.uniform(-200, 1095, size))
    for column in numbers.values():
        column[hidden(0.33)] = np.nan
    codes = {}
    for name, members in CATEGORIES.items():
        codes[name] = rng.zipf(1.6, size).clip(1, len(members)).astype(np.int16) - np.int16(1)
        codes[name][hidden(0.15)] = -1
    masks, known = {}, {}
    for name, members in SETS.items():
        mask = np.zeros(size, np.int64)
        for place in range(len(members)):
            mask |= (rng.random(size) < 1.5 / len(members)).astype(np.int64) << place
        known[name] = ~hidden(0.2)
        mask[~known[name]] = 0
        masks[name] = mask
    flags = {}
    for name in FLAGS:
        flags[name] = (rng.random(size) < 0.1).astype(np.int8)
        flags[name][hidden(0.25)] = -1
    return Columns(size, numbers, codes, masks, known, flags)


def sheets(count: int = 500, seed: int = 11) -> list[Sheet]:
    """Policies of three to eight conditions: places, trades, titles, tiers, choices, two of three."""
    chance = random.Random(seed)
    pick = chance.choice

    def least(name: str, *values: Any) -> Callable[[], dict[str, Any]]:
        return lambda: {"fact": name, "at_least": pick(values)}

    def most(name: str, *values: Any) -> Callable[[], dict[str, Any]]:
        return lambda: {"fact": name, "at_most": pick(values)}

    def some(name: str, members: list[str], operator: str) -> Callable[[], dict[str, Any]]:
        return lambda: {"fact": name, operator: sorted(chance.sample(members, pick((1, 2, 3))))}

    revenue = ("100万", "500万", "1000万", "2000万", "3000万", "5000万", "1亿", "2亿", "4亿", "10亿")
    steps = [{"up_to": "5000万", "value": "5%"}, {"up_to": "2亿", "value": "4%"}, {"value": "3%"}]
    tiers = {"by": "revenue_last_year", "tiers": steps}
    three = (least("class1_ip", 1, 2), least("rd_staff_share", "10%"), least("revenue_growth_3y", "5%"))
    makers: list[Callable[[], dict[str, Any]]] = [
        some("area", CATEGORIES["area"], "in"),
        least("class2_ip", 1, 3, 5, 6, 10, 15, 20, 30),
        least("equity_raised_2y", "500万", "2000万", "6000万", "8000万"),
        some("town", CATEGORIES["town"], "in"),
        some("industries", SETS["industries"], "any_of"),
        some("titles", SETS["titles"], "any_of"),
        lambda: {"not": some("titles", SETS["titles"], "any_of")()},
        some("tech_field", CATEGORIES["tech_field"], "in"),
        lambda: {"fact": pick(FLAGS[:3]), "is": False},
        lambda: {"fact": "provincial_rd_body", "is": True},
        lambda: {"fact": "registered_on", "age_at_least": pick(("365 days", "2 years", "3 years"))},
        lambda: {"fact": "gaoqi_valid_to", "on_or_after": pick(("today", "today + 90 days"))},
        least("revenue_last_year", *revenue),
        most("revenue_last_year", *revenue),
        lambda: {"fact": "rd_ratio_3y", "at_least": tiers},
        least("rd_ratio_3y", "2%", "2.5%", "3%", "4%", "5%", "6%", "8%", "10%", "15%"),
        least("tech_staff_share", "5%", "10%", "15%", "20%", "30%", "50%"),
        least("hightech_revenue_share", "50%", "60%", "70%"),
        least("rd_domestic_share_3y", "50%", "60%", "80%"),
        least("main_revenue_share", "50%", "60%", "70%", "80%", "90%"),
        most("debt_ratio", "55%", "60%", "70%", "75%", "80%"),
        least("class1_ip", 1, 2, 3, 4, 5, 8, 10),
        lambda: {"any": [least("class1_ip", 1, 2)(), least("class2_ip", 1, 3, 6)()]},
        lambda: {"any": [least("revenue_last_year", "2000万")(), least("equity_raised_2y", "8000万")()]},
        lambda: {"at_least_n": 2, "of": [make() for make in three]},
        least("revenue_growth_3y", "0%", "5%", "8%", "10%", "15%", "20%", "30%", "35%"),
        least("main_revenue_growth_last_year", "0%", "5%", "8%", "10%", "15%", "20%"),
        most("staff_last_year", 50, 100, 200, 300, 500, 1000),
        least("staff_last_year", 5, 10, 20, 30, 50, 100),
        least("niche_years", 1, 2, 3, 5),
        least("market_share", "1%", "3%", "5%", "10%"),
        least("srdi_score", 40, 50, 60, 70),
        most("assets_last_year", "1000万", "5000万", "2亿", "4亿"),
        least("rd_expense_2y", "100万", "200万", "500万", "1200万", "2000万", "3000万"),
        least("conversions_yearly", 1, 2, 3, 4, 5),
        least("college_staff_share", "20%", "30%", "50%", "60%"),
    ]  # fmt: skip
    made = []
    for number in range(count):
        chosen = chance.sample(makers, pick((3, 4, 4, 5, 5, 6, 6, 7, 8)))
        conditions = [{"id": f"c{n}", "label": "条件", **make()} for n, make in enumerate(chosen)]
        rule = {"id": "rule", "from": "2020-01-01", "source": {"title": "示例"}, "all": conditions}
        head = {"slug": f"policy-{number:03}", "title": "示例", "kind": "title", "level": "city"}
        made.append(Sheet.model_validate({**head, "rules": [rule]}))
    return made


def stored_firms(size: int, keys: list[str], seed: int = 13) -> list[dict[str, Any]]:
    """`size` of the firms as the store keeps them, with yearly figures: what a night reads."""
    chance = random.Random(seed)
    picked = sorted(chance.sample(range(len(keys)), size))
    return [{"_id": keys[place], "facts": _rows(chance)} for place in picked]


def altered(firms: list[dict[str, Any]], seed: int = 17) -> list[dict[str, Any]]:
    """The same firms a day later: one or two of their numbers are different."""
    chance = random.Random(seed)
    later = []
    for firm in firms:
        (group,) = firm["facts"]
        said = list(group["said"])
        counted = [n for n, (_, value, _) in enumerate(said) if type(value) is int]
        for place in chance.sample(counted, min(len(counted), chance.randint(1, 2))):
            name, value, period = said[place]
            said[place] = [name, value * chance.randint(80, 130) // 100, period]
        later.append({**firm, "facts": [{**group, "said": said}]})
    return later


def _rows(chance: random.Random) -> list[dict[str, Any]]:
    facts: list[tuple[str, str | None, Any]] = [
        ("registered_on", None, f"20{chance.randint(10, 25)}-0{chance.randint(1, 9)}-15"),
        ("area", None, chance.choice(CATEGORIES["area"])),
        ("titles", None, chance.sample(SETS["titles"], chance.randint(0, 2))),
        ("industries", None, chance.sample(SETS["industries"], chance.randint(0, 3))),
        ("tech_field", None, chance.choice(CATEGORIES["tech_field"])),
        ("class1_ip", None, chance.randint(0, 5)),
        ("class2_ip", None, chance.randint(0, 12)),
        ("listed", None, False),
        ("abnormal_list", None, False),
        ("niche_years", None, chance.randint(0, 9)),
        ("srdi_score", None, chance.randint(30, 80)),
    ]
    for year in ("2023", "2024", "2025"):
        revenue = chance.randint(100, 30_000) * 10_000
        facts += [("revenue", year, revenue), ("rd_expense", year, revenue * chance.randint(1, 12) // 100)]
    staff = chance.randint(5, 400)
    facts += [
        ("staff", "2025", staff),
        ("tech_staff", "2025", staff * chance.randint(1, 40) // 100),
        ("total_income", "2025", revenue),
        ("hightech_revenue", "2025", revenue * chance.randint(20, 100) // 100),
        ("assets", "2025", revenue),
        ("liabilities", "2025", revenue * chance.randint(10, 90) // 100),
        ("conversions", "2025", chance.randint(0, 6)),
    ]
    kept = [fact for fact in facts if chance.random() < 0.8]
    said = [[name, value, period] for name, period, value in kept]
    return [{"source": "tax", "known_at": None, "by": "", "said": said}]
