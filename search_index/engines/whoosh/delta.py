"""What a search visits: the large segments of a commit, and all small ones as one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from search_index.engines.whoosh.arrays import Array, Arrays
from search_index.engines.whoosh.commits import LARGE, Commit, Segment
from search_index.engines.whoosh.merging import Part, merged


@dataclass(frozen=True)
class Delta:
    """The small segments, by name, merged; what every search would have to visit one by one."""

    names: frozenset[str]
    arrays: Arrays | None


def merge_small(commit: Commit, known: Delta | None) -> Delta:
    """The small segments of a commit as one; those already merged in `known` are not merged again."""
    small = [s for s in commit.segments if s.arrays.size < LARGE]
    names = frozenset(s.name for s in small)
    if known and known.names == names and not small:
        return known
    if known and known.arrays:
        fresh = [s for s in small if s.name not in known.names]
        arrays = merged([Part(known.arrays, _not_in(known.arrays, fresh)), *map(_part, fresh)])
        if arrays.size == sum(int(np.count_nonzero(s.kept)) for s in small):
            return Delta(names, arrays)
    return Delta(names, merged([_part(s) for s in small]) if small else None)


def parts_of(commit: Commit, delta: Delta) -> list[Part]:
    """All a search visits."""
    large = [_part(s) for s in commit.segments if s.arrays.size >= LARGE]
    return [*large, Part(delta.arrays, np.ones(delta.arrays.size, bool))] if delta.arrays else large


def _part(segment: Segment) -> Part:
    return Part(segment.arrays, segment.kept)


def _not_in(arrays: Arrays, fresh: list[Segment]) -> Array:
    """The rows no fresh segment has anew."""
    kept = np.ones(arrays.size, bool)
    for segment in fresh:
        for number in range(segment.arrays.size):
            row = arrays.find(segment.arrays.ids.text(number))
            if row is not None:
                kept[row] = False
    return kept
