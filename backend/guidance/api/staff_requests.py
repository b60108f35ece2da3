"""Web doors of requests for those who work on them."""

from __future__ import annotations

from flask_restx import Api, Resource

from backend.adapters.http import Body, add_namespace, body, current_caller, guard, query
from backend.adapters.http.answers import page_json
from backend.guidance.api.resource import RoomResource
from backend.guidance.schemas.requests import (
    Ending,
    Invited,
    Moved,
    NewRequest,
    Referred,
    Said,
    StaffRequestJson,
    StaffRequestPage,
    StaffRequestQuery,
    staff_request_json,
)
from backend.guidance.service.access import COMMISSION, LOCAL, WORKING
from backend.guidance.service.requests import Request
from backend.guidance.service.room import GuidanceRoom

EVERYBODY = (*COMMISSION, *WORKING)


class StaffRequestResource(RoomResource):
    def shown(self, request: Request) -> StaffRequestJson:
        """For those who work on it."""
        return staff_request_json(request, self.room.requests.name_of)


class StaffRequests(StaffRequestResource):
    @guard(*EVERYBODY)
    @query(StaffRequestQuery)
    def get(self, args: StaffRequestQuery) -> StaffRequestPage:
        """工作范围内的诉求"""
        equal = {
            "state": args.state,
            "level": args.level,
            "uscc": args.uscc,
            "policy": args.policy,
            "holding": "yes" if args.held else "",
        }
        given = {name: value for name, value in equal.items() if value}
        page, _ = self.room.requests.listed(current_caller(), args.limit, args.cursor, args.mine, **given)
        return page_json(page, self.shown)

    @guard(*COMMISSION, *LOCAL)
    @body(NewRequest)
    def post(self, data: NewRequest) -> tuple[StaffRequestJson, int]:
        """代企业提出诉求"""
        return self.shown(self.room.requests.open_request(data.asked(), current_caller())), 201


class StaffRequest(StaffRequestResource):
    @guard(*EVERYBODY)
    def get(self, request_id: str) -> StaffRequestJson:
        """一条诉求（含内部备注和分派理由）"""
        request, _ = self.room.requests.read(request_id, current_caller())
        return self.shown(request)


class ClaimRequest(StaffRequestResource):
    @guard(*EVERYBODY)
    @body(Body)
    def post(self, request_id: str, data: Body) -> StaffRequestJson:  # noqa: ARG002  (an empty body)
        """受理（同时多人受理时只有一人成功）"""
        return self.shown(self.room.requests.claim(request_id, current_caller()))


class AssignRequest(StaffRequestResource):
    @guard(*COMMISSION, *LOCAL)
    @body(Moved)
    def post(self, request_id: str, data: Moved) -> StaffRequestJson:
        """另行指派（写明理由）"""
        return self.shown(self.room.requests.assign(request_id, data.adviser, data.why, current_caller()))


class HandOverRequest(StaffRequestResource):
    @guard(*EVERYBODY)
    @body(Moved)
    def post(self, request_id: str, data: Moved) -> StaffRequestJson:
        """转交"""
        return self.shown(self.room.requests.hand_over(request_id, data.adviser, data.why, current_caller()))


class ReferRequest(StaffRequestResource):
    @guard(*EVERYBODY)
    @body(Referred)
    def post(self, request_id: str, data: Referred) -> StaffRequestJson:
        """转请部门协助"""
        return self.shown(self.room.requests.refer(request_id, data.department, data.why, current_caller()))


class RequestHelpers(StaffRequestResource):
    @guard(*EVERYBODY)
    @body(Invited)
    def post(self, request_id: str, data: Invited) -> StaffRequestJson:
        """邀请他人协助"""
        return self.shown(self.room.requests.join(request_id, data.adviser, current_caller()))


class RequestAnswers(StaffRequestResource):
    @guard(*EVERYBODY)
    @body(Said)
    def post(self, request_id: str, data: Said) -> tuple[StaffRequestJson, int]:
        """答复企业"""
        return self.shown(self.room.talking.say(request_id, data.text, current_caller())), 201


class RequestQuestions(StaffRequestResource):
    @guard(*EVERYBODY)
    @body(Said)
    def post(self, request_id: str, data: Said) -> tuple[StaffRequestJson, int]:
        """请企业补充（等待期间暂停计时）"""
        return self.shown(self.room.talking.ask(request_id, data.text, current_caller())), 201


class RequestNotes(StaffRequestResource):
    @guard(*EVERYBODY)
    @body(Said)
    def post(self, request_id: str, data: Said) -> tuple[StaffRequestJson, int]:
        """内部备注（企业看不到）"""
        return self.shown(self.room.talking.note(request_id, data.text, current_caller())), 201


class ReleaseRequest(StaffRequestResource):
    @guard(*COMMISSION, *LOCAL)
    @body(Body)
    def post(self, request_id: str, data: Body) -> StaffRequestJson:  # noqa: ARG002  (an empty body)
        """核对后放行被内容检查暂扣的文字"""
        return self.shown(self.room.talking.release(request_id, current_caller()))


class EndRequest(StaffRequestResource):
    @guard(*EVERYBODY)
    @body(Ending)
    def post(self, request_id: str, data: Ending) -> StaffRequestJson:
        """办结（写明结果）"""
        return self.shown(self.room.requests.end(request_id, data.result, data.note, current_caller()))


def add_routes(api: Api, room: GuidanceRoom) -> None:
    """Mount `/staff/requests`."""
    one = "/<string:request_id>"
    routes: dict[str, type[Resource]] = {
        "": StaffRequests,
        one: StaffRequest,
        f"{one}/claim": ClaimRequest,
        f"{one}/assign": AssignRequest,
        f"{one}/handover": HandOverRequest,
        f"{one}/refer": ReferRequest,
        f"{one}/helpers": RequestHelpers,
        f"{one}/answers": RequestAnswers,
        f"{one}/questions": RequestQuestions,
        f"{one}/notes": RequestNotes,
        f"{one}/release": ReleaseRequest,
        f"{one}/end": EndRequest,
    }
    add_namespace(api, "staff/requests", "诉求办理", routes, room=room)
