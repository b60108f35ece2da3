"""The only room that knows everybody: builds the house from settings and ties listeners to events."""

from backend.wiring.building import build_house
from backend.wiring.house import House

__all__ = ["House", "build_house"]
