"""A segment as flat arrays: terms, postings with BM25F folded into one weight each, columns, rows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from search_index.analysis import Analyzer
from search_index.cursor import mark_of
from search_index.document import SearchDocument
from search_index.engines.whoosh import block
from search_index.engines.whoosh.rows import Row, pack, unpack
from search_index.pairs import Pairs
from search_index.schema import BUILT_IN, FieldKind, Schema
from search_index.titles import PARTS, Titles, Windows, windows_of

UNKNOWN = np.iinfo(np.int64).max
IN_TITLE = 1
_PAIR_BYTES = 6
_THREE_BYTES = 0xE0
_SATURATION = 1.2
_SHORT_FIELD_LENGTH_PENALTY = 0.3
# Measured on judged needs: a short text that holds the words is about them.
_TEXT_LENGTH_PENALTY = 0.9

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Keywords:
    """The values of a keyword field as pairs (document, number of the value in `names`)."""

    names: tuple[str, ...]
    docs: Array
    codes: Array


@dataclass(frozen=True)
class Arrays:
    """One immutable segment; row n of every column is document n, and rows are in order of id."""

    terms: Array
    starts: Array
    docs: Array
    weights: Array
    places: Array
    gone: Array
    lines: Array
    line_starts: Array
    names: Array
    name_starts: Array
    marks: Array
    numbers: dict[str, Array]
    keywords: dict[str, Keywords]
    ids: tuple[str, ...]
    lengths: dict[str, int]
    titles: Titles

    @cached_property
    def number_of(self) -> dict[str, int]:
        """Where each id is."""
        return {ident: number for number, ident in enumerate(self.ids)}

    def row(self, number: int) -> Row:
        """The whole row, read from its line."""
        return unpack(self.lines[int(self.line_starts[number]) : int(self.line_starts[number + 1])].tobytes())

    def title(self, number: int) -> str:
        """The title of a row, without reading the rest of it."""
        name = self.names[int(self.name_starts[number]) : int(self.name_starts[number + 1])]
        return name.tobytes().decode("utf-8", "surrogatepass")

    @cached_property
    def pairs(self) -> Pairs:
        """The two-character terms by sound, with how many rows hold each."""
        width = self.terms.itemsize
        if width < _PAIR_BYTES or not len(self.terms):
            return Pairs.of((), ())
        octets = np.ascontiguousarray(self.terms).view(np.uint8).reshape(-1, width)
        chosen = (octets[:, 0] >= _THREE_BYTES) & (octets[:, 3] >= _THREE_BYTES)
        if width > _PAIR_BYTES:
            chosen &= octets[:, _PAIR_BYTES] == 0
        pairs = octets[chosen].astype(np.int64)
        return Pairs.of_codes(_code_points(pairs), _code_points(pairs[:, 3:]), np.diff(self.starts)[chosen])


def invert(rows: Sequence[Row], schema: Schema, analyzer: Analyzer, known: Sequence[Arrays] = ()) -> Arrays:
    """Arrays of these rows, which must be in order of id; field lengths are judged beside those `known`."""
    texts = [({} if row.gone else _searched(row.document, schema)) for row in rows]
    total = sum(len(arrays.ids) for arrays in known) + len(rows)
    vocabulary: dict[str, int] = {}
    lengths: dict[str, int] = {}
    parts: list[tuple[Array, Array, Array, Array]] = []
    for name, (weight, penalty) in _weights(schema).items():
        codes, size, places = _terms_of_field(name, texts, analyzer, vocabulary)
        lengths[name] = len(codes)
        average = (sum(a.lengths.get(name, 0) for a in known) + len(codes)) / total if total else 0.0
        each = weight / (1 - penalty + penalty * size / max(average, 1e-9))
        parts.append((codes, np.repeat(np.arange(len(rows)), size), np.repeat(each, size), places))
    lines = [pack(row) for row in rows]
    titles = [row.document.title for row in rows]
    names = [title.encode("utf-8", "surrogatepass") for title in titles]
    return Arrays(
        *_postings(vocabulary, parts, len(rows)),
        gone=np.array([row.gone for row in rows], bool),
        lines=np.frombuffer(b"".join(lines), np.uint8),
        line_starts=_starts(lines),
        names=np.frombuffer(b"".join(names), np.uint8),
        name_starts=_starts(names),
        marks=np.array([mark_of(row.document.id) for row in rows], np.uint32),
        numbers=_numbers(rows, schema),
        keywords=_keywords(rows, schema),
        ids=tuple(row.document.id for row in rows),
        lengths=lengths,
        titles=windows_of(titles),
    )


def _starts(parts: Sequence[bytes]) -> Array:
    return np.concatenate(([0], np.cumsum([len(part) for part in parts], dtype=np.int64)))


def _code_points(octets: Array) -> Array:
    """Characters of three bytes in UTF-8, which all CJK ones are."""
    return (octets[:, 0] & 0x0F) << 12 | (octets[:, 1] & 0x3F) << 6 | (octets[:, 2] & 0x3F)


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
        columns[name] = Keywords(tuple(codes), table[:, 0].copy(), table[:, 1].copy())
    return columns


def _values(document: SearchDocument, name: str) -> tuple[str, ...]:
    value = getattr(document, name) if name in BUILT_IN else document.fields.get(name, ())
    return value if isinstance(value, tuple) else (str(value),)


_PLAIN = (
    "terms",
    "starts",
    "docs",
    "weights",
    "places",
    "gone",
    "lines",
    "line_starts",
    "names",
    "name_starts",
    "marks",
)


def save(arrays: Arrays, folder: Path) -> None:
    """Write the arrays into a new folder, which appears under its name only when complete."""
    aside = folder.with_name(folder.name + ".part")
    aside.mkdir(mode=0o700)
    about = {
        "ids": arrays.ids,
        "lengths": arrays.lengths,
        "numbers": list(arrays.numbers),
        "keywords": {name: keywords.names for name, keywords in arrays.keywords.items()},
        "arrays": block.write(aside / "arrays.bin", _named(arrays)),
    }
    (aside / "about.json").write_text(json.dumps(about, ensure_ascii=True))
    aside.rename(folder)


def _named(arrays: Arrays) -> dict[str, Array]:
    found = {name: getattr(arrays, name) for name in _PLAIN}
    found |= {f"number.{name}": column for name, column in arrays.numbers.items()}
    for name, keywords in arrays.keywords.items():
        found |= {f"keyword.{name}.docs": keywords.docs, f"keyword.{name}.codes": keywords.codes}
    for part in PARTS:
        windows = getattr(arrays.titles, part)
        found |= {f"titles.{part}.{name}": getattr(windows, name) for name in ("keys", "rows", "places")}
    return found


def load(folder: Path) -> Arrays:
    """The arrays of a folder, mapped, not copied; OSError, KeyError or ValueError when they are not whole."""
    about = json.loads((folder / "about.json").read_text())
    found = block.read(folder / "arrays.bin", about["arrays"])
    arrays = Arrays(
        **{name: found[name] for name in _PLAIN},
        numbers={name: found[f"number.{name}"] for name in about["numbers"]},
        keywords={
            name: Keywords(tuple(names), found[f"keyword.{name}.docs"], found[f"keyword.{name}.codes"])
            for name, names in about["keywords"].items()
        },
        ids=tuple(about["ids"]),
        lengths=about["lengths"],
        titles=Titles(
            *(Windows(*(found[f"titles.{part}.{n}"] for n in ("keys", "rows", "places"))) for part in PARTS)
        ),
    )
    sizes = {len(arrays.gone), len(arrays.line_starts) - 1, len(arrays.name_starts) - 1, len(arrays.ids)}
    if len(sizes) != 1 or len(arrays.starts) != len(arrays.terms) + 1:
        raise ValueError(f"arrays of different length in {folder.name}")
    return arrays
