"""The room's services over a store of their own, with a clock that stands still."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from backend.accounts.service import AccountService, Passwords, PersonalData
from backend.adapters import mongo
from backend.adapters.mongo import Relay
from backend.adapters.wechat import StandInWechat
from backend.settings import Settings
from backend.shared.caller import SYSTEM, Caller, Role
from backend.shared.clock import SHANGHAI, FixedClock
from backend.shared.events import Bus, Event

PASSWORD = "correct-horse-battery"
FIRM, OTHER_FIRM = "91310115MA1K300019", "91310115MA1K300027"
PLACES = {FIRM: ("zhangjiang", "zhangjiang-zhen"), OTHER_FIRM: ("lingang", "")}


@dataclass
class Room:
    """The accounts under test, what they run on and what they announced."""

    accounts: AccountService
    clock: FixedClock
    personal_data: PersonalData
    heard: list[Event]

    def person(self, name: str) -> Caller:
        """A person signed in by WeChat."""
        return self.accounts.authenticate(self.accounts.sign_in_wechat(f"demo-{name}").access_token)

    def code(self, uscc: str = FIRM) -> str:
        """A fresh invitation code."""
        return self.accounts.firms.issue_invitation(uscc, SYSTEM)[0]

    def staff(self, name: str, *roles: Role, areas: tuple[str, ...] = ()) -> Caller:
        """A member of staff."""
        return self.accounts.add_staff(name, PASSWORD, frozenset(roles), SYSTEM, areas=areas).caller()


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    mongo.connect(None, tmp_path / "store.sqlite")
    clock = FixedClock(datetime(2026, 5, 6, 9, 30, tzinfo=SHANGHAI))
    bus, heard, personal_data = Bus(), [], PersonalData()
    for kind in ("person.bound", "person.unbound"):
        bus.subscribe(kind, "test", heard.append)
    accounts = AccountService(
        Settings(data_dir=tmp_path, secret_key="k" * 40),
        clock,
        Relay(bus).hand_on,
        PLACES.get,
        StandInWechat().code2session,
        personal_data,
        Passwords.cheap(),
    )
    yield Room(accounts, clock, personal_data, heard)
    mongo.disconnect()
