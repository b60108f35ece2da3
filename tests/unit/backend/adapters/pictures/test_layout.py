"""Nothing stands outside the picture, and the link can be scanned."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.adapters.pictures import Block, Poster, lay_out, to_svg
from backend.adapters.pictures.layout import WIDTH, Words, _width, _wrapped


def poster(*lines: str, title: str = "示例政策") -> Poster:
    return Poster(
        "一图读懂", title, "现行有效", (Block("谁", lines),), "https://example.gov.cn/a", "扫码", "示例"
    )


@given(st.lists(st.text(max_size=200), max_size=5), st.text(min_size=1, max_size=80))
def test_everything_stands_inside(lines, title) -> None:
    picture = lay_out(poster(*lines, title=title))
    for shape in picture.shapes:
        if isinstance(shape, Words):
            assert shape.left >= 0 and shape.left + _width(shape.text, shape.size) <= WIDTH
            assert 0 < shape.base < picture.height
        else:
            assert shape.left >= 0 and shape.left + shape.width <= WIDTH
            assert shape.top + shape.height <= picture.height + 1


@pytest.mark.parametrize("width", [60, 100, 300])
def test_numbers_stay_whole_and_no_line_begins_with_a_comma(width) -> None:
    lines = _wrapped("给予一次性资助20万元，最高1000万元。（以原文为准）", 20, width)
    assert all(line[0] not in "，。）" for line in lines)
    assert "".join(lines) == "给予一次性资助20万元，最高1000万元。（以原文为准）"
    if width > 60:
        assert any("1000" in line for line in lines)


def test_text_is_escaped() -> None:
    svg = to_svg(lay_out(poster("<script>&")), '"><script>')
    assert b"<script>" not in svg
