"""A neighbourhood or a ladder as a picture: at most sixty boxes, crowded kinds folded into one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from policies.graph.ladder import STATES, FirmRung, Rung
from policies.graph.layout import Band, Item, Layout, arrange
from policies.graph.model import LINK_KINDS, NODE_KINDS, Link, Node
from policies.graph.neighbourhood import Neighbourhood

MOST = 60
# A folded kind must leave at least so many boxes, or its first ones are shown.
_FEWEST = 8
# From what is issued to what it asks for, and who helps; short names stand in four columns.
_BANDS = (
    "policy", "title", "version", "measure", "row", "support", "limit", "condition", "help", "fact",
    "course", "institution", "mentor", "person", "department", "area", "term",
)  # fmt: skip
_SHORT = frozenset({"department", "area", "help", "fact", "term", "person", "mentor"})


@dataclass(frozen=True)
class Spot:
    """What a box stands for; `folded` counts the things in it when it stands for several."""

    id: str
    label: str
    group: str
    folded: int = 0
    centre: bool = False


@dataclass(frozen=True)
class Line:
    """One or several links between two boxes; `in_force` on the day of the picture."""

    source: str
    target: str
    kind: str
    in_force: bool = True


@dataclass(frozen=True)
class Picture:
    """Boxes, lines and places; `groups` gives the Chinese label of each group of boxes."""

    title: str
    layout: Layout
    spots: tuple[Spot, ...]
    lines: tuple[Line, ...]
    groups: Mapping[str, str]


def picture_of(
    around: Neighbourhood, on: date, previous: Mapping[str, int] | None = None, most: int = MOST
) -> Picture:
    """The picture of a neighbourhood; its first node is the centre and stands on top."""
    centre = around.nodes[0]
    shown, folded = _fold(around, most)
    spots = [Spot(node.id, node.label, node.kind, centre=node is centre) for node in shown]
    spots += [_folded_spot(kind, count, shown) for kind, count in folded.items()]
    lines = _lines(around.links, {node.id: node.kind for node in around.nodes}, {s.id for s in spots}, on)
    bands = [Band("", 1, tuple(Item(spot.id, spot.label) for spot in spots if spot.centre))]
    for kind in _BANDS:
        members = [spot for spot in spots if spot.group == kind and not spot.centre]
        count = sum(spot.folded or 1 for spot in members)
        items = tuple(Item(spot.id, spot.label) for spot in members)
        bands.append(Band(f"{NODE_KINDS[kind]} {count}", 4 if kind in _SHORT else 3, items))
    layout = arrange(bands, [(line.source, line.target) for line in lines], previous)
    used = {spot.group for spot in spots}
    groups = {kind: NODE_KINDS[kind] for kind in _BANDS if kind in used}
    return Picture(centre.label, layout, tuple(spots), lines, groups)


def picture_of_ladder(rungs: Sequence[Rung] | Sequence[FirmRung], title: str) -> Picture:
    """The ladder from the highest rung down to the ground."""
    plain = [(rung.rung, rung.state) if isinstance(rung, FirmRung) else (rung, "title") for rung in rungs]
    named = {**{str(state): f"\n{label}" for state, label in STATES.items()}, "title": ""}
    spots = tuple(Spot(rung.title.id, rung.title.label + named[state], state) for rung, state in plain)
    lines = tuple(
        Line(step.below.id, rung.title.id, "requires_title" if step.required else "leads_on_to")
        for rung, _ in plain
        for step in rung.steps
    )
    levels: dict[int, list[Item]] = {}
    for (rung, _), spot in zip(plain, spots, strict=True):
        levels.setdefault(rung.height, []).append(Item(spot.id, spot.label))
    bands = [Band(f"第{height + 1}级", 2, tuple(levels[height])) for height in sorted(levels, reverse=True)]
    layout = arrange(bands, [(line.source, line.target) for line in lines])
    labels: dict[str, str] = {**{str(state): label for state, label in STATES.items()}, **NODE_KINDS}
    used = {spot.group for spot in spots}
    return Picture(title, layout, spots, lines, {key: label for key, label in labels.items() if key in used})


def echarts(picture: Picture) -> dict[str, Any]:
    """The picture as ECharts draws it: a graph series with `layout: none` in a box of `width` x `height`."""
    boxes = {box.id: box for box in picture.layout.boxes}
    groups = list(picture.groups)
    return {
        "width": picture.layout.width,
        "height": picture.layout.height,
        "categories": [{"name": label} for label in picture.groups.values()],
        "nodes": [
            {
                "id": spot.id,
                "name": "\n".join(boxes[spot.id].lines),
                "value": spot.label,
                "x": boxes[spot.id].x,
                "y": boxes[spot.id].y,
                "symbolSize": [boxes[spot.id].width, boxes[spot.id].height],
                "category": groups.index(spot.group),
                "folded": spot.folded,
            }
            for spot in picture.spots
        ],
        "links": [
            {
                "source": line.source,
                "target": line.target,
                "value": LINK_KINDS[line.kind],
                "in_force": line.in_force,
            }
            for line in picture.lines
        ],
    }


def _folded_spot(kind: str, count: int, shown: Sequence[Node]) -> Spot:
    more = "另有" if any(node.kind == kind for node in shown[1:]) else ""
    return Spot(_fold_id(kind), f"{more}{NODE_KINDS[kind]} {count} 项", kind, count)


def _fold(around: Neighbourhood, most: int) -> tuple[list[Node], dict[str, int]]:
    """The nodes shown, and how many of a kind stand folded: of what lies farthest the largest kind first."""
    centre, *shown = around.nodes
    folded: Counter[str] = Counter(around.left_out)
    while 1 + len(shown) + len(folded) > most:
        sizes = Counter((around.distance[node.id], node.kind) for node in shown)
        farthest = max(distance for distance, _ in sizes)
        group = max((g for g in sizes if g[0] == farthest), key=lambda g: (sizes[g], g[1]))
        members = [node for node in shown if (around.distance[node.id], node.kind) == group]
        rest = len(shown) - len(members)
        room = most - 1 - rest - len(folded.keys() | {group[1]})
        hidden = {node.id for node in (members[room:] if 1 + rest < _FEWEST else members)}
        folded[group[1]] += len(hidden)
        shown = [node for node in shown if node.id not in hidden]
    return [centre, *shown], dict(sorted(folded.items()))


def _lines(links: Sequence[Link], kinds: Mapping[str, str], spots: set[str], on: date) -> tuple[Line, ...]:
    """The links between boxes, each pair and kind once."""
    lines: dict[tuple[str, str, str], bool] = {}
    for link in links:
        ends = [end if end in spots else _fold_id(kinds[end]) for end in (link.source, link.target)]
        if ends[0] != ends[1] and ends[0] in spots and ends[1] in spots:
            key = (ends[0], ends[1], link.kind)
            lines[key] = lines.get(key, False) or link.holds_on(on)
    return tuple(Line(*key, in_force) for key, in_force in lines.items())


def _fold_id(kind: str) -> str:
    return f"fold:{kind}"
