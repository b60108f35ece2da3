"""What is on a printed page, however it is printed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """Rows under a header; `widths` are relative."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]


@dataclass(frozen=True)
class Section:
    """A heading with paragraphs and a table, any of them left out."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    table: Table | None = None


@dataclass(frozen=True)
class PrintedDocument:
    """A titled document; `lines` stand under the title, `footer` under everything."""

    title: str
    lines: tuple[str, ...]
    sections: tuple[Section, ...]
    footer: str = ""
