"""On the day and after it: check-in by code, attendance, ratings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from hmac import compare_digest

from backend.courses.service.sign_ups import Participation, SignUps
from backend.courses.store.sessions import SEATED, Session, SessionStore
from backend.courses.store.sign_ups import SignUpStore, Words
from backend.shared.caller import Caller
from backend.shared.clock import Clock
from backend.shared.errors import InvalidInputError, WrongStateError
from backend.shared.writing import CheckText, checked

# The door opens this long before the start.
DOOR_OPENS = timedelta(minutes=60)
# Fewer answers say nothing about a course and too much about who gave them.
ENOUGH_ANSWERS = 5
MOST_WORDS = 100


@dataclass(frozen=True)
class Rating:
    """How many answered, and their average to one decimal place when enough did."""

    answers: int = 0
    average: str | None = None


class Attending:
    """Who came, and what they thought of it."""

    def __init__(
        self,
        signing: SignUps,
        sessions: SessionStore,
        sign_ups: SignUpStore,
        check_text: CheckText,
        record: Callable[..., None],
        clock: Clock,
    ) -> None:
        self._check_text = check_text
        self._record = record
        self._signing = signing
        self._sessions = sessions
        self._sign_ups = sign_ups
        self._clock = clock

    def check_in(self, session_id: str, code: str, caller: Caller) -> Participation:
        """The person shows the code of the day; again does no harm."""
        found, now = self._signing.read(session_id, caller.id), self._clock.now()
        self._check_seated(found)
        session = found.session
        if not session.starts_at - DOOR_OPENS <= now <= session.ends_at:
            raise WrongStateError(
                "现在不能签到：签到从开始前60分钟到结束为止。",
                opens_at=(session.starts_at - DOOR_OPENS).isoformat(),
                closes_at=session.ends_at.isoformat(),
            )
        if found.sign_up.came_at is None:
            if not self._sign_ups.count_try(session_id, caller.id, now):
                raise WrongStateError("签到码输错次数太多，请找现场工作人员签到。")
            if not compare_digest(code.encode(), session.code.encode()):
                raise InvalidInputError.at("code", "签到码不对，请看现场公布的签到码。")
            self._sign_ups.mark_came(session_id, caller.id, now, caller.label, now)
        return self._signing.read(session_id, caller.id)

    def mark(self, session_id: str, person: str, came: bool, caller: Caller) -> Participation:
        """Staff say whether a person was there."""
        found, now = self._signing.read(session_id, person), self._clock.now()
        self._check_seated(found)
        if now < found.session.starts_at - DOOR_OPENS:
            raise WrongStateError("本场还没有开始，不能登记出席。")
        self._sign_ups.mark_came(session_id, person, now if came else None, caller.label, now)
        return self._signing.read(session_id, person)

    def rate(self, session_id: str, score: int, words: str, caller: Caller) -> Participation:
        """One to five, and words; only who was there, once it is over. The last answer counts."""
        found, now = self._signing.read(session_id, caller.id), self._clock.now()
        if now < found.session.ends_at:
            raise WrongStateError("本场还没有结束，结束后再评价。")
        said = checked(self._check_text, caller.id, words, "words")
        if self._sign_ups.rate(session_id, caller.id, score, words, said, now) is None:
            raise WrongStateError("没有您的签到记录，只有到场的人可以评价。")
        return self._signing.read(session_id, caller.id)

    def ratings_of_courses(self, course_ids: Sequence[str]) -> dict[str, Rating]:
        """Course -> rating, of those anybody rated."""
        return _ratings(self._sign_ups.scores("course", course_ids))

    def ratings_of_sessions(self, session_ids: Sequence[str]) -> dict[str, Rating]:
        """Session -> rating, of those anybody rated."""
        return _ratings(self._sign_ups.scores("session", session_ids))

    def words(self, session_id: str) -> list[Words]:
        """What people wrote, without who wrote it; for staff."""
        return self._sign_ups.words(self._sessions.get(session_id).id, MOST_WORDS)

    def release(self, session_id: str, words_id: str, caller: Caller) -> None:
        """Staff have looked at words the content check held."""
        self._sign_ups.release(session_id, words_id, caller.label, self._clock.now())
        self._record(caller, "course_words.released", f"course_session:{session_id}")

    def count_came(self, session: Session) -> int:
        """How many of those with a seat were there."""
        rows = self._sign_ups.of_session(session.id)
        return sum(1 for person in session.seated if person in rows and rows[person].came_at)

    @staticmethod
    def _check_seated(found: Participation) -> None:
        if found.session.cancelled_because:
            raise WrongStateError(f"本场已取消：{found.session.cancelled_because}")
        if found.state != SEATED:
            raise WrongStateError("没有报名成功，不能签到。", state=found.state)


def average_of(answers: int, total: int) -> str | None:
    """The average to one decimal place, when enough people answered."""
    if answers < ENOUGH_ANSWERS:
        return None
    return str((Decimal(total) / answers).quantize(Decimal("0.1"), ROUND_HALF_UP))


def _ratings(scores: dict[str, tuple[int, int]]) -> dict[str, Rating]:
    return {key: Rating(answers, average_of(answers, total)) for key, (answers, total) in scores.items()}
