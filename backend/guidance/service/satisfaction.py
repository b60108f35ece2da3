"""Asked once after the end how it was, and once more three months later how it went."""

from __future__ import annotations

from datetime import datetime

from backend.guidance.service.access import Seat, seat_of, seen
from backend.guidance.service.steps import Step, Steps
from backend.guidance.store.requests import ENDED, Request
from backend.shared.caller import Caller
from backend.shared.errors import WrongStateError
from backend.shared.writing import HELD, checked, cleaned


class Satisfaction:
    """Only persons of the firm answer, each question once."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps

    def rate(self, request_id: str, stars: int, text: str, caller: Caller) -> Request:
        """How it was, one to five; WrongStateError before the end and a second time."""
        seat = seat_of(self._steps.world.people, caller)
        said = cleaned(text, "text", 1000, 0)
        held = checked(self._steps.world.check_text, caller.id, said) == HELD

        def decide(request: Request, now: datetime) -> Step:
            self._check(request, seat)
            if request.rating:
                raise WrongStateError("您已经评价过了，谢谢。", id=request_id)
            given = {"stars": stars, "text": said, "at": now, "held": held, "person": caller.id}
            return Step({"rating": given, **({"holding": "yes"} if held else {})})

        return self._steps.take(request_id, caller, decide)

    def tell_later(self, request_id: str, applied: bool, certified: bool, caller: Caller) -> Request:
        """Three months later: did the firm apply, was it certified."""
        seat = seat_of(self._steps.world.people, caller)

        def decide(request: Request, now: datetime) -> Step:
            self._check(request, seat)
            if not request.later.get("asked_at") or request.later.get("at"):
                raise WrongStateError("现在不需要回答，或已经回答过了。", id=request_id)
            told = {"applied": applied, "certified": certified, "at": now}
            return Step({"later": {**request.later, **told}})

        return self._steps.take(request_id, caller, decide)

    @staticmethod
    def _check(request: Request, seat: Seat) -> None:
        seen(request, seat)
        if request.state != ENDED or request.result == "withdrawn":
            raise WrongStateError("诉求办结后才能评价。", id=request.id)
