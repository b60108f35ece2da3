"""By how much a firm falls short of one test, and from which day the test could hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor

from policies.conditions.thresholds import add_months, read_age, read_moment
from policies.conditions.tree import Among, Compare, Comparison, Cutoff, Is
from policies.conditions.wording import member_text, number_text
from policies.facts import Fact, Facts, Value, fact_named
from policies.facts.values import money_text, percent_text
from policies.gap.lead_times import lead_times, least_time

_WHOLE: Mapping[Comparison, Callable[[Fraction], int]] = {
    "ge": ceil,
    "gt": lambda edge: floor(edge) + 1,
    "le": floor,
    "lt": lambda edge: ceil(edge) - 1,
}


@dataclass(frozen=True)
class Shortfall:
    """How far one test is from holding.

    `short` is in the fact's own unit. For a share, `amount` is what its part (the fact `amount_of`) lacks
    while the whole stays as it is. `earliest` is the first application day on which the test could hold,
    None where it can never hold. `by_time`: nothing to do but wait. `effort` orders alternatives. `members`:
    what of a category or set would do.
    """

    fact: str
    text: str
    earliest: date | None
    short: int | Fraction | None = None
    amount: int | None = None
    amount_of: str = ""
    by_time: bool = False
    effort: float = 1.0
    members: frozenset[str] = frozenset()


def shortfall_of(test: Compare | Among | Is, value: Value, facts: Facts) -> Shortfall:
    """What this known value lacks for the test, which it does not pass."""
    fact = fact_named(test.fact)
    if isinstance(test, Is):
        return Shortfall(
            fact.name, f"{fact.label}应为“{'是' if test.value else '否'}”", _once_done(fact, facts)
        )
    if isinstance(test, Among):
        one_of = "其中之一" if len(test.members) > 1 else ""
        verb = "不得为" if test.negated else (f"需取得{one_of}" if fact.kind == "set" else "应属于")
        text = f"{fact.label}{verb}：{member_text(fact, sorted(test.members))}"
        day = _once_held(fact, test, facts)
        if fact.name == "titles" and not test.negated and not lead_times().keys() & test.members:
            text += "（取得所需时间没有查到，未计入）"
        return Shortfall(fact.name, text, day, members=frozenset() if test.negated else test.members)
    if isinstance(value, date):
        return _of_day(fact, test, value)
    assert isinstance(test.value, Fraction) and isinstance(value, int | Fraction)
    return _of_number(fact, test.op, test.value, value, facts)


def _of_number(
    fact: Fact, op: Comparison, threshold: Fraction, value: int | Fraction, facts: Facts
) -> Shortfall:
    target = threshold if fact.is_ratio else Fraction(_WHOLE[op](threshold))
    short = abs(target - value)
    effort = float(short) / float(abs(target)) if target else 1.0
    word = "还差" if op in ("ge", "gt") else "超出"
    if fact.unit == "年":
        day = add_months(facts.on, 12 * ceil(short))
        text = f"{fact.label}{word}{number_text(fact, short)}"
        return Shortfall(fact.name, text, day, short, by_time=True, effort=0.0)
    amount, part = _part_lacking(fact, op, threshold, facts)
    more = f"（其他数字不变，即{part.label}{amount_text(part, amount)}）" if part and amount else ""
    return Shortfall(
        fact.name,
        f"{fact.label}{word}{amount_text(fact, short)}{more}",
        _once_done(fact, facts),
        short,
        amount,
        part.name if part else "",
        effort=effort,
    )


def _part_lacking(
    fact: Fact, op: Comparison, threshold: Fraction, facts: Facts
) -> tuple[int | None, Fact | None]:
    """For a share: how much its part would have to change, the whole staying as it is."""
    totals = facts.totals(fact.name)
    if fact.derived is None or fact.derived.shape != "share" or not totals:
        return None, None
    target = _WHOLE[op](threshold * totals[1])
    return abs(target - int(totals[0])), fact_named(fact.derived.inputs[0])


def _of_day(fact: Fact, test: Compare, value: date) -> Shortfall:
    cutoff = test.value
    assert isinstance(cutoff, Cutoff)
    if test.op in ("le", "lt") and cutoff.how == "started_by":
        age = read_age(cutoff.written)
        day = age.after(value)
        return Shortfall(fact.name, f"到{day.isoformat()}满{age.text}", day, by_time=True, effort=0.0)
    if test.op in ("le", "lt") and cutoff.written.startswith("today"):
        anchor = date(2000, 1, 1)
        day = value - (read_moment(cutoff.written, anchor) - anchor) + timedelta(days=test.op == "lt")
        return Shortfall(fact.name, f"到{day.isoformat()}才可办理", day, by_time=True, effort=0.0)
    return Shortfall(fact.name, f"{fact.label}{value.isoformat()}不符合要求，日期已定，无法弥补", None)


def _once_held(fact: Fact, test: Among, facts: Facts) -> date:
    """A title takes at least the time a source says; of several the quickest counts."""
    if fact.name != "titles" or test.negated:
        return _once_done(fact, facts)
    return facts.on + min(least_time(title) for title in test.members)


def _once_done(fact: Fact, facts: Facts) -> date:
    """Yearly figures count once their accounting year is over; anything else counts once it is so."""
    return date(facts.on.year + 1, 1, 1) if fact.period != "standing" else facts.on


def amount_text(fact: Fact, amount: int | Fraction) -> str:
    """An amount that is lacking, rounded up so that it is never understated."""
    if fact.is_ratio:
        points = ceil(amount * 10_000)
        return percent_text(Fraction(points, 10_000)).replace("%", "个百分点")
    if fact.unit != "元":
        return number_text(fact, ceil(amount))
    step = 10**6 if amount >= 10**8 else 100 if amount >= 10**4 else 1
    return money_text(ceil(Fraction(amount) / step) * step)
