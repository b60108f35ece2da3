"""The proof of the rules: worked examples, an audit, and mutants that the examples must notice."""

from policies.proof.audit import Finding, audit_sheet, audit_sheets, impossible
from policies.proof.cases import case_failures, read_cases, score_parts
from policies.proof.mutants import Mutant, Survivor, known_equivalents, mutants_of, surviving

__all__ = [
    "Finding",
    "Mutant",
    "Survivor",
    "audit_sheet",
    "audit_sheets",
    "case_failures",
    "impossible",
    "known_equivalents",
    "mutants_of",
    "read_cases",
    "score_parts",
    "surviving",
]
