"""The proof of the rules: worked examples, an audit, and mutants that the examples must notice."""

from policies.proof.cases import case_failures, score_parts
from policies.proof.mutants import Mutant, Survivor, mutants_of, surviving

__all__ = [
    "Mutant",
    "Survivor",
    "case_failures",
    "mutants_of",
    "score_parts",
    "surviving",
]
