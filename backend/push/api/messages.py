"""A person's messages, and the news that are the same for everybody."""

from __future__ import annotations

from backend.adapters.http import body, current_caller, person_only, public, query, signed_in
from backend.adapters.http.answers import PageJson, list_json, page_json
from backend.push.answers import InboxJson, MessageViewJson, MutedJson, NewsJson
from backend.push.api.resource import PushResource
from backend.push.schemas import (
    Done,
    InboxQuery,
    NewsQuery,
    NotRelevant,
    Snooze,
    inbox_json,
    news_json,
    view_json,
)


class Messages(PushResource):
    @person_only
    @query(InboxQuery)
    def get(self, args: InboxQuery) -> InboxJson:
        """我的消息，最新的在前；unread 为未读数"""
        page, unread = self.push.inbox.read_inbox(current_caller(), args.limit, args.cursor, args.box)
        return {**page_json(page, inbox_json), "unread": unread}


class OneMessage(PushResource):
    @signed_in
    def get(self, message_id: str) -> MessageViewJson:
        """一条消息：为什么发给我、依据哪些事实、投递回执"""
        return view_json(self.push.inbox.read_message(message_id, current_caller()))


class ReadMessage(PushResource):
    @signed_in
    def post(self, message_id: str) -> MessageViewJson:
        """标为已读"""
        return view_json(self.push.inbox.mark_read(message_id, current_caller()))


class DoneMessage(PushResource):
    @signed_in
    @body(Done)
    def post(self, message_id: str, data: Done) -> MessageViewJson:
        """标为已处理，或重新打开"""
        return view_json(self.push.inbox.mark_done(message_id, data.done, current_caller()))


class SnoozedMessage(PushResource):
    @person_only
    @body(Snooze)
    def post(self, message_id: str, data: Snooze) -> MessageViewJson:
        """稍后再看"""
        return view_json(self.push.inbox.snooze(message_id, data.until, current_caller()))


class NotRelevantMessage(PushResource):
    @person_only
    @body(NotRelevant)
    def post(self, message_id: str, data: NotRelevant) -> MessageViewJson:
        """与我无关，并说明原因"""
        return view_json(self.push.inbox.mark_not_relevant(message_id, data.reason, current_caller()))


class MutedKind(PushResource):
    @person_only
    def post(self, message_id: str) -> MutedJson:
        """不再接收这一类消息"""
        return {"muted": sorted(self.push.inbox.mute(message_id, current_caller()).muted)}


class News(PushResource):
    @public("非个性化的政策动态，对所有人相同")
    @query(NewsQuery)
    def get(self, args: NewsQuery) -> PageJson[NewsJson]:
        """最近发布的政策，不依据企业情况"""
        return list_json(news_json(policy) for policy in self.push.news(args.limit))


ROUTES = {
    "": Messages,
    "/<string:message_id>": OneMessage,
    "/<string:message_id>/read": ReadMessage,
    "/<string:message_id>/done": DoneMessage,
    "/<string:message_id>/snooze": SnoozedMessage,
    "/<string:message_id>/not-relevant": NotRelevantMessage,
    "/<string:message_id>/mute": MutedKind,
}
NEWS = {"": News}
