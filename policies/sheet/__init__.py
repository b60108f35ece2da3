"""A policy sheet: YAML head and Markdown body, to objects and back."""

from policies.sheet.body import Block, blocks_of, plain_body
from policies.sheet.changes import FieldChange, field_changes
from policies.sheet.errors import SheetError, SheetProblem
from policies.sheet.model import (
    Case,
    Clause,
    Confidence,
    KeyPoints,
    Relation,
    Sheet,
    State,
    Status,
    Target,
    TaskRow,
    Validity,
)
from policies.sheet.reading import parse_sheet, read_model, read_yaml
from policies.sheet.supports import Limit, Support
from policies.sheet.writing import render_sheet

__all__ = [
    "Block",
    "Case",
    "Clause",
    "Confidence",
    "FieldChange",
    "KeyPoints",
    "Limit",
    "Relation",
    "Sheet",
    "SheetError",
    "SheetProblem",
    "State",
    "Status",
    "Support",
    "Target",
    "TaskRow",
    "Validity",
    "blocks_of",
    "field_changes",
    "parse_sheet",
    "plain_body",
    "read_model",
    "read_yaml",
    "render_sheet",
]
