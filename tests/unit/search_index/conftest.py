"""An index folder and how to fill it."""

from __future__ import annotations

from pathlib import Path

import pytest

from search_index.analysis import Analyzer
from search_index.document import SearchDocument
from search_index.engines.whoosh.engine import WhooshEngine, rebuild_engine
from search_index.schema import Field, FieldKind, Schema

SCHEMA = Schema((Field("amount", FieldKind.NUMBER),))
ANALYZER = Analyzer(synonyms={"高新技术企业": ("高企",)})


def document(ident: str, title: str = "示例办法", revision: int = 1, **fields: int) -> SearchDocument:
    """A made-up document."""
    return SearchDocument(ident, "policy", revision, "final", title, "正文", fields)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "search"


@pytest.fixture
def engine(folder: Path) -> WhooshEngine:
    """Ten documents, d0 to d9, amounts 0 to 9."""
    return rebuild_engine(folder, SCHEMA, ANALYZER, [document(f"d{n}", amount=n) for n in range(10)])
