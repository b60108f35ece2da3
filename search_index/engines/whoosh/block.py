"""Many arrays in one file, which is mapped once: opening costs the same however many there are."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
# Where an array begins is a multiple of this, so that any kind of number may be read there.
_STEP = 64


def write(path: Path, arrays: Mapping[str, Array]) -> dict[str, list[object]]:
    """Write the arrays; returns what `read` has to know: name -> kind, length and where it begins."""
    about: dict[str, list[object]] = {}
    with path.open("wb") as file:
        for name, array in arrays.items():
            file.write(b"\0" * (-file.tell() % _STEP))
            about[name] = [array.dtype.str, len(array), file.tell()]
            file.write(np.ascontiguousarray(array).data if array.size else b"")
        about["end"] = ["", 0, file.tell()]
        file.flush()
        os.fsync(file.fileno())
    return about


def read(path: Path, about: Mapping[str, list[Any]]) -> dict[str, Array]:
    """The arrays of a file, mapped; ValueError when the file is not as long as it was."""
    size = path.stat().st_size
    if size != about["end"][2]:
        raise ValueError(f"{path.name} has {size} bytes, not {about['end'][2]}")
    mapped = np.memmap(path, np.uint8, "r").view(np.ndarray) if size else np.empty(0, np.uint8)
    found = {}
    for name, (kind, length, start) in about.items():
        if name != "end":
            stop = start + length * np.dtype(kind).itemsize
            found[name] = mapped[start:stop].view(kind)
    return found
