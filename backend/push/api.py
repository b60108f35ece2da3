"""Web doors of push."""

from __future__ import annotations

from typing import Any

from flask_restx import Api, Resource

from backend.adapters.http import add_namespace, body, current_caller, guard, person_only, query, signed_in
from backend.adapters.http.answers import page_json
from backend.push.schemas import (
    MessageQuery,
    NotRelevant,
    PageQuery,
    StartMatch,
    inbox_json,
    message_json,
    run_json,
    view_json,
)
from backend.push.service import PushService
from backend.shared.caller import Role


class PushResource(Resource):
    def __init__(self, api: Api, push: PushService) -> None:
        super().__init__(api)
        self.push = push


class Messages(PushResource):
    @person_only
    @query(PageQuery)
    def get(self, args: PageQuery) -> dict[str, Any]:
        """我的消息，最新的在前；unread 为未读数"""
        page, unread = self.push.inbox.read_inbox(current_caller(), args.limit, args.cursor)
        return {**page_json(page, inbox_json), "unread": unread}


class OneMessage(PushResource):
    @signed_in
    def get(self, message_id: str) -> dict[str, Any]:
        """一条消息：为什么发给我、依据哪些事实、投递回执"""
        return view_json(self.push.inbox.read_message(message_id, current_caller()))


class ReadMessage(PushResource):
    @person_only
    def post(self, message_id: str) -> dict[str, Any]:
        """标为已读"""
        return view_json(self.push.inbox.mark_read(message_id, current_caller()))


class NotRelevantMessage(PushResource):
    @person_only
    @body(NotRelevant)
    def post(self, message_id: str, data: NotRelevant) -> dict[str, Any]:
        """与我无关，并说明原因"""
        return view_json(self.push.inbox.mark_not_relevant(message_id, data.reason, current_caller()))


class StaffMessages(PushResource):
    @guard(Role.EDITOR, Role.REVIEWER, Role.PUBLISHER, Role.LIAISON, Role.COUNSELLOR)
    @query(MessageQuery)
    def get(self, args: MessageQuery) -> dict[str, Any]:
        """发给企业的消息，可按企业、政策查看"""
        page = self.push.inbox.list_messages(
            current_caller(), args.limit, args.cursor, args.uscc, args.policy
        )
        return page_json(page, message_json)


class MatchRuns(PushResource):
    @guard(Role.EDITOR, Role.REVIEWER, Role.PUBLISHER)
    @query(PageQuery)
    def get(self, args: PageQuery) -> dict[str, Any]:
        """匹配任务与进度"""
        page = self.push.list_runs(args.limit, args.cursor)
        return page_json(page, lambda run: run_json(run, self.push.count_messages(run)))

    @guard(Role.PUBLISHER)
    @body(StartMatch)
    def post(self, data: StartMatch) -> tuple[dict[str, Any], int]:
        """立即匹配全部政策（进入队列）"""
        run = self.push.start_match(data.day, current_caller())
        return run_json(run, self.push.count_messages(run)), 202


class Deliveries(PushResource):
    @guard(Role.PUBLISHER)
    def post(self) -> dict[str, Any]:
        """立即投递已登记、未投递的消息"""
        return {"delivered": self.push.deliver_due()}


def add_routes(api: Api, push: PushService) -> None:
    """Mount `/messages`, `/staff/messages`, `/staff/match-runs` and `/staff/deliveries`."""
    routes = {
        "": Messages,
        "/<string:message_id>": OneMessage,
        "/<string:message_id>/read": ReadMessage,
        "/<string:message_id>/not-relevant": NotRelevantMessage,
    }
    add_namespace(api, "messages", "消息", routes, push=push)
    add_namespace(api, "staff/messages", "消息管理", {"": StaffMessages}, push=push)
    add_namespace(api, "staff/match-runs", "匹配任务", {"": MatchRuns}, push=push)
    add_namespace(api, "staff/deliveries", "投递", {"": Deliveries}, push=push)
