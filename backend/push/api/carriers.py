"""Where carriers report late: WeChat's message push."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask_restx import Api

from backend.adapters.http import public
from backend.adapters.wechat import check_signature, read_receipts
from backend.push.api.resource import PushResource
from backend.push.service import PushService
from backend.shared.errors import ForbiddenError


class WechatReceipts(PushResource):
    def __init__(self, api: Api, push: PushService, token: str) -> None:
        super().__init__(api, push)
        self.token = token

    @public("微信服务器调用，以签名验证")
    def get(self) -> Response:
        """微信验证本地址"""
        self._check()
        return Response(request.args.get("echostr", "")[:200], mimetype="text/plain")

    @public("微信服务器调用，以签名验证")
    def post(self) -> Response:
        """送达回执；迟到和重复的不会重复计入"""
        self._check()
        event: Any = request.get_json(silent=True)
        for receipt in read_receipts(event) if isinstance(event, dict) else ():
            self.push.receive("wechat", receipt.ref, receipt.arrived, receipt.code)
        return Response("success", mimetype="text/plain")

    def _check(self) -> None:
        given = [request.args.get(name, "") for name in ("signature", "timestamp", "nonce")]
        if not self.token or not check_signature(self.token, *given):
            raise ForbiddenError("签名不正确。")


ROUTES = {"/wechat/receipts": WechatReceipts}
