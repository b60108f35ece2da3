"""Kill a writing process again and again on the same file, and count what was acknowledged and is gone."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from mongoengine.connection import get_db

from backend.adapters import mongo


@dataclass
class Tally:
    """Over all kills: acknowledged inserts, those missing, those there beyond the one in flight."""

    acknowledged: int = 0
    lost: int = 0
    surplus: int = 0
    increments_off: int = 0


def kill_writers(path: Path, kills: int, seed: int = 7) -> Tally:
    """Each writer goes on where the last was killed, and is killed within a third of a second."""
    moments, tally = random.Random(seed), Tally()
    said: set[str] = set()
    for number in range(kills):
        said |= _killed(path, number, moments.uniform(0.01, 0.3))
        mongo.connect(None, path)
        try:
            there = {raw["_id"] for raw in get_db()["records"].find({}, {"_id": 1})}
            by_index = sum(get_db()["records"].count_documents({"round": str(r)}) for r in range(number + 1))
            counted = (get_db()["counters"].find_one({"_id": "all"}) or {"n": 0})["n"]
        finally:
            mongo.disconnect()
        assert by_index == len(there)
        # Each killed writer may have had one insert, or one increment after it, in flight.
        tally.lost = len(said - there)
        tally.surplus = max(0, len(there - said) - (number + 1))
        tally.increments_off += not len(said) <= counted <= len(there)
    tally.acknowledged = len(said)
    _check_file(path)
    return tally


def _killed(path: Path, number: int, after: float) -> set[str]:
    command = [sys.executable, "-m", "tests.servers.killed_writer", str(path), str(number)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        time.sleep(after)
        writer.kill()
        said = writer.stdout.read()
    # The last line may be cut by the kill; what was not said to the end was not acknowledged.
    return {f"{number}-{line}" for line in said[: said.rfind("\n") + 1].split()}


def _check_file(path: Path) -> None:
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()
