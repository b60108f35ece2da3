"""The conversation of a request: answers, questions back, notes the firm never sees, and files."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from backend.guidance.attachments import MAX_FILES, checked_file
from backend.guidance.promise import left_of
from backend.guidance.service.access import Seat, seat_of, seen, worked_on
from backend.guidance.service.requests import LONGEST_TEXT, RequestService
from backend.guidance.service.steps import STOPPED, Step, Steps, entry, live
from backend.guidance.service.world import ANSWERED, ASKED, REPLIED
from backend.guidance.store.requests import OPEN, WAITING, WORKING, Request
from backend.shared.caller import Caller
from backend.shared.errors import NotFoundError, WrongStateError
from backend.shared.writing import HELD, PASSED, UNCHECKED, checked, cleaned


class Talking:
    """Whoever works on a request may answer; the clock stops while the firm is asked and runs on after."""

    def __init__(self, steps: Steps, requests: RequestService) -> None:
        self._steps = steps
        self._world = steps.world
        self._requests = requests

    def say(self, request_id: str, text: str, caller: Caller) -> Request:
        """The firm's word, or an answer to it; an answer stops the clock, the firm's word starts it."""
        seat = seat_of(self._world.people, caller)
        said = cleaned(text, "text", LONGEST_TEXT)
        if caller.kind == "person":
            found = checked(self._world.check_text, caller.id, said)
            return self._steps.take(
                request_id, caller, lambda request, now: self._reply(request, now, said, found, seat)
            )
        return self._steps.take(
            request_id, caller, lambda request, now: self._answer(request, now, said, seat)
        )

    def ask(self, request_id: str, text: str, caller: Caller) -> Request:
        """A question to the firm: the clock stands still until it replies."""
        seat, said = seat_of(self._world.people, caller), cleaned(text, "text", LONGEST_TEXT)

        def decide(request: Request, now: datetime) -> Step:
            worked_on(live(request), seat)
            left = request.left_days
            if request.state != WAITING and request.due_on:
                left = max(1, left_of(date.fromisoformat(request.due_on), now.date()))
            number = request.answers + 1
            fields = {
                **STOPPED,
                **self._taken(request, seat),
                "state": WAITING,
                "left_days": left,
                "answers": number,
            }
            told = entry("question", caller, now, said, self._requests.name_of(seat.desk))
            return Step(fields, [told], events=[(ASKED, {"number": number})])

        return self._steps.take(request_id, caller, decide)

    def note(self, request_id: str, text: str, caller: Caller) -> Request:
        """A note among those who help; the firm never sees it."""
        seat, said = seat_of(self._world.people, caller), cleaned(text, "text", LONGEST_TEXT)

        def decide(request: Request, now: datetime) -> Step:
            worked_on(request, seat)
            return Step(entries=[entry("note", caller, now, said, self._requests.name_of(seat.desk))])

        return self._steps.take(request_id, caller, decide)

    def release(self, request_id: str, caller: Caller) -> Request:
        """Staff have read what the content check held in a request: nothing is marked any more."""
        seat = seat_of(self._world.people, caller)

        def decide(request: Request, _now: datetime) -> Step:
            worked_on(request, seat)
            if not request.holding:
                raise WrongStateError("这条诉求没有被暂扣的文字。", id=request_id)
            entries = [
                {**row, "checked": UNCHECKED} if row.get("checked") == HELD else dict(row)
                for row in request.entries
            ]
            fields: dict[str, Any] = {"holding": "", "entries": entries}
            if request.checked == HELD:
                fields["checked"] = UNCHECKED
            if request.rating.get("held"):
                fields["rating"] = {**request.rating, "held": False}
            return Step(fields)

        released = self._steps.take(request_id, caller, decide)
        self._world.record(caller, "request.released", f"request:{request_id}")
        return released

    def attach(self, request_id: str, name: str, data: bytes, caller: Caller) -> Request:
        """One more file; its bytes are kept apart by their content before the request names them."""
        seat = seat_of(self._world.people, caller)
        seen(self._steps.store.get(request_id), seat)
        shown, kind = checked_file(name, data)
        original = self._world.originals.put(data)

        def decide(request: Request, now: datetime) -> Step:
            seen(live(request), seat)
            if len(request.files) >= MAX_FILES:
                raise WrongStateError(f"每条诉求最多附 {MAX_FILES} 个文件。", id=request_id)
            number = max((int(file["number"]) for file in request.files), default=0) + 1
            person = caller.id if caller.kind == "person" else ""
            row = {
                "number": number,
                "name": shown,
                "kind": kind,
                "size": len(data),
                "original": original,
                "person": person,
                "at": now,
            }
            return Step(files=[row])

        return self._steps.take(request_id, caller, decide)

    def file(self, request_id: str, number: int, caller: Caller) -> tuple[str, bytes]:
        """Name and bytes of a file, reached only through its request."""
        request, _ = self._requests.read(request_id, caller)
        for row in request.files:
            if row["number"] == number:
                return str(row["name"]), self._world.originals.get(row["original"])
        raise NotFoundError("附件", str(number))

    def _reply(self, request: Request, now: datetime, text: str, found: str, seat: Seat) -> Step:
        seen(live(request), seat)
        fields: dict[str, Any] = {}
        if request.state == WAITING:
            fields = self._steps.clock_fields(request, now, request.left_days or None)
            fields["state"] = WORKING if request.owner else OPEN
        elif not request.due_on:
            fields = self._steps.clock_fields(request, now)
        if found == HELD:
            fields["holding"] = "yes"
        told = entry("message", seat.caller, now, text, "企业", checked=found)
        staff = self._steps.accounts([request.owner, *request.helpers])
        return Step(fields, [told], events=[(REPLIED, {"staff": staff})])

    def _answer(self, request: Request, now: datetime, text: str, seat: Seat) -> Step:
        worked_on(live(request), seat)
        number = request.answers + 1
        fields = {
            **STOPPED,
            "answers": number,
            "kept": request.kept or "yes",
            "left_days": 0,
            **self._taken(request, seat),
        }
        told = entry("message", seat.caller, now, text, self._requests.name_of(seat.desk), checked=PASSED)
        return Step(fields, [told], events=[(ANSWERED, {"number": number})])

    @staticmethod
    def _taken(request: Request, seat: Seat) -> dict[str, object]:
        """Who answers first owns it; another helper who answers helps."""
        state = {} if request.state in (WAITING, WORKING) else {"state": WORKING}
        if not request.owner:
            return {"owner": seat.desk, **state}
        if seat.desk in (request.owner, *request.helpers):
            return dict(state)
        return {"helpers": [*request.helpers, seat.desk], **state}
