"""The engine for more than one machine: OpenSearch keeps the documents and searches the terms we make."""

from search_index.engines.opensearch.engine import open_engine, rebuild_engine

__all__ = ["open_engine", "rebuild_engine"]
