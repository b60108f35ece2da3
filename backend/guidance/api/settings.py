"""Web doors of the figures of service."""

from __future__ import annotations

from flask_restx import Api

from backend.adapters.http import add_namespace, body, current_caller, guard, revision_from_header
from backend.guidance.api.resource import RoomResource
from backend.guidance.schemas.settings import FigureJson, FigureValue, figure_json
from backend.guidance.service.access import COMMISSION, WORKING
from backend.guidance.service.room import GuidanceRoom


class ServiceFigure(RoomResource):
    @guard(*COMMISSION, *WORKING)
    def get(self, name: str) -> FigureJson:
        """服务口径：promises（各类企业的答复期限）或 terms（走访、回访等期限），含历次版本"""
        return figure_json(self.room.settings.read(name))

    @guard(*COMMISSION)
    @body(FigureValue)
    def put(self, name: str, data: FigureValue) -> FigureJson:
        """修改服务口径（If-Match 写明版本，初始为 0）"""
        revision, caller = revision_from_header(), current_caller()
        written = self.room.settings.write(name, data.value, data.confirmed, data.source, revision, caller)
        return figure_json(written)


def add_routes(api: Api, room: GuidanceRoom) -> None:
    """Mount `/staff/guidance-settings`."""
    routes = {"/<string:name>": ServiceFigure}
    add_namespace(api, "staff/guidance-settings", "服务口径", routes, room=room)
