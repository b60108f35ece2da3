"""Made-up firms for the demo, the same ones every time: codes are valid, names say 示例."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from backend.pool.life import Stage
from policies.vocabulary import AREAS, INDUSTRIES, TOWNS
from policies.vocabulary.uscc import check_character

COUNT = 240
SEED = 20230508
YEAR = 2026
_BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_TRADES = ("芯片设计", "生物科技", "智能软件", "新材料", "精密仪器", "数据服务", "航空部件", "环保装备")
_FIELDS = ("electronics", "biomedicine", "electronics", "materials", "manufacturing", "hightech_service",
           "aerospace", "environment")  # fmt: skip
_STAGES = (
    Stage("candidate"),
    Stage("in_pool", "reserve"),
    Stage("in_pool", "cultivate"),
    Stage("in_pool", "promote"),
    Stage("certified"),
    Stage("tracked"),
)


@dataclass(frozen=True)
class DemoFirm:
    """A made-up firm; `facts` are {name, value, period}, `stage` its first step in the pool."""

    uscc: str
    name: str
    area: str
    town: str
    industries: tuple[str, ...]
    facts: tuple[Mapping[str, Any], ...]
    stage: Stage


@dataclass(frozen=True)
class _Shape:
    """The figures a kind of firm is drawn from; `years` since its registration."""

    revenue: int
    staff: int
    rd_share: float
    tech_share: float
    hightech_share: float
    patents: int
    years: int


def demo_firms(count: int = COUNT, seed: int = SEED) -> Iterator[DemoFirm]:
    """Firms of all kinds in turn: strong, short by a little, far off, young, and with facts missing."""
    random = Random(seed)
    for number in range(1, count + 1):
        yield _firm(number, random)


def made_up_code(number: int) -> str:
    """A valid USCC with the made-up registration number `number`: body code and code carry their checks."""
    body = f"MA{number:06d}"
    first17 = f"91310115{body}{_body_check(body)}"
    return first17 + check_character(first17)


def _body_check(body: str) -> str:
    """The check of the 9-character body code (GB 11714)."""
    total = sum(int(char, 36) * weight for char, weight in zip(body, _BODY_WEIGHTS, strict=True))
    rest = 11 - total % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def _firm(number: int, random: Random) -> DemoFirm:
    trade = random.randrange(len(_TRADES))
    shape = _shape(number, random)
    areas, towns, industries = list(AREAS), list(TOWNS), list(INDUSTRIES)
    facts = [*_standing(shape, number, trade, random), *_yearly(shape, random)]
    missing = number % 5 == 4
    return DemoFirm(
        uscc=made_up_code(number),
        name=f"示例{_TRADES[trade]}{number:03d}号有限公司",
        area=random.choice(areas).id if number % 3 else "",
        town=random.choice(towns).id,
        industries=(random.choice(industries).id,) if number % 2 else (),
        facts=tuple(fact for fact in facts if not missing or random.random() < 0.7),
        stage=_STAGES[number % len(_STAGES)],
    )


def _shape(number: int, random: Random) -> _Shape:
    """Five kinds in turn: strong, a little short of research, small and strong, far off, unknown in part."""
    revenue = random.choice((8_000_000, 42_000_000, 50_000_000, 120_000_000, 380_000_000))
    kind = number % 5
    return _Shape(
        revenue=8_000_000 + number * 10_000 if kind == 2 else revenue,
        staff=random.randint(12, 60) if kind == 2 else random.randint(30, 400),
        rd_share=(0.08, 0.0285, 0.12, 0.01, 0.07)[kind],
        tech_share=(0.25, 0.12, 0.4, 0.06, 0.2)[kind],
        hightech_share=(0.8, 0.62, 0.9, 0.3, 0.7)[kind],
        patents=(8, 2, 3, 0, 4)[kind],
        years=random.randint(4, 15) if kind != 3 else random.randint(0, 6),
    )


def _standing(shape: _Shape, number: int, trade: int, random: Random) -> list[dict[str, Any]]:
    registered = date(YEAR - 1 - shape.years, 1, 1) + timedelta(days=random.randrange(300))
    clean = number % 23 != 0
    values: dict[str, Any] = {
        "registered_on": registered.isoformat(),
        "resident_enterprise": True,
        "pudong_registered": True,
        "pudong_taxpayer": number % 11 != 0,
        "business_kind": "software" if trade == 2 else "manufacturing",
        "tech_field": _FIELDS[trade],
        "restricted_business": False,
        "deduction_excluded_trade": False,
        "audited_accounts": number % 13 != 0,
        "listed": False,
        "titles": ["gaoqi"] if number % 6 == 4 else [],
        "gaoqi_first_time": number % 12 == 4,
        "newly_introduced": False,
        "safety_quality_accident_1y": not clean,
        "environment_violation_1y": False,
        "integrity_breach": False,
        "abnormal_list": False,
        "dishonest_list": False,
        "class1_ip": shape.patents,
        "class2_ip": shape.patents * 3,
        "invention_patents": shape.patents,
        "ip_self_developed": shape.patents > 0,
        "provincial_rd_body": number % 17 == 0,
        "rd_body": shape.patents > 2,
        "niche_years": shape.years,
        "srdi_score": min(100, 40 + shape.patents * 6),
    }
    return [{"name": name, "value": value} for name, value in values.items()]


def _yearly(shape: _Shape, random: Random) -> list[dict[str, Any]]:
    facts: list[dict[str, Any]] = []
    for back in (3, 2, 1):
        revenue = int(shape.revenue * (1 - 0.12 * (back - 1)))
        profit = int(revenue * random.uniform(-0.05, 0.15))
        values = {
            "revenue": revenue,
            "main_revenue": revenue * 95 // 100,
            "total_income": revenue,
            "hightech_revenue": int(revenue * shape.hightech_share),
            "rd_expense": int(revenue * shape.rd_share),
            "rd_expense_domestic": int(revenue * shape.rd_share),
            "rd_expense_deductible": int(revenue * shape.rd_share * 0.9),
            "cost": revenue - profit,
            "net_profit": profit,
            "net_assets": revenue // 2,
            "assets": revenue,
            "liabilities": revenue // 2,
            "staff": shape.staff,
            "tech_staff": int(shape.staff * shape.tech_share),
            "rd_staff": int(shape.staff * shape.tech_share * 0.8),
            "college_staff": shape.staff * 6 // 10,
            "staff_six_month": shape.staff,
            "tech_staff_six_month": int(shape.staff * shape.tech_share),
            "conversions": shape.patents,
        }
        facts += [
            {"name": name, "value": value, "period": str(YEAR - back)} for name, value in values.items()
        ]
    return facts
