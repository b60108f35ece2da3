"""From rows to arrays: every field's terms, weighed and put in order of term and row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from search_index.analysis import Analyzer
from search_index.bulk import Terms
from search_index.cursor import mark_of
from search_index.document import SearchDocument
from search_index.engines.whoosh.arrays import POSTING, UNKNOWN, Array, Arrays, Keywords, Texts
from search_index.engines.whoosh.kernels import IN_TITLE
from search_index.engines.whoosh.rows import Row, pack
from search_index.schema import BUILT_IN, FieldKind, Schema
from search_index.titles import windows_of

_IN_SHORT_FIELD = 2
_SENTENCE_PLACES = 30
_SATURATION = 1.2
_SHORT_FIELD_LENGTH_PENALTY = 0.3
# Measured on judged needs: a short text that holds the words is about them.
_TEXT_LENGTH_PENALTY = 0.9


def invert(rows: Sequence[Row], schema: Schema, analyzer: Analyzer, known: Sequence[Arrays] = ()) -> Arrays:
    """Arrays of these rows, which must be in order of id; field lengths are judged beside those `known`."""
    fields = _weights(schema)
    texts = [{} if row.gone else _searched(row.document, schema) for row in rows]
    found = analyzer.terms_of([text.get(name, "") for name in fields for text in texts])
    sizes = np.bincount(found.texts, minlength=len(fields) * len(rows)).reshape(len(fields), len(rows))
    lengths = {name: int(sizes[number].sum()) for number, name in enumerate(fields)}
    total = sum(arrays.size for arrays in known) + len(rows)
    weights = []
    for size, (name, (weight, penalty)) in zip(sizes, fields.items(), strict=True):
        average = (sum(a.lengths.get(name, 0) for a in known) + lengths[name]) / max(total, 1)
        weights.append(weight / (1 - penalty + penalty * size / max(average, 1e-9)))
    postings = _postings(found, np.array(weights, np.float32), list(fields))
    titles = [row.document.title for row in rows]
    return Arrays(
        *postings,
        gone=np.array([row.gone for row in rows], bool),
        marks=np.array([mark_of(row.document.id) for row in rows], np.uint32),
        ids=_texts([row.document.id for row in rows]),
        lines=Texts.of([pack(row) for row in rows]),
        names=_texts(titles),
        numbers=_numbers(rows, schema),
        keywords=_keywords(rows, schema),
        lengths=lengths,
        titles=windows_of(titles),
    )


def _texts(texts: Sequence[str]) -> Texts:
    return Texts.of([text.encode("utf-8", "surrogatepass") for text in texts])


def _weights(schema: Schema) -> dict[str, tuple[float, float]]:
    """Searched field -> its weight, and how far a field longer than average counts less."""
    weights = {"title": (schema.title_weight, _SHORT_FIELD_LENGTH_PENALTY)}
    weights |= {f.name: (f.weight, _SHORT_FIELD_LENGTH_PENALTY) for f in schema.fields if f.weight > 0}
    return weights | {"text": (schema.text_weight, _TEXT_LENGTH_PENALTY)}


def _searched(document: SearchDocument, schema: Schema) -> dict[str, str]:
    texts = {"title": document.title, "text": document.text}
    for field in schema.fields:
        value = document.fields.get(field.name)
        if field.weight > 0 and value is not None:
            texts[field.name] = "\n".join(value) if isinstance(value, tuple) else str(value)
    return texts


def _postings(found: Terms, weights: Array, fields: Sequence[str]) -> tuple[Array, Array, Array]:
    """Terms in byte order, where the postings of each start, and these.

    A term, the row, the field and the place in it are packed into one number: sorting numbers is much faster
    than sorting by several columns.
    """
    size = max(weights.shape[1], 1)
    field, row = found.texts // size, found.texts % size
    # The text comes last and its sentences have numbers of their own.
    text = len(fields) - 1
    place = np.where(field == text, text + found.sentences % _SENTENCE_PLACES, field)
    keys = (found.terms << 32 | row << 8 | place).astype(np.uint64)
    keys.sort()
    place = (keys & 0xFF).astype(np.int64)
    row = (keys >> np.uint64(8) & 0xFFFFFF).astype(np.int32)
    first = np.flatnonzero(np.diff(keys >> np.uint64(8), prepend=~np.uint64(0)))
    if not len(first):
        return np.empty(0, "S1"), np.zeros(1, np.int64), np.empty(0, POSTING)
    frequency = np.add.reduceat(weights.reshape(-1)[np.minimum(place, text) * size + row], first)
    held = np.bitwise_or.reduceat(_bits(fields)[place], first)
    terms = (keys[first] >> np.uint64(32)).astype(np.int64)
    starts = np.flatnonzero(np.diff(terms, prepend=-1))
    names = np.array([found.spelled(term).encode() for term in terms[starts].tolist()], np.bytes_)
    counts = np.diff(starts, append=len(terms))
    # The numbers of terms are in order of their characters, but for those that have names.
    order = np.argsort(names, kind="stable")
    counts_in_order = counts[order]
    after = np.cumsum(counts_in_order)
    moved = np.repeat(starts[order] - (after - counts_in_order), counts_in_order) + np.arange(len(terms))
    folded = frequency * (_SATURATION + 1) / (frequency + _SATURATION)
    postings = np.empty(len(moved), POSTING)
    postings["row"], postings["weight"], postings["places"] = row[first][moved], folded[moved], held[moved]
    return names[order], np.concatenate(([0], after)), postings


def _bits(fields: Sequence[str]) -> Array:
    """For every place its bit: the title, a short field, or a sentence (every thirtieth shares one)."""
    short = [IN_TITLE if name == "title" else _IN_SHORT_FIELD for name in fields[:-1]]
    return np.array([*short, *(1 << (2 + n) for n in range(_SENTENCE_PLACES))], np.uint32)


def _numbers(rows: Sequence[Row], schema: Schema) -> dict[str, Array]:
    """Days as ordinals and numbers as they are; an unknown one is `UNKNOWN`."""
    columns = {"revision": np.array([row.document.revision for row in rows], np.int64)}
    for field in schema.fields:
        if field.kind in (FieldKind.DAY, FieldKind.NUMBER):
            values = [as_number(row.document.fields.get(field.name)) for row in rows]
            columns[field.name] = np.array(values, np.int64)
    return columns


def as_number(value: object) -> int:
    """A day or number as the column keeps it."""
    if isinstance(value, date):
        return value.toordinal()
    return value if isinstance(value, int) else int(UNKNOWN)


def _keywords(rows: Sequence[Row], schema: Schema) -> dict[str, Keywords]:
    columns = {}
    for name in (*BUILT_IN, *(f.name for f in schema.fields if f.kind is FieldKind.KEYWORDS)):
        codes: dict[str, int] = {}
        pairs = [
            (number, codes.setdefault(value, len(codes)))
            for number, row in enumerate(rows)
            if not row.gone
            for value in dict.fromkeys(_values(row.document, name))
        ]
        table = np.array(pairs, np.int32).reshape(-1, 2)
        columns[name] = Keywords(tuple(codes), table[:, 0].copy(), table[:, 1].copy(), len(rows))
    return columns


def _values(document: SearchDocument, name: str) -> tuple[str, ...]:
    value = getattr(document, name) if name in BUILT_IN else document.fields.get(name, ())
    return value if isinstance(value, tuple) else (str(value),)
