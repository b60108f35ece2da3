"""An official document (公文) as lines, read into number, dates, clauses, departments, targets and tasks."""

from policies.document.comparison import Difference, compare
from policies.document.drafting import UNCHECKED, check_list, draft_sheet
from policies.document.model import (
    Citation,
    Document,
    Found,
    Head,
    Line,
    PlannedTarget,
    Provision,
    Remark,
    Row,
    Section,
    Unit,
)
from policies.document.numbers import find_numbers, read_number
from policies.document.reading import read_document

__all__ = [
    "UNCHECKED",
    "Citation",
    "Difference",
    "Document",
    "Found",
    "Head",
    "Line",
    "PlannedTarget",
    "Provision",
    "Remark",
    "Row",
    "Section",
    "Unit",
    "check_list",
    "compare",
    "draft_sheet",
    "find_numbers",
    "read_document",
    "read_number",
]
