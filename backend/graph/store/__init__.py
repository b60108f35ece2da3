"""What the map keeps in the database: its parts, and the places of its pictures."""

from backend.graph.store.layouts import LayoutStore
from backend.graph.store.parts import GraphStore

__all__ = ["GraphStore", "LayoutStore"]
