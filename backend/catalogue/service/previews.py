"""Signed links to a working copy, for those who must see it before it goes out; they end by themselves."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from itsdangerous import BadSignature, URLSafeSerializer

from backend.shared.caller import Caller
from backend.shared.clock import Clock
from backend.shared.errors import NotFoundError

log = structlog.get_logger(__name__)


class PreviewLinks:
    """The link itself carries slug and end, signed: nothing is kept, and nobody can make or lengthen one."""

    def __init__(self, key: str, clock: Clock) -> None:
        self._signer = URLSafeSerializer(key, salt="policy-preview")
        self._clock = clock

    def issue(self, slug: str, days: int, caller: Caller) -> tuple[str, datetime]:
        """A token that shows the working copy as it then is, and its end."""
        until = self._clock.now() + timedelta(days=days)
        log.info("preview_link_issued", policy=slug, by=caller.label, until=until.isoformat())
        return str(self._signer.dumps([slug, int(until.timestamp())])), until

    def slug_of(self, token: str) -> str:
        """Which policy it shows; NotFoundError when it was not made here or has ended."""
        try:
            slug, until = self._signer.loads(token)
        except BadSignature:
            raise NotFoundError("预览", "链接") from None
        if self._clock.now().timestamp() >= until:
            raise NotFoundError("预览", "链接已到期")
        return str(slug)
