"""The few kinds of condition, and what each means when facts are missing."""

from policies.conditions.bounds import Bounds, Evaluation, PointRange, bounds_of, undecided_facts
from policies.conditions.model import Band, Condition, ScorePart
from policies.conditions.thresholds import Age, read_age, read_moment
from policies.conditions.tree import Node, People, Points, leaves
from policies.conditions.wording import threshold_text, value_text
from policies.conditions.written import Frozen, Tier, Tiers

__all__ = [
    "Age",
    "Band",
    "Bounds",
    "Condition",
    "Evaluation",
    "Frozen",
    "Node",
    "People",
    "PointRange",
    "Points",
    "ScorePart",
    "Tier",
    "Tiers",
    "bounds_of",
    "leaves",
    "read_age",
    "read_moment",
    "threshold_text",
    "undecided_facts",
    "value_text",
]
