"""Web doors of the pool."""

from __future__ import annotations

from flask_restx import Api

from backend.pool.api import members, portrait, runs, warning
from backend.pool.service.room import PoolRoom


def add_routes(api: Api, room: PoolRoom) -> None:
    """Mount everything this room serves."""
    members.add_routes(api, room.pool, room.settings)
    runs.add_routes(api, room.runs, room.deciding, room.list_files, room.settings, room.board)
    warning.add_routes(api, room.warnings)
    portrait.add_routes(api, room.portraits)
