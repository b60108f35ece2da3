"""Nodes and links. A part is what one record contributes; the map is the union of all parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal, Self

# In the order of importance: what a reader wants to see first when not everything fits.
NODE_KINDS = {
    "policy": "政策",
    "title": "资质",
    "support": "支持",
    "version": "规则版本",
    "condition": "条件",
    "course": "课程",
    "institution": "服务机构",
    "mentor": "导师",
    "person": "人员",
    "measure": "措施",
    "department": "部门",
    "row": "任务",
    "area": "片区",
    "limit": "限制",
    "help": "帮助",
    "term": "术语",
    "fact": "企业信息",
}
LINK_KINDS = {
    "issued_by": "发布机关",
    "contains": "包含",
    "leads": "牵头",
    "supports": "配合",
    "responsible": "负责",
    "implements": "落实",
    "based_on": "依据",
    "amends": "修改",
    "repeals": "废止",
    "replaces": "替代",
    "replaced_by": "被替代",
    "interprets": "解读",
    "cites": "引用",
    "has_version": "规则",
    "requires_title": "需要资质",
    "grants_title": "授予资质",
    "leads_on_to": "进阶",
    "offers": "给予",
    "stacks_with": "可叠加",
    "excludes": "不可同享",
    "capped_together": "合并限额",
    "applies_in": "适用片区",
    "routed_to": "转由片区",
    "has_condition": "条件",
    "asks": "需要信息",
    "needs_help": "可获帮助",
    "helps": "帮助",
    "handles": "承办",
    "works_in": "所在部门",
    "mentions": "提到",
}
FOUND_BY = {"sheet": "政策表", "document": "读自原文", "staff": "人工登记"}
FoundBy = Literal["sheet", "document", "staff"]


@dataclass(frozen=True, slots=True)
class Period:
    """The days since <= day < until; None: no bound is known."""

    since: date | None = None
    until: date | None = None

    @classmethod
    def through(cls, first: date | None, last: date | None) -> Period:
        """From the first day through the whole of the last one."""
        return cls(first, last + timedelta(days=1) if last and last < date.max else None)

    def within(self, other: Period) -> Period:
        """The days in both."""
        starts = [day for day in (self.since, other.since) if day]
        ends = [day for day in (self.until, other.until) if day]
        return Period(max(starts, default=None), min(ends, default=None))

    def holds_on(self, day: date) -> bool:
        """Whether the day lies in it."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


ALWAYS = Period()


@dataclass(frozen=True, slots=True)
class Node:
    """A thing on the map. A `stub` is only named by another record and gives way to the thing itself.

    `number` is a policy's document number, by which others may name it. Of a support, `amount` is what is
    paid and `at_most` a ceiling of what is not known beforehand; of a limit, `amount` is the limit.
    """

    id: str
    kind: str
    label: str
    stub: bool = False
    since: date | None = None
    until: date | None = None
    number: str = ""
    amount: int | None = None
    at_most: int | None = None

    @classmethod
    def of(cls, kind: str, key: str, label: str, stub: bool = False, period: Period = ALWAYS) -> Node:
        """The node of this kind with the id `kind:key`."""
        return cls(f"{kind}:{key}", kind, label, stub, period.since, period.until)

    @property
    def key(self) -> str:
        """The id without its kind."""
        return self.id.partition(":")[2]

    def holds_on(self, day: date) -> bool:
        """Whether the thing itself is in force on a day, as far as its own dates say."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Link:
    """A typed link, in force on the days since <= day < until (None: no bound is known).

    `anchor` is the clause it is written in, `owner` the record that says so, `found_by` how it was found,
    `mark` how sure it is (G P R K C ?; empty where nobody has to be believed).
    """

    kind: str
    source: str
    target: str
    since: date | None = None
    until: date | None = None
    anchor: str = ""
    found_by: str = "sheet"
    mark: str = ""
    owner: str = ""

    def holds_on(self, day: date) -> bool:
        """Whether the link is in force on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)

    def other(self, end: str) -> str:
        """The end that is not this one."""
        return self.target if end == self.source else self.source


@dataclass(frozen=True)
class Part:
    """The nodes and links that one record, `owner`, contributes; every link bears the owner's name."""

    owner: str
    nodes: tuple[Node, ...] = ()
    links: tuple[Link, ...] = ()

    def __post_init__(self) -> None:
        owned = (link if link.owner == self.owner else replace(link, owner=self.owner) for link in self.links)
        object.__setattr__(self, "links", tuple(dict.fromkeys(owned)))

    def as_dict(self) -> dict[str, Any]:
        """JSON values, for storing."""
        return {"owner": self.owner, "nodes": _rows(self.nodes), "links": _rows(self.links)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The part that `as_dict` described."""
        nodes = tuple(Node(**_dated(row)) for row in data["nodes"])
        return cls(data["owner"], nodes, tuple(Link(**_dated(row)) for row in data["links"]))


def _rows(things: Sequence[Node | Link]) -> list[dict[str, Any]]:
    """What differs from the defaults; the owner stands once, in the part."""
    return [
        {
            key: value.isoformat() if isinstance(value, date) else value
            for key, value in asdict(thing).items()
            if key != "owner" and value not in (None, "", False)
        }
        for thing in things
    ]


def _dated(row: Mapping[str, Any]) -> dict[str, Any]:
    days = {key: date.fromisoformat(row[key]) for key in ("since", "until") if row.get(key)}
    return {**row, **days}
