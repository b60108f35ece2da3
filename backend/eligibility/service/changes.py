"""What turned between two sets of answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from policies.eligibility import Verdict
from policies.sheet import State


@dataclass(frozen=True)
class Changed:
    """A policy whose answer turned, or of which a condition did."""

    before: Verdict
    after: Verdict

    @property
    def conditions(self) -> list[tuple[str, State | None, State]]:
        """(condition, state before, state now) where it turned."""
        states = {answer.id: answer.state for answer in self.before.conditions}
        return [
            (answer.id, states.get(answer.id), answer.state)
            for answer in self.after.conditions
            if states.get(answer.id) != answer.state
        ]


def changed_answers(before: Sequence[Verdict], after: Sequence[Verdict]) -> list[Changed]:
    """Where status or conditions differ, in the order of `after`; the same policies on both sides."""
    then = {verdict.policy: verdict for verdict in before}
    pairs = [Changed(then[verdict.policy], verdict) for verdict in after if verdict.policy in then]
    return [pair for pair in pairs if pair.before.status != pair.after.status or pair.conditions]
