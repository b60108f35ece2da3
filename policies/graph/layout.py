"""Places for labelled boxes on a phone: bands of rows, fixed columns, so that labels never overlap.

A thing keeps its place from one day to the next; a new one takes a free place in its band, and at most
pushes what lies below down by a row.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

WIDTH = 390
FONT, LINE = 12, 15
_MARGIN, _GAP, _PADDING, _HEADING = 8, 8, 5, 24
_ROW = 2 * LINE + 2 * _PADDING - 2
_NEVER_FIRST = frozenset("，。、；：！？）〕】》”’…)]}%")
_NEVER_LAST = frozenset("（〔【《“‘([{")
ROW_STEP = _ROW + _GAP


@dataclass(frozen=True)
class Item:
    """Something to be placed."""

    id: str
    label: str


@dataclass(frozen=True)
class Band:
    """A group under one heading, in `columns` columns; an empty heading takes no room."""

    heading: str
    columns: int
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Box:
    """A placed thing; `x` and `y` are its centre, `slot` its place in the band."""

    id: str
    lines: tuple[str, ...]
    x: float
    y: float
    width: float
    height: float
    slot: int


@dataclass(frozen=True)
class Heading:
    """A band's heading; `y` is its base line."""

    text: str
    y: float


@dataclass(frozen=True)
class Layout:
    """All places; `width` x `height` is the picture at zoom 1."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    headings: tuple[Heading, ...]

    @property
    def slots(self) -> dict[str, int]:
        """The place of each thing in its band, to be kept for the next day."""
        return {box.id: box.slot for box in self.boxes}


def arrange(
    bands: Sequence[Band], links: Iterable[tuple[str, str]], previous: Mapping[str, int] | None = None
) -> Layout:
    """Place all bands from top to bottom; what is new stands near what it is linked to above it."""
    linked: dict[str, list[str]] = defaultdict(list)
    for one, other in links:
        linked[one].append(other)
        linked[other].append(one)
    placed: dict[str, Box] = {}
    headings = []
    top = float(_MARGIN)
    for band in bands:
        if not band.items:
            continue
        if band.heading:
            headings.append(Heading(band.heading, top + FONT + 2))
            top += _HEADING
        slots = _slots(band, linked, placed, previous or {})
        for item in band.items:
            placed[item.id] = _box(item, band.columns, slots[item.id], top)
        top += (max(slots.values()) // band.columns + 1) * ROW_STEP
    return Layout(WIDTH, int(top + _MARGIN), tuple(placed.values()), tuple(headings))


def text_width(text: str, size: float = FONT) -> float:
    """How wide a text is at most, in points, in any usual Chinese font."""
    return sum(_width(char) for char in text) * size


def wrap(label: str, width: float) -> tuple[str, ...]:
    """The label in one line or in two about equal ones; what does not fit ends in an ellipsis.

    A label may bring its own break; then each of its two lines is cut for itself.
    """
    if "\n" in label:
        return tuple(_cut(line, width) for line in label.split("\n")[:2])
    text = " ".join(label.split())
    if text_width(text) <= width:
        return (text,)
    first = [at for at in range(1, len(text)) if text_width(text[:at]) <= width]
    good = [at for at in first if not _belong_together(text[at - 1], text[at])] or first
    both = [at for at in good if text_width(text[at:]) <= width]
    at = min(
        reversed(both),
        key=lambda at: abs(text_width(text[:at]) - text_width(text[at:])),
        default=good[-1],
    )
    return text[:at].rstrip(), _cut(text[at:].lstrip(), width)


def _belong_together(one: str, other: str) -> bool:
    in_a_word = one.isascii() and one.isalnum() and other.isascii() and other.isalnum()
    return in_a_word or other in _NEVER_FIRST or one in _NEVER_LAST


def _cut(text: str, width: float) -> str:
    if text_width(text) <= width:
        return text
    while text and text_width(text + "…") > width:
        text = text[:-1]
    return text + "…"


def _width(char: str) -> float:
    if unicodedata.east_asian_width(char) in "WFA":
        return 1.0
    return 0.8 if char.isupper() or char in "@%&" else 0.65


def _slots(
    band: Band, linked: Mapping[str, Sequence[str]], placed: Mapping[str, Box], previous: Mapping[str, int]
) -> dict[str, int]:
    """Old things keep their places where the band still has them, the others take the nearest free ones."""
    room = -(-len(band.items) // band.columns) * band.columns
    taken: dict[int, str] = {}
    for item in band.items:
        slot = previous.get(item.id)
        if slot is not None and slot < room:
            taken.setdefault(slot, item.id)
    kept = set(taken.values())
    free = [slot for slot in range(room) if slot not in taken]
    coming = [item for item in band.items if item.id not in kept]
    pulls = {item.id: _pull(item.id, linked, placed) for item in coming}
    coming.sort(key=lambda item: (pulls[item.id][1], pulls[item.id][0], item.id))
    for item in coming:
        # Rows fill from the top; within the topmost free row the column nearest to what it is linked to.
        row = free[0] // band.columns
        in_row = [slot for slot in free if slot // band.columns == row]
        best = min(in_row, key=lambda slot: (abs(_x(slot, band.columns) - pulls[item.id][0]), slot))
        free.remove(best)
        taken[best] = item.id
    return {item_id: slot for slot, item_id in taken.items()}


def _pull(
    item_id: str, linked: Mapping[str, Sequence[str]], placed: Mapping[str, Box]
) -> tuple[float, float]:
    above = [placed[other] for other in linked.get(item_id, ()) if other in placed]
    if not above:
        return WIDTH / 2, float("inf")
    return sum(box.x for box in above) / len(above), sum(box.y for box in above) / len(above)


def _x(slot: int, columns: int) -> float:
    cell = (WIDTH - 2 * _MARGIN + _GAP) / columns
    return _MARGIN + cell * (slot % columns) + (cell - _GAP) / 2


def _box(item: Item, columns: int, slot: int, top: float) -> Box:
    width = (WIDTH - 2 * _MARGIN + _GAP) / columns - _GAP
    lines = wrap(item.label, width - 2 * _PADDING)
    y = top + (slot // columns) * ROW_STEP + _ROW / 2
    return Box(item.id, lines, round(_x(slot, columns), 1), y, round(width, 1), _ROW, slot)
