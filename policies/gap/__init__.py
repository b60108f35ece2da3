"""What is missing, by when, and what to do about it."""

from policies.gap.plans import Plan, Step, plan
from policies.gap.shortfall import Shortfall
from policies.gap.ways import Way, way_of

__all__ = ["Plan", "Shortfall", "Step", "Way", "plan", "way_of"]
