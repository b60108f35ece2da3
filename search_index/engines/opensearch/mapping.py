"""What a document looks like in OpenSearch: our own terms, so that both engines find the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from search_index.analysis import Analyzer, fold
from search_index.cursor import mark_of
from search_index.document import FieldValue, SearchDocument
from search_index.pinyin import spelled
from search_index.schema import BUILT_IN, FieldKind, Schema

FORMAT = 1
# Further apart than any sentence is long, so that nothing near spans two.
GAP = 1000
_LONGEST_LETTERS = 200


def built_for(schema: Schema, analyzer: Analyzer) -> dict[str, str | int]:
    """What an index was made for; another one has to be made anew."""
    return {"format": FORMAT, "schema": schema.fingerprint(), "analysis": analyzer.fingerprint()}


def settings(schema: Schema, analyzer: Analyzer) -> dict[str, Any]:
    """Settings and mapping of a new index."""
    terms = {"type": "text", "analyzer": "whitespace", "similarity": "text_terms"}
    unsearched = {"type": "keyword", "index": False, "doc_values": False}
    properties: dict[str, Any] = {
        "id": {"type": "keyword"},
        "mark": {"type": "long"},
        "revision": {"type": "long"},
        "gone": {"type": "boolean"},
        "title": unsearched,
        "text": unsearched,
        "all_terms": terms,
        "title_terms": {**terms, "similarity": "title_terms"},
        "sentences": {**terms, "position_increment_gap": GAP},
        "folded_title": {"type": "keyword", "ignore_above": 2000},
        "letters": {"type": "keyword", "ignore_above": 2000},
        "initials": {"type": "keyword", "ignore_above": 2000},
    }
    for name in BUILT_IN:
        properties[f"f_{name}"] = {"type": "keyword"}
    for field in schema.fields:
        if field.kind is not FieldKind.WORDS:
            kind = "keyword" if field.kind is FieldKind.KEYWORDS else "long"
            properties[f"f_{field.name}"] = {"type": kind}
    return {
        "settings": {
            # One shard numbers all writes in order; a rebuild asks for those after its beginning.
            "number_of_shards": 1,
            "similarity": {
                "text_terms": {"type": "BM25", "k1": 1.2, "b": 0.9},
                "title_terms": {"type": "BM25", "k1": 1.2, "b": 0.3},
            },
        },
        "mappings": {
            "dynamic": "strict",
            "_meta": built_for(schema, analyzer),
            "properties": properties,
        },
    }


def version(revision: int, gone: bool) -> int:
    """A removal is newer than a document of its own revision and older than one of the next."""
    return revision * 2 + gone


def source(document: SearchDocument, schema: Schema, analyzer: Analyzer) -> dict[str, Any]:
    """A document as it is stored."""
    title, folded = _clean(document.title), fold(_clean(document.title))
    sentences = analyzer.sentences(_clean(document.text))
    title_terms = analyzer.terms(title)
    said = spelled(folded)
    every = title_terms * round(schema.title_weight)
    for field in schema.fields:
        value = document.fields.get(field.name)
        if field.weight > 0 and value is not None:
            written = "\n".join(value) if isinstance(value, tuple) else str(value)
            every += analyzer.terms(_clean(written)) * max(1, round(field.weight))
    every += [term for sentence in sentences for term in sentence]
    return {
        "id": document.id,
        "mark": mark_of(document.id),
        "revision": document.revision,
        "gone": False,
        "title": title,
        "text": _clean(document.text),
        "all_terms": " ".join(every),
        "title_terms": " ".join(title_terms),
        "sentences": [" ".join(sentence) for sentence in sentences],
        "folded_title": folded,
        "letters": "".join(said)[:_LONGEST_LETTERS],
        "initials": "".join(s[:1] for s in said)[:_LONGEST_LETTERS],
        "f_kind": document.kind,
        "f_status": document.status,
        **_columns(document.fields, schema),
    }


def tombstone(document_id: str, revision: int) -> dict[str, Any]:
    """What is kept of a removed document: its revision, so that an older one cannot come back."""
    return {"id": document_id, "revision": revision, "gone": True}


def as_number(value: int | date) -> int:
    """A day or number as it is stored."""
    return value.toordinal() if isinstance(value, date) else value


def _columns(fields: Mapping[str, FieldValue], schema: Schema) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in fields.items():
        field = schema.named(name)
        if field is None or field.kind is FieldKind.WORDS:
            continue
        if isinstance(value, tuple):
            found[f"f_{name}"] = list(value)
        else:
            found[f"f_{name}"] = value if isinstance(value, str) else as_number(value)
    return found


def _clean(text: str) -> str:
    """Half of a character pair is no text to OpenSearch."""
    return text.encode("utf-8", "replace").decode()
