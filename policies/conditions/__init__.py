"""The few kinds of condition, and what each means when facts are missing."""

from policies.conditions.model import Condition, Frozen, Tier, Tiers
from policies.conditions.thresholds import Age, read_age, read_moment

__all__ = ["Age", "Condition", "Frozen", "Tier", "Tiers", "read_age", "read_moment"]
