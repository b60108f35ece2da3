"""Explanations beside a policy: written, reviewed by another, published; a firm's story only as it agreed."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from backend.adapters.pictures import Picture
from backend.catalogue.service.picture import draw_picture
from backend.catalogue.service.published import PublishedPolicies
from backend.catalogue.store.explanations import (
    COLLECTION,
    DRAFT,
    IN_REVIEW,
    PUBLISHED,
    WITHDRAWN,
    Explanation,
    ExplanationStore,
)
from backend.catalogue.store.policies import PolicyStore
from backend.catalogue.store.versions import PublishedPolicy
from backend.shared.caller import Caller
from backend.shared.clock import Clock
from backend.shared.errors import (
    AlreadyExistsError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    Problem,
    StaleRevisionError,
    WrongStateError,
)
from backend.shared.events import Event
from backend.shared.paging import Page
from policies.proof import unproven
from policies.sheet import Sheet

_LABELS = {DRAFT: "草稿", IN_REVIEW: "待审核", PUBLISHED: "已发布", WITHDRAWN: "已撤回"}
QUESTIONS_CHANGED = "policy.questions_changed"
# What retells the policy may say no number the policy does not.
_RETELLING = frozenset({"key_points", "questions"})


class Explanations:
    """The verbs of explanations; who may take which step is checked at the door."""

    def __init__(
        self,
        policies: PolicyStore,
        published: PublishedPolicies,
        clock: Clock,
        hand_on: Callable[[str, str], bool],
        public_url: str,
    ) -> None:
        self._store = ExplanationStore()
        self._policies = policies
        self._published = published
        self._clock = clock
        self._hand_on = hand_on
        self._public_url = public_url.rstrip("/")

    def write(
        self,
        slug: str,
        kind: str,
        anchor: str,
        title: str,
        content: Mapping[str, Any],
        caller: Caller,
        uscc: str = "",
    ) -> Explanation:
        """A new draft; `anchor` must be a clause or task of the policy, or "" for the whole."""
        self._check_anchor(slug, anchor)
        return self._store.add(
            f"{slug}~{uuid.uuid4().hex[:12]}",
            caller.label,
            self._clock.now(),
            slug=slug,
            kind=kind,
            anchor=anchor,
            title=title,
            content=dict(content),
            status=DRAFT,
            authors=[caller.label],
            uscc=uscc,
        )

    def take_question(
        self, key: str, slug: str, anchor: str, question: str, answer: str, by: str
    ) -> Explanation:
        """A question firms asked and its answer: once for its key, for review if its numbers hold.

        It stays a draft where they are not, or where the clause is gone meanwhile.
        """
        explanation_id = f"{slug}~q{key[:11]}"
        known = anchor in _anchors(self._policies.get(slug).sheet)
        fields = {
            "slug": slug,
            "kind": "questions",
            "anchor": anchor if known else "",
            "title": question[:100],
            "content": {"items": [{"question": question, "answer": answer}]},
            "status": DRAFT,
            "authors": [by],
            "uscc": "",
        }
        now = self._clock.now()
        try:
            held = self._store.add(explanation_id, by, now, **fields)
        except AlreadyExistsError:
            held = self._store.get(explanation_id)
        if held.status != DRAFT or held.revision > 1:
            return held
        try:
            self._check_numbers(held)
        except InvalidInputError as error:
            return self._store.change(held.id, held.revision, by, now, why=error.message)
        return self._store.change(held.id, held.revision, by, now, status=IN_REVIEW)

    def edit(
        self,
        explanation_id: str,
        revision: int,
        anchor: str,
        title: str,
        content: Mapping[str, Any],
        caller: Caller,
    ) -> Explanation:
        """New words; a firm's consent holds for the words it saw and no others."""
        held = self._at(explanation_id, revision, {DRAFT, WITHDRAWN}, "修改")
        self._check_anchor(held.slug, anchor)
        authors = list(dict.fromkeys((*held.authors, caller.label)))
        return self._change(
            held, caller, status=DRAFT, anchor=anchor, title=title, content=dict(content), authors=authors
        )

    def kind_of(self, explanation_id: str) -> str:
        """Its kind; NotFoundError."""
        return self._store.get(explanation_id).kind

    def submit(self, explanation_id: str, revision: int, caller: Caller) -> Explanation:
        """Ask for a review; numbers that are not the policy's are refused by name."""
        held = self._at(explanation_id, revision, {DRAFT}, "提交审核")
        self._check_numbers(held)
        return self._change(held, caller, status=IN_REVIEW)

    def send_back(self, explanation_id: str, revision: int, caller: Caller, why: str) -> Explanation:
        """Give it back to its authors."""
        held = self._at(explanation_id, revision, {IN_REVIEW}, "退回")
        return self._change(held, caller, status=DRAFT, why=why)

    def publish(self, explanation_id: str, revision: int, caller: Caller) -> Explanation:
        """Make it public; nobody publishes their own words, and no story without the firm's consent."""
        held = self._at(explanation_id, revision, {IN_REVIEW}, "发布")
        if caller.label in held.authors:
            raise ForbiddenError("不能发布自己编写的解读，请由他人审核。")
        sheet = self._published.one(held.slug).sheet
        self._check_numbers(held)
        if held.kind == "story" and not _agreed(held):
            raise WrongStateError("企业还没有同意公开这份案例（或同意后内容又有修改）。", id=held.id)
        if held.kind == "picture":
            draw_picture(sheet, self._clock.today(), self._link(held.slug))
        return self._announced(
            held,
            caller,
            status=PUBLISHED,
            explained=_digest(_words(sheet, held.anchor)),
            published_at=self._clock.now(),
        )

    def withdraw(self, explanation_id: str, revision: int, caller: Caller, why: str) -> Explanation:
        """Take it from the public."""
        held = self._at(explanation_id, revision, {PUBLISHED}, "撤回")
        return self._announced(held, caller, status=WITHDRAWN, why=why)

    def consent(self, explanation_id: str, agreed: bool, caller: Caller) -> Explanation:
        """A person of the firm agrees to its story as it stands, or takes that back: then it is withdrawn in
        the same write."""
        held = self.story(explanation_id, caller)
        consent = {
            "agreed": agreed,
            "by": caller.label,
            "at": self._clock.now(),
            "of": _digest(_story(held)),
        }
        gone = {} if agreed or held.status != PUBLISHED else {"status": WITHDRAWN, "why": "企业撤回同意"}
        return self._change(held, caller, consent=consent, **gone)

    def story(self, explanation_id: str, caller: Caller) -> Explanation:
        """The story of a firm, for a person bound to it; NotFoundError for all others."""
        held = self._store.get(explanation_id)
        if held.kind != "story" or held.uscc not in caller.firms:
            raise NotFoundError("政策解读", explanation_id)
        return held

    def of_policy(
        self, slug: str, limit: int, cursor: str | None, public: bool = True
    ) -> Page[tuple[Explanation, bool]]:
        """The explanations of a policy, and whether the words each explains have changed since."""
        sheet = self._published.one(slug).sheet if public else self._policies.get(slug).sheet
        page = self._store.page(slug, PUBLISHED if public else None, limit, cursor)
        return page.map(lambda held: (held, self._outdated(held, sheet)))

    def questions(self, ids: Sequence[str]) -> list[tuple[Explanation, PublishedPolicy | None]]:
        """Explanations with their policies, None where the public does not see the policy or the words."""
        held = [one for one in self._store.get_many(ids) if one.kind == "questions"]
        return self._with_policies(held)

    def published_questions(self, ids: Sequence[str]) -> list[Explanation]:
        """Those of these that are published questions; whether their policy is shown, the catalogue knows."""
        return [
            one for one in self._store.get_many(ids) if one.kind == "questions" and one.status == PUBLISHED
        ]

    def questions_of(self, slug: str) -> list[tuple[Explanation, PublishedPolicy | None]]:
        """The same for all questions of a policy."""
        return self._with_policies(self._store.questions(slug))

    def every_question(
        self, limit: int, cursor: str | None
    ) -> Page[tuple[Explanation, PublishedPolicy | None]]:
        """The same for all published questions."""
        page = self._store.published_questions(limit, cursor)
        return Page(self._with_policies(page.items), page.total, page.next_cursor)

    def _with_policies(self, held: Sequence[Explanation]) -> list[tuple[Explanation, PublishedPolicy | None]]:
        slugs = dict.fromkeys(one.slug for one in held if one.status == PUBLISHED)
        policies = {policy.slug: policy for policy in self._published.many(slugs)}
        return [(one, policies.get(one.slug) if one.status == PUBLISHED else None) for one in held]

    def revision_of(self, held: Explanation) -> int:
        """Rises when the questions or their policy change."""
        return held.revision + self._policies.get(held.slug).revision

    def picture(self, explanation_id: str, caller: Caller) -> tuple[str, Picture]:
        """Title and picture of a policy as it is now; before publication for staff only."""
        held = self._store.get(explanation_id)
        if held.kind != "picture" or (held.status != PUBLISHED and caller.kind != "staff"):
            raise NotFoundError("政策解读", explanation_id)
        sheet = self._published.one(held.slug).sheet
        return held.title, draw_picture(sheet, self._clock.today(), self._link(held.slug))

    def _outdated(self, held: Explanation, sheet: Sheet) -> bool:
        # A picture is drawn from what holds now.
        if held.kind == "picture" or not held.explained:
            return False
        return held.explained != _digest(_words(sheet, held.anchor))

    def _link(self, slug: str) -> str:
        return f"{self._public_url}/policies/{slug}"

    def _check_anchor(self, slug: str, anchor: str) -> None:
        if anchor and anchor not in _anchors(self._policies.get(slug).sheet):
            raise InvalidInputError.at("anchor", "这项政策没有这一条。")

    def _check_numbers(self, held: Explanation) -> None:
        if held.kind not in _RETELLING:
            return
        sheet = self._policies.get(held.slug).sheet
        said = unproven(_text(held.content), sheet)
        clauses = "\n".join(clause.text for clause in sheet.clauses)
        missing = [number for number in said if number not in unproven(clauses, sheet)]
        if missing:
            raise InvalidInputError([Problem("content", f"“{n}”在政策中没有，请核对。") for n in missing])

    def _at(self, explanation_id: str, revision: int, allowed: Collection[str], what: str) -> Explanation:
        held = self._store.get(explanation_id)
        if held.revision != revision:
            raise StaleRevisionError("政策解读", explanation_id, revision, held.revision)
        if held.status not in allowed:
            raise WrongStateError(
                f"这份解读现为“{_LABELS[held.status]}”，不能{what}。", id=held.id, status=held.status
            )
        return held

    def _announced(self, held: Explanation, caller: Caller, **fields: Any) -> Explanation:
        """The same; questions and answers are told of, for search follows them."""
        if held.kind != "questions":
            return self._change(held, caller, **fields)
        now = self._clock.now()
        event = Event(QUESTIONS_CHANGED, held.id, now, caller.label)
        done = self._store.change(held.id, held.revision, caller.label, now, event, **fields)
        self._hand_on(COLLECTION, done.id)
        return done

    def _change(self, held: Explanation, caller: Caller, **fields: Any) -> Explanation:
        return self._store.change(held.id, held.revision, caller.label, self._clock.now(), **fields)


def _agreed(held: Explanation) -> bool:
    return bool(held.consent.get("agreed")) and held.consent.get("of") == _digest(_story(held))


def _story(held: Explanation) -> str:
    return json.dumps([held.title, held.content], ensure_ascii=False, sort_keys=True)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _anchors(sheet: Sheet) -> set[str]:
    return {clause.anchor for clause in sheet.clauses} | {task.anchor for task in sheet.tasks}


def _words(sheet: Sheet, anchor: str) -> str:
    """What an explanation explains: a clause's or a task's words, or the whole sheet."""
    texts = {clause.anchor: f"{clause.title}\n{clause.text}" for clause in sheet.clauses}
    texts |= {task.anchor: f"{task.topic}\n{task.text}" for task in sheet.tasks}
    return texts.get(anchor, "") if anchor else sheet.model_dump_json()


def _text(content: Any) -> str:
    if isinstance(content, Mapping):
        return "\n".join(_text(value) for value in content.values())
    if isinstance(content, list | tuple):
        return "\n".join(_text(value) for value in content)
    return str(content)
