"""Web doors of feedback."""

from __future__ import annotations

from flask_restx import Api, Resource

from backend.adapters.http import (
    Body,
    add_namespace,
    body,
    current_caller,
    guard,
    person_only,
    query,
    revision_from_header,
)
from backend.adapters.http.answers import page_json
from backend.guidance.answers import PolicyFigures
from backend.guidance.api.resource import RoomResource
from backend.guidance.schemas.feedback import (
    CommonQuestion,
    FeedbackAnswer,
    FeedbackJson,
    FeedbackList,
    FeedbackQuery,
    NewFeedback,
    Reading,
    StaffFeedbackJson,
    StaffFeedbackPage,
    feedback_json,
    staff_feedback_json,
)
from backend.guidance.service.access import COMMISSION
from backend.guidance.service.room import GuidanceRoom


class OwnFeedback(RoomResource):
    @person_only
    def get(self) -> FeedbackList:
        """我的反馈与答复"""
        items = [feedback_json(held) for held in self.room.feedback.own(current_caller())]
        return {"items": items, "total": len(items), "next_cursor": None}

    @person_only
    @body(NewFeedback)
    def post(self, data: NewFeedback) -> tuple[FeedbackJson, int]:
        """反馈：对政策（条款）、课程、机构或本应用"""
        caller = current_caller()
        given = self.room.feedback.give(data.about, data.anchor, data.mark, data.text, caller)
        return feedback_json(given), 201


class PolicyReading(RoomResource):
    @person_only
    @body(Reading)
    def put(self, slug: str, data: Reading) -> tuple[str, int]:
        """读过这项政策，是否看懂"""
        self.room.feedback.mark_read(slug, data.understood, current_caller())
        return "", 204


class StaffFeedback(RoomResource):
    @guard(*COMMISSION)
    @query(FeedbackQuery)
    def get(self, args: FeedbackQuery) -> StaffFeedbackPage:
        """全部反馈；可只看一项政策、一条条款，或暂扣待核的"""
        page = self.room.feedback.listed(
            args.about or "", args.anchor, args.state or "", args.held, args.limit, args.cursor
        )
        return page_json(page, staff_feedback_json)


class OneFeedback(RoomResource):
    @guard(*COMMISSION)
    def get(self, feedback_id: str) -> StaffFeedbackJson:
        """一条反馈"""
        return staff_feedback_json(self.room.feedback.read(feedback_id))


class ReleaseFeedback(RoomResource):
    @guard(*COMMISSION)
    @body(Body)
    def post(self, feedback_id: str, data: Body) -> StaffFeedbackJson:  # noqa: ARG002  (an empty body)
        """核对后放行暂扣的反馈（If-Match 写明版本）"""
        revision, caller = revision_from_header(), current_caller()
        return staff_feedback_json(self.room.feedback.release(feedback_id, revision, caller))


class AnswerFeedback(RoomResource):
    @guard(*COMMISSION)
    @body(FeedbackAnswer)
    def post(self, feedback_id: str, data: FeedbackAnswer) -> StaffFeedbackJson:
        """答复（If-Match 写明版本）"""
        revision, caller = revision_from_header(), current_caller()
        return staff_feedback_json(self.room.feedback.answer(feedback_id, data.answer, revision, caller))


class PublishFeedback(RoomResource):
    @guard(*COMMISSION)
    @body(CommonQuestion)
    def post(self, feedback_id: str, data: CommonQuestion) -> StaffFeedbackJson:
        """把答复作为常见问题提交审核（If-Match 写明版本）"""
        revision, caller = revision_from_header(), current_caller()
        return staff_feedback_json(self.room.feedback.publish(feedback_id, data.question, revision, caller))


class FiguresOfPolicy(RoomResource):
    @guard(*COMMISSION)
    def get(self, slug: str) -> PolicyFigures:
        """一项政策：读过、看懂、申报、获得，以及各条款的反馈"""
        return self.room.feedback.figures(slug)


def add_routes(api: Api, room: GuidanceRoom) -> None:
    """Mount `/feedback`, `/staff/feedback` and `/staff/policy-figures`."""
    routes: dict[str, type[Resource]] = {"": OwnFeedback, "/policies/<string:slug>": PolicyReading}
    add_namespace(api, "feedback", "反馈", routes, room=room)
    one = "/<string:feedback_id>"
    staff: dict[str, type[Resource]] = {
        "": StaffFeedback,
        one: OneFeedback,
        f"{one}/release": ReleaseFeedback,
        f"{one}/answer": AnswerFeedback,
        f"{one}/publish": PublishFeedback,
    }
    add_namespace(api, "staff/feedback", "反馈处理", staff, room=room)
    add_namespace(api, "staff/policy-figures", "政策效果", {"/<string:slug>": FiguresOfPolicy}, room=room)
