"""Public web doors of sessions and plans."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response
from flask_restx import Api, Resource

from backend.adapters.http import current_caller, public, query, signed_in
from backend.courses.schemas.plans import PlanAnswer, PlanPage, plan_json
from backend.courses.schemas.sessions import (
    PageQuery,
    SessionAnswer,
    SessionPage,
    SessionQuery,
    session_json,
)
from backend.courses.service.room import CourseRoom
from backend.shared.clock import Clock


class SessionResource(Resource):
    def __init__(self, api: Api, room: CourseRoom, clock: Clock) -> None:
        super().__init__(api)
        self.room, self.clock = room, clock


class SessionList(SessionResource):
    @public("课程场次对所有人公开")
    @query(SessionQuery)
    def get(self, args: SessionQuery) -> SessionPage:
        """课程场次，按开始时间；默认只列未结束的"""
        page = self.room.sessions.list_offered(args.limit, args.cursor, args.course, args.series, args.past)
        ratings = self.room.attending.ratings_of_sessions([offer.session.id for offer in page.items])
        now = self.clock.now()
        items = [session_json(offer, now, ratings.get(offer.session.id)) for offer in page.items]
        return {"items": items, "total": page.total, "next_cursor": page.next_cursor}


class OneSession(SessionResource):
    @public("课程场次对所有人公开")
    def get(self, session_id: str) -> SessionAnswer:
        """一场课程"""
        offer = self.room.sessions.read(session_id)
        rating = self.room.attending.ratings_of_sessions([session_id]).get(session_id)
        return session_json(offer, self.clock.now(), rating)


class SessionMaterial(SessionResource):
    @signed_in
    def get(self, session_id: str, file_id: str) -> Response:
        """下载本场材料（报名成功的人和工作人员）"""
        name, data = self.room.materials.fetch(session_id, file_id, current_caller())
        # Always saved, never shown: a file must not run as a page of ours.
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
        return Response(data, mimetype="application/octet-stream", headers=headers)


class PlanList(SessionResource):
    @public("申报季前的课程计划对所有人公开")
    @query(PageQuery)
    def get(self, args: PageQuery) -> PlanPage:
        """申报季前的课程计划"""
        page = self.room.planning.list_plans(args.limit, args.cursor)
        items = [plan_json(plan) for plan in page.items]
        return {"items": items, "total": page.total, "next_cursor": page.next_cursor}


class OnePlan(SessionResource):
    @public("申报季前的课程计划对所有人公开")
    def get(self, plan_id: str) -> PlanAnswer:
        """一个课程计划"""
        return plan_json(self.room.planning.read(plan_id))


ROUTES: dict[str, type[Resource]] = {
    "": SessionList,
    "/<string:session_id>": OneSession,
    "/<string:session_id>/material/<string:file_id>": SessionMaterial,
}
PLAN_ROUTES: dict[str, type[Resource]] = {"": PlanList, "/<string:plan_id>": OnePlan}
