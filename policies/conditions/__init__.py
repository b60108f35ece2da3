"""The few kinds of condition, and what each means when facts are missing."""

from policies.conditions.bounds import Bounds, bounds_of, undecided_facts
from policies.conditions.model import Condition
from policies.conditions.thresholds import Age, read_age, read_moment
from policies.conditions.tree import Node, People, leaves
from policies.conditions.wording import threshold_text, value_text
from policies.conditions.written import Frozen, Tier, Tiers

__all__ = [
    "Age",
    "Bounds",
    "Condition",
    "Frozen",
    "Node",
    "People",
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
