"""统一社会信用代码: 18 characters with a check character (GB 32100-2015)."""

from __future__ import annotations

import unicodedata
from operator import mul

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUES = {char: value for value, char in enumerate(ALPHABET)}
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))


class UsccError(ValueError):
    """A text that is no 统一社会信用代码: the text and why (Chinese)."""

    code = "bad_uscc"

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(f"统一社会信用代码有误：{reason}")
        self.text = text
        self.reason = reason
        self.message = str(self)
        self.details = {"reason": reason}


def check_character(first17: str) -> str:
    """The 18th character for the first 17."""
    total = sum(map(mul, map(_VALUES.__getitem__, first17), _WEIGHTS))
    return ALPHABET[-total % 31]


def check_uscc(text: str) -> str:
    """The code in upper case without spaces; raises UsccError. Nothing about the firm's district follows
    from positions 3-8: a firm keeps its code when it moves."""
    code = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    if len(code) != 18:
        raise UsccError(text, f"应为18位，现为{len(code)}位。")
    for place, char in enumerate(code, 1):
        if char not in _VALUES:
            raise UsccError(text, f"第{place}位“{char}”不能出现在代码中（不用字母 I、O、S、V、Z）。")
    if check_character(code[:17]) != code[17]:
        raise UsccError(text, "校验位不符，请核对每一位。")
    return code
