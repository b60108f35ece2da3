"""Commits: what Whoosh's table of contents lists, and how rows are added to it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from whoosh import index as whoosh_index
from whoosh.fields import ID, STORED
from whoosh.fields import Schema as WhooshSchema

from search_index.analysis import Analyzer
from search_index.engine import IndexUnusableError
from search_index.engines.whoosh.arrays import Array, Arrays
from search_index.engines.whoosh.inverting import invert
from search_index.engines.whoosh.merging import Part, merged
from search_index.engines.whoosh.rows import Row
from search_index.engines.whoosh.storing import load, save
from search_index.schema import Schema

# So many segments of at most so many rows each are taken into one by the next write.
SMALL = 16
# A segment of so many rows is searched by itself; all smaller ones together are kept below this.
LARGE = 1024
LOCK_SECONDS = 10.0
_READ_TRIES = 5


@dataclass(frozen=True)
class Segment:
    """A segment as of one commit: `kept` is False for rows deleted since it was written."""

    name: str
    arrays: Arrays
    kept: Array
    first: int


@dataclass(frozen=True)
class Commit:
    """One generation of an index, immutable."""

    index: Path
    generation: int
    segments: tuple[Segment, ...]

    def find(self, document_id: str) -> tuple[Segment, int] | None:
        """Where the row of a document or tombstone is."""
        for segment in self.segments:
            number = segment.arrays.find(document_id)
            if number is not None and segment.kept[number]:
                return segment, number
        return None

    def count(self) -> int:
        """How many documents can be found."""
        return sum(int(np.count_nonzero(s.kept & ~s.arrays.gone)) for s in self.segments)

    def rows(self) -> list[Row]:
        """Every row, tombstones too."""
        return [s.arrays.row(int(n)) for s in self.segments for n in np.flatnonzero(s.kept)]


def create(index: Path) -> None:
    """An empty Whoosh index in an existing folder."""
    # What is searched lies in the arrays; here only what tells which rows there are.
    schema = WhooshSchema(id=ID(stored=True), revision=STORED)
    whoosh_index.create_in(str(index), schema)


def read(index: Path, known: Commit | None = None) -> Commit:
    """The latest commit; arrays already open in `known` are used again."""
    opened = {s.name: s.arrays for s in known.segments} if known and known.index == index else {}
    for attempt in range(_READ_TRIES):
        try:
            return _read(index, opened)
        except (OSError, EOFError) as error:
            # A writer of another process may just have replaced what we were about to open.
            if attempt == _READ_TRIES - 1:
                raise IndexUnusableError("文件缺失") from error
            time.sleep(0.01)
        except Exception as error:
            # Damaged bytes surface from Whoosh's pickles as any exception at all.
            raise IndexUnusableError("文件已损坏") from error
    raise AssertionError("unreachable")


def read_if_newer(index: Path, known: Commit) -> Commit:
    """The latest commit, which is often the one known."""
    with contextlib.suppress(OSError):
        if known.index == index and _whoosh(index).latest_generation() == known.generation:
            return known
    return read(index, known)


def _read(index: Path, opened: dict[str, Arrays]) -> Commit:
    toc = _whoosh(index)._read_toc()
    segments, first = [], 0
    for listed in toc.segments:
        name, size = listed.segment_id(), listed.doc_count_all()
        arrays = opened.get(name) or load(_file(index, name))
        if arrays.size != size:
            raise ValueError(f"{name} holds {arrays.size} rows, not {size}")
        kept = np.ones(size, bool)
        kept[list(listed.deleted_docs())] = False
        segments.append(Segment(name, arrays, kept, first))
        first += size
    return Commit(index, toc.generation, tuple(segments))


def newer_than(rows: Sequence[Row], commit: Commit) -> dict[str, Row]:
    """The rows that may be written, one per id: not older than what is there or comes in the same batch.

    A removal wins over a document of its own revision; Whoosh itself would keep both of two equal ids.
    """
    accepted: dict[str, Row] = {}
    for row in rows:
        present = accepted.get(row.document.id)
        if present is None and (place := commit.find(row.document.id)) is not None:
            segment, number = place
            present = segment.arrays.row(number)
        if present is None or _rank(row) >= _rank(present):
            accepted[row.document.id] = row
    return accepted


def _rank(row: Row) -> tuple[int, bool]:
    return row.document.revision, row.gone


def write(commit: Commit, rows: dict[str, Row], schema: Schema, analyzer: Analyzer) -> Commit:
    """Add or replace rows in one commit; the caller is the only writer.

    Small segments are taken into the new one when there are many, so that a search never visits hundreds.
    """
    if not rows:
        return commit
    listed = sorted(rows.values(), key=lambda row: row.document.id)
    arrays = invert(listed, schema, analyzer, [s.arrays for s in commit.segments])
    replaced = [place for ident in rows if (place := commit.find(ident)) is not None]
    absorbed = _to_absorb(commit)
    if absorbed:
        parts = [Part(arrays, np.ones(arrays.size, bool))]
        for segment in absorbed:
            kept = segment.kept.copy()
            kept[[number for s, number in replaced if s is segment]] = False
            parts.append(Part(segment.arrays, kept))
            replaced += [(segment, int(number)) for number in np.flatnonzero(kept)]
        arrays = merged(parts)
    if arrays.size >= LARGE:
        arrays = replace(arrays, stored_pairs=arrays.pairs)
    _commit(commit.index, arrays, [segment.first + number for segment, number in replaced])
    after = read(commit.index, commit)
    _clear_arrays(after)
    return after


def _to_absorb(commit: Commit) -> list[Segment]:
    """Small segments when there are many; once these have many rows, larger ones of no more rows too.

    So a row is written again but a few times, however many edits there are.
    """
    by_size = sorted(commit.segments, key=lambda s: s.arrays.size)
    small = [s for s in by_size if s.arrays.size < LARGE]
    rows = sum(s.arrays.size for s in small)
    if rows < LARGE:
        tiny = [s for s in small if s.arrays.size <= SMALL]
        return tiny if len(tiny) >= SMALL else []
    for segment in by_size[len(small) :]:
        if segment.arrays.size <= rows:
            small.append(segment)
            rows += segment.arrays.size
    return small


def _commit(index: Path, arrays: Arrays, deleted: Sequence[int]) -> None:
    """Arrays first, Whoosh's table of contents last: a crash between leaves the old commit whole."""
    writer: Any = _whoosh(index).writer(timeout=LOCK_SECONDS)
    path = _file(index, writer.newsegment.segment_id())
    try:
        for number in deleted:
            # By number: finding by id would copy every segment into memory.
            writer.delete_document(number)
        for number, revision in enumerate(arrays.numbers["revision"].tolist()):
            writer.add_document(id=arrays.ids.text(number), revision=revision)
        save(arrays, path)
        writer.commit(mergetype=lambda _, segments: [s for s in segments if s.doc_count() > 0])
    except BaseException:
        # Whoosh keeps its lock after a failed commit. What was half written is cleared by the next one.
        if writer.writelock:
            writer.writelock.release()
        raise


def _clear_arrays(commit: Commit) -> None:
    listed = {_file(commit.index, segment.name).name for segment in commit.segments}
    for file in (commit.index / "arrays").iterdir():
        if file.name not in listed:
            file.unlink(missing_ok=True)


def _file(index: Path, segment: str) -> Path:
    return index / "arrays" / f"{segment}.bin"


@lru_cache(8)
def _whoosh(index: Path) -> Any:
    """Whoosh's own index; it holds no file open and reads its table of contents anew whenever asked."""
    return whoosh_index.open_dir(str(index))
