"""`kill -9` at random moments of import, publication and push: nothing is lost and nothing doubled."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from backend.settings import Settings
from tests.servers.product import WEB, WORKER, Product, product
from tests.torture.killed_walk import end_state, furnish, walk_killed, walk_undisturbed

FIRST = 101


@dataclass(frozen=True)
class Site:
    """Where a walk takes place: settings, and the processes that run there."""

    settings: Settings
    roles: tuple[str, ...]

    @contextmanager
    def running(self) -> Iterator[Product]:
        """The product on this site."""
        with product(self.settings, self.settings.data_dir / "log.txt", self.roles) as running:
            yield running


def _settings(folder: Path, **more: Any) -> Settings:
    return Settings(
        data_dir=folder,
        secret_key="k" * 40,
        wechat_stand_in=True,
        access_minutes=240,
        clock_start="2026-05-06T09:30:00+08:00",
        log_level="warning",
        **more,
    )


def _walk_both_ways(calm: Site, wild: Site, kills: int, firms: int, seed: int) -> None:
    numbers = range(FIRST, FIRST + kills)
    for site in (calm, wild):
        site.settings.data_dir.mkdir()
        furnish(site.settings, firms)
    with calm.running() as undisturbed:
        seconds = walk_undisturbed(undisturbed, numbers)
    expected = end_state(calm.settings)
    assert len(expected["messages"]) >= kills
    assert expected["deliveries"]
    assert any(row["withdrawn"] for row in expected["messages"].values()) or kills < 3
    with wild.running() as disturbed:
        killed = walk_killed(disturbed, numbers, seconds, seed)
    found = end_state(wild.settings)
    print(f"{len(killed)} kills ({seconds:.1f} s a policy): {', '.join(killed)}")
    for part, rows in expected.items():
        assert found[part].keys() == rows.keys(), part
        for key, row in rows.items():
            assert found[part][key] == row, f"{part} {key}"


def _embedded(folder: Path, kills: int, firms: int, seed: int) -> None:
    calm, wild = (Site(_settings(folder / name), (WEB,)) for name in ("calm", "wild"))
    _walk_both_ways(calm, wild, kills, firms, seed)


@pytest.mark.timeout(900)
def test_three_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    _embedded(tmp_path, kills=3, firms=600, seed=3)


@pytest.mark.torture
def test_twenty_kills_of_the_embedded_server(tmp_path: Path) -> None:
    _embedded(tmp_path, kills=20, firms=1200, seed=20)


@pytest.mark.torture
@pytest.mark.timeout(3000)
def test_twenty_kills_beside_database_and_redis(tmp_path: Path, mongo_server: str, redis_server: str) -> None:
    names = {name: f"test_walk_{name}" for name in ("calm", "wild")}
    sites = [
        Site(
            _settings(
                tmp_path / name,
                MONGODB_URI=mongo_server,
                mongodb_database=database,
                REDIS_URL=f"{redis_server.rpartition('/')[0]}/{number}",
            ),
            (WEB, WORKER),
        )
        for number, (name, database) in enumerate(names.items(), 1)
    ]
    try:
        _walk_both_ways(*sites, kills=20, firms=1200, seed=21)
    finally:
        with MongoClient(mongo_server) as client:
            for database in names.values():
                client.drop_database(database)
