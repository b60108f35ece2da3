"""Many arrays in one file, which is mapped once: opening costs the same however many there are.

The file begins with a note of what lies where: how long the note is, then the note, then the arrays.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
# Where an array begins is a multiple of this, so that any kind of number may be read there.
_STEP = 64
_NOTE_LENGTH = 16
# A mapped file stays open; so small ones are read.
_READ_WHOLE = 1 << 20


def write(path: Path, about: Mapping[str, object], arrays: Mapping[str, Array]) -> None:
    """Write the arrays and what else is to be known about them."""
    places, end = {}, 0
    for name, array in arrays.items():
        places[name] = [array.dtype.str, len(array), end]
        end += array.nbytes + -array.nbytes % _STEP
    note = json.dumps({"about": about, "arrays": places, "end": end}, ensure_ascii=True).encode()
    note += b" " * (-(len(note) + _NOTE_LENGTH) % _STEP)
    with path.open("wb") as file:
        file.write(f"{len(note):<{_NOTE_LENGTH}}".encode() + note)
        for array in arrays.values():
            file.write(np.ascontiguousarray(array).data if array.size else b"")
            file.write(b"\0" * (-array.nbytes % _STEP))
        file.flush()
        os.fsync(file.fileno())


def read(path: Path) -> tuple[Any, dict[str, Array]]:
    """What is known about the arrays and the arrays, mapped; ValueError when the file is not whole."""
    small = path.stat().st_size <= _READ_WHOLE
    octets = np.frombuffer(path.read_bytes(), np.uint8) if small else np.memmap(path, np.uint8, "r")
    mapped = octets.view(np.ndarray)
    begin = _NOTE_LENGTH + int(mapped[:_NOTE_LENGTH].tobytes())
    note = json.loads(mapped[_NOTE_LENGTH:begin].tobytes())
    if len(mapped) != begin + note["end"]:
        raise ValueError(f"{path.name} has {len(mapped)} bytes, not {begin + note['end']}")
    found = {}
    for name, (kind, length, start) in note["arrays"].items():
        stop = begin + start + length * np.dtype(kind).itemsize
        found[name] = mapped[begin + start : stop].view(kind)
    return note["about"], found
