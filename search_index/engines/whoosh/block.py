"""Many arrays in one file, which is mapped once: opening costs the same however many there are.

The file begins with a note of what lies where: how long the note is, then the note, then the arrays.
"""

from __future__ import annotations

import json
import os
import weakref
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
# Where an array begins is a multiple of this, so that any kind of number may be read there.
_STEP = 64
_NOTE_LENGTH = 16
# A mapped file stays open; so small ones are read.
_READ_WHOLE = 1 << 20


class Pieces(Protocol):
    """An array of which stretches are read, wherever it lies."""

    def __len__(self) -> int:
        """How many there are."""

    def __getitem__(self, span: slice) -> Array:
        """A stretch of them."""


class _File:
    """An open file, closed when nothing reads from it any more."""

    def __init__(self, path: Path) -> None:
        self.number = os.open(path, os.O_RDONLY)
        weakref.finalize(self, os.close, self.number)


class OnDisk:
    """An array that stays in its file: a stretch of it is copied, so no page of it stays with the process."""

    def __init__(self, file: _File, kind: np.dtype[Any], start: int, length: int) -> None:
        self._file = file
        self._kind = kind
        self._start = start
        self._length = length

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, span: slice) -> Array:
        first, stop, _ = span.indices(self._length)
        each = self._kind.itemsize
        octets = os.pread(self._file.number, max(0, stop - first) * each, self._start + first * each)
        return np.frombuffer(octets, self._kind)


def write(path: Path, about: Mapping[str, object], arrays: Mapping[str, Array]) -> None:
    """Write the arrays and what else is to be known about them."""
    places, end = {}, 0
    for name, array in arrays.items():
        places[name] = [array.dtype.descr if array.dtype.names else array.dtype.str, len(array), end]
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


def read(path: Path, in_pieces: Collection[str] = ()) -> tuple[Any, dict[str, Any]]:
    """What is known about the arrays, and the arrays; ValueError when the file is not whole.

    Those named `in_pieces` are read when asked for (`Pieces`), all others are mapped.
    """
    small = path.stat().st_size <= _READ_WHOLE
    octets = np.frombuffer(path.read_bytes(), np.uint8) if small else np.memmap(path, np.uint8, "r")
    mapped = octets.view(np.ndarray)
    begin = _NOTE_LENGTH + int(mapped[:_NOTE_LENGTH].tobytes())
    note = json.loads(mapped[_NOTE_LENGTH:begin].tobytes())
    if len(mapped) != begin + note["end"]:
        raise ValueError(f"{path.name} has {len(mapped)} bytes, not {begin + note['end']}")
    file = None if small else _File(path)
    found: dict[str, Any] = {}
    for name, (told, length, start) in note["arrays"].items():
        kind = np.dtype([tuple(field) for field in told] if isinstance(told, list) else told)
        if file is not None and name in in_pieces:
            found[name] = OnDisk(file, kind, begin + start, length)
        else:
            found[name] = mapped[begin + start : begin + start + length * kind.itemsize].view(kind)
    return note["about"], found
