"""Web doors of push."""

from __future__ import annotations

from flask_restx import Api

from backend.adapters.http import add_namespace
from backend.push.api import carriers, messages, persons, staff
from backend.push.api.carriers import WechatCallback
from backend.push.service import PushService

__all__ = ["WechatCallback", "add_routes"]


def add_routes(api: Api, push: PushService, wechat: WechatCallback) -> None:
    """Mount `/messages`, `/news`, `/follows`, `/me/push`, `/calendar`, `/carriers` and the staff's doors."""
    add_namespace(api, "messages", "消息", messages.ROUTES, push=push)
    add_namespace(api, "news", "政策动态", messages.NEWS, push=push)
    add_namespace(api, "follows", "关注", persons.FOLLOWS, push=push)
    add_namespace(api, "me/push", "推送设置", persons.WISHES, push=push)
    add_namespace(api, "calendar", "日历", persons.CALENDAR, push=push)
    add_namespace(api, "carriers", "投递渠道", carriers.ROUTES, push=push, wechat=wechat)
    for name, (label, routes) in staff.ROUTES.items():
        add_namespace(api, f"staff/{name}", label, routes, push=push)
