"""Fifty kills of a process that writes to the embedded store."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.servers.kills import Tally, kill_writers


@pytest.mark.torture
def test_fifty_kills_lose_nothing(tmp_path: Path) -> None:
    tally = kill_writers(tmp_path / "store.sqlite", kills=50)

    print(f"50 kills: {tally.acknowledged} acknowledged writes, {tally.lost} lost")
    assert tally == Tally(acknowledged=tally.acknowledged)
    assert tally.acknowledged > 5000
