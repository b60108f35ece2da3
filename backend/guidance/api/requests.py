"""Web doors of a firm's own requests."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response
from flask_restx import Api, Resource

from backend.adapters.http import (
    add_namespace,
    body,
    current_caller,
    person_only,
    query,
    signed_in,
    uploaded_file,
)
from backend.adapters.http.answers import page_json
from backend.guidance.api.resource import RoomResource
from backend.guidance.schemas.requests import (
    FileJson,
    NewRequest,
    Outcome,
    Rating,
    RequestJson,
    RequestPage,
    RequestQuery,
    Said,
    Withdrawal,
    request_json,
)
from backend.guidance.service.requests import Request
from backend.guidance.service.room import GuidanceRoom


class RequestResource(RoomResource):
    def shown(self, request: Request) -> RequestJson:
        """For the firm."""
        return request_json(request, self.room.requests.name_of)


class Requests(RequestResource):
    @person_only
    @query(RequestQuery)
    def get(self, args: RequestQuery) -> RequestPage:
        """本企业的诉求"""
        page, _ = self.room.requests.listed(current_caller(), args.limit, args.cursor, state=args.state or "")
        return page_json(page, self.shown)

    @person_only
    @body(NewRequest)
    def post(self, data: NewRequest) -> tuple[RequestJson, int]:
        """提出诉求：从政策、差距、消息或自由提出"""
        return self.shown(self.room.requests.open_request(data.asked(), current_caller())), 201


class OneRequest(RequestResource):
    @person_only
    def get(self, request_id: str) -> RequestJson:
        """一条诉求"""
        request, _ = self.room.requests.read(request_id, current_caller())
        return self.shown(request)


class FirmMessages(RequestResource):
    @person_only
    @body(Said)
    def post(self, request_id: str, data: Said) -> tuple[RequestJson, int]:
        """补充说明或回复"""
        return self.shown(self.room.talking.say(request_id, data.text, current_caller())), 201


class WithdrawRequest(RequestResource):
    @person_only
    @body(Withdrawal)
    def post(self, request_id: str, data: Withdrawal) -> RequestJson:
        """撤回诉求"""
        return self.shown(self.room.requests.end(request_id, "withdrawn", data.note, current_caller()))


class RateRequest(RequestResource):
    @person_only
    @body(Rating)
    def put(self, request_id: str, data: Rating) -> RequestJson:
        """评价（办结后一次）"""
        return self.shown(self.room.satisfaction.rate(request_id, data.stars, data.text, current_caller()))


class RequestOutcome(RequestResource):
    @person_only
    @body(Outcome)
    def put(self, request_id: str, data: Outcome) -> RequestJson:
        """三个月后的回访：是否申报、是否通过"""
        return self.shown(
            self.room.satisfaction.tell_later(request_id, data.applied, data.certified, current_caller())
        )


class RequestFiles(RoomResource):
    @signed_in
    def post(self, request_id: str) -> tuple[list[FileJson], int]:
        """上传附件（Word、PDF、Excel、txt、png、jpg，最多 10 MB）"""
        name, data = uploaded_file()
        request = self.room.talking.attach(request_id, name, data, current_caller())
        return request_json(request, self.room.requests.name_of)["files"], 201


class RequestFile(RoomResource):
    @signed_in
    def get(self, request_id: str, number: int) -> Response:
        """下载附件"""
        name, data = self.room.talking.file(request_id, number, current_caller())
        shown = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
        headers = {"Content-Disposition": shown, "Content-Security-Policy": "sandbox"}
        return Response(data, content_type="application/octet-stream", headers=headers)


def add_routes(api: Api, room: GuidanceRoom) -> None:
    """Mount `/requests`."""
    one = "/<string:request_id>"
    routes: dict[str, type[Resource]] = {
        "": Requests,
        one: OneRequest,
        f"{one}/messages": FirmMessages,
        f"{one}/withdraw": WithdrawRequest,
        f"{one}/rating": RateRequest,
        f"{one}/outcome": RequestOutcome,
        f"{one}/files": RequestFiles,
        f"{one}/files/<int:number>": RequestFile,
    }
    add_namespace(api, "requests", "诉求", routes, room=room)
