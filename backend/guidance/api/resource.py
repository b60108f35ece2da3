"""What every door of this room knows."""

from __future__ import annotations

from flask_restx import Api, Resource

from backend.guidance.service.room import GuidanceRoom


class RoomResource(Resource):
    def __init__(self, api: Api, room: GuidanceRoom) -> None:
        super().__init__(api)
        self.room = room
