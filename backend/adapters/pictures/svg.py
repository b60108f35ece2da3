"""The picture as SVG; its text stays text."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from backend.adapters.pictures.layout import WIDTH, Box, Picture, Words

_FONTS = (
    "'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei','WenQuanYi Micro Hei',sans-serif"
)


def to_svg(picture: Picture, title: str) -> bytes:
    """The file."""
    height = round(picture.height)
    shapes = "\n".join(_shape(shape) for shape in picture.shapes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" role="img" aria-label={quoteattr(title)} font-family="{_FONTS}">\n'
        f"<title>{escape(title)}</title>\n{shapes}\n</svg>\n"
    ).encode()


def _shape(shape: Box | Words) -> str:
    if isinstance(shape, Words):
        weight = ' font-weight="bold"' if shape.bold else ""
        return (
            f'<text x="{shape.left:g}" y="{shape.base:g}" font-size="{shape.size}" '
            f'fill="{shape.colour}"{weight}>{escape(shape.text)}</text>'
        )
    radius = f' rx="{shape.radius:g}"' if shape.radius else ""
    return (
        f'<rect x="{shape.left:g}" y="{shape.top:g}" width="{shape.width:g}" '
        f'height="{shape.height:g}" fill="{shape.colour}"{radius}/>'
    )
