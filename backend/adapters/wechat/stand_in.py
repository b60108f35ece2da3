"""WeChat for development: inside the process, switched on by name, refused in production by the settings."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping

import structlog

from backend.adapters.wechat.errors import WechatCodeError

log = structlog.get_logger(__name__)

_CHECKED = {"示例违规": "risky", "示例存疑": "review"}
_CODE = re.compile(r"demo-([A-Za-z0-9_-]{1,40})")


class StandInWechat:
    """Codes like "demo-lin" sign in the made-up person "lin"; messages go only to the log."""

    def code2session(self, code: str) -> str:
        """The openid of the made-up person; WechatCodeError for any other code."""
        found = _CODE.fullmatch(code)
        if found is None:
            raise WechatCodeError
        return f"stand-in-{found[1]}"

    def send_subscribe_message(
        self, openid: str, template: str, data: Mapping[str, str], page: str = "", state: str = "formal"
    ) -> str:
        """Say in the log that a message would have gone out, without what; made-up openids may be named."""
        log.info(
            "wechat_stand_in_message",
            openid=openid,
            template=template,
            values=len(data),
            page=page,
            state=state,
        )
        return f"stand-in-{uuid.uuid4().hex}"

    def check_text(self, openid: str, text: str) -> str:  # noqa: ARG002  (as WeChat is asked)
        """What the content check would suggest: a word made up for trying out decides."""
        return next((suggestion for word, suggestion in _CHECKED.items() if word in text), "pass")

    def close(self) -> None:
        """Nothing is open."""
