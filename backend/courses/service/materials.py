"""Files handed out with a session: kept by content, reached only through the session that names them."""

from __future__ import annotations

from pathlib import PurePath

from backend.adapters.files import OriginalStore, check_size, kind_of
from backend.courses.store.sessions import SEATED, Material, Session, SessionStore
from backend.shared.caller import Caller
from backend.shared.clock import Clock
from backend.shared.errors import ForbiddenError, InvalidInputError, NotFoundError, WrongStateError

MOST_FILES = 20


class Materials:
    """Staff hand out and take back; who has or had a seat may fetch."""

    def __init__(self, sessions: SessionStore, files: OriginalStore, clock: Clock) -> None:
        self._sessions = sessions
        self._files = files
        self._clock = clock

    def add(self, session_id: str, name: str, data: bytes, caller: Caller) -> Session:
        """Hand a file out; the same bytes once."""
        session = self._sessions.get(session_id)
        if len(session.material) >= MOST_FILES:
            raise WrongStateError(f"每场最多 {MOST_FILES} 份材料。")
        check_size(len(data))
        shown = PurePath(name.replace("\\", "/")).name[-120:]
        if not data.strip() or not shown.isprintable():
            raise InvalidInputError.at("file", "文件是空的，或文件名含有不能显示的字符。")
        kind_of(data, shown)
        material = Material(self._files.put(data), shown, len(data))
        added = self._sessions.add_material(session_id, material, caller.label, self._clock.now())
        return added or self._sessions.get(session_id)

    def drop(self, session_id: str, material_id: str, caller: Caller) -> Session:
        """Take a file back."""
        self._named(self._sessions.get(session_id), material_id)
        return self._sessions.drop_material(session_id, material_id, caller.label, self._clock.now())

    def fetch(self, session_id: str, material_id: str, caller: Caller) -> tuple[str, bytes]:
        """Name and bytes, for staff and for who has a seat."""
        session = self._sessions.get(session_id)
        if caller.kind != "staff" and session.state_of(caller.id) != SEATED:
            raise ForbiddenError("只有报名成功的人可以下载本场材料。")
        material = self._named(session, material_id)
        return material.name, self._files.get(material.id)

    @staticmethod
    def _named(session: Session, material_id: str) -> Material:
        found = next((item for item in session.material if item.id == material_id), None)
        if found is None:
            raise NotFoundError("材料", material_id)
        return found
