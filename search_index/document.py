"""What is put into an index: one document with its revision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

FieldValue = str | int | date | tuple[str, ...]


@dataclass(frozen=True)
class SearchDocument:
    """One findable record. A field that is absent is unknown, which is neither zero nor empty."""

    id: str
    kind: str
    revision: int
    status: str
    title: str
    text: str
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
