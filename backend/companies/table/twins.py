"""The same firm twice in one file, found in little memory: eight bytes a row."""

from __future__ import annotations

import unicodedata
from array import array
from collections.abc import Iterable

import numpy as np


def written_code(cell: str) -> str:
    """The code as it is meant, before anything is checked."""
    if cell.isascii() and cell.isalnum():
        return cell.upper()
    return "".join(unicodedata.normalize("NFKC", cell).split()).upper().removeprefix("'")


def code_key(cell: str) -> int:
    """A number for a code as it is written, however it is spaced, in this process; 0 for an empty cell."""
    return hash(written_code(cell)) % 2**64


def find_twins(rows: Iterable[tuple[int, str]]) -> tuple[dict[int, int], int]:
    """Row -> the earlier row with the same code, and how many rows there are."""
    numbers, keys = array("L"), array("Q")
    for number, cell in rows:
        numbers.append(number)
        keys.append(code_key(cell))
    values = np.frombuffer(keys, np.uint64) if keys else np.zeros(0, np.uint64)
    found, counts = np.unique(values, return_counts=True)
    shared = found[(counts > 1) & (found != 0)]
    first: dict[int, int] = {}
    twins = {}
    for place in np.flatnonzero(np.isin(values, shared)).tolist():
        if (earlier := first.setdefault(keys[place], numbers[place])) != numbers[place]:
            twins[numbers[place]] = earlier
    return twins, len(numbers)
