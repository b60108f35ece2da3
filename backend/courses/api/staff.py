"""Web doors of staff who run sessions and plan series."""

from __future__ import annotations

from flask import Response
from flask_restx import Api, Resource

from backend.adapters.http import (
    Body,
    body,
    current_caller,
    guard,
    query,
    revision_from_header,
    uploaded_file,
)
from backend.adapters.tables import CONTENT_TYPES
from backend.courses.schemas import rating_json
from backend.courses.schemas.plans import NewPlan, PlanAnswer, plan_json
from backend.courses.schemas.sessions import (
    Attendance,
    NewSession,
    PageQuery,
    RatingsAnswer,
    Reason,
    RosterQuery,
    SessionFields,
    StaffSessionAnswer,
    StaffSessionPage,
    StaffSessionQuery,
    StaffSignUpAnswer,
    StaffSignUpPage,
    staff_session_json,
    staff_sign_up_json,
)
from backend.courses.service.room import CourseRoom
from backend.courses.service.sessions import Offer
from backend.courses.service.sign_ups import Participation
from backend.shared.caller import Role
from backend.shared.clock import Clock

# Who runs a session: editors, and the liaisons and counsellors of its area.
AT_THE_DOOR = (Role.EDITOR, Role.LIAISON, Role.COUNSELLOR)


class StaffResource(Resource):
    def __init__(self, api: Api, room: CourseRoom, clock: Clock) -> None:
        super().__init__(api)
        self.room, self.clock = room, clock

    def shown(self, offer: Offer) -> StaffSessionAnswer:
        """A session with its numbers."""
        session = offer.session
        rating = self.room.attending.ratings_of_sessions([session.id]).get(session.id)
        came = self.room.attending.count_came(session)
        return staff_session_json(offer, self.clock.now(), came, rating)

    def ratings(self, session_id: str) -> RatingsAnswer:
        """The rating and the words, those held apart."""
        words = self.room.attending.words(session_id)
        rating = self.room.attending.ratings_of_sessions([session_id]).get(session_id)
        return {
            "rating": rating_json(rating),
            "words": [one.text for one in words if not one.held],
            "held": [{"id": one.id, "text": one.text} for one in words if one.held],
        }

    def sign_up(self, found: Participation) -> StaffSignUpAnswer:
        """A sign-up with its firm's name."""
        return staff_sign_up_json(found, self.room.names_of([found.sign_up.uscc]))


class StaffSessions(StaffResource):
    @guard(*AT_THE_DOOR)
    @query(StaffSessionQuery)
    def get(self, args: StaffSessionQuery) -> StaffSessionPage:
        """课程场次，按开始时间；联络员和辅导员只列本片区的"""
        now = self.clock.now()
        page = self.room.sessions.list_all(args.limit, args.cursor, args.course, current_caller())
        items = [staff_session_json(offer, now) for offer in page.items]
        return {"items": items, "total": page.total, "next_cursor": page.next_cursor}

    @guard(Role.EDITOR)
    @body(NewSession)
    def post(self, data: NewSession) -> tuple[StaffSessionAnswer, int]:
        """新增一场"""
        added = self.room.sessions.add(data.id, data.course, data.fields(), current_caller())
        return self.shown(added), 201


class StaffSession(StaffResource):
    @guard(*AT_THE_DOOR)
    def get(self, session_id: str) -> StaffSessionAnswer:
        """一场课程（含签到码和人数）"""
        return self.shown(self.room.sessions.at_door(session_id, current_caller()))

    @guard(Role.EDITOR)
    @body(SessionFields)
    def put(self, session_id: str, data: SessionFields) -> StaffSessionAnswer:
        """修改一场（If-Match 写明版本）；增加名额时候补自动转正"""
        revision, caller = revision_from_header(), current_caller()
        return self.shown(self.room.sessions.edit(session_id, data.fields(), revision, caller))


class CancelSession(StaffResource):
    @guard(Role.EDITOR)
    @body(Reason)
    def post(self, session_id: str, data: Reason) -> StaffSessionAnswer:
        """取消一场（写明原因，通知报名的人）"""
        revision, caller = revision_from_header(), current_caller()
        return self.shown(self.room.sessions.cancel(session_id, data.why, revision, caller))


