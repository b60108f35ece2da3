"""Signed links to a working copy, for those who must see it before it goes out.

A link ends by itself on its day, with the publication of what it shows, and when staff call all links of the
policy off.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import structlog
from itsdangerous import BadSignature, URLSafeSerializer

from backend.catalogue.store.policies import Policy, PolicyStore
from backend.catalogue.store.seals import SealStore
from backend.shared.caller import Caller
from backend.shared.clock import Clock
from backend.shared.errors import NotFoundError

log = structlog.get_logger(__name__)


class PreviewLinks:
    """The link itself carries what it needs, signed: nobody can make or lengthen one."""

    def __init__(self, key: str, policies: PolicyStore, seals: SealStore, clock: Clock) -> None:
        self._signer = URLSafeSerializer(key, salt="policy-preview")
        self._policies = policies
        self._seals = seals
        self._clock = clock

    def issue(self, slug: str, days: int, caller: Caller) -> tuple[str, datetime]:
        """A token that shows the working copy as it then is, and its end."""
        policy, until = self._policies.get(slug), self._clock.now() + timedelta(days=days)
        log.info("preview_link_issued", policy=slug, by=caller.label, until=until.isoformat())
        carried = [slug, int(until.timestamp()), policy.last_version, self._seals.of(slug)]
        return str(self._signer.dumps(carried)), until

    def call_off(self, slug: str, caller: Caller) -> None:
        """No link given out for this policy so far shows anything any more."""
        self._seals.put(self._policies.get(slug).slug, secrets.token_hex(8), caller.label, self._clock.now())
        log.info("preview_links_called_off", policy=slug, by=caller.label)

    def read(self, token: str) -> Policy:
        """The working copy a link shows; NotFoundError when it was not made here or has ended."""
        try:
            slug, until, version, seal = self._signer.loads(token)
        except (BadSignature, ValueError):
            raise NotFoundError("预览", "链接") from None
        if self._clock.now().timestamp() >= until:
            raise NotFoundError("预览", "链接已到期")
        policy = self._policies.get(slug)
        if policy.last_version != version:
            raise NotFoundError("预览", "已经发布，链接已失效")
        if self._seals.of(slug) != seal:
            raise NotFoundError("预览", "链接已作废")
        return policy
