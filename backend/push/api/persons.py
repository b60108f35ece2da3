"""What a person wants to hear of, and how."""

from __future__ import annotations

from flask import Response

from backend.adapters.http import body, current_caller, limited, person_only, public, query
from backend.adapters.http.answers import PageJson, page_json
from backend.push.answers import (
    CalendarAddress,
    CalendarOpen,
    EmailState,
    FollowJson,
    PermitJson,
    WishesJson,
)
from backend.push.api.resource import PushResource
from backend.push.schemas import (
    EmailChange,
    EmailCode,
    NewFollow,
    PageQuery,
    PermitReport,
    WishChange,
    follow_json,
    wishes_json,
)
from backend.shared.errors import InvalidInputError


class Follows(PushResource):
    @person_only
    @query(PageQuery)
    def get(self, args: PageQuery) -> PageJson[FollowJson]:
        """我的关注"""
        return page_json(self.push.following.mine(current_caller(), args.limit, args.cursor), follow_json)

    @person_only
    @body(NewFollow)
    def post(self, data: NewFollow) -> tuple[FollowJson, int]:
        """关注一项政策或一个检索，须明示同意"""
        caller, following = current_caller(), self.push.following
        if data.kind == "policy":
            if data.policy is None:
                raise InvalidInputError.at("policy", "请写明政策。")
            return follow_json(following.follow_policy(data.policy, data.uscc, data.agree, caller)), 201
        if not data.text and not data.filters:
            raise InvalidInputError.at("text", "请写明检索词或筛选条件。")
        follow = following.follow_search(data.text, data.filters, data.uscc, data.agree, caller)
        return follow_json(follow), 201


class OneFollow(PushResource):
    @person_only
    def delete(self, follow_id: str) -> tuple[str, int]:
        """取消关注"""
        self.push.following.end(follow_id, current_caller())
        return "", 204


class MyPush(PushResource):
    @person_only
    def get(self) -> WishesJson:
        """我的推送设置与剩余的订阅授权"""
        return self._shown()

    @person_only
    @body(WishChange)
    def patch(self, data: WishChange) -> WishesJson:
        """频率、关闭的类别、是否个性化"""
        self.push.wishes.change(current_caller(), data.rhythm, data.muted, data.personalised)
        return self._shown()

    def _shown(self) -> WishesJson:
        caller, wishes = current_caller(), self.push.wishes
        return wishes_json(*wishes.read(caller), self.push.templates, wishes.to_send(caller))


class MyEmail(PushResource):
    @person_only
    @limited("INVITATION_LIMIT")
    @body(EmailChange)
    def post(self, data: EmailChange) -> EmailState:
        """填写或删除邮箱；填写后须用收到的确认码确认"""
        wishes = self.push.wishes.set_email(data.email, current_caller())
        return {"email_confirmed": wishes.email_confirmed}


class MyEmailConfirmation(PushResource):
    @person_only
    @limited("INVITATION_LIMIT")
    @body(EmailCode)
    def post(self, data: EmailCode) -> EmailState:
        """确认邮箱"""
        return {
            "email_confirmed": self.push.wishes.confirm_email(data.code, current_caller()).email_confirmed
        }


class MyPermits(PushResource):
    @person_only
    @body(PermitReport)
    def post(self, data: PermitReport) -> PermitJson:
        """登记一次微信订阅授权的结果；left 为该模板剩余次数"""
        caller = current_caller()
        if data.result != "accept":
            self.push.wishes.decline(data.template, caller)
            return {"template": data.template, "left": 0}
        return {"template": data.template, "left": self.push.wishes.grant(data.template, data.nonce, caller)}


class MyCalendar(PushResource):
    @person_only
    def get(self) -> CalendarOpen:
        """是否开通了日历订阅"""
        return {"open": self.push.calendars.is_open(current_caller())}

    @person_only
    def post(self) -> tuple[CalendarAddress, int]:
        """开通或更换日历地址；地址只显示这一次"""
        return {"address": f"/api/v1/calendar/{self.push.calendars.open(current_caller())}.ics"}, 201

    @person_only
    def delete(self) -> tuple[str, int]:
        """作废日历地址"""
        self.push.calendars.revoke(current_caller())
        return "", 204


class CalendarFeed(PushResource):
    @public("地址本身即凭证，可随时作废")
    @limited("ASSESSMENT_LIMIT")
    def get(self, secret: str) -> Response:
        """日历（ics）"""
        headers = {"Cache-Control": "private, max-age=3600"}
        return Response(self.push.calendars.feed(secret), mimetype="text/calendar", headers=headers)


FOLLOWS = {"": Follows, "/<string:follow_id>": OneFollow}
WISHES = {
    "": MyPush,
    "/email": MyEmail,
    "/email-confirmation": MyEmailConfirmation,
    "/permits": MyPermits,
    "/calendar": MyCalendar,
}
CALENDAR = {"/<string:secret>.ics": CalendarFeed}
