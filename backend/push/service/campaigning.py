"""Staff's own messages: one writes, sees whom it would reach, and another lets it out."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from backend.push.service.causes.campaigns import Segment
from backend.push.service.telling import Teller, Telling
from backend.push.service.walking import BATCH
from backend.push.service.wording import plain_message
from backend.push.service.world import World
from backend.push.store import PushStores
from backend.push.store.campaigns import APPROVED, DRAFT, REJECTED, SUBMITTED, Campaign
from backend.push.store.runs import MatchRun
from backend.shared.caller import Caller
from backend.shared.errors import ForbiddenError
from backend.shared.paging import Page

STAFF = "staff"


@dataclass(frozen=True)
class Reach:
    """Whom a campaign would reach."""

    firms: int
    persons: int
    sample: tuple[str, ...]


class Campaigning:
    """draft -> submitted -> approved or rejected; the approver is never the author."""

    def __init__(
        self, stores: PushStores, world: World, teller: Teller, wake: Callable[[MatchRun], None]
    ) -> None:
        self._stores = stores
        self._world = world
        self._teller = teller
        self._wake = wake

    def write(self, title: str, text: str, segment: Mapping[str, Any], caller: Caller) -> Campaign:
        """A new draft."""
        now = self._world.clock.now()
        number = f"{now:%Y%m%d%H%M%S}-{uuid.uuid4().hex[:8]}"
        fields = {"title": title, "text": text, "segment": dict(segment)}
        return self._stores.campaigns.add(number, caller.label, now, **fields)

    def preview(self, campaign_id: str) -> tuple[Campaign, Reach]:
        """The campaign and whom it would reach today."""
        campaign = self._stores.campaigns.get(campaign_id)
        segment = Segment(campaign.segment, self._stores, self._world)
        firms: list[str] = []
        persons = 0
        after = ""
        while usccs := self._world.pool.members(after, BATCH):
            chosen = segment.choose(usccs)
            persons += sum(len(bound) for bound in self._world.persons_of(chosen).values()) if chosen else 0
            firms += chosen
            after = usccs[-1]
        return campaign, Reach(len(firms), persons, tuple(firms[:3]))

    def submit(self, campaign_id: str, revision: int, caller: Caller) -> Campaign:
        """Ask a second person; those who publish find it in their inbox."""
        now = self._world.clock.now()
        campaign = self._stores.campaigns.step(campaign_id, revision, DRAFT, SUBMITTED, caller.label, now)
        self._ask(campaign)
        return campaign

    def approve(self, campaign_id: str, revision: int, caller: Caller, remark: str = "") -> Campaign:
        """Let it out. Killed before the run is written, `resume` does the rest."""
        known = self._stores.campaigns.get(campaign_id)
        if known.author == caller.label:
            raise ForbiddenError("不能批准自己编写的通知，请由他人批准。")
        fields = {"approver": caller.label, "remark": remark}
        now = self._world.clock.now()
        campaign = self._stores.campaigns.step(
            campaign_id, revision, SUBMITTED, APPROVED, caller.label, now, **fields
        )
        self._start(campaign)
        return campaign

    def reject(self, campaign_id: str, revision: int, caller: Caller, remark: str) -> Campaign:
        """It does not go out, and why."""
        fields = {"approver": caller.label, "remark": remark}
        now = self._world.clock.now()
        return self._stores.campaigns.step(
            campaign_id, revision, SUBMITTED, REJECTED, caller.label, now, **fields
        )

    def page(self, limit: int, cursor: str | None) -> Page[Campaign]:
        """All campaigns, newest first."""
        return self._stores.campaigns.page(limit, cursor)

    def resume(self) -> None:
        """What was submitted or approved and cut off then."""
        for campaign in self._stores.campaigns.in_state(SUBMITTED):
            self._ask(campaign)
        for campaign in self._stores.campaigns.in_state(APPROVED):
            if self._stores.runs.find(_run_id(campaign)) is None:
                self._start(campaign)

    def _start(self, campaign: Campaign) -> None:
        clock = self._world.clock
        run = self._stores.runs.put(
            _run_id(campaign), campaign.approver, clock.now(), clock.today(), "campaign", subject=campaign.id
        )
        self._wake(run)

    def _ask(self, campaign: Campaign) -> None:
        day = campaign.updated_at.date()
        message = plain_message(
            STAFF,
            "staff",
            f"approve.{campaign.id}",
            day,
            f"待批准的群发通知：{campaign.title}",
            campaign.text,
            {"because": "群发通知须由第二人批准", "campaign": campaign.id, "author": campaign.author},
            f"campaign.{campaign.id}",
        )
        others = tuple(f"staff:{name}" for name in self._world.publishers())
        readers = tuple(label for label in others if label != campaign.author)
        self._teller.tell([Telling(message, readers)], campaign.author)


def _run_id(campaign: Campaign) -> str:
    return f"notice.{campaign.id}"
