"""What is missing, by when, and what to do about it."""

from policies.gap.ladder import Rung, climb
from policies.gap.lead_times import LeadTime, lead_times
from policies.gap.plans import Plan, Step, plan
from policies.gap.shortfall import Shortfall
from policies.gap.ways import Way, way_of

__all__ = ["LeadTime", "Plan", "Rung", "Shortfall", "Step", "Way", "climb", "lead_times", "plan", "way_of"]
