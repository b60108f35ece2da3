"""Who qualifies: one firm with reasons, or many firms by many rules at once."""

from policies.eligibility.answers import ConditionAnswer, Verdict
from policies.eligibility.judge import judge, judge_all, status_of
from policies.eligibility.versions import Choice, choose_rules, conditions_of, kind_for

__all__ = [
    "Choice",
    "ConditionAnswer",
    "Verdict",
    "choose_rules",
    "conditions_of",
    "judge",
    "judge_all",
    "kind_for",
    "status_of",
]
