"""The catalogue: policies from the first draft to the version the public reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from backend.adapters.files import OriginalStore, read_lines
from backend.catalogue.service import library
from backend.catalogue.service.audit import audit
from backend.catalogue.service.library import LibraryReport
from backend.catalogue.service.published import (
    PolicyFilter,
    PublishedPolicies,
    WithdrawnPolicy,
    standing,
)
from backend.catalogue.service.workflow import POLICY_PUBLISHED, POLICY_WITHDRAWN, Workflow
from backend.catalogue.store.history import HistoryStore, Step
from backend.catalogue.store.policies import COLLECTION, Policy, PolicyStore
from backend.catalogue.store.versions import PolicyVersion, PublishedPolicy, VersionStore
from backend.shared.caller import ANONYMOUS, Caller
from backend.shared.clock import Clock
from backend.shared.errors import AlreadyExistsError, InvalidInputError, NotFoundError, Problem
from backend.shared.paging import Page
from policies.document import check_list, draft_sheet, read_document
from policies.sheet import Sheet, SheetError, render_sheet
from policies.sheet.model import SLUG

__all__ = [
    "COLLECTION",
    "POLICY_PUBLISHED",
    "POLICY_WITHDRAWN",
    "CatalogueService",
    "LibraryReport",
    "Policy",
    "PolicyFilter",
    "PolicyVersion",
    "PublishedPolicy",
    "Step",
    "WithdrawnPolicy",
    "standing",
]

_OPEN_TO_ALL = "主动公开"
_MOST_WARNINGS, _LONGEST_WARNING = 2000, 300


class CatalogueService:
    """The verbs of policies; `hand_on(collection, id)` delivers a record's events."""

    def __init__(self, originals: OriginalStore, clock: Clock, hand_on: Callable[[str, str], bool]) -> None:
        versions, self._history = VersionStore(), HistoryStore()
        self._policies = PolicyStore()
        self._originals = originals
        self._clock = clock
        self._workflow = Workflow(self._policies, versions, self._history, clock, hand_on)
        self._published = PublishedPolicies(self._policies, versions, clock)

    # From a document or a form to a draft

    def import_document(self, data: bytes, filename: str, caller: Caller, slug: str | None = None) -> Policy:
        """The draft made of a document's bytes; the same bytes again give the same policy.

        UnreadableFileError says why a file cannot be read, AlreadyExistsError that another policy has
        the slug.
        """
        if slug is not None and not re.fullmatch(SLUG, slug):
            raise InvalidInputError.at("slug", "应为 2 至 63 个小写字母、数字或连字符。")
        file = read_lines(data, filename)
        original = self._originals.put(data)
        known = self._policies.find(slug) if slug else self._policies.find_by_original(original)
        if known is not None and known.original == original:
            return known
        document = read_document(file.lines, filename)
        sheet = draft_sheet(document, slug)
        openness = document.head.openness
        remarks = sorted((*file.warnings, *check_list(document)), key=lambda remark: remark.line)
        try:
            return self._workflow.add(
                sheet,
                caller.label,
                f"导入 {filename[:200]}",
                original=original,
                filename=filename[:200],
                openness=openness.value if openness else "",
                warnings=[
                    {**asdict(remark), "message": remark.message[:_LONGEST_WARNING]}
                    for remark in remarks[:_MOST_WARNINGS]
                ],
            )
        except AlreadyExistsError:
            # Two imports of one file may run at once; the one that came second finds the first one's draft.
            known = self._policies.get(sheet.slug)
            if known.original != original:
                raise
            return known

    def write_policy(self, sheet: Sheet, caller: Caller, why: str = "") -> Policy:
        """A new draft written by hand."""
        return self._workflow.add(sheet, caller.label, why or "新建")

    def edit_policy(self, slug: str, sheet: Sheet, revision: int, caller: Caller, why: str = "") -> Policy:
        """Replace the working sheet of the revision the editor saw."""
        return self._workflow.edit(slug, sheet, revision, caller.label, why)

    # Review and publication

    def submit(self, slug: str, revision: int, caller: Caller, why: str = "") -> Policy:
        """Ask for a review."""
        return self._workflow.submit(slug, revision, caller.label, why)

    def request_changes(self, slug: str, revision: int, caller: Caller, why: str) -> Policy:
        """Give the text back to its authors."""
        return self._workflow.request_changes(slug, revision, caller.label, why)

    def approve(self, slug: str, revision: int, caller: Caller, why: str = "") -> Policy:
        """Approve what others wrote."""
        return self._workflow.approve(slug, revision, caller.label, why)

    def schedule(
        self, slug: str, revision: int, caller: Caller, at: datetime, note: str = "", material: bool = False
    ) -> Policy:
        """Publish at an instant to come."""
        return self._workflow.schedule(slug, revision, caller.label, at, note, material)

    def publish(
        self, slug: str, revision: int, caller: Caller, note: str = "", material: bool = False
    ) -> Policy:
        """Make the approved text live; InvalidInputError lists the worked examples that fail."""
        return self._workflow.publish(slug, revision, caller.label, note, material)

    def withdraw(
        self, slug: str, revision: int, caller: Caller, why: str, replaced_by: str | None = None
    ) -> Policy:
        """Take the policy from the public."""
        return self._workflow.withdraw(slug, revision, caller.label, why, replaced_by)

    def publish_due(self) -> list[str]:
        """Publish what was scheduled and is due; for the schedule table."""
        return self._workflow.publish_due()

    # For staff

    def read_working(self, slug: str) -> Policy:
        """The working copy."""
        return self._policies.get(slug)

    def list_working(self, limit: int, cursor: str | None, status: str | None = None) -> Page[Policy]:
        """Working copies by slug, without their content."""
        return self._policies.page(status, limit, cursor)

    def problems(self, policy: Policy) -> list[Problem]:
        """What would stop this text from being published."""
        return audit(policy.sheet)

    def history(self, slug: str, limit: int, cursor: str | None) -> Page[Step]:
        """Who did what, when and why, newest first."""
        policy = self._policies.get(slug)
        self._history.keep(slug, policy.step)
        return self._history.page(slug, limit, cursor)

    def read_original(self, slug: str, caller: Caller) -> tuple[str, bytes]:
        """Name and bytes of the imported file: for staff; for all when live and released for the public."""
        policy = self._policies.get(slug)
        open_to_all = policy.live_version and policy.openness == _OPEN_TO_ALL
        if policy.original is None or (caller.kind != "staff" and not open_to_all):
            raise NotFoundError("原件", slug)
        return policy.filename, self._originals.get(policy.original)

    # For everybody, and for the rooms that follow

    def list_published(
        self, limit: int, cursor: str | None, wanted: PolicyFilter | None = None
    ) -> Page[PublishedPolicy]:
        """A page of published policies by slug."""
        return self._published.page(wanted or PolicyFilter(), limit, cursor)

    def read_published(self, slug: str) -> PublishedPolicy | WithdrawnPolicy:
        """What stands at a policy's address; NotFoundError when it was never public."""
        return self._published.one_or_withdrawn(slug)

    def published(self, slug: str) -> PublishedPolicy:
        """A policy the public sees now; NotFoundError when there is none."""
        return self._published.one(slug)

    def find_published(self, slugs: Sequence[str]) -> list[PublishedPolicy]:
        """Those of the policies that the public sees now, by slug."""
        return self._published.many(slugs)

    def published_sheets(self) -> list[PublishedPolicy]:
        """All policies the public sees now, by slug."""
        return self._published.all()

    def published_as_of(self, instant: datetime | None) -> list[PublishedPolicy]:
        """The policies the public sees now, in the version it saw at an instant; without one: now."""
        return self._published.all() if instant is None else self._published.as_of(instant)

    def standing(self, policy: PublishedPolicy) -> str:
        """Where it stands today: consultation, not_yet, in_force or expired."""
        return standing(policy.sheet, self._clock.today())

    def versions(self, slug: str, caller: Caller = ANONYMOUS) -> list[PolicyVersion]:
        """The published versions, newest first."""
        return self._published.versions(slug, caller)

    def read_version(self, slug: str, number: int, caller: Caller = ANONYMOUS) -> PolicyVersion:
        """One version as it was published."""
        return self._published.version(slug, number, caller)

    def retired_documents(self, slug: str) -> tuple[int, list[str]]:
        """What the index must let go of now, and at which revision; all of it when withdrawn."""
        return self._published.retired_documents(slug)

    # The library

    def load_library(self, sheets: Sequence[Sheet], broken: Sequence[SheetError] = ()) -> LibraryReport:
        """Bring in the library's sheets; what staff edited stays, and the difference is reported."""
        return library.load(self._workflow, sheets, broken)

    def export_sheets(self, folder: Path) -> int:
        """Write every published sheet as a library file; returns their number."""
        folder.mkdir(parents=True, exist_ok=True)
        published = self.published_sheets()
        for policy in published:
            (folder / f"{policy.slug}.md").write_text(render_sheet(policy.sheet), encoding="utf-8")
        return len(published)
