"""Who signed up for a session, as a table for the door."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from backend.adapters.tables import Form, table_bytes
from backend.courses.service.sessions import Sessions
from backend.courses.service.sign_ups import SEAT_STATES, SignUps
from backend.shared.caller import Caller

HEAD = ("报名编号", "企业", "统一社会信用代码", "状态", "候补位次", "报名时间", "签到时间")


class Roster:
    """No name of a person is known here: who comes says its firm and shows its sign-up."""

    def __init__(
        self,
        sessions: Sessions,
        signing: SignUps,
        names_of: Callable[[Sequence[str]], dict[str, str]],
        record: Callable[..., None],
    ) -> None:
        self._sessions = sessions
        self._signing = signing
        self._names_of = names_of
        self._record = record

    def export(self, session_id: str, form: Form, caller: Caller) -> bytes:
        """The table; every export is written down, it leaves the house."""
        self._sessions.at_door(session_id, caller)
        self._record(caller, "course_roster.exported", f"course_session:{session_id}", form=form)
        return table_bytes(form, self._rows(session_id), "报名名单")

    def _rows(self, session_id: str) -> Iterator[tuple[object, ...]]:
        yield HEAD
        found = self._signing.of_session(session_id)
        names = self._names_of(sorted({one.sign_up.uscc for one in found}))
        for one in found:
            row = one.sign_up
            yield (
                row.person[:8],
                names.get(row.uscc, ""),
                row.uscc,
                SEAT_STATES[one.state],
                one.position or "",
                f"{row.signed_at:%Y-%m-%d %H:%M}",
                f"{row.came_at:%Y-%m-%d %H:%M}" if row.came_at else "",
            )
