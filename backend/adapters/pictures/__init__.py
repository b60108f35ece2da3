"""A tall picture for phones from headed blocks of text and a scannable link: one layout, as SVG and PNG."""

from backend.adapters.pictures.fonts import FontMissingError
from backend.adapters.pictures.layout import Block, Picture, Poster, lay_out
from backend.adapters.pictures.png import to_png
from backend.adapters.pictures.svg import to_svg

__all__ = ["Block", "FontMissingError", "Picture", "Poster", "lay_out", "to_png", "to_svg"]
