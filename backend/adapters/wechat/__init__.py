"""WeChat: signing persons in and sending subscription messages, for real or as a development stand-in."""

from backend.adapters.wechat.client import WechatClient
from backend.adapters.wechat.errors import (
    WechatCodeError,
    WechatDownError,
    WechatError,
    WechatRefusedError,
    WechatUnclearError,
)
from backend.adapters.wechat.stand_in import StandInWechat

__all__ = [
    "StandInWechat",
    "WechatClient",
    "WechatCodeError",
    "WechatDownError",
    "WechatError",
    "WechatRefusedError",
    "WechatUnclearError",
]
