"""Where carriers report late: WeChat's message push."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Response, request
from flask_restx import Api

from backend.adapters.http import public
from backend.adapters.wechat import Envelope, EnvelopeError, check_signature, read_receipts, read_refusals
from backend.push.api.resource import PushResource
from backend.push.service import PushService
from backend.shared.errors import ForbiddenError


@dataclass(frozen=True)
class WechatCallback:
    """How WeChat's pushes are known to be genuine; with an `envelope` only encrypted ones are taken.

    `templates`: WeChat's id of a template -> what the house calls it.
    """

    token: str = ""
    envelope: Envelope | None = None
    templates: Mapping[str, str] = field(default_factory=dict)


class WechatReceipts(PushResource):
    def __init__(self, api: Api, push: PushService, wechat: WechatCallback) -> None:
        super().__init__(api, push)
        self.wechat = wechat

    @public("微信服务器调用，以签名验证")
    def get(self) -> Response:
        """微信验证本地址"""
        self._check()
        return Response(request.args.get("echostr", "")[:200], mimetype="text/plain")

    @public("微信服务器调用，以签名验证")
    def post(self) -> Response:
        """送达回执和拒收通知；迟到和重复的不会重复计入"""
        self._check()
        event = self._event()
        for receipt in read_receipts(event):
            self.push.receive("wechat", receipt.ref, receipt.arrived, receipt.code)
        known = self.wechat.templates
        refused = [known[template] for template in read_refusals(event) if template in known]
        self.push.consent_refused(str(event.get("FromUserName", "")), refused)
        return Response("success", mimetype="text/plain")

    def _check(self) -> None:
        given = [request.args.get(name, "") for name in ("signature", "timestamp", "nonce")]
        if not self.wechat.token or not check_signature(self.wechat.token, *given):
            raise ForbiddenError("签名不正确。")

    def _event(self) -> Mapping[str, Any]:
        """What was pushed, opened where it has to be sealed; nothing where it is no event."""
        given: Any = request.get_json(silent=True)
        if not isinstance(given, dict):
            return {}
        if self.wechat.envelope is None:
            return given
        names = ("msg_signature", "timestamp", "nonce")
        signature, timestamp, nonce = (request.args.get(name, "") for name in names)
        try:
            return self.wechat.envelope.open(str(given.get("Encrypt", "")), signature, timestamp, nonce)
        except EnvelopeError:
            raise ForbiddenError("消息未按约定加密或签名。") from None


ROUTES = {"/wechat/receipts": WechatReceipts}
