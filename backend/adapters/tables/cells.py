"""A cell is text; what a workbook knows beyond the text is kept as the kind of text it is."""

from __future__ import annotations


class NumberCell(str):
    """A number of a workbook, written out exactly; a percentage keeps its sign ("5%")."""

    __slots__ = ()


class Number1904Cell(NumberCell):
    """A number of a workbook whose days count from 1904."""

    __slots__ = ()


class FormulaCell(str):
    """A formula as it is written; what it comes to is nobody's word."""

    __slots__ = ()


KINDS: dict[str, type[str]] = {"n": NumberCell, "n1904": Number1904Cell, "f": FormulaCell}
