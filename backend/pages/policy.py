"""What a policy's plain page says, ready for the template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from backend.catalogue.service import Explanation, LinkState
from backend.catalogue.wording import (
    KINDS,
    LEVELS,
    MARKS,
    STANDINGS,
    condition_text,
    day_text,
    limit_text,
    support_text,
    validity_text,
)
from policies.rules import Rule
from policies.sheet import Block, Relation, Sheet, blocks_of
from policies.vocabulary import AREAS, TITLES, find

_RELATIONS = {
    "based_on": "依据",
    "implements": "落实",
    "amends": "修改",
    "repeals": "废止",
    "replaces": "代替",
    "replaced_by": "被代替为",
    "interprets": "解读",
    "cites": "提到",
    "stacks_with": "可同时享受",
    "excludes": "不能同时享受",
    "capped_together": "合计封顶",
    "routed_to": "改走",
    "leads_on_to": "之后可申请",
}
_RULE_KINDS = {"new": "新申请", "renewal": "复核或重新认定", "any": "新申请与复核"}


@dataclass(frozen=True)
class Notice:
    """What must not be missed; `urgent` ones say that it cannot be relied on today."""

    text: str
    urgent: bool = True


@dataclass(frozen=True)
class Link:
    """A word about another policy, with its address where it has a page."""

    label: str
    text: str
    slug: str = ""
    note: str = ""


@dataclass(frozen=True)
class Asked:
    """A condition: what it asks for and where that is written."""

    id: str
    text: str
    clause: str


@dataclass(frozen=True)
class Version:
    """A version of who qualifies."""

    title: str
    period: str
    source: str
    url: str
    mark: str
    notes: tuple[str, ...]
    windows: tuple[str, ...]
    conditions: tuple[Asked, ...]
    current: bool


@dataclass(frozen=True)
class Reference:
    """Where something is written, how sure that is, and whether the link still stands."""

    title: str
    url: str
    mark: str
    warning: str


@dataclass(frozen=True)
class PolicyPage:
    """A policy as the plain page shows it."""

    sheet: Sheet
    kicker: str
    standing: str
    standing_text: str
    notices: tuple[Notice, ...]
    key_points: tuple[tuple[str, str], ...]
    validity: str
    mark_text: str
    supports: tuple[tuple[str, str, str], ...]
    limits: tuple[str, ...]
    versions: tuple[Version, ...]
    relations: tuple[Link, ...]
    references: tuple[Reference, ...]
    body: tuple[Block, ...]
    titles: tuple[str, ...]

    @property
    def description(self) -> str:
        """One or two sentences for search engines and link previews; its standing first."""
        said = self.sheet.summary or self.sheet.key_points.what or self.sheet.key_points.who
        first = "" if self.standing == "in_force" else f"【{self.standing_text}】"
        return f"{first}{' '.join(said.split())}"[:160]


def policy_page(
    sheet: Sheet,
    standing: str,
    today: date,
    replaced_by: Sequence[tuple[str, str]] = (),
    links: Sequence[tuple[str, LinkState | None]] = (),
    known: Mapping[str, str] | None = None,
) -> PolicyPage:
    """The page of a sheet; `replaced_by` are slugs and titles, `known` the titles of all published slugs."""
    states = dict(links)
    return PolicyPage(
        sheet=sheet,
        kicker=f"{LEVELS[sheet.level]} · {KINDS[sheet.kind]}",
        standing=standing,
        standing_text=STANDINGS[standing],
        notices=tuple(_notices(sheet, standing, replaced_by)),
        key_points=tuple(_key_points(sheet)),
        validity=validity_text(sheet),
        mark_text=MARKS[sheet.confidence.mark],
        supports=tuple((s.title, support_text(s), s.note) for s in sheet.supports),
        limits=tuple(map(limit_text, sheet.limits)),
        versions=tuple(_version(rule, today) for rule in _in_order(sheet)),
        relations=tuple(_relation(one, known or {}) for one in sheet.relations),
        references=tuple(
            Reference(source.title, _web(source.url), MARKS[source.mark], _warning(states.get(source.url)))
            for source in sheet.sources
        ),
        body=blocks_of(sheet.body),
        titles=tuple(_label(title) for title in sheet.grants),
    )


def _notices(sheet: Sheet, standing: str, replaced_by: Sequence[tuple[str, str]]) -> list[Notice]:
    first, last = sheet.validity.from_, sheet.validity.to
    found = {
        "expired": f"已于{day_text(last)}到期，仅供参考，不能再据此申请。" if last else "",
        "not_yet": f"自{day_text(first)}起施行，现在还没有生效。" if first else "",
        "consultation": "这是征求意见稿，尚未生效，内容可能改变，不能据此申请。",
        "unconfirmed": "有效期没有查到：是否仍然有效，请先向主管部门核实。",
    }
    notices = [Notice(text) for text in (found.get(standing, ""),) if text]
    if replaced_by:
        notices.append(Notice("已有新的政策代替或废止它，见下方链接。"))
    if sheet.areas:
        places = "、".join(entry.label if (entry := find(AREAS, area)) else area for area in sheet.areas)
        notices.append(Notice(f"只适用于：{places}。其他地方的企业不能申请。", urgent=False))
    return notices


def _key_points(sheet: Sheet) -> list[tuple[str, str]]:
    points = sheet.key_points
    told = (
        ("谁可以申请", points.who),
        ("是什么", points.what),
        ("给多少", points.how_much),
        ("什么时候", points.when),
        ("在哪里办", points.where),
    )
    return [(label, text) for label, text in told if text]


def _in_order(sheet: Sheet) -> list[Rule]:
    return sorted(sheet.rules, key=lambda rule: rule.from_, reverse=True)


def _version(rule: Rule, today: date) -> Version:
    until = f"至{day_text(rule.to)}" if rule.to else "起"
    notes = [rule.note] if rule.note else []
    if not rule.confirmed:
        notes.insert(0, "这一版本尚未核实，不用于判断。")
    return Version(
        title=_RULE_KINDS[rule.kind],
        period=f"{day_text(rule.from_)}{until}的申请",
        source=rule.source.title,
        url=_web(rule.source.url),
        mark=MARKS[rule.source.mark],
        notes=tuple(notes),
        windows=tuple(f"{day_text(window.open)}至{day_text(window.close)}" for window in rule.windows),
        conditions=tuple(
            Asked(f"{rule.id}-{condition.id}", condition_text(condition, today), condition.clause or "")
            for condition in rule.conditions
        ),
        current=rule.confirmed and rule.in_force(today),
    )


def _relation(relation: Relation, known: Mapping[str, str]) -> Link:
    title = known.get(relation.target, relation.target)
    slug = relation.target if relation.target in known else ""
    return Link(_RELATIONS[relation.kind], title, slug, relation.note)


def _label(title: str) -> str:
    entry = find(TITLES, title)
    return entry.label if entry else title


def _web(url: str) -> str:
    """An address one may follow; anything else is not made a link."""
    return url if url.startswith(("https://", "http://")) else ""


def _warning(state: LinkState | None) -> str:
    if state is None or state.state == "fine":
        return ""
    return "链接可能已失效" if state.state == "broken" else "最近一次没有打开这个链接"


def explanations_by_kind(
    found: Sequence[tuple[Explanation, bool]],
) -> dict[str, list[tuple[Explanation, bool]]]:
    """Published explanations, each kind together."""
    kinds: dict[str, list[tuple[Explanation, bool]]] = {}
    for held, outdated in found:
        kinds.setdefault(held.kind, []).append((held, outdated))
    return kinds
