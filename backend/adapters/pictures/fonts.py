"""A font with Chinese characters, as the machine has it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PIL import ImageFont

from backend.shared.errors import FontMissingError

# Folder order matters less than name order: the first name found anywhere wins. The number is the place of
# the simplified Chinese face in a collection.
_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "C:/Windows/Fonts",
)
_REGULAR = (
    ("NotoSansCJK-Regular.ttc", 2),
    ("NotoSansCJKsc-Regular.otf", 0),
    ("NotoSansSC-Regular.otf", 0),
    ("SourceHanSansSC-Regular.otf", 0),
    ("SourceHanSansCN-Regular.otf", 0),
    ("wqy-microhei.ttc", 0),
    ("wqy-zenhei.ttc", 0),
    ("PingFang.ttc", 0),
    ("msyh.ttc", 0),
    ("DroidSansFallbackFull.ttf", 0),
)
_BOLD = (
    ("NotoSansCJK-Bold.ttc", 2),
    ("NotoSansCJKsc-Bold.otf", 0),
    ("NotoSansSC-Bold.otf", 0),
    ("SourceHanSansSC-Bold.otf", 0),
    ("SourceHanSansCN-Bold.otf", 0),
    ("msyhbd.ttc", 0),
)


_MISSING = "服务器上没有中文字体，不能生成图片。请安装 fonts-noto-cjk 等中文字体；SVG 图不受影响。"


def font(size: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    """The font at this size; where there is no bold face the regular one. Raises FontMissingError."""
    found = (_find(_BOLD) if bold else None) or _find(_REGULAR)
    if found is None:
        raise FontMissingError(_MISSING)
    return _loaded(*found, size)


@cache
def _find(names: tuple[tuple[str, int], ...]) -> tuple[Path, int] | None:
    there: dict[str, Path] = {}
    for folder in _FOLDERS:
        for pattern in ("*.ttc", "*.otf", "*.ttf"):
            for path in Path(folder).expanduser().rglob(pattern):
                there.setdefault(path.name, path)
    return next(((there[name], place) for name, place in names if name in there), None)


@cache
def _loaded(path: Path, place: int, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), size, index=place)
