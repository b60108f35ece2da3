"""The Chinese font a PDF needs: the configured one, or the first of those systems usually have."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fontTools.ttLib import TTCollection, TTFont, TTLibError

from backend.shared.errors import FontMissingError

USUAL: Sequence[Path] = tuple(
    Path(path)
    for path in (
        "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
        "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
        "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
        "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
        "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
        "/System/Library/Fonts/PingFang.ttc",
        "/System/Library/Fonts/STHeiti Light.ttc",
        "C:/Windows/Fonts/msyh.ttc",
        "C:/Windows/Fonts/simsun.ttc",
    )
)
_SAMPLE = "企业政策研发≥Ⅰ"


def chinese_font(configured: Path | None = None, usual: Sequence[Path] = USUAL) -> Path:
    """A font file that holds Chinese characters; FontMissingError when there is none."""
    for path in (configured,) if configured else usual:
        if path.is_file() and _holds_chinese(path):
            return path
    where = f"设置的字体“{configured}”不能用" if configured else "这台机器上没有找到中文字体"
    raise FontMissingError(f"{where}，无法生成 PDF。请安装 fonts-noto-cjk，或先用网页版打印。")


def _holds_chinese(path: Path) -> bool:
    try:
        font = TTCollection(path, lazy=True).fonts[0] if path.suffix == ".ttc" else TTFont(path, lazy=True)
        return all(ord(character) in font.getBestCmap() for character in _SAMPLE)
    except (TTLibError, OSError):
        return False
