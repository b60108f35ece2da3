"""An official document (公文) as lines, read into number, dates, clauses, departments, targets and tasks."""

from policies.document.comparison import Difference, compare, compare_sheets, keep_anchors
from policies.document.drafting import UNCHECKED, check_list, draft_sheet
from policies.document.model import (
    Amount,
    Citation,
    Document,
    Found,
    Head,
    Line,
    Period,
    PlannedTarget,
    Provision,
    Remark,
    Row,
    Section,
    Span,
    Term,
    Unit,
)
from policies.document.numbers import find_numbers, read_number
from policies.document.reading import read_document

__all__ = [
    "UNCHECKED",
    "Amount",
    "Citation",
    "Difference",
    "Document",
    "Found",
    "Head",
    "Line",
    "Period",
    "PlannedTarget",
    "Provision",
    "Remark",
    "Row",
    "Section",
    "Span",
    "Term",
    "Unit",
    "check_list",
    "compare",
    "compare_sheets",
    "draft_sheet",
    "find_numbers",
    "keep_anchors",
    "read_document",
    "read_number",
]
