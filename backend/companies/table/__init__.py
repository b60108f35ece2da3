"""A table of firms: what its columns mean, what its cells say, row by row."""

from backend.companies.table.columns import Column, Mapping_, columns_by_name, label_of, read_columns
from backend.companies.table.rows import RowReader, StatedRow

__all__ = ["Column", "Mapping_", "RowReader", "StatedRow", "columns_by_name", "label_of", "read_columns"]
