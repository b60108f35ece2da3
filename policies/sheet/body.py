"""A sheet's free text, a small part of Markdown, as blocks a template can show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

_RULER = re.compile(r"^\|[\s:|-]+\|$")


@dataclass(frozen=True)
class Block:
    """A heading, a paragraph, a list of items, or a table whose first row is its head."""

    kind: Literal["heading", "paragraph", "list", "table"]
    lines: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def blocks_of(text: str) -> tuple[Block, ...]:
    """The text cut into blocks; whatever is not understood stays a paragraph, word for word."""
    return tuple(
        block
        for kind, lines in groupby(text.splitlines(), _kind)
        for block in _blocks(kind, [line.strip() for line in lines])
    )


def plain_body(text: str) -> str:
    """The same words without the marks of headings, lists and tables, a line each."""
    blocks = blocks_of(text)
    return "\n".join(line for b in blocks for line in (*b.lines, *("，".join(row) for row in b.rows)))


def _kind(line: str) -> str:
    line = line.strip()
    if not line:
        return "empty"
    if re.match(r"#{1,6}\s", line):
        return "heading"
    if line.startswith("|") and line.endswith("|"):
        return "table"
    return "list" if line.startswith(("- ", "* ")) else "paragraph"


def _blocks(kind: str, lines: list[str]) -> Iterator[Block]:
    if kind == "heading":
        yield from (Block("heading", (line.lstrip("#").strip(),)) for line in lines)
    elif kind == "list":
        yield Block("list", tuple(line[2:].strip() for line in lines))
    elif kind == "table":
        rows = [
            tuple(cell.strip() for cell in line[1:-1].split("|")) for line in lines if not _RULER.match(line)
        ]
        yield Block("table", rows=tuple(rows))
    elif kind == "paragraph":
        yield Block("paragraph", ("\n".join(lines),))
