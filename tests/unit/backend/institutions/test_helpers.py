"""Who helps: by condition, by kind of help, near the firm; never a suspended one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from backend.adapters import mongo
from backend.institutions.service import InstitutionService
from backend.institutions.store import InstitutionStore
from backend.shared.caller import SYSTEM
from backend.shared.clock import SHANGHAI, FixedClock
from backend.shared.events import Bus, Event


@pytest.fixture
def heard() -> list[Event]:
    return []


@pytest.fixture
def institutions(tmp_path: Path, heard: list[Event]) -> Iterator[InstitutionService]:
    mongo.connect(None, tmp_path / "store.sqlite")
    bus = Bus()
    bus.subscribe("institution.changed", "test", heard.append)
    clock = FixedClock(datetime(2026, 5, 6, 9, 30, tzinfo=SHANGHAI))
    service = InstitutionService(InstitutionStore(), clock, mongo.Relay(bus).hand_on)
    for name, fields in {
        "by-condition": {"helps": ["shili/rd-ratio"], "area": "zhangjiang"},
        "by-kind": {"help_kinds": ["rd-accounting"], "area": "lingang"},
        "by-both": {"helps": ["shili/rd-ratio"], "help_kinds": ["rd-accounting"]},
        "other": {"helps": ["shili/ip"], "help_kinds": ["ip-planning"]},
    }.items():
        service.add_institution(name, {"name": f"示例{name}", "kind": "park", **fields}, SYSTEM)
    yield service
    mongo.disconnect()


def _found(institutions: InstitutionService, area: str | None = None) -> list[str]:
    return [item.id for item in institutions.helpers(["shili/rd-ratio"], ["rd-accounting"], area)]


def test_by_condition_or_kind_each_once(institutions: InstitutionService) -> None:
    assert _found(institutions) == ["by-both", "by-condition", "by-kind"]
    assert institutions.helpers([], []) == []


def test_near_the_firm_or_bound_to_no_place(institutions: InstitutionService) -> None:
    assert _found(institutions, "lingang") == ["by-both", "by-kind"]


def test_a_suspended_one_helps_nobody_and_its_change_is_announced(
    institutions: InstitutionService, heard: list[Event]
) -> None:
    heard.clear()
    institutions.suspend("by-both", 1, SYSTEM, "资质到期")
    assert _found(institutions) == ["by-condition", "by-kind"]
    assert [(event.subject, event.collection) for event in heard] == [("by-both", "institutions")]
