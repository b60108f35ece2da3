"""Sessions of the made-up courses, and made-up persons who sign up for them."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, time, timedelta
from importlib.resources import files
from typing import Any

import yaml

from backend.demo.walk import Walk
from backend.shared.caller import Caller
from backend.shared.clock import SHANGHAI
from backend.shared.errors import AlreadyExistsError, WrongStateError

# Everybody wants the small one; the others fill from the front.
WANTED = {"demo-session-clinic": 12, "demo-session-rd": 8, "demo-session-tax": 5}


def add_sessions(walk: Walk, editor: Caller) -> None:
    """The sessions that are not there yet."""
    house = walk.house
    entries = yaml.safe_load(files("backend.demo").joinpath("sessions.yaml").read_text("utf-8"))
    for entry in entries:
        with suppress(AlreadyExistsError):  # an earlier run added it
            course = house.courses.find_course(entry["course"])
            fields = {"place": course.place, "online": course.online, **_hours(entry, house.clock.now())}
            house.course_room.sessions.add(entry["id"], course.id, fields, editor)
    walk.step("课程场次", house.course_room.sessions.list_all(1, None, None, editor).total, "场")


def sign_up_persons(walk: Walk) -> None:
    """The persons of the demo's firms sign up, each for its own."""
    house, room = walk.house, walk.house.course_room
    firms = house.pool.members(batch=max(WANTED.values()))
    bound = [(uscc, person) for uscc in firms for person in house.accounts.firms.persons_of(uscc)]
    for session, wanted in WANTED.items():
        for uscc, person in bound[:wanted]:
            with suppress(WrongStateError):  # run again weeks later, sign-up has closed
                caller = Caller("person", person, firms=frozenset({uscc}))
                room.signing.sign_up(session, uscc, caller)
    sessions = [room.sessions.find(session).session for session in WANTED]
    waiting = sum(len(session.waiting) for session in sessions)
    seated = sum(len(session.seated) for session in sessions)
    walk.step("报名", seated, f"人次，另有 {waiting} 人候补")


def _hours(entry: dict[str, Any], now: datetime) -> dict[str, Any]:
    day = now.date() + timedelta(days=entry["days"])
    starts_at = datetime.combine(day, time.fromisoformat(entry["at"]), tzinfo=SHANGHAI)
    return {
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=entry["minutes"]),
        "opens_at": now,
        "closes_at": starts_at - timedelta(hours=1),
        "seats": entry["seats"],
        "link": entry.get("link", ""),
        **({"online": True} if entry.get("online") else {}),
    }
