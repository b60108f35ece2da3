"""The policy graph: what rests on what, typed, dated and sourced."""

from policies.graph.model import Link, Node, Part
from policies.graph.neighbourhood import Neighbourhood, neighbourhood
from policies.graph.parts import part_of_helper, part_of_policy
from policies.graph.policy_map import PolicyMap

__all__ = [
    "Link",
    "Neighbourhood",
    "Node",
    "Part",
    "PolicyMap",
    "neighbourhood",
    "part_of_helper",
    "part_of_policy",
]
