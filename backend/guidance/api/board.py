"""Web doors of the board and of its exports."""

from __future__ import annotations

from typing import cast

from flask import Response
from flask_restx import Api

from backend.adapters.http import add_namespace, current_caller, guard, query
from backend.guidance.api.resource import RoomResource
from backend.guidance.schemas.board import BoardJson, RequestExportQuery
from backend.guidance.service.access import COMMISSION
from backend.guidance.service.room import GuidanceRoom

KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


class RequestsAtAGlance(RoomResource):
    @guard(*COMMISSION)
    def get(self) -> BoardJson:
        """诉求看板"""
        return cast(BoardJson, self.room.board.show(current_caller()))


class RequestExport(RoomResource):
    @guard(*COMMISSION)
    @query(RequestExportQuery)
    def get(self, args: RequestExportQuery) -> Response:
        """导出诉求（不含文字内容）"""
        data = self.room.exports.export(args.format, current_caller())
        headers = {"Content-Disposition": f'attachment; filename="requests.{args.format}"'}
        return Response(data, content_type=KINDS[args.format], headers=headers)


def add_routes(api: Api, room: GuidanceRoom) -> None:
    """Mount `/staff/request-board` and `/staff/request-exports`."""
    add_namespace(api, "staff/request-board", "诉求看板", {"": RequestsAtAGlance}, room=room)
    add_namespace(api, "staff/request-exports", "诉求导出", {"": RequestExport}, room=room)
