"""Staff's own message to a segment of the pool, once a second person has approved it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from backend.push.service.telling import Teller, Telling
from backend.push.service.wording import notice_message
from backend.push.service.world import World
from backend.push.store import PushStores
from backend.push.store.campaigns import APPROVED
from backend.push.store.runs import MatchRun


class CampaignLook:
    """Walks the pool and tells the segment."""

    def __init__(self, run: MatchRun, stores: PushStores, world: World, teller: Teller) -> None:
        self._run, self._teller = run, teller
        self._campaign = stores.campaigns.get(run.subject)
        self.note = "" if self._campaign.state == APPROVED else "未获批准"
        self._segment = Segment(self._campaign.segment, stores, world)
        self.firms = world.pool.members

    def match(self, usccs: Sequence[str]) -> None:
        chosen = self._segment.choose(usccs)
        tellings = [Telling(notice_message(uscc, self._run, self._campaign)) for uscc in chosen]
        self._teller.tell(tellings, self._run.id)


class Segment:
    """Which firms staff mean: by place, by stage in the pool, by a policy's answer; all given must hold."""

    def __init__(self, given: Mapping[str, Any], stores: PushStores, world: World) -> None:
        self._given, self._stores, self._world = given, stores, world

    def choose(self, usccs: Sequence[str]) -> list[str]:
        """Those of the firms that are meant, in the order given."""
        chosen = list(usccs)
        if self._given.get("areas") or self._given.get("towns"):
            areas, towns = set(self._given.get("areas", ())), set(self._given.get("towns", ()))
            where = self._world.companies.places_of(chosen)
            chosen = [u for u in chosen if u in where and (where[u][0] in areas or where[u][1] in towns)]
        if steps := self._given.get("steps"):
            stages = self._world.pool.steps_of(chosen)
            chosen = [uscc for uscc in chosen if stages.get(uscc) in steps]
        if slug := self._given.get("policy"):
            statuses = set(self._given.get("statuses") or ("eligible", "subject_to_review"))
            answers = self._stores.answers.get_many(chosen, [slug])
            chosen = [u for u in chosen if u in answers and answers[u][slug].status in statuses]
        return chosen
