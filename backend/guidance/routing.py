"""Who should help: by need, place, level, load, absence and interest, with reasons. Pure.

Liaisons and counsellors belong to a place; mentors belong to what they are good at. The order is level first
(联络员, 辅导员, 导师), then what fits the need, then nearness, then how busy somebody is, then the id.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LEVELS = ("liaison", "counsellor", "mentor", "commission")
LABELS: Mapping[str, str] = {
    "liaison": "联络员",
    "counsellor": "辅导员",
    "mentor": "导师",
    "commission": "科经委",
}
_RANK = {level: rank for rank, level in enumerate(LEVELS)}
_MENTOR = _RANK["mentor"]
CONDITION, KIND, NOTHING = 0, 1, 2
TOWN, AREA, ELSEWHERE = 0, 1, 2
BARRED, AWAY, FULL, LOWER, FAR, UNFIT = (
    "已申报利益关系，须回避",
    "请假中",
    "承接已满",
    "层级较低",
    "不在负责的片区",
    "专长不对应",
)


@dataclass(frozen=True, slots=True)
class Need:
    """What is asked for, by which firm, where; `level` is the level to begin with."""

    uscc: str
    area: str = ""
    town: str = ""
    help_kinds: frozenset[str] = frozenset()
    conditions: frozenset[str] = frozenset()
    level: str = "liaison"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may help today; `stands_in_for` names whose place was added to the own."""

    id: str
    name: str
    level: str
    areas: frozenset[str] = frozenset()
    towns: frozenset[str] = frozenset()
    offers: frozenset[str] = frozenset()
    helps: frozenset[str] = frozenset()
    capacity: int = 10
    load: int = 0
    away: bool = False
    barred: frozenset[str] = frozenset()
    stands_in_for: tuple[str, ...] = ()


@dataclass(frozen=True)
class Choice:
    """One of those who may help, and why it stands where it stands."""

    id: str
    name: str
    level: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Route:
    """The best first; `passed_over` counts the others by reason."""

    choices: tuple[Choice, ...]
    passed_over: Mapping[str, int]

    def first_level(self) -> str:
        """The level that is asked first: the lowest that has somebody, else the commission."""
        return self.choices[0].level if self.choices else LEVELS[-1]


def route(need: Need, people: Iterable[Candidate], most: int = 5) -> Route:
    """Those who may help, in order; nobody may be left, then it is the commission's."""
    least, asked = _RANK[need.level], bool(need.help_kinds or need.conditions)
    area, town, lower, far = need.area, need.town, 0, 0
    fitting: list[tuple[int, int, int, float, str, Candidate]] = []
    passed: Counter[str] = Counter()
    for one in people:
        rank = _RANK[one.level]
        if rank < least:
            lower += 1
            continue
        near = TOWN if town and town in one.towns else AREA if area in one.areas else ELSEWHERE
        if near == ELSEWHERE and rank < _MENTOR:  # most people: nothing more is asked about them
            far += 1
            continue
        fits = _fit(need, one)
        why_not = _why_not(need, one, rank == _MENTOR and asked and fits == NOTHING)
        if why_not:
            passed[why_not] += 1
        else:
            fitting.append((rank, fits, near, one.load / one.capacity, one.id, one))
    passed.update({reason: count for reason, count in ((LOWER, lower), (FAR, far)) if count})
    fitting.sort(key=lambda entry: entry[:5])
    choices = (
        Choice(one.id, one.name, one.level, tuple(_reasons(fits, near, one)))
        for _, fits, near, _, _, one in fitting[:most]
    )
    return Route(tuple(choices), dict(passed))


def _why_not(need: Need, one: Candidate, unfit: bool) -> str:
    if need.uscc in one.barred:
        return BARRED
    if one.away:
        return AWAY
    if one.load >= one.capacity:
        return FULL
    return UNFIT if unfit else ""


def _fit(need: Need, one: Candidate) -> int:
    if not need.conditions.isdisjoint(one.helps):
        return CONDITION
    return NOTHING if need.help_kinds.isdisjoint(one.offers) else KIND


def _reasons(fits: int, near: int, one: Candidate) -> Iterable[str]:
    yield f"层级：{LABELS[one.level]}"
    if fits == CONDITION:
        yield "正好辅导所缺的这一项条件"
    elif fits == KIND:
        yield "专长对应所需的服务"
    if near != ELSEWHERE:
        yield "负责企业所在街镇" if near == TOWN else "负责企业所在片区"
    if one.stands_in_for:
        yield f"代班：{'、'.join(one.stands_in_for)}"
    yield f"手上 {one.load} 件，最多 {one.capacity} 件"
