"""A picture as SVG, for print, previews and pages without scripts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.sax.saxutils import escape, quoteattr

from policies.graph.layout import FONT, LINE, Box, text_width
from policies.graph.model import LINK_KINDS
from policies.graph.picture import Line, Picture, Spot

_FONTS = "'Noto Sans CJK SC','Noto Sans SC','PingFang SC','Microsoft YaHei',sans-serif"
# Fill and border of a box by group; dark text stands out from every fill.
_PLAIN = ("#f2f3f5", "#868e96")
_COLOURS: Mapping[str, tuple[str, str]] = {
    "policy": ("#dbe9ff", "#2f6fd6"),
    "title": ("#fff0cf", "#c98a00"),
    "version": ("#e6eefc", "#6d8fc7"),
    "measure": ("#e2f4ea", "#2f9461"),
    "row": ("#eef8f2", "#6fb592"),
    "support": ("#ffe3dc", "#d1563a"),
    "condition": ("#f0e6fb", "#8657bf"),
    "course": ("#dcf3f6", "#21899a"),
    "institution": ("#dcf3f6", "#21899a"),
    "held": ("#cfeedb", "#1d8a50"),
    "now": ("#dbe9ff", "#2f6fd6"),
    "next": ("#fff0cf", "#c98a00"),
    "unclear": ("#ffffff", "#c98a00"),
    "blocked": ("#ffe3dc", "#d1563a"),
}
_STROKES: Mapping[str, str] = {
    "leads": "#2f6fd6",
    "requires_title": "#d1563a",
    "excludes": "#d1563a",
    "grants_title": "#1d8a50",
    "leads_on_to": "#c98a00",
    "helps": "#21899a",
}
_GREY = "#adb5bd"
_LEGEND = 20
# Beyond this the many plain lines turn paler, so that the coloured ones can be followed.
_CROWDED = 80


def svg(picture: Picture) -> str:
    """The picture at zoom 1: lines below, boxes above them, the colours explained at the foot."""
    layout = picture.layout
    boxes = {box.id: box for box in layout.boxes}
    legend = list(_legend(picture, layout.height))
    height = layout.height + (_LEGEND if legend else 0)
    pale = 0.25 if len(picture.lines) > _CROWDED else 0.55
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{layout.width}" height="{height}"'
        f' viewBox="0 0 {layout.width} {height}" role="img" font-family="{_FONTS}" font-size="{FONT}">',
        f"<title>{escape(picture.title)}</title>",
        f"<desc>{escape(_described(picture))}</desc>",
        f'<rect width="{layout.width}" height="{height}" fill="#ffffff"/>',
        *(_line(line, boxes, pale) for line in picture.lines),
        *(f'<text x="8" y="{_n(h.y)}" fill="#495057">{escape(h.text)}</text>' for h in layout.headings),
        *(_box(spot, boxes[spot.id]) for spot in picture.spots),
        *legend,
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _described(picture: Picture) -> str:
    counts = [
        f"{label} {sum(spot.folded or 1 for spot in picture.spots if spot.group == group)}"
        for group, label in picture.groups.items()
    ]
    return "、".join(counts) + f"；关系 {len(picture.lines)} 条"


def _line(line: Line, boxes: Mapping[str, Box], pale: float) -> str:
    """A curve from border to border; links in one row bow downwards."""
    start, end = boxes[line.source], boxes[line.target]
    down = 1 if end.y >= start.y else -1
    level = abs(end.y - start.y) < start.height
    first = (start.x, start.y + (start.height / 2) * (1 if level else down))
    last = (end.x, end.y + (end.height / 2) * (1 if level else -down))
    bend = 18 if level else (last[1] - first[1]) / 2
    curve = (
        f"M{_n(first[0])} {_n(first[1])}C{_n(first[0])} {_n(first[1] + bend)}"
        f" {_n(last[0])} {_n(last[1] + (bend if level else -bend))} {_n(last[0])} {_n(last[1])}"
    )
    stroke = _STROKES.get(line.kind, _GREY)
    opacity = 0.6 if line.kind in _STROKES else pale
    dash = "" if line.in_force else ' stroke-dasharray="3 3"'
    return f'<path d="{curve}" fill="none" stroke="{stroke}" stroke-opacity="{opacity}"{dash}/>'


def _box(spot: Spot, box: Box) -> str:
    fill, border = _COLOURS.get(spot.group, _PLAIN)
    x, y = box.x - box.width / 2, box.y - box.height / 2
    dash = ' stroke-dasharray="4 2"' if spot.folded else ""
    thick = ' stroke-width="2"' if spot.centre else ""
    first = box.y - (len(box.lines) - 1) * LINE / 2 + FONT * 0.36
    lines = "".join(
        f'<tspan x="{_n(box.x)}" y="{_n(first + number * LINE)}">{escape(text)}</tspan>'
        for number, text in enumerate(box.lines)
    )
    return (
        f"<g id={quoteattr(spot.id)}><title>{escape(spot.label.replace(chr(10), ' · '))}</title>"
        f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(box.width)}" height="{_n(box.height)}" rx="6"'
        f' fill="{fill}" stroke="{border}"{dash}{thick}/>'
        f'<text text-anchor="middle" fill="#212529">{lines}</text></g>'
    )


def _legend(picture: Picture, top: float) -> Iterator[str]:
    kinds = {line.kind for line in picture.lines}
    entries = [(colour, LINK_KINDS[kind]) for kind, colour in _STROKES.items() if kind in kinds]
    if kinds - _STROKES.keys():
        entries.append((_GREY, "其他关系"))
    x = 8.0
    for colour, label in entries:
        yield f'<path d="M{_n(x)} {_n(top + 8)}h14" stroke="{colour}" stroke-width="2"/>'
        yield f'<text x="{_n(x + 18)}" y="{_n(top + 12)}" fill="#495057">{label}</text>'
        x += 18 + text_width(label) + 10


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