class SessionSignUps(StaffResource):
    @guard(*AT_THE_DOOR)
    @query(PageQuery)
    def get(self, session_id: str, args: PageQuery) -> StaffSignUpPage:
        """一场的报名名单"""
        self.room.sessions.at_door(session_id, current_caller())
        page = self.room.signing.list_session(session_id, args.limit, args.cursor)
        names = self.room.names_of(sorted({found.sign_up.uscc for found in page.items}))
        items = [staff_sign_up_json(found, names) for found in page.items]
        return {"items": items, "total": page.total, "next_cursor": page.next_cursor}


class SessionRoster(StaffResource):
    @guard(*AT_THE_DOOR)
    @query(RosterQuery)
    def get(self, session_id: str, args: RosterQuery) -> Response:
        """导出一场的报名名单（CSV 或 XLSX）"""
        data = self.room.roster.export(session_id, args.format, current_caller())
        headers = {"Content-Disposition": f'attachment; filename="roster.{args.format}"'}
        return Response(data, content_type=CONTENT_TYPES[args.format], headers=headers)


class RemoveSignUp(StaffResource):
    @guard(Role.EDITOR)
    @body(Reason)
    def post(self, session_id: str, person_id: str, data: Reason) -> StaffSignUpAnswer:
        """取消一个人的报名（写明原因，通知本人）"""
        return self.sign_up(self.room.signing.remove(session_id, person_id, data.why, current_caller()))


class MarkAttendance(StaffResource):
    @guard(*AT_THE_DOOR)
    @body(Attendance)
    def put(self, session_id: str, person_id: str, data: Attendance) -> StaffSignUpAnswer:
        """登记一个人是否到场"""
        self.room.sessions.at_door(session_id, current_caller())
        return self.sign_up(self.room.attending.mark(session_id, person_id, data.came, current_caller()))


class AddMaterial(StaffResource):
    @guard(Role.EDITOR)
    def post(self, session_id: str) -> tuple[StaffSessionAnswer, int]:
        """上传本场材料（multipart/form-data 的 file）"""
        name, data = uploaded_file()
        self.room.materials.add(session_id, name, data, current_caller())
        return self.shown(self.room.sessions.find(session_id)), 201


class DropMaterial(StaffResource):
    @guard(Role.EDITOR)
    def delete(self, session_id: str, file_id: str) -> StaffSessionAnswer:
        """撤下本场材料"""
        self.room.materials.drop(session_id, file_id, current_caller())
        return self.shown(self.room.sessions.find(session_id))


class SessionRatings(StaffResource):
    @guard(Role.EDITOR)
    def get(self, session_id: str) -> RatingsAnswer:
        """一场的评价（不显示是谁写的）"""
        return self.ratings(session_id)


class ReleaseWords(StaffResource):
    @guard(Role.EDITOR)
    @body(Body)
    def post(self, session_id: str, words_id: str, data: Body) -> RatingsAnswer:  # noqa: ARG002  (empty)
        """核对后放行被内容检查暂扣的评价"""
        self.room.attending.release(session_id, words_id, current_caller())
        return self.ratings(session_id)


class StaffPlans(StaffResource):
    @guard(Role.EDITOR)
    @body(NewPlan)
    def post(self, data: NewPlan) -> tuple[PlanAnswer, int]:
        """按申报季倒排一个系列的课程"""
        wishes = [step.wish() for step in data.steps]
        plan = self.room.planning.make_plan(data.id, data.policy, wishes, data.expected(), current_caller())
        return plan_json(plan), 201


_ONE = "/<string:session_id>"
ROUTES: dict[str, type[Resource]] = {
    "": StaffSessions,
    _ONE: StaffSession,
    f"{_ONE}/cancel": CancelSession,
    f"{_ONE}/sign-ups": SessionSignUps,
    f"{_ONE}/roster": SessionRoster,
    f"{_ONE}/sign-ups/<string:person_id>/cancel": RemoveSignUp,
    f"{_ONE}/sign-ups/<string:person_id>/attendance": MarkAttendance,
    f"{_ONE}/material": AddMaterial,
    f"{_ONE}/material/<string:file_id>": DropMaterial,
    f"{_ONE}/ratings": SessionRatings,
    f"{_ONE}/ratings/<string:words_id>/release": ReleaseWords,
}
PLAN_ROUTES: dict[str, type[Resource]] = {"": StaffPlans}
