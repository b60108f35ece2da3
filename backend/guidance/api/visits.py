"""Web doors of visits, of the figures they give, and of hand-overs between carriers."""

from __future__ import annotations

from flask_restx import Api, Resource

from backend.adapters.http import add_namespace, body, current_caller, guard, query, revision_from_header
from backend.adapters.http.answers import PageJson, list_json, page_json
from backend.guidance.answers import ReachJson
from backend.guidance.api.resource import RoomResource
from backend.guidance.schemas.visits import (
    HandoverJson,
    HandoverPage,
    HandoverQuery,
    NewHandover,
    NewVisit,
    VisitCancelled,
    VisitDone,
    VisitJson,
    VisitPage,
    VisitQuery,
    handover_json,
    visit_json,
)
from backend.guidance.service.access import COMMISSION, LOCAL
from backend.guidance.service.room import GuidanceRoom


class Visits(RoomResource):
    @guard(*COMMISSION, *LOCAL)
    @query(VisitQuery)
    def get(self, args: VisitQuery) -> VisitPage:
        """走访；?due 为到期应走访的名单"""
        page = self.room.visits.listed(
            current_caller(), args.limit, args.cursor, args.uscc or "", args.state or "", args.due_within()
        )
        return page_json(page, visit_json)

    @guard(*COMMISSION, *LOCAL)
    @body(NewVisit)
    def post(self, data: NewVisit) -> tuple[VisitJson, int]:
        """计划一次走访"""
        visit = self.room.visits.plan(data.uscc, data.kind, data.on, data.why, current_caller())
        return visit_json(visit), 201


class VisitIsDone(RoomResource):
    @guard(*COMMISSION, *LOCAL)
    @body(VisitDone)
    def post(self, visit_id: str, data: VisitDone) -> VisitJson:
        """记录走访结果（If-Match 写明版本）"""
        revision, caller = revision_from_header(), current_caller()
        return visit_json(
            self.room.visits.done(visit_id, data.found, data.on, data.next_on, revision, caller)
        )


class VisitIsCancelled(RoomResource):
    @guard(*COMMISSION, *LOCAL)
    @body(VisitCancelled)
    def post(self, visit_id: str, data: VisitCancelled) -> VisitJson:
        """取消走访（If-Match 写明版本）"""
        revision, caller = revision_from_header(), current_caller()
        return visit_json(self.room.visits.cancel(visit_id, data.why, revision, caller))


class VisitFigures(RoomResource):
    @guard(*COMMISSION)
    def get(self) -> PageJson[ReachJson]:
        """联系到位、服务到位、跟踪到位"""
        return list_json(self.room.visits.figures(current_caller()))


class Handovers(RoomResource):
    @guard(*COMMISSION, *LOCAL)
    @query(HandoverQuery)
    def get(self, args: HandoverQuery) -> HandoverPage:
        """企业跟踪信息：本载体给出和收到的"""
        page = self.room.chain.listed(args.uscc or "", current_caller(), args.limit, args.cursor)
        return page_json(page, handover_json)

    @guard(*COMMISSION, *LOCAL)
    @body(NewHandover)
    def post(self, data: NewHandover) -> tuple[HandoverJson, int]:
        """向下一环节传递企业跟踪信息"""
        given = self.room.chain.pass_on(
            data.uscc, data.given_by, data.given_to, data.topic, data.note, current_caller()
        )
        return handover_json(given), 201


def add_routes(api: Api, room: GuidanceRoom) -> None:
    """Mount `/staff/visits`, `/staff/visit-figures` and `/staff/handovers`."""
    one = "/<string:visit_id>"
    routes: dict[str, type[Resource]] = {
        "": Visits,
        f"{one}/done": VisitIsDone,
        f"{one}/cancel": VisitIsCancelled,
    }
    add_namespace(api, "staff/visits", "走访", routes, room=room)
    add_namespace(api, "staff/visit-figures", "走访到位情况", {"": VisitFigures}, room=room)
    add_namespace(api, "staff/handovers", "载体之间的跟踪信息", {"": Handovers}, room=room)
