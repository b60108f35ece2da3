"""The proof of the content: what a sheet must hold, worked examples, an audit, and mutants to be noticed."""

from policies.proof.audit import Finding, audit_sheet, audit_sheets, impossible
from policies.proof.cases import case_failures, read_cases, score_parts
from policies.proof.library import LibraryProblem, check_library, check_sheet
from policies.proof.mutants import Mutant, Survivor, known_equivalents, mutants_of, surviving
from policies.proof.numbers import numbers_in, numbers_of, texts_of, unproven

__all__ = [
    "Finding",
    "LibraryProblem",
    "Mutant",
    "Survivor",
    "audit_sheet",
    "audit_sheets",
    "case_failures",
    "check_library",
    "check_sheet",
    "impossible",
    "known_equivalents",
    "mutants_of",
    "numbers_in",
    "numbers_of",
    "read_cases",
    "score_parts",
    "surviving",
    "texts_of",
    "unproven",
]
