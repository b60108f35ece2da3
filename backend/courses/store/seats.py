"""Seats taken and left: each step is one command on the one document that holds the seat book.

Why this is exact without transactions: a store runs commands on one document one after the other, and each
command here checks and changes together. A seat is taken only where `free` is above zero, and the same
command makes it one less, so fifty at once for ten seats are ten who find one and forty who do not. Whoever
leaves hands the seat to the head of the queue in the same command, so there is no moment, and no killed
process, between a seat given up and its being given on; run again, it finds the person gone and does
nothing. `free` is above zero only while nobody waits, so nobody jumps the queue.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from backend.adapters.mongo import change
from backend.courses.store.sessions import (
    LEFT,
    QUEUE,
    SEATED,
    WAITING,
    Session,
    SessionDocument,
    attempt,
    seat_entry,
)
from backend.shared.events import Event

# A queue longer than this is of no use to its last.
LONGEST_QUEUE = 500


class SeatStore:
    """Each method answers None when the session is not as it must be for this step."""

    def take(self, session_id: str, person: str, by: str, at: datetime) -> Session | None:
        """A seat for the person, if one is free."""
        return attempt(
            session_id, by, at,
            where={**_open(person, at), "free": {"$gt": 0}},
            operators={"$inc": {"free": -1}},
            **{f"book.{person}": seat_entry(SEATED, at, by)},
        )  # fmt: skip

    def wait(self, session_id: str, person: str, by: str, at: datetime) -> Session | None:
        """A place at the end of the queue, if no seat is free."""
        no_longer = {f"waiting.{LONGEST_QUEUE - 1}": {"$exists": False}}
        return attempt(
            session_id, by, at,
            where={**_open(person, at), **no_longer, "free": 0},
            operators={"$push": {"waiting": person}},
            **{f"book.{person}": seat_entry(WAITING, at, by)},
        )  # fmt: skip

    def leave_queue(
        self, session_id: str, person: str, entry: dict[str, Any], by: str, at: datetime, *events: Event
    ) -> Session | None:
        """Out of the queue."""
        return attempt(
            session_id, by, at, *events,
            where={f"book.{person}.state": WAITING},
            operators={"$pull": {"waiting": person}},
            **{f"book.{person}": entry},
        )  # fmt: skip

    def leave_seat(
        self, session_id: str, person: str, entry: dict[str, Any], by: str, at: datetime, *events: Event
    ) -> Session | None:
        """The seat is free again; only while nobody waits."""
        return attempt(
            session_id, by, at, *events,
            where={f"book.{person}.state": SEATED, "waiting": []},
            operators={"$inc": {"free": 1}},
            **{f"book.{person}": entry},
        )  # fmt: skip

    def hand_seat_on(
        self,
        session_id: str,
        person: str,
        head: str,
        entry: dict[str, Any],
        by: str,
        at: datetime,
        *events: Event,
    ) -> Session | None:
        """The seat goes to `head`; only while it is the first of the queue."""
        return attempt(
            session_id, by, at, *events,
            where={f"book.{person}.state": SEATED, "waiting.0": head},
            operators={"$pull": {"waiting": head}},
            **{f"book.{person}": entry, f"book.{head}": seat_entry(SEATED, at, QUEUE)},
        )  # fmt: skip

    def forget(self, session_id: str, person: str, by: str, at: datetime) -> None:
        """Strike a person from the book of a session it left, or that is over; twice does no harm."""
        strike = {"$unset": {f"book.{person}": ""}, "$pull": {"waiting": person}}
        change(SessionDocument, session_id, by, at, operators=strike)


def left(at: datetime, by: str, why: str, late: bool) -> dict[str, Any]:
    """The line of one who left."""
    return seat_entry(LEFT, at, by, why, late)


def _open(person: str, at: datetime) -> dict[str, Any]:
    """Sign-up is open, and the person holds nothing yet."""
    return {
        f"book.{person}.state": {"$nin": [SEATED, WAITING]},
        "opens_at": {"$lte": at},
        "closes_at": {"$gt": at},
        "cancelled_because": "",
    }
