"""What persons of firms wrote here: handed out and erased at their request."""

from __future__ import annotations

from typing import Any

from backend.guidance.service.steps import Steps
from backend.guidance.store.feedback import FeedbackStore
from backend.guidance.store.requests import Request
from backend.shared.caller import SYSTEM
from backend.shared.clock import in_shanghai
from backend.shared.errors import StaleRevisionError
from backend.shared.writing import HELD

GONE = "（已按本人要求删除）"


class PersonalGuidance:
    """One exporter and one eraser for all collections of the room."""

    def __init__(self, steps: Steps, feedback: FeedbackStore) -> None:
        self._steps = steps
        self._feedback = feedback

    def export_person(self, person: str) -> dict[str, Any]:
        """The requests a person opened or wrote in, its words, files and feedback."""
        return {
            "requests": [_exported(request, person) for request in self._steps.store.of_person(person)],
            "feedback": [
                {"about": held.about, "mark": held.mark, "text": held.text, "answer": held.answer}
                for held in self._feedback.of_person(person)
            ],
            "policy_marks": self._feedback.marks_of(person),
        }

    def erase_person(self, person: str) -> dict[str, Any]:
        """Its words and files go; that a firm was helped, and how, stays."""
        requests = self._steps.store.of_person(person)
        for request in requests:
            self._erase(request.id, person)
        feedback, marks = self._feedback.erase_person(person, self._steps.world.clock.now())
        return {"requests": len(requests), "feedback": feedback, "policy_marks": marks}

    def _erase(self, request_id: str, person: str) -> None:
        while True:
            request = self._steps.store.get(request_id)
            try:
                self._without(request, person)
                return
            except StaleRevisionError:
                continue  # somebody wrote in it this very moment

    def _without(self, request: Request, person: str) -> None:
        mine = [row for row in request.files if row.get("person") == person]
        entries = [
            {**row, "text": GONE, "person": "", "checked": ""} if row.get("person") == person else dict(row)
            for row in request.entries
        ]
        fields: dict[str, Any] = {
            "entries": entries,
            "files": [dict(row) for row in request.files if row.get("person") != person],
        }
        if request.person == person:
            fields |= {"person": "", "title": GONE, "text": GONE}
        if request.rating.get("person") == person:
            fields["rating"] = {**request.rating, "text": "", "person": ""}
        fields["holding"] = _holding(request, fields)
        now = self._steps.world.clock.now()
        self._steps.store.change(request.id, fields, SYSTEM.label, now, revision=request.revision)
        for row in mine:
            if not self._steps.store.uses_file(row["original"]):
                self._steps.world.originals.remove(row["original"])


def _holding(request: Request, fields: dict[str, Any]) -> str:
    """Whether the content check still holds any of the texts that are left."""
    text = request.checked == HELD and fields.get("text", request.text) != GONE
    rating = fields.get("rating", request.rating)
    words = any(row.get("checked") == HELD for row in fields["entries"])
    return "yes" if text or words or (rating.get("held") and rating.get("text")) else ""


def _exported(request: Request, person: str) -> dict[str, Any]:
    own = request.person == person
    return {
        "id": request.id,
        "uscc": request.uscc,
        "title": request.title if own else "",
        "text": request.text if own else "",
        "opened_on": request.opened_on,
        "state": request.state,
        "words": [
            {"at": in_shanghai(row["at"]).isoformat(), "text": row["text"]}
            for row in request.entries
            if row.get("person") == person
        ],
        "rating": request.rating["text"] if request.rating.get("person") == person else "",
        "files": [row["name"] for row in request.files if row.get("person") == person],
    }
