"""Bytes of a file: read into lines, or kept as the original under the hash of their content."""

from backend.adapters.files.errors import UnreadableFileError
from backend.adapters.files.kinds import kind_of
from backend.adapters.files.originals import OriginalStore
from backend.adapters.files.reading import MAX_BYTES, ReadFile, check_size, read_lines

__all__ = [
    "MAX_BYTES",
    "OriginalStore",
    "ReadFile",
    "UnreadableFileError",
    "check_size",
    "kind_of",
    "read_lines",
]
