"""The next question worth asking: the fact that settles most of what is still open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from typing_extensions import TypedDict

from policies.eligibility.answers import Verdict
from policies.facts import fact_named
from policies.facts.registry import Kind


class QuestionJson(TypedDict):
    """A question as JSON."""

    fact: str
    label: str
    question: str
    kind: Kind
    unit: str
    periods: list[str]
    settles: list[str]
    touches: list[str]


@dataclass(frozen=True)
class Question:
    """One fact to ask, the accounting years meant, and the policies it helps.

    `settles`: policies for which nothing else is missing; `touches`: all that wait for it; `weight` orders.
    """

    fact: str
    periods: tuple[str, ...]
    settles: tuple[str, ...]
    touches: tuple[str, ...]
    weight: Fraction

    def as_dict(self) -> QuestionJson:
        """The question as JSON, in the words it is asked in."""
        fact = fact_named(self.fact)
        return {
            "fact": self.fact,
            "label": fact.label,
            "question": fact.question,
            "kind": fact.kind,
            "unit": fact.unit,
            "periods": list(self.periods),
            "settles": list(self.settles),
            "touches": list(self.touches),
        }


def rank_questions(verdicts: Iterable[Verdict], worth: Mapping[str, int] | None = None) -> list[Question]:
    """Every open question, the most useful first.

    An open policy's worth (by slug, default 1) is shared evenly among the facts it waits for, so that a fact
    which alone settles a policy counts in full. Ties are broken by name, so the order is always the same.
    """
    periods: dict[str, set[str]] = defaultdict(set)
    waiting: dict[str, dict[str, Fraction]] = defaultdict(dict)
    unknown = [verdict for verdict in verdicts if verdict.status == "unknown"]
    for verdict in unknown:
        share = Fraction((worth or {}).get(verdict.policy, 1), max(1, len(verdict.missing)))
        for item in verdict.wanted:
            periods[item.fact].update([item.period] if item.period else [])
            waiting[item.fact][verdict.policy] = share
    alone = {verdict.policy for verdict in unknown if len(verdict.missing) == 1}
    questions = [
        Question(
            fact,
            tuple(sorted(periods[fact])),
            tuple(slug for slug in shares if slug in alone),
            tuple(shares),
            sum(shares.values(), Fraction(0)),
        )
        for fact, shares in waiting.items()
    ]
    return sorted(questions, key=lambda question: (-question.weight, question.fact))


def best_question(verdicts: Iterable[Verdict], worth: Mapping[str, int] | None = None) -> Question | None:
    """The one fact that settles most for this firm, or None when nothing is left to ask."""
    return next(iter(rank_questions(verdicts, worth)), None)
