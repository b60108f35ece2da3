"""Follows: nothing is followed without the person's own word for it."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2s
from typing import Any

from backend.push.service.world import World
from backend.push.store.follows import Follow, FollowStore
from backend.shared.caller import Caller
from backend.shared.errors import InvalidInputError, NotFoundError
from backend.shared.paging import Page

CONSENT = "我同意在所关注的内容有重要变化、新增或临近截止时收到消息，可随时取消。"


class Following:
    """Starts and ends follows of a policy or a search."""

    def __init__(self, follows: FollowStore, world: World) -> None:
        self._follows = follows
        self._world = world

    def follow_policy(self, slug: str, uscc: str, agree: bool, caller: Caller) -> Follow:
        """Follow a published policy for one of the caller's firms."""
        if slug not in {policy.slug for policy in self._world.published()}:
            raise NotFoundError("政策", slug)
        return self._start("policy", slug, uscc, agree, caller, policy=slug)

    def follow_search(
        self, text: str, filters: Mapping[str, Any], uscc: str, agree: bool, caller: Caller
    ) -> Follow:
        """Follow a search: what it finds now is known, what it finds later is news."""
        seen = [found.id for found in self._world.find(text, filters)]
        question = f"{text}|{sorted(filters.items())!r}"
        return self._start(
            "search", question, uscc, agree, caller, text=text, filters=dict(filters), seen=seen
        )

    def end(self, follow_id: str, caller: Caller) -> None:
        """No more; a follow of somebody else is not there."""
        follow = self._follows.get(follow_id)
        if follow.person != caller.id:
            raise NotFoundError("关注", follow_id)
        self._follows.end(follow_id, caller.label, self._world.clock.now())

    def mine(self, caller: Caller, limit: int, cursor: str | None) -> Page[Follow]:
        """The caller's follows, ended ones too."""
        return self._follows.page(caller.id, limit, cursor)

    def _start(self, kind: str, what: str, uscc: str, agree: bool, caller: Caller, **fields: Any) -> Follow:
        if not agree:
            raise InvalidInputError.at("agree", f"请先同意：{CONSENT}")
        if uscc not in caller.firms:
            raise NotFoundError("企业", uscc)
        mark = blake2s(f"{uscc}|{kind}|{what}".encode(), digest_size=8).hexdigest()
        now, follow_id = self._world.clock.now(), f"{caller.id}:{mark}"
        return self._follows.start(
            follow_id,
            caller.label,
            now,
            person=caller.id,
            uscc=uscc,
            kind=kind,
            consent=CONSENT,
            **fields,
        )
