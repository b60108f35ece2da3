"""Web doors of a person's own sign-ups."""

from __future__ import annotations

from flask_restx import Api, Resource

from backend.adapters.http import body, current_caller, person_only, query
from backend.courses.schemas.sessions import (
    CheckIn,
    PageQuery,
    RatingBody,
    SignUpAnswer,
    SignUpBody,
    SignUpPage,
    sign_up_json,
)
from backend.courses.service.room import CourseRoom
from backend.shared.clock import Clock


class SignUpResource(Resource):
    def __init__(self, api: Api, room: CourseRoom, clock: Clock) -> None:
        super().__init__(api)
        self.signing, self.attending, self.clock = room.signing, room.attending, clock


class MySignUps(SignUpResource):
    @person_only
    @query(PageQuery)
    def get(self, args: PageQuery) -> SignUpPage:
        """我的报名"""
        now = self.clock.now()
        page = self.signing.list_mine(current_caller(), args.limit, args.cursor)
        items = [sign_up_json(found, now) for found in page.items]
        return {"items": items, "total": page.total, "next_cursor": page.next_cursor}


class SignUp(SignUpResource):
    @person_only
    def get(self, session_id: str) -> SignUpAnswer:
        """我在本场的报名"""
        return sign_up_json(self.signing.read(session_id, current_caller().id), self.clock.now())

    @person_only
    @body(SignUpBody)
    def post(self, session_id: str, data: SignUpBody) -> SignUpAnswer:
        """代表一家企业报名；名额已满时候补"""
        return sign_up_json(self.signing.sign_up(session_id, data.uscc, current_caller()), self.clock.now())

    @person_only
    def delete(self, session_id: str) -> SignUpAnswer:
        """取消报名；名额自动让给候补的第一位"""
        return sign_up_json(self.signing.cancel(session_id, current_caller()), self.clock.now())


class SessionCheckIn(SignUpResource):
    @person_only
    @body(CheckIn)
    def post(self, session_id: str, data: CheckIn) -> SignUpAnswer:
        """签到（现场公布的签到码）"""
        found = self.attending.check_in(session_id, data.code, current_caller())
        return sign_up_json(found, self.clock.now())


class SessionRating(SignUpResource):
    @person_only
    @body(RatingBody)
    def put(self, session_id: str, data: RatingBody) -> SignUpAnswer:
        """评价本场（到场的人，结束以后）"""
        found = self.attending.rate(session_id, data.score, data.words, current_caller())
        return sign_up_json(found, self.clock.now())


ROUTES: dict[str, type[Resource]] = {
    "/<string:session_id>/sign-up": SignUp,
    "/<string:session_id>/check-in": SessionCheckIn,
    "/<string:session_id>/rating": SessionRating,
}
MY_ROUTES: dict[str, type[Resource]] = {"": MySignUps}
