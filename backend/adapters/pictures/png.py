"""The picture as PNG, drawn here so that every phone shows the same."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

from backend.adapters.pictures.fonts import font
from backend.adapters.pictures.layout import WIDTH, Picture, Words

TALLEST = 12_000


def to_png(picture: Picture) -> bytes:
    """The file; raises FontMissingError."""
    image = Image.new("RGB", (WIDTH, min(round(picture.height), TALLEST)), "white")
    draw = ImageDraw.Draw(image)
    for shape in picture.shapes:
        if isinstance(shape, Words):
            place = (shape.left, shape.base)
            draw.text(place, shape.text, fill=shape.colour, font=font(shape.size, shape.bold), anchor="ls")
        else:
            corners = (shape.left, shape.top, shape.left + shape.width - 1, shape.top + shape.height - 1)
            draw.rounded_rectangle(corners, radius=shape.radius, fill=shape.colour)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()
