"""How WeChat can fail: what passes by itself, what stays, and what nobody can tell."""

from __future__ import annotations

from backend.shared.errors import (
    CarrierDownError,
    CarrierError,
    CarrierRefusedError,
    CarrierUnclearError,
    UnauthenticatedError,
)

# Codes that pass: system busy, daily and minute quotas (WeChat's table of general return codes).
PASSING = frozenset({-1, 45009, 45011})
# The access token was not the newest or has expired; ask for one again and repeat once.
TOKEN_STALE = frozenset({40001, 40014, 42001})
# The user declined, or no permit is left: the ledger was wrong.
NO_PERMIT = 43101
# The day's quota is used up; the others that pass do so within a minute.
DAY_QUOTA = 45009
# A sign-in code that is wrong, used, expired, or of an account WeChat has blocked.
BAD_CODE = frozenset({40029, 40163, 40226})


class WechatError(CarrierError):
    """Base: `errcode` is WeChat's number, 0 when no answer was readable."""

    def __init__(self, errcode: int, message: str) -> None:
        super().__init__(message, errcode=errcode)
        self.errcode = errcode


class WechatDownError(WechatError, CarrierDownError):
    """WeChat surely did not do it, and may do it later (busy, quota, no connection): try again."""

    code = "wechat_down"

    def __init__(self, errcode: int = 0) -> None:
        super().__init__(errcode, "微信服务暂时无法使用，请稍后再试。")


class WechatRefusedError(WechatError, CarrierRefusedError):
    """WeChat surely refused and will refuse again: user declined (43101), wrong template, wrong value."""

    code = "wechat_refused"

    def __init__(self, errcode: int) -> None:
        super().__init__(errcode, f"微信拒绝了请求（{errcode}）。")


class WechatUnclearError(WechatError, CarrierUnclearError):
    """The request went out and no readable answer came back: it may have been done. Never repeat a send."""

    code = "wechat_unclear"

    def __init__(self) -> None:
        super().__init__(0, "微信没有给出明确的回复。")


class WechatCodeError(UnauthenticatedError):
    """The sign-in code is wrong, used or expired."""

    code = "bad_wechat_code"

    def __init__(self) -> None:
        super().__init__("微信登录凭证无效或已过期，请重新登录。")
