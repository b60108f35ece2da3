"""The life of a policy: draft, review, approval, publication, withdrawal. One step is one write."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any

import structlog

from backend.catalogue.service.audit import audit
from backend.catalogue.store.contents import write_content
from backend.catalogue.store.history import HistoryStore, Step
from backend.catalogue.store.policies import (
    APPROVED,
    CHANGES_REQUESTED,
    COLLECTION,
    DRAFT,
    IN_REVIEW,
    PUBLISHED,
    SCHEDULED,
    WITHDRAWN,
    Policy,
    PolicyStore,
    live_fields,
)
from backend.catalogue.store.versions import VersionStore
from backend.shared.clock import Clock
from backend.shared.errors import (
    ForbiddenError,
    InvalidInputError,
    StaleRevisionError,
    WrongStateError,
)
from backend.shared.events import Event
from policies.sheet import Sheet

log = structlog.get_logger(__name__)

POLICY_PUBLISHED = "policy.published"
POLICY_WITHDRAWN = "policy.withdrawn"
POLICY_EXPIRED = "policy.expired"
POLICY_UNCONFIRMED = "policy.unconfirmed"
# A rule of the house: nothing of it goes into search, map or messages.
INTERNAL_CHANGED = "policy.internal_changed"
STATUS_LABELS = {
    DRAFT: "草稿",
    IN_REVIEW: "待审核",
    CHANGES_REQUESTED: "需修改",
    APPROVED: "已审核",
    SCHEDULED: "定时发布",
    PUBLISHED: "已发布",
    WITHDRAWN: "已撤回",
}
_EDITABLE = frozenset({DRAFT, CHANGES_REQUESTED, PUBLISHED, WITHDRAWN})
_SUBMITTABLE = frozenset({DRAFT, CHANGES_REQUESTED})
_RETURNABLE = frozenset({IN_REVIEW, APPROVED, SCHEDULED})


class Workflow:
    """Every step names the revision it starts from; who may take which step is checked at the door."""

    def __init__(
        self,
        policies: PolicyStore,
        versions: VersionStore,
        history: HistoryStore,
        clock: Clock,
        hand_on: Callable[[str, str], bool],
        confirm_after: timedelta = timedelta(days=180),
    ) -> None:
        self.policies = policies
        self._confirm_after = confirm_after
        self._versions = versions
        self._history = history
        self._clock = clock
        self._hand_on = hand_on

    def add(self, sheet: Sheet, by: str, why: str, **fields: Any) -> Policy:
        """A new draft; AlreadyExistsError when the slug is taken."""
        now = self._clock.now()
        return self.policies.add(
            sheet.slug,
            by,
            now,
            title=sheet.title,
            status=DRAFT,
            number=sheet.number,
            content=write_content(sheet),
            authors=[by],
            step=Step(by, now, why, "", DRAFT, 1).as_dict(),
            **fields,
        )

    def edit(self, slug: str, sheet: Sheet, revision: int, by: str, why: str, **fields: Any) -> Policy:
        """Replace the working sheet; what the public sees stays until the next publication."""
        if sheet.slug != slug:
            raise InvalidInputError.at("slug", "政策标识不能修改。")
        policy = self._at(slug, revision, _EDITABLE, "修改")
        target = CHANGES_REQUESTED if policy.status == CHANGES_REQUESTED else DRAFT
        earlier = () if policy.status == PUBLISHED else policy.authors
        authors = list(dict.fromkeys((*(name for name in earlier if name != by), by)))
        content = write_content(sheet)
        return self._step(
            policy,
            target,
            by,
            why,
            title=sheet.title,
            number=sheet.number,
            content=content,
            authors=authors,
            **fields,
        )

    def submit(self, slug: str, revision: int, by: str, why: str = "") -> Policy:
        """Ask for a review."""
        return self._step(self._at(slug, revision, _SUBMITTABLE, "提交审核"), IN_REVIEW, by, why)

    def request_changes(self, slug: str, revision: int, by: str, why: str) -> Policy:
        """Give the text back to its authors, from review or from any later step before publication."""
        policy = self._at(slug, revision, _RETURNABLE, "退回修改")
        return self._step(policy, CHANGES_REQUESTED, by, why, scheduled_for=None, release={})

    def approve(self, slug: str, revision: int, by: str, why: str = "") -> Policy:
        """Approve; nobody who edited since the last publication may (ForbiddenError)."""
        return self._approve(self._at(slug, revision, {IN_REVIEW}, "审核通过"), by, why)

    def _approve(self, policy: Policy, by: str, why: str = "") -> Policy:
        if by in policy.authors:
            raise ForbiddenError("不能审核自己编写或修改的内容，请由他人审核。")
        return self._step(policy, APPROVED, by, why)

    def schedule(self, slug: str, revision: int, by: str, at: datetime, note: str, material: bool) -> Policy:
        """Publish by itself at an instant to come."""
        policy = self._at(slug, revision, {APPROVED, SCHEDULED}, "定时发布")
        if at <= self._clock.now():
            raise InvalidInputError.at("at", "定时发布的时间应在将来。")
        _refuse_failing(policy)
        release = {"note": note, "material": material, "by": by}
        return self._step(policy, SCHEDULED, by, note, scheduled_for=at, release=release)

    def publish(self, slug: str, revision: int, by: str, note: str, material: bool) -> Policy:
        """Make the approved text what the public sees; its worked examples must hold."""
        done = self._publish(self._at(slug, revision, {APPROVED, SCHEDULED}, "发布"), by, note, material)
        self._hand_on(COLLECTION, slug)
        return done

    def release(self, policy: Policy, editor: str, reviewer: str, publisher: str, note: str) -> None:
        """Bring a working copy to the public from wherever an earlier run left it, each step in another's
        name; its event is left for the caller to hand on. What staff scheduled is left alone."""
        if policy.status in _SUBMITTABLE:
            policy = self._step(policy, IN_REVIEW, editor, "")
        if policy.status == IN_REVIEW:
            policy = self._approve(policy, reviewer)
        if policy.status == APPROVED:
            self._publish(policy, publisher, note, material=False)

    def hand_on(self, slug: str) -> None:
        """Hand on the events of what was released."""
        self._hand_on(COLLECTION, slug)

    def _publish(self, policy: Policy, by: str, note: str, material: bool) -> Policy:
        """The version is written first and nothing points to it; one command on the policy then makes it live
        and carries the event. Killed in between, the same call does the rest."""
        _refuse_failing(policy)
        version = self._versions.put(policy, by, self._clock.now(), note, material)
        data = {
            "version": version.number,
            "change": "updated" if policy.live_version else "published",
            "material": version.material,
        }
        return self._step(
            policy,
            PUBLISHED,
            version.by,
            version.note,
            Event(_kind(policy, POLICY_PUBLISHED), policy.slug, self._clock.now(), version.by, data),
            live_version=version.number,
            last_version=version.number,
            live=live_fields(policy.sheet),
            scheduled_for=None,
            release={},
            withdrawal={},
            owner=policy.owner or next(iter(policy.authors), version.by),
            confirm_by=(self._clock.today() + self._confirm_after).isoformat(),
            asked=False,
            # That a policy ended long before it came in is no news.
            end_told=bool(policy.sheet.validity.to and policy.sheet.validity.to < self._clock.today()),
        )

    def withdraw(self, slug: str, revision: int, by: str, why: str, replaced_by: str | None) -> Policy:
        """Take the policy from the public; it stays addressable and says why and what replaced it."""
        policy = self.policies.get(slug)
        if policy.revision == revision and not policy.live_version:
            raise WrongStateError("这项政策没有公开的版本，无需撤回。", id=slug)
        if replaced_by is not None and (replaced_by == slug or self.policies.find(replaced_by) is None):
            raise InvalidInputError.at("replaced_by", "没有这项政策。")
        now = self._clock.now()
        shown = policy.live_version or 0
        title = self._versions.get(slug, shown).sheet.title if shown else policy.title
        withdrawal = {
            "at": now, "by": by, "why": why, "replaced_by": replaced_by, "version": shown, "title": title
        }  # fmt: skip
        done = self._step(
            policy,
            WITHDRAWN,
            by,
            why,
            Event(_kind(policy, POLICY_WITHDRAWN), slug, now, by, {"version": shown}),
            revision=revision,
            live_version=None,
            live={},
            scheduled_for=None,
            release={},
            withdrawal=withdrawal,
        )
        self._hand_on(COLLECTION, slug)
        return done

    def confirm(self, slug: str, revision: int, by: str, why: str) -> Policy:
        """Say again that what the public sees is right; asked again after the set time."""
        policy = self.policies.get(slug)
        if policy.revision == revision and not policy.live_version:
            raise WrongStateError("这项政策没有公开的版本，无需确认。", id=slug)
        confirm_by = (self._clock.today() + self._confirm_after).isoformat()
        return self._step(
            policy, policy.status, by, why or "确认内容仍然有效", revision=revision,
            confirm_by=confirm_by, asked=False, owner=by,
        )  # fmt: skip

    def announce_ended(self) -> list[str]:
        """Announce each live policy whose last day is over, once; returns the slugs."""
        policies = self.policies.ended(self._clock.today())
        return [
            p.slug
            for p in policies
            if self._announce(p, _kind(p, POLICY_EXPIRED), "有效期届满", end_told=True)
        ]

    def ask_owners(self) -> list[str]:
        """Ask the owners of what has stood unconfirmed for the set time, once; returns the slugs."""
        policies = self.policies.to_ask(self._clock.today())
        return [
            p.slug for p in policies if self._announce(p, POLICY_UNCONFIRMED, "请确认是否仍有效", asked=True)
        ]

    def _announce(self, policy: Policy, kind: str, why: str, **fields: Any) -> bool:
        """One step that changes no text and carries an event; False when another process took it."""
        data = {"version": policy.live_version, "owner": policy.owner}
        event = Event(kind, policy.slug, self._clock.now(), "system", data)
        try:
            self._step(policy, policy.status, "system", why, event, **fields)
        except StaleRevisionError:
            return False  # seen again at the next tick if it is still due
        self._hand_on(COLLECTION, policy.slug)
        return True

    def publish_due(self) -> list[str]:
        """Publish what was scheduled for now or earlier; returns the slugs. Many may call it at once."""
        done = []
        for policy in self.policies.due(self._clock.now()):
            release = policy.release
            try:
                self.publish(
                    policy.slug, policy.revision, release["by"], release["note"], release["material"]
                )
                done.append(policy.slug)
            except InvalidInputError as error:
                # The program's judgement has changed since it was scheduled: people must look again.
                self.request_changes(policy.slug, policy.revision, "system", error.message)
                log.warning("scheduled_policy_refused", policy=policy.slug)
            except (StaleRevisionError, WrongStateError):
                log.info("scheduled_policy_taken", policy=policy.slug)
        return done

    def _at(self, slug: str, revision: int, allowed: Collection[str], what: str) -> Policy:
        policy = self.policies.get(slug)
        if policy.revision != revision:
            raise StaleRevisionError("政策", slug, revision, policy.revision)
        if policy.status not in allowed:
            label = STATUS_LABELS[policy.status]
            raise WrongStateError(f"政策“{slug}”现为“{label}”，不能{what}。", id=slug, status=policy.status)
        return policy

    def _step(
        self,
        policy: Policy,
        target: str,
        by: str,
        why: str,
        *events: Event,
        revision: int | None = None,
        **fields: Any,
    ) -> Policy:
        now = self._clock.now()
        start = policy.revision if revision is None else revision
        self._history.keep(policy.slug, policy.step)
        step = Step(by, now, why, policy.status, target, start + 1)
        return self.policies.change(
            policy.slug, start, by, now, *events, status=target, step=step.as_dict(), **fields
        )


def _kind(policy: Policy, public: str) -> str:
    return INTERNAL_CHANGED if policy.sheet.kind == "internal" else public


def _refuse_failing(policy: Policy) -> None:
    if problems := audit(policy.sheet):
        raise InvalidInputError(problems, f"有 {len(problems)} 处问题，不能发布：{problems[0].reason}")
