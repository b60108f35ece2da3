"""The WeChat server interface, as far as the product needs it."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx

from backend.adapters.wechat.errors import (
    BAD_CODE,
    PASSING,
    TOKEN_STALE,
    WechatCodeError,
    WechatDownError,
    WechatError,
    WechatRefusedError,
    WechatUnclearError,
)
from backend.shared.clock import Clock

OFFICIAL = "https://api.weixin.qq.com"
# WeChat hands out the next token five minutes before the end, both being valid meanwhile.
RENEW_BEFORE = timedelta(minutes=4)
TIMEOUT = 5.0
# The content check takes so many characters at once; 2 is its scene for comments.
CHECKED_AT_ONCE = 2500
COMMENT = 2
SUGGESTIONS = ("pass", "review", "risky")


class WechatClient:
    """One per process; safe in threads. `address` "" is the official one."""

    def __init__(
        self,
        appid: str,
        secret: str,
        clock: Clock,
        address: str = "",
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._appid = appid
        self._secret = secret
        self._clock = clock
        self._http = httpx.Client(base_url=address or OFFICIAL, timeout=TIMEOUT, transport=transport)
        self._lock = threading.Lock()
        self._token = ""
        self._renew_at: datetime | None = None

    def code2session(self, code: str) -> str:
        """The openid behind a sign-in code. The session key is dropped here: nothing needs it.

        Raises WechatCodeError for a bad code, WechatDownError or WechatRefusedError otherwise.
        """
        account = {"appid": self._appid, "secret": self._secret}
        params = {**account, "js_code": code, "grant_type": "authorization_code"}
        # Asking twice does no harm here, so an unclear answer is simply "down".
        answer = self._ask("GET", "/sns/jscode2session", once=False, params=params)
        errcode = answer.get("errcode", 0)
        if errcode in BAD_CODE:
            raise WechatCodeError
        _raise_for(errcode)
        return _text(answer, "openid")

    def send_subscribe_message(
        self, openid: str, template: str, data: Mapping[str, str], page: str = "", state: str = "formal"
    ) -> str:
        """Send one subscription message and return WeChat's number for it ("" if it gave none).

        `data` is template key -> text, `state` the release it opens.

        Raises WechatDownError (surely not sent, may be tried again), WechatRefusedError (surely not sent,
        do not try again) or WechatUnclearError (perhaps sent: do not repeat).
        """
        message = {
            "touser": openid,
            "template_id": template,
            "page": page,
            "data": {key: {"value": text} for key, text in data.items()},
            "miniprogram_state": state,
            "lang": "zh_CN",
        }
        answer = self._post("/cgi-bin/message/subscribe/send", message)
        _raise_for(answer.get("errcode", 0))
        return str(answer.get("msgid", ""))

    def check_text(self, openid: str, text: str) -> str:
        """What WeChat's content check suggests for a text of this user: "pass", "review" or "risky".

        Raises WechatDownError or WechatRefusedError; checking twice does no harm.
        """
        worst = "pass"
        for start in range(0, len(text), CHECKED_AT_ONCE):
            content = text[start : start + CHECKED_AT_ONCE]
            asked = {"version": 2, "scene": COMMENT, "openid": openid, "content": content}
            answer = self._post("/wxa/msg_sec_check", asked, once=False)
            _raise_for(answer.get("errcode", 0))
            result = answer.get("result")
            suggested = result.get("suggest") if isinstance(result, dict) else None
            if suggested not in SUGGESTIONS:
                raise WechatDownError
            worst = max(worst, suggested, key=SUGGESTIONS.index)
        return worst

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _post(self, path: str, message: dict[str, Any], once: bool = True) -> dict[str, Any]:
        # WeChat reads the characters themselves, not their \u escapes.
        content = json.dumps(message, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json"}
        token = self._access_token()
        request: dict[str, Any] = {"content": content, "headers": headers}
        answer = self._ask("POST", path, once, params={"access_token": token}, **request)
        if answer.get("errcode") not in TOKEN_STALE:
            return answer
        token = self._access_token(stale=token)
        return self._ask("POST", path, once, params={"access_token": token}, **request)

    def _access_token(self, stale: str | None = None) -> str:
        with self._lock:
            now = self._clock.now()
            # Another thread may have renewed it while this one waited for the lock.
            if self._renew_at is None or now >= self._renew_at or self._token == stale:
                request = {
                    "grant_type": "client_credential",
                    "appid": self._appid,
                    "secret": self._secret,
                    "force_refresh": False,
                }
                answer = self._ask("POST", "/cgi-bin/stable_token", once=False, json=request)
                _raise_for(answer.get("errcode", 0))
                self._token = _text(answer, "access_token")
                self._renew_at = now + timedelta(seconds=int(answer["expires_in"])) - RENEW_BEFORE
            return self._token

    def _ask(self, method: str, path: str, once: bool = True, **request: Any) -> dict[str, Any]:
        """The answer as an object; `once`: a request that went out and got no answer is unclear, not down."""
        lost: WechatError = WechatUnclearError() if once else WechatDownError()
        # Errors of httpx name the whole address, secret and token included: they must not reach a log.
        try:
            response = self._http.request(method, path, **request)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise WechatDownError from None
        except httpx.HTTPError:
            raise lost from None
        if response.status_code in {429, 503}:
            raise WechatDownError
        if response.is_error:
            raise lost
        try:
            answer = response.json()
        except ValueError:
            raise lost from None
        if not isinstance(answer, dict):
            raise lost
        return answer


def _raise_for(errcode: int) -> None:
    if errcode in PASSING or errcode in TOKEN_STALE:
        raise WechatDownError(errcode)
    if errcode:
        raise WechatRefusedError(errcode)


def _text(answer: dict[str, Any], name: str) -> str:
    value = answer.get(name)
    if not isinstance(value, str) or not value:
        raise WechatDownError
    return value
