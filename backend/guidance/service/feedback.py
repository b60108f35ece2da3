"""Feedback: said by persons, seen at the clause it is about, answered, published as a common question."""

from __future__ import annotations

import secrets
from typing import Any

from backend.guidance.answers import PolicyFigures
from backend.guidance.service.world import FEEDBACK_GIVEN, FEEDBACK_PUBLISHED, World
from backend.guidance.store.feedback import ANSWERED, FEEDBACK, PUBLISHED, Feedback, FeedbackStore
from backend.shared.caller import Caller
from backend.shared.errors import (
    InvalidInputError,
    NotFoundError,
    StaleRevisionError,
    TooManyRequestsError,
    WrongStateError,
)
from backend.shared.events import Event
from backend.shared.paging import Page
from backend.shared.writing import HELD, UNCHECKED, checked, cleaned

MARKS = {"unclear": "看不懂", "wrong": "有错误", "outdated": "已过时", "helpful": "有帮助", "other": "其他"}
LONGEST = 2000
A_DAY = 30


class FeedbackService:
    """Texts of people are cleaned, bound and checked; what could not be checked is held for staff."""

    def __init__(self, store: FeedbackStore, world: World) -> None:
        self._store = store
        self._world = world

    def give(self, about: str, anchor: str, mark: str, text: str, caller: Caller) -> Feedback:
        """One piece of feedback; TooManyRequestsError after thirty on a day."""
        now = self._world.clock.now()
        self._check_about(about, anchor)
        said = cleaned(text, "text", LONGEST, 0)
        if mark == "other" and not said:
            raise InvalidInputError.at("text", "请写明您的意见。")
        if self._store.count_of_day(caller.id, now.date().isoformat()) >= A_DAY:
            raise TooManyRequestsError(3600)
        feedback_id = f"{int(now.timestamp() * 1000):015}-{secrets.token_hex(4)}"
        fields = {
            "about": about,
            "anchor": anchor,
            "mark": mark,
            "text": said,
            "checked": checked(self._world.check_text, caller.id, said),
            "person": caller.id,
            "day": now.date().isoformat(),
        }
        event = Event(FEEDBACK_GIVEN, feedback_id, now, caller.label, {"about": about, "anchor": anchor})
        given = self._store.add(feedback_id, fields, caller.label, now, event)
        self._world.hand_on(FEEDBACK, given.id)
        return given

    def mark_read(self, policy: str, understood: bool | None, caller: Caller) -> None:
        """A person has read a policy, and may say whether it was understood."""
        self._check_about(f"policy:{policy}", "")
        said = {} if understood is None else {"understood": understood}
        self._store.mark(caller.id, policy, {"read": True, **said}, self._world.clock.now())

    def own(self, caller: Caller) -> list[Feedback]:
        """What the caller said, with the answers."""
        return self._store.of_person(caller.id)

    def listed(
        self, about: str, anchor: str, state: str, held: bool, limit: int, cursor: str | None
    ) -> Page[Feedback]:
        """For staff: all of it, that about one thing or clause, or what the content check holds."""
        equal = {"about": about, "anchor": anchor, "state": state, "checked": HELD if held else ""}
        return self._store.page(equal, limit, cursor)

    def read(self, feedback_id: str) -> Feedback:
        """One piece, for staff."""
        return self._store.get(feedback_id)

    def release(self, feedback_id: str, revision: int, caller: Caller) -> Feedback:
        """Staff have looked at a held text: it may be used."""
        held = self._at(feedback_id, revision)
        if held.checked != HELD:
            raise WrongStateError("这条反馈没有被暂扣。", id=feedback_id)
        self._world.record(caller, "feedback.released", f"feedback:{feedback_id}")
        return self._change(held, caller, checked=UNCHECKED)

    def answer(self, feedback_id: str, answer: str, revision: int, caller: Caller) -> Feedback:
        """An answer, which the person who asked reads."""
        held = self._at(feedback_id, revision)
        if held.state == PUBLISHED:
            raise WrongStateError("这条反馈的答复已经公开，请在常见问题中修改。", id=feedback_id)
        said = cleaned(answer, "answer", LONGEST, 2)
        return self._change(held, caller, answer=said, answered_by=caller.label, state=ANSWERED)

    def publish(self, feedback_id: str, question: str, revision: int, caller: Caller) -> Feedback:
        """The answer becomes a common question of the policy, in staff's own words."""
        held = self._at(feedback_id, revision)
        if held.state != ANSWERED or not held.about.startswith("policy:"):
            raise WrongStateError("只有已答复的、针对政策的反馈可以公开为常见问题。", id=feedback_id)
        if held.checked == HELD:
            raise WrongStateError("这条反馈未经内容检查，请先核对并放行。", id=feedback_id)
        asked = cleaned(question, "question", 500, 2)
        data = {
            "policy": held.about.partition(":")[2],
            "anchor": held.anchor,
            "question": asked,
            "answer": held.answer,
        }
        event = Event(FEEDBACK_PUBLISHED, held.id, self._world.clock.now(), caller.label, data)
        return self._change(held, caller, event, state=PUBLISHED, question=asked)

    def figures(self, policy: str) -> PolicyFigures:
        """Of one policy: read, understood, tried, obtained; and what was said at which clause."""
        read, understood, not_understood = self._store.marks(policy)
        tried, obtained = self._world.tried(policy)
        clauses: dict[str, dict[str, int]] = {}
        for (anchor, mark), count in sorted(self._store.counts(f"policy:{policy}").items()):
            clauses.setdefault(anchor, {})[mark] = count
        return {
            "policy": policy,
            "read": read,
            "understood": understood,
            "not_understood": not_understood,
            "tried": tried,
            "obtained": obtained,
            "clauses": [{"anchor": anchor, "marks": marks} for anchor, marks in clauses.items()],
        }

    def _check_about(self, about: str, anchor: str) -> None:
        kind, _, key = about.partition(":")
        if kind == "policy":
            found = self._world.published([key])
            if not found:
                raise NotFoundError("政策", key)
            sheet = found[0].sheet
            anchors = {part.anchor for part in sheet.clauses} | {part.anchor for part in sheet.tasks}
            if anchor and anchor not in anchors:
                raise InvalidInputError.at("anchor", "这项政策没有这一条。")
        elif anchor:
            raise InvalidInputError.at("anchor", "只有对政策的反馈才写条款。")

    def _at(self, feedback_id: str, revision: int) -> Feedback:
        held = self._store.get(feedback_id)
        if held.revision != revision:
            raise StaleRevisionError("反馈", feedback_id, revision, held.revision)
        return held

    def _change(self, held: Feedback, caller: Caller, *events: Event, **fields: Any) -> Feedback:
        now = self._world.clock.now()
        changed = self._store.change(held, held.revision, fields, caller.label, now, *events)
        if events:
            self._world.hand_on(FEEDBACK, held.id)
        return changed
