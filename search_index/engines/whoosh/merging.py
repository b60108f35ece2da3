"""Several arrays as one, without reading a text again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from search_index.engines.whoosh.arrays import Array, Arrays, Keywords, Texts
from search_index.titles import PARTS, Titles, Windows


class Part(NamedTuple):
    """Arrays to merge, and which of their rows are kept."""

    arrays: Arrays
    kept: Array


def merged(parts: Sequence[Part]) -> Arrays:
    """The kept rows of all, in order of id; weights stay as they were when written."""
    rows = [np.flatnonzero(part.kept) for part in parts]
    ids = [part.arrays.ids[n] for part, chosen in zip(parts, rows, strict=True) for n in chosen.tolist()]
    order = np.array(sorted(range(len(ids)), key=ids.__getitem__), np.int64)
    numbers = _renumbered(parts, rows, order)
    terms, starts, postings = _postings(parts, numbers, len(ids))

    def column(name: str) -> Array:
        columns = [getattr(p.arrays, name)[chosen] for p, chosen in zip(parts, rows, strict=True)]
        return np.concatenate(columns)[order]

    def texts(name: str) -> Texts:
        found = [
            getattr(part.arrays, name)[n]
            for part, chosen in zip(parts, rows, strict=True)
            for n in chosen.tolist()
        ]
        return Texts.of([found[n] for n in order.tolist()])

    return Arrays(
        terms,
        starts,
        postings,
        gone=column("gone"),
        marks=column("marks"),
        ids=Texts.of([ids[n] for n in order.tolist()]),
        lines=texts("lines"),
        names=texts("names"),
        numbers={
            name: np.concatenate([p.arrays.numbers[name][c] for p, c in zip(parts, rows, strict=True)])[order]
            for name in parts[0].arrays.numbers
        },
        keywords={name: _keywords(parts, numbers, name, len(ids)) for name in parts[0].arrays.keywords},
        lengths=_lengths(parts, rows),
        titles=Titles(*(_windows(parts, numbers, name) for name in PARTS)),
    )


def _renumbered(parts: Sequence[Part], rows: Sequence[Array], order: Array) -> list[Array]:
    """Per part the new number of every row, -1 for those not kept."""
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    found, before = [], 0
    for part, chosen in zip(parts, rows, strict=True):
        numbers = np.full(part.arrays.size, -1, np.int32)
        numbers[chosen] = place[before : before + len(chosen)]
        found.append(numbers)
        before += len(chosen)
    return found


def _postings(parts: Sequence[Part], numbers: Sequence[Array], size: int) -> tuple[Array, Array, Array]:
    terms = np.concatenate([part.arrays.terms for part in parts])
    # Every part is in order already: what a stable sort of few runs makes use of.
    order = np.argsort(terms, kind="stable")
    terms = terms[order]
    new = np.concatenate(([True], terms[1:] != terms[:-1])) if len(terms) else np.empty(0, bool)
    code_of = np.empty(len(terms), np.int64)
    code_of[order] = np.cumsum(new) - 1
    postings = np.concatenate([part.arrays.postings[:] for part in parts])
    of_part = np.split(postings["row"], np.cumsum([len(part.arrays.postings) for part in parts])[:-1])
    docs = np.concatenate([n[rows] for rows, n in zip(of_part, numbers, strict=True)])
    sizes = np.concatenate([np.diff(part.arrays.starts) for part in parts])
    keys = np.repeat(code_of, sizes) * max(size, 1) + docs
    kept = np.flatnonzero(docs >= 0)
    keys = keys[kept]
    sequence = np.argsort(keys, kind="stable")
    keys, kept = keys[sequence], kept[sequence]
    starts = np.searchsorted(keys, np.arange(int(new.sum()) + 1) * max(size, 1))
    used = np.diff(starts) > 0
    postings = postings[kept]
    postings["row"] = docs[kept]
    return terms[new][used], np.concatenate((starts[:-1][used], starts[-1:])), postings


def _keywords(parts: Sequence[Part], numbers: Sequence[Array], name: str, size: int) -> Keywords:
    codes_of: dict[str, int] = {}
    docs, codes = [], []
    for part, renumbered in zip(parts, numbers, strict=True):
        keywords = part.arrays.keywords[name]
        known = [codes_of.setdefault(value, len(codes_of)) for value in keywords.names]
        docs.append(renumbered[keywords.docs])
        codes.append(np.array(known, np.int32)[keywords.codes])
    all_docs, all_codes = np.concatenate(docs), np.concatenate(codes)
    order = np.argsort(all_docs, kind="stable")
    order = order[all_docs[order] >= 0]
    return Keywords(tuple(codes_of), all_docs[order], all_codes[order], size)


def _lengths(parts: Sequence[Part], rows: Sequence[Array]) -> dict[str, int]:
    """How long the kept rows' fields are together, taking those not kept to be as long as the others."""
    total: dict[str, float] = {}
    for part, chosen in zip(parts, rows, strict=True):
        share = len(chosen) / max(part.arrays.size, 1)
        for name, length in part.arrays.lengths.items():
            total[name] = total.get(name, 0) + length * share
    return {name: round(length) for name, length in total.items()}


def _windows(parts: Sequence[Part], numbers: Sequence[Array], name: str) -> Windows:
    windows = [getattr(part.arrays.titles, name) for part in parts]
    rows = np.concatenate([n[w.rows] for w, n in zip(windows, numbers, strict=True)])
    kept = np.flatnonzero(rows >= 0)
    keys = np.concatenate([w.keys for w in windows])[kept]
    order = np.argsort(keys, kind="stable")
    places = np.concatenate([w.places for w in windows])[kept]
    return Windows(keys[order], rows[kept][order], places[order])
