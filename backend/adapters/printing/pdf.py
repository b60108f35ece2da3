"""The document as a PDF with the Chinese font inside it."""

from __future__ import annotations

from pathlib import Path

from fpdf import FPDF
from fpdf.enums import WrapMode
from fpdf.fonts import FontFace

from backend.adapters.printing.document import PrintedDocument, Section

_FONT = "chinese"


def to_pdf(document: PrintedDocument, font: Path) -> bytes:
    """The bytes of an A4 document."""
    pdf = _Pages(document.footer)
    pdf.add_font(_FONT, fname=font)
    pdf.set_title(document.title)
    pdf.set_auto_page_break(True, margin=18)
    pdf.add_page()
    pdf.paragraph(document.title, 16, 9)
    for line in document.lines:
        pdf.paragraph(line, 10, 6)
    for section in document.sections:
        pdf.section(section)
    return bytes(pdf.output())


class _Pages(FPDF):
    def __init__(self, footer: str) -> None:
        super().__init__(format="A4")
        self._footer = footer

    def footer(self) -> None:
        self.set_y(-14)
        self.set_font(_FONT, size=8)
        self.cell(0, 6, f"{self._footer}　第 {self.page_no()} 页", align="C")

    def paragraph(self, text: str, size: int, height: float) -> None:
        self.set_font(_FONT, size=size)
        self.multi_cell(0, height, text, new_x="LMARGIN", new_y="NEXT", wrapmode=WrapMode.CHAR)

    def section(self, section: Section) -> None:
        self.ln(3)
        self.paragraph(section.heading, 12, 8)
        for text in section.paragraphs:
            self.paragraph(text, 10, 6)
        if section.table is None:
            return
        self.set_font(_FONT, size=9)
        plain = FontFace(emphasis="", fill_color=(242, 242, 242))
        # Chinese breaks between any two characters.
        with self.table(
            col_widths=section.table.widths, headings_style=plain, line_height=5.5, wrapmode=WrapMode.CHAR
        ) as table:
            for row in (section.table.header, *section.table.rows):
                table.row(row)
