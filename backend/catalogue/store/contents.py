"""A sheet as text in the database, and back."""

from __future__ import annotations

import json

from backend.shared.errors import InvalidInputError
from policies.sheet import Sheet

LARGEST_CONTENT = 4 * 1024 * 1024
LONGEST_TITLE = 300
LONGEST_WORD = 200


def write_content(sheet: Sheet) -> str:
    """The sheet as JSON text; InvalidInputError when it is too large or holds what text cannot."""
    if len(sheet.title) > LONGEST_TITLE:
        raise InvalidInputError.at("title", f"标题太长，最多 {LONGEST_TITLE} 字。")
    if len(sheet.areas) > 50 or any(len(area) > LONGEST_WORD for area in sheet.areas):
        raise InvalidInputError.at("areas", "区域项数太多或太长。")
    try:
        # The JSON dump would turn NaN into null, a number nobody gave into "unknown".
        json.dumps(sheet.model_dump(), default=str, allow_nan=False)
        text = json.dumps(sheet.model_dump(mode="json"), ensure_ascii=False, allow_nan=False)
        size = len(text.encode("utf-8"))
    except (ValueError, RecursionError) as error:
        # ValueError covers NaN, broken characters and pydantic's own serialization error.
        raise InvalidInputError.at("sheet", "含有无法保存的数字或字符。") from error
    if size > LARGEST_CONTENT:
        raise InvalidInputError.at("sheet", f"内容太大，最多 {LARGEST_CONTENT // 1024 // 1024} MB。")
    return text


def read_content(text: str) -> Sheet:
    """The sheet kept in the database."""
    return Sheet.model_validate(json.loads(text))
