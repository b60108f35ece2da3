"""The embedded engine: Whoosh keeps commits and deletions, flat arrays beside its segments answer."""

from search_index.engines.whoosh.engine import open_engine, rebuild_engine

__all__ = ["open_engine", "rebuild_engine"]
