"""Web doors of the board and of its exports."""

from __future__ import annotations

from flask import Response
from flask_restx import Api

from backend.adapters.http import add_namespace, current_caller, guard, query
from backend.adapters.tables import CONTENT_TYPES
from backend.guidance.answers import BoardJson
from backend.guidance.api.resource import RoomResource
from backend.guidance.schemas.board import RequestExportQuery
from backend.guidance.service.access import COMMISSION, LOCAL
from backend.guidance.service.room import GuidanceRoom


class RequestsAtAGlance(RoomResource):
    @guard(*COMMISSION, *LOCAL)
    def get(self) -> BoardJson:
        """诉求看板：科经委看全部，联络员和辅导员看负责的片区"""
        return self.room.board.show(current_caller())


class RequestExport(RoomResource):
    @guard(*COMMISSION, *LOCAL)
    @query(RequestExportQuery)
    def get(self, args: RequestExportQuery) -> Response:
        """导出诉求（不含文字内容）"""
        data = self.room.exports.export(args.format, current_caller())
        headers = {"Content-Disposition": f'attachment; filename="requests.{args.format}"'}
        return Response(data, content_type=CONTENT_TYPES[args.format], headers=headers)


def add_routes(api: Api, room: GuidanceRoom) -> None:
    """Mount `/staff/request-board` and `/staff/request-exports`."""
    add_namespace(api, "staff/request-board", "诉求看板", {"": RequestsAtAGlance}, room=room)
    add_namespace(api, "staff/request-exports", "诉求导出", {"": RequestExport}, room=room)
