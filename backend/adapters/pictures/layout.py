"""Where everything stands: shapes with places, the same for every format."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import segno

WIDTH = 750
_EDGE, _INSIDE = 30, 28
_RED, _INK, _GREY, _PAPER, _WHITE = "#b3261e", "#222222", "#6b6b6b", "#f6f1ea", "#ffffff"
_LEADING = 1.5
# What must not begin a line, and what must not end one.
_NOT_FIRST = "，。；：、！？）》”’%％）】〕"
_NOT_LAST = "（《“‘【〔"
_MODULE = 6


@dataclass(frozen=True)
class Block:
    """A heading and its lines."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Poster:
    """What the picture says: a small line, the title, a badge, blocks, and a link that is also scannable."""

    kicker: str
    title: str
    badge: str
    blocks: tuple[Block, ...]
    link: str
    call: str
    footer: str


@dataclass(frozen=True)
class Box:
    """A filled rectangle."""

    left: float
    top: float
    width: float
    height: float
    colour: str
    radius: float = 0


@dataclass(frozen=True)
class Words:
    """One line of text; `base` is its baseline."""

    left: float
    base: float
    size: int
    colour: str
    text: str
    bold: bool = False


@dataclass
class Picture:
    """Shapes in the order they are drawn."""

    height: float = 0
    shapes: list[Box | Words] = field(default_factory=list)


def lay_out(poster: Poster) -> Picture:
    """The picture of a poster, as tall as it needs."""
    picture = Picture()
    _head(picture, poster)
    for block in poster.blocks:
        _block(picture, block)
    _link(picture, poster)
    picture.height += _EDGE
    picture.shapes.insert(0, Box(0, 0, WIDTH, picture.height, _PAPER))
    return picture


def _head(picture: Picture, poster: Poster) -> None:
    start = len(picture.shapes)
    picture.height = 56
    _write(picture, poster.kicker, 26, _WHITE, _EDGE + 10)
    picture.height += 12
    _write(picture, poster.title, 42, _WHITE, _EDGE + 10, bold=True)
    picture.height += 20
    width = _width(poster.badge, 26) + 36
    picture.shapes.append(Box(_EDGE + 10, picture.height, width, 48, _WHITE, 24))
    picture.shapes.append(Words(_EDGE + 28, picture.height + 34, 26, _RED, poster.badge, bold=True))
    picture.height += 48 + 36
    picture.shapes.insert(start, Box(0, 0, WIDTH, picture.height, _RED))
    picture.height += 24


def _block(picture: Picture, block: Block) -> None:
    start, top = len(picture.shapes), picture.height
    picture.height += _INSIDE
    picture.shapes.append(Box(_EDGE, picture.height + 2, 8, 36, _RED))
    _write(picture, block.heading, 34, _RED, _EDGE + _INSIDE, bold=True)
    picture.height += 12
    for line in block.lines:
        _write(picture, line, 28, _INK, _EDGE + _INSIDE)
        picture.height += 8
    picture.height += _INSIDE - 8
    picture.shapes.insert(start, Box(_EDGE, top, WIDTH - 2 * _EDGE, picture.height - top, _WHITE, 16))
    picture.height += 22


def _link(picture: Picture, poster: Poster) -> None:
    matrix = [list(row) for row in segno.make(poster.link, error="m", micro=False).matrix]
    size = len(matrix) * _MODULE
    left, top = (WIDTH - size) / 2, picture.height + 30
    quiet = 4 * _MODULE
    picture.shapes.append(Box(left - quiet, top - quiet, size + 2 * quiet, size + 2 * quiet, _WHITE, 12))
    for row, modules in enumerate(matrix):
        for first, last in _runs(modules):
            place = (left + first * _MODULE, top + row * _MODULE)
            picture.shapes.append(Box(*place, (last - first) * _MODULE, _MODULE, _INK))
    picture.height = top + size + quiet + 16
    _centred(picture, poster.call, 26, _INK)
    for line in _wrapped(poster.link, 22, WIDTH - 2 * _EDGE):
        _centred(picture, line, 22, _GREY)
    picture.height += 8
    for line in _wrapped(poster.footer, 22, WIDTH - 2 * _EDGE):
        _centred(picture, line, 22, _GREY)


def _runs(modules: list[int]) -> list[tuple[int, int]]:
    """Stretches of dark modules in a row, so that no hairline parts them."""
    text = "".join("1" if module else "0" for module in modules)
    return [match.span() for match in re.finditer("1+", text)]


def _write(picture: Picture, text: str, size: int, colour: str, left: float, bold: bool = False) -> None:
    for line in _wrapped(text, size, WIDTH - left - _EDGE - _INSIDE):
        picture.height += size
        picture.shapes.append(Words(left, picture.height - size * 0.12, size, colour, line, bold))
        picture.height += size * (_LEADING - 1)


def _centred(picture: Picture, text: str, size: int, colour: str) -> None:
    picture.height += size
    left = max(_EDGE, (WIDTH - _width(text, size)) / 2)
    picture.shapes.append(Words(left, picture.height - size * 0.12, size, colour, text))
    picture.height += size * (_LEADING - 1)


def _wrapped(text: str, size: int, width: float) -> list[str]:
    """The text in lines of at most this width; numbers and Latin words stay whole where they fit."""
    lines = [""]
    for word in re.findall(r"[A-Za-z0-9.,%／/:_-]+|\s+|.", text):
        for part in [word] if _width(word, size) <= width else list(word):
            if _width(lines[-1] + part, size) > width and part not in _NOT_FIRST:
                carried = lines[-1][-1:] if lines[-1][-1:] in _NOT_LAST else ""
                lines[-1] = lines[-1].removesuffix(carried) if carried else lines[-1]
                lines.append(carried)
            lines[-1] += part
    return [line.strip() for line in lines if line.strip()]


def _width(text: str, size: int) -> float:
    """A little more than fonts really take."""
    return sum(size * (1.0 if char > "\u2e7f" or char in "“”‘’—…·" else 0.6) for char in text)
