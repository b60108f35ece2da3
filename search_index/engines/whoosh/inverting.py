"""From rows to arrays: every field's terms, weighed and put in order of term and row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from search_index.analysis import Analyzer
from search_index.cursor import mark_of
from search_index.document import SearchDocument
from search_index.engines.whoosh.arrays import UNKNOWN, Array, Arrays, Keywords, Texts
from search_index.engines.whoosh.rows import Row, pack
from search_index.schema import BUILT_IN, FieldKind, Schema
from search_index.titles import windows_of

IN_TITLE = 1
_SATURATION = 1.2
_SHORT_FIELD_LENGTH_PENALTY = 0.3
# Measured on judged needs: a short text that holds the words is about them.
_TEXT_LENGTH_PENALTY = 0.9


def invert(rows: Sequence[Row], schema: Schema, analyzer: Analyzer, known: Sequence[Arrays] = ()) -> Arrays:
    """Arrays of these rows, which must be in order of id; field lengths are judged beside those `known`."""
    texts = [({} if row.gone else _searched(row.document, schema)) for row in rows]
    total = sum(arrays.size for arrays in known) + len(rows)
    vocabulary: dict[str, int] = {}
    lengths: dict[str, int] = {}
    parts: list[tuple[Array, Array, Array, Array]] = []
    for name, (weight, penalty) in _weights(schema).items():
        codes, size, places = _terms_of_field(name, texts, analyzer, vocabulary)
        lengths[name] = len(codes)
        average = (sum(a.lengths.get(name, 0) for a in known) + len(codes)) / total if total else 0.0
        each = weight / (1 - penalty + penalty * size / max(average, 1e-9))
        parts.append((codes, np.repeat(np.arange(len(rows)), size), np.repeat(each, size), places))
    terms, starts, docs, weights, held = _postings(vocabulary, parts, len(rows))
    titles = [row.document.title for row in rows]
    return Arrays(
        terms,
        starts,
        docs,
        weights,
        held,
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


def _terms_of_field(
    name: str, texts: Sequence[dict[str, str]], analyzer: Analyzer, vocabulary: dict[str, int]
) -> tuple[Array, Array, Array]:
    """Every term of one field as its number in the vocabulary, how many each row has, and where each is."""
    codes: list[int] = []
    sizes, counts, places = [], [], []
    for text in texts:
        sentences = analyzer.sentences(text.get(name, ""))
        before = len(codes)
        for number, sentence in enumerate(sentences):
            codes += [vocabulary.setdefault(term, len(vocabulary)) for term in sentence]
            counts.append(len(sentence))
            places.append(place_of(name, number))
        sizes.append(len(codes) - before)
    each = np.repeat(np.array(places, np.uint32), np.array(counts, np.int64))
    return np.array(codes, np.int64), np.array(sizes, np.int64), each


def place_of(field: str, sentence: int) -> int:
    """One bit: the title, a short field, or a sentence of the text (every thirtieth shares one)."""
    if field == "title":
        return IN_TITLE
    return 1 << (2 + sentence % 30) if field == "text" else 2


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


def _postings(
    vocabulary: dict[str, int], parts: Sequence[tuple[Array, Array, Array, Array]], size: int
) -> tuple[Array, Array, Array, Array, Array]:
    """Terms in byte order, and per term its documents in order with one weight and all places each."""
    codes, docs, weights, places = (np.concatenate(part) for part in zip(*parts, strict=True))
    names = np.array([name.encode() for name in vocabulary], dtype=np.bytes_)
    order = np.argsort(names)
    place = np.empty(len(names), np.int64)
    place[order] = np.arange(len(names))
    pairs = place[codes] * max(size, 1) + docs if len(names) else codes
    sequence = np.argsort(pairs, kind="stable")
    pairs = pairs[sequence]
    first = np.flatnonzero(np.diff(pairs, prepend=-1))
    frequency = np.add.reduceat(weights[sequence], first) if len(first) else weights
    held = np.bitwise_or.reduceat(places[sequence], first) if len(first) else places
    unique = pairs[first]
    starts = np.searchsorted(unique, np.arange(len(names) + 1) * max(size, 1))
    folded = frequency * (_SATURATION + 1) / (frequency + _SATURATION)
    terms = names[order] if len(names) else np.empty(0, "S1")
    return terms, starts, (unique % max(size, 1)).astype(np.int32), folded.astype(np.float32), held


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
