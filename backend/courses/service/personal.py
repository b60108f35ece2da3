"""A person's rights over what this room holds of it, and its sessions for its calendar."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from backend.courses.service.sign_ups import Participation, SignUps
from backend.courses.store.seats import SeatStore
from backend.courses.store.sessions import COLLECTION as SESSIONS
from backend.courses.store.sessions import SEATED
from backend.courses.store.sign_ups import COLLECTION as SIGN_UPS
from backend.courses.store.sign_ups import SignUpStore
from backend.shared.caller import SYSTEM
from backend.shared.clock import Clock

Rights = tuple[Callable[[str], dict[str, Any]], Callable[[str], dict[str, Any]]]


class PersonalSignUps:
    """What wiring registers with the accounts room, and hands to the calendar."""

    def __init__(self, signing: SignUps, seats: SeatStore, sign_ups: SignUpStore, clock: Clock) -> None:
        self._signing = signing
        self._seats = seats
        self._sign_ups = sign_ups
        self._clock = clock

    def rights(self) -> Mapping[str, Rights]:
        """Collection -> (exporter, eraser); one pair cares for both."""
        return dict.fromkeys((SESSIONS, SIGN_UPS), (self.export_person, self.erase_person))

    def export_person(self, person: str) -> dict[str, Any]:
        """Every sign-up of the person."""
        return {"sign_ups": [_exported(found) for found in self._signing.of_person(person)]}

    def erase_person(self, person: str) -> dict[str, Any]:
        """Give its seats to who waits, strike it from the books, remove its sign-ups."""
        self._signing.leave_all(person, SYSTEM)
        for found in self._signing.of_person(person):
            self._seats.forget(found.session.id, person, SYSTEM.label, self._clock.now())
        return {"sign_ups": self._sign_ups.erase_person(person)}

    def to_come(self, person: str) -> Iterator[Participation]:
        """What the person has a seat in and is not over yet."""
        for found in self._signing.of_person(person):
            session = found.session
            still_on = not session.cancelled_because and session.ends_at > self._clock.now()
            if still_on and found.state == SEATED:
                yield found


def _exported(found: Participation) -> dict[str, Any]:
    row, seat = found.sign_up, found.session.book.get(found.sign_up.person)
    return {
        "session": row.session,
        "course": found.course.title,
        "firm": row.uscc,
        "signed_up_at": row.signed_at.isoformat(),
        "state": found.state,
        "state_since": seat.at.isoformat() if seat else None,
        "reason": seat.why if seat else "",
        "came_at": row.came_at.isoformat() if row.came_at else None,
        "score": row.score or None,
        "words": row.words,
    }
