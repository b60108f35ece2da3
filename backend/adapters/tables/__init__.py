"""Tables of records: CSV and XLSX files row by row, and back."""

from backend.adapters.tables.cells import FormulaCell, Number1904Cell, NumberCell
from backend.adapters.tables.download import CONTENT_TYPES, Form, table_bytes
from backend.adapters.tables.reading import Table, read_tables
from backend.adapters.tables.record_rows import RecordTable, open_records
from backend.adapters.tables.record_writing import csv_lines, unguarded, write_workbook
from backend.adapters.tables.run_files import RunFiles, flush_to_disk

__all__ = [
    "Table",
    "read_tables",
    "RunFiles",
    "flush_to_disk",
    "FormulaCell",
    "Number1904Cell",
    "NumberCell",
    "RecordTable",
    "CONTENT_TYPES",
    "Form",
    "csv_lines",
    "table_bytes",
    "open_records",
    "unguarded",
    "write_workbook",
]
