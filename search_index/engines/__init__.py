"""Which engine keeps an index: the embedded one in a folder, or OpenSearch when it has an address."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from search_index.analysis import Analyzer
from search_index.engine import Keeper
from search_index.engines import opensearch, whoosh
from search_index.engines.whoosh.folder import watch
from search_index.schema import Schema


def keeper(folder: Path, opensearch_url: str | None, schema: Schema, analyzer: Analyzer) -> Keeper:
    """How to open or remake the index in the place of choice."""
    if opensearch_url:
        place = (opensearch_url, schema, analyzer)
        return Keeper(partial(opensearch.open_engine, *place), partial(opensearch.rebuild_engine, *place))
    here = (folder, schema, analyzer)
    return Keeper(
        partial(whoosh.open_engine, *here),
        partial(whoosh.rebuild_engine, *here),
        watch(folder).seen,
    )
