"""The catalogue over a store of its own, with a clock that stands still."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from backend.adapters import mongo
from backend.adapters.files import OriginalStore
from backend.adapters.mongo import Relay
from backend.catalogue.service import CatalogueService, Policy
from backend.shared.caller import Caller
from backend.shared.clock import SHANGHAI, FixedClock
from backend.shared.events import Bus, Event
from policies.sheet import Sheet

EDITOR, REVIEWER, PUBLISHER = (Caller("staff", name) for name in ("editor", "reviewer", "publisher"))


def sheet_of(slug: str = "shili", **changes: Any) -> Sheet:
    """A small sheet."""
    return Sheet.model_validate(
        {"slug": slug, "title": "示例办法", "kind": "money", "level": "district", **changes}
    )


@dataclass
class Room:
    """The catalogue under test, what it runs on and what it announced."""

    catalogue: CatalogueService
    clock: FixedClock
    relay: Relay
    folder: Path
    heard: list[Event]

    def another(self) -> CatalogueService:
        """The same catalogue in another process, as far as memory goes."""
        return CatalogueService(OriginalStore(self.folder / "originals"), self.clock, self.relay.hand_on)

    def approved(self, slug: str = "shili", revision: int = 1) -> Policy:
        """Submitted and approved."""
        policy = self.catalogue.submit(slug, revision, EDITOR)
        return self.catalogue.approve(slug, policy.revision, REVIEWER)

    def publish(self, slug: str = "shili", **changes: Any) -> Policy:
        """A new policy, brought to the public."""
        self.catalogue.write_policy(sheet_of(slug, **changes), EDITOR)
        return self.catalogue.publish(slug, self.approved(slug).revision, PUBLISHER)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    mongo.connect(None, tmp_path / "store.sqlite")
    clock, bus, heard = FixedClock(datetime(2026, 5, 6, 9, 30, tzinfo=SHANGHAI)), Bus(), []
    for kind in ("policy.published", "policy.withdrawn"):
        bus.subscribe(kind, "test", heard.append)
    relay = Relay(bus)
    catalogue = CatalogueService(OriginalStore(tmp_path / "originals"), clock, relay.hand_on)
    yield Room(catalogue, clock, relay, tmp_path, heard)
    mongo.disconnect()
