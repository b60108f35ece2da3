"""Web doors of guidance."""

from __future__ import annotations

from flask_restx import Api

from backend.guidance.api import board, feedback, requests, settings, staff_requests, visits
from backend.guidance.service.room import GuidanceRoom


def add_routes(api: Api, room: GuidanceRoom) -> None:
    """Mount everything this room serves."""
    requests.add_routes(api, room)
    staff_requests.add_routes(api, room)
    visits.add_routes(api, room)
    feedback.add_routes(api, room)
    board.add_routes(api, room)
    settings.add_routes(api, room)
