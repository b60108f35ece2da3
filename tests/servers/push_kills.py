"""The same weeks lived through twice, undisturbed and under kills; what came of them is compared."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from mongoengine.connection import get_db

from backend.shared.clock import SHANGHAI
from tests.servers.push_worker import STAGES
from tests.servers.stores import Store, connected
from tests.standins.wechat import APPID, SECRET, wechat_process

START = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
WEEK, STEP = timedelta(days=7), timedelta(minutes=3)


@dataclass(frozen=True)
class Kill:
    """At which write of which stage the worker dies; "any" counts all writes."""

    stage: str
    nth: int
    after: bool


@dataclass
class Outcome:
    """What is in the database and in the stand-in's log at the end, with persons by their openid."""

    messages: dict[str, tuple[str, str]] = field(default_factory=dict)
    inboxes: dict[str, tuple[str, str]] = field(default_factory=dict)
    carried: dict[str, tuple[str, str]] = field(default_factory=dict)
    log: Counter[str] = field(default_factory=Counter)
    permits_used: int = 0
    kills: Counter[str] = field(default_factory=Counter)


def live_through(store: Store, folder: Path, redis: str | None, weeks: Sequence[Sequence[Kill]]) -> Outcome:
    """So many weeks as lists of kills are given; in each the worker dies at these points, then finishes."""
    kills: Counter[str] = Counter()
    with wechat_process() as wechat, _nursery() as order:
        settings = _settings(store, folder, redis, wechat)

        def ask(do: str, at: datetime, week: int = 0, kill: Kill | None = None) -> str:
            wanted = {"settings": settings, "at": at.isoformat(), "do": do, "round": week}
            return order({**wanted, "kill": vars(kill) if kill else None})

        assert ask("setup", START) == "done"
        for week, points in enumerate(weeks, 1):
            now = START + WEEK * week
            assert ask("round", now, week) == "done"
            for kill in points:
                now += STEP
                ended = ask("work", now, week, kill)
                assert ended in ("killed", "done"), (kill, ended)
                kills[kill.stage] += ended == "killed"
            for _ in range(2 if points else 1):
                now += STEP
                assert ask("work", now, week) == "done"
        log = httpx.get(f"{wechat}/stand-in/sent").json()["sent"]
    outcome = _outcome(store, log)
    outcome.kills = kills
    return outcome


def compare(calm: Outcome, shaken: Outcome) -> list[str]:
    """Every difference that should not be."""
    wrong = []
    for name in ("messages", "inboxes"):
        before, after = getattr(calm, name), getattr(shaken, name)
        wrong += [
            f"{name}: {key}: {before.get(key)} / {after.get(key)}"
            for key in {**before, **after}
            if before.get(key) != after.get(key)
        ]
    for key in {**calm.carried, **shaken.carried}:
        state, sent = shaken.carried.get(key, ("missing", ""))[0], shaken.log[key]
        due = calm.carried.get(key, ("missing", ""))[0]
        if due != state and not (due == "sent" and state == "unknown"):
            wrong.append(f"carried: {key}: {due} / {state}")
        if sent not in {"sent": {1}, "unknown": {0, 1}}.get(state, {0}):
            wrong.append(f"log: {key}: {state}, sent {sent} times")
    wrong += [f"log: {key}: sent, and no row knows" for key in shaken.log if key not in shaken.carried]
    tried = sum(state in ("sent", "unknown") for state, _ in shaken.carried.values())
    if shaken.permits_used != tried:
        wrong.append(f"permits: {shaken.permits_used} used for {tried} sends")
    return wrong


def random_weeks(kills: int, a_week: int, seed: int) -> list[list[Kill]]:
    """Kills at random writes of all stages together."""
    chance = random.Random(seed)
    points = [Kill("any", chance.randint(1, 25), chance.random() < 0.5) for _ in range(kills)]
    return [points[start : start + a_week] for start in range(0, kills, a_week)]


def staged_weeks(a_stage: int) -> list[list[Kill]]:
    """So many kills in each stage, before and after its first write, in the order work goes through them."""
    weeks = [[Kill(stage, 1, number % 2 == 1) for stage in STAGES] for number in range(a_stage)]
    # A kill at the claim or the send leaves the batch in doubt, and often nothing to write a receipt for.
    return weeks + [[Kill("receipt", 1, number % 2 == 1)] for number in range(a_stage // 2)]


def _settings(store: Store, folder: Path, redis: str | None, wechat: str) -> dict[str, Any]:
    return {
        "data_dir": str(folder),
        "secret_key": "k" * 40,
        "wechat_appid": APPID,
        "wechat_secret": SECRET,
        "wechat_api": wechat,
        "wechat_templates": {"policy": "template-1", "deadline": "template-1"},
        "REDIS_URL": redis,
        **store.settings(),
    }


@contextmanager
def _nursery() -> Iterator[Any]:
    command = [sys.executable, "-m", "tests.servers.push_worker"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin is not None and child.stdout is not None

        def order(what: dict[str, Any]) -> str:
            assert child.stdin is not None and child.stdout is not None
            child.stdin.write(json.dumps(what) + "\n")
            child.stdin.flush()
            return child.stdout.readline().strip()

        yield order
        child.stdin.close()


def _outcome(store: Store, log: list[dict[str, Any]]) -> Outcome:
    with connected(store):
        db = get_db()
        names = {row["person"]: row["_id"] for row in db["wechat_identities"].find({})}

        def plain(text: str) -> str:
            for person, openid in names.items():
                text = text.replace(person, openid)
            return text

        found = Outcome()
        kinds = {}
        for row in db["messages"].find({}):
            # A campaign's number is made anew in every run.
            kinds[row["_id"]] = key = _without_number(plain(row["_id"]), row["title"])
            found.messages[key] = (row["title"], row.get("withdrawn", {}).get("reason", ""))
        for row in db["deliveries"].find({}):
            key = f"{kinds[row['message']]}|{plain(row['person'])}"
            if row["carrier"] == "inbox":
                found.inboxes[key] = (row["state"], row.get("reason", ""))
            else:
                found.carried[key] = (row["state"], row.get("reason", ""))
        found.permits_used = db["permit_uses"].count_documents({})
        for sent in log:
            message = sent["page"].partition("?id=")[2]
            found.log[f"{kinds.get(message, message)}|{sent['touser']}"] += 1
    return found


def _without_number(key: str, title: str) -> str:
    uscc, cause, day = key.split(":")
    for word in ("notice", "approve"):
        if cause.startswith(f"{word}."):
            cause = f"{word}.{title}"
    return f"{uscc}:{cause}:{day}"
