"""The document as one HTML page that prints well; nothing in it is fetched from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from backend.adapters.printing.document import PrintedDocument, Section, Table

_STYLE = """
body{font:15px/1.6 "Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;max-width:56em;
margin:2em auto;padding:0 1em;color:#222}
h1{font-size:1.5em}h2{font-size:1.15em;border-bottom:1px solid #bbb;margin-top:1.6em}
table{border-collapse:collapse;width:100%}th,td{border:1px solid #bbb;padding:.3em .5em;text-align:left;
vertical-align:top}th{background:#f2f2f2}tr{break-inside:avoid}footer{margin-top:2em;color:#666;font-size:.9em}
@page{size:A4;margin:16mm}@media print{body{margin:0;max-width:none}}
""".replace("\n", "")


def to_html(document: PrintedDocument) -> str:
    """The whole page."""
    parts = [
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">',
        f"<title>{escape(document.title)}</title><style>{_STYLE}</style></head><body><h1>{escape(document.title)}</h1>",
        *(f"<p>{escape(line)}</p>" for line in document.lines),
        *(part for section in document.sections for part in _section(section)),
        f"<footer>{escape(document.footer)}</footer></body></html>",
    ]
    return "\n".join(parts)


def _section(section: Section) -> Iterable[str]:
    yield f"<h2>{escape(section.heading)}</h2>"
    yield from (f"<p>{escape(paragraph)}</p>" for paragraph in section.paragraphs)
    if section.table is not None:
        yield _table(section.table)


def _table(table: Table) -> str:
    columns = "".join(f'<col style="width:{100 * width // sum(table.widths)}%">' for width in table.widths)
    head = "".join(f"<th>{escape(cell)}</th>" for cell in table.header)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in table.rows
    )
    return f"<table><colgroup>{columns}</colgroup><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
