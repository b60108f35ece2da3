"""Push under kill -9: no message lost, none doubled, and what is in doubt is shown as such."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.servers.push_kills import STAGES, compare, live_through, random_weeks, staged_weeks
from tests.servers.stores import Store, new_store

QUEUES = ("sqlite", "redis")


@pytest.fixture(params=QUEUES)
def redis(request: pytest.FixtureRequest) -> str | None:
    """None for the queue in a file, else the address of a Redis."""
    if request.param == "sqlite":
        return None
    address: str = request.getfixturevalue("redis_server")
    return address


@pytest.fixture
def calm_store(new_database: Store, tmp_path: Path) -> Store:
    """A second store of the same kind, for the undisturbed run."""
    folder = tmp_path / "calm"
    folder.mkdir()
    return new_store(new_database.uri, folder)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("redis", ["sqlite"], indirect=True)
def test_ten_kills_in_every_stage(
    new_database: Store, calm_store: Store, tmp_path: Path, redis: str | None
) -> None:
    weeks = staged_weeks(10)
    calm = live_through(calm_store, tmp_path / "calm", redis, [[] for _ in weeks])
    shaken = live_through(new_database, tmp_path, redis, weeks)
    assert compare(calm, shaken) == []
    assert min(shaken.kills[stage] for stage in STAGES) >= 10, shaken.kills
    assert len(calm.messages) > 100
    assert sum(calm.log.values()) > 40


@pytest.mark.torture
def test_fifty_kills_at_random_points(
    new_database: Store, calm_store: Store, tmp_path: Path, redis: str | None
) -> None:
    """On both stores and both queues: two hundred in all."""
    weeks = random_weeks(55, 5, seed=8)
    calm = live_through(calm_store, tmp_path / "calm", redis, [[] for _ in weeks])
    shaken = live_through(new_database, tmp_path, redis, weeks)
    states = [state for state, _ in shaken.carried.values()]
    print(f"kills {dict(shaken.kills)}, sent {states.count('sent')}, in doubt {states.count('unknown')}")
    assert compare(calm, shaken) == []
    assert shaken.kills["any"] >= 50
