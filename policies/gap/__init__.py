"""What is missing, by when, and what to do about it."""

from policies.gap.ladder import Rung, RungJson, climb
from policies.gap.lead_times import LeadTime, lead_times
from policies.gap.plans import Plan, PlanHead, PlanJson, Step, StepJson, plan
from policies.gap.shortfall import Shortfall
from policies.gap.ways import Way, way_of

__all__ = [
    "LeadTime",
    "Plan",
    "PlanHead",
    "PlanJson",
    "Rung",
    "RungJson",
    "Shortfall",
    "Step",
    "StepJson",
    "Way",
    "climb",
    "lead_times",
    "plan",
    "way_of",
]
