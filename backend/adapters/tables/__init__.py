"""Tables of others: CSV and XLSX files as rows of text cells, for whoever imports lists."""

from backend.adapters.tables.reading import Table, read_tables

__all__ = ["Table", "read_tables"]
