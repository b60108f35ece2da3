"""Which fields documents carry, of what kind, and how much a word in them weighs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from search_index.document import FieldValue, SearchDocument

BUILT_IN = ("kind", "status")


class FieldKind(StrEnum):
    """How a field's values are kept and asked for."""

    KEYWORDS = "keywords"
    DAY = "day"
    NUMBER = "number"
    WORDS = "words"


class SchemaError(Exception):
    """A document does not fit the schema; names the document, the field and the reason."""

    code = "search_schema"

    def __init__(self, document: str, field: str, reason: str) -> None:
        super().__init__(f"检索文档“{document}”的字段“{field}”{reason}。")
        self.message = str(self)
        self.details = {"document": document, "field": field}


@dataclass(frozen=True)
class Field:
    """A field by name; `weight` above zero makes its words findable (title is usually 8, text 1)."""

    name: str
    kind: FieldKind
    weight: float = 0.0


@dataclass(frozen=True)
class Schema:
    """The fields of one index besides id, kind, revision, status, title and text."""

    fields: tuple[Field, ...]
    title_weight: float = 8.0
    text_weight: float = 1.0

    def named(self, name: str) -> Field | None:
        """The field of that name; kind and status are keywords everywhere."""
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> dict[str, Field]:
        built_in = (Field(name, FieldKind.KEYWORDS) for name in BUILT_IN)
        return {field.name: field for field in (*self.fields, *built_in)}

    def fingerprint(self) -> str:
        """Changes whenever an index built for this schema must be rebuilt."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]

    def check(self, document: SearchDocument) -> None:
        """Raise `SchemaError` unless every field is known and of its kind."""
        if not document.id:
            raise SchemaError(document.title, "id", "不能为空")
        for name, value in document.fields.items():
            field = self.named(name)
            if field is None or name in BUILT_IN:
                raise SchemaError(document.id, name, "没有在结构中声明")
            if not _fits(field.kind, value):
                raise SchemaError(document.id, name, f"不是{field.kind}类型的值")


def _fits(kind: FieldKind, value: FieldValue) -> bool:
    if kind is FieldKind.DAY:
        return type(value) is date
    if kind is FieldKind.NUMBER:
        return type(value) is int and abs(value) < 2**62
    return isinstance(value, str) or (isinstance(value, tuple) and all(isinstance(v, str) for v in value))
