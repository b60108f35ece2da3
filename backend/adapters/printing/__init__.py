"""A page for people to keep: the same document as HTML for the browser's printer and as PDF."""

from backend.adapters.printing.document import PrintedDocument, Section, Table
from backend.adapters.printing.fonts import FontMissingError, chinese_font
from backend.adapters.printing.html import to_html
from backend.adapters.printing.pdf import to_pdf

__all__ = [
    "FontMissingError",
    "PrintedDocument",
    "Section",
    "Table",
    "chinese_font",
    "to_html",
    "to_pdf",
]
