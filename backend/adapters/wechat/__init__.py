"""WeChat: signing persons in and sending subscription messages, for real or as a development stand-in."""

from backend.adapters.wechat.client import WechatClient
from backend.adapters.wechat.envelope import Envelope, EnvelopeError
from backend.adapters.wechat.errors import (
    DAY_QUOTA,
    NO_PERMIT,
    WechatCodeError,
    WechatDownError,
    WechatError,
    WechatRefusedError,
    WechatUnclearError,
)
from backend.adapters.wechat.receipts import Receipt, check_signature, read_receipts, read_refusals
from backend.adapters.wechat.stand_in import StandInWechat
from backend.adapters.wechat.templates import fit

__all__ = [
    "DAY_QUOTA",
    "NO_PERMIT",
    "Envelope",
    "EnvelopeError",
    "Receipt",
    "StandInWechat",
    "WechatClient",
    "WechatCodeError",
    "WechatDownError",
    "WechatError",
    "WechatRefusedError",
    "WechatUnclearError",
    "check_signature",
    "fit",
    "read_receipts",
    "read_refusals",
]
