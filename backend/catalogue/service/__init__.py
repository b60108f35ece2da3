"""The catalogue: policies from the first draft to the version the public reads."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from backend.adapters.files import OriginalStore
from backend.adapters.links import LinkProbe
from backend.catalogue.service import library
from backend.catalogue.service.audit import audit
from backend.catalogue.service.changes import PolicyChanges, changes_between
from backend.catalogue.service.explanations import QUESTIONS_CHANGED, Explanations
from backend.catalogue.service.folders import FolderImport, FolderReport
from backend.catalogue.service.intake import Intake
from backend.catalogue.service.library import LibraryReport
from backend.catalogue.service.links import LinkWatch
from backend.catalogue.service.previews import PreviewLinks
from backend.catalogue.service.published import (
    PolicyFilter,
    PublishedPolicies,
    Row,
    Standing,
    WithdrawnPolicy,
    standing,
)
from backend.catalogue.service.review import Review
from backend.catalogue.service.workflow import (
    POLICY_EXPIRED,
    POLICY_PUBLISHED,
    POLICY_UNCONFIRMED,
    POLICY_WITHDRAWN,
    Workflow,
)
from backend.catalogue.store.explanations import Explanation
from backend.catalogue.store.history import HistoryStore, Step
from backend.catalogue.store.links import LinkState
from backend.catalogue.store.policies import COLLECTION, Policy, PolicyStore
from backend.catalogue.store.seals import SealStore
from backend.catalogue.store.versions import PolicyVersion, PublishedPolicy, VersionStore
from backend.shared.caller import ANONYMOUS, Caller
from backend.shared.clock import Clock
from backend.shared.errors import NotFoundError, Problem
from backend.shared.paging import Page
from policies.document import Remark
from policies.sheet import Sheet, SheetError, render_sheet

__all__ = [
    "COLLECTION",
    "QUESTIONS_CHANGED",
    "POLICY_EXPIRED",
    "POLICY_PUBLISHED",
    "POLICY_UNCONFIRMED",
    "POLICY_WITHDRAWN",
    "CatalogueService",
    "Explanation",
    "FolderReport",
    "LibraryReport",
    "LinkState",
    "Policy",
    "PolicyChanges",
    "PolicyFilter",
    "PolicyVersion",
    "PreviewLinks",
    "PublishedPolicy",
    "Review",
    "Row",
    "Step",
    "WithdrawnPolicy",
    "standing",
]

_OPEN_TO_ALL = "主动公开"


class CatalogueService:
    """The verbs of policies; `hand_on(collection, id)` delivers a record's events."""

    def __init__(
        self,
        originals: OriginalStore,
        clock: Clock,
        hand_on: Callable[[str, str], bool],
        confirm_after: timedelta = timedelta(days=180),
        probe: LinkProbe | None = None,
        public_url: str = "http://127.0.0.1:8000",
        signing_key: str = "",
    ) -> None:
        versions, self._history = VersionStore(), HistoryStore()
        self._policies = PolicyStore()
        self._originals = originals
        self._clock = clock
        self._workflow = Workflow(self._policies, versions, self._history, clock, hand_on, confirm_after)
        self._intake = Intake(self._workflow, versions, originals)
        self._links = LinkWatch(clock, probe)
        self.folders = FolderImport(self._intake, self._workflow)
        self._published = PublishedPolicies(self._policies, versions, clock)
        self.previews = PreviewLinks(signing_key or secrets.token_hex(), self._policies, SealStore(), clock)
        self.public_url = public_url.rstrip("/")
        self.explanations = Explanations(self._policies, self._published, clock, hand_on, public_url)

    # From a document or a form to a draft

    def import_document(
        self, data: bytes, filename: str, caller: Caller, slug: str | None = None, separate: bool = False
    ) -> Policy:
        """The draft made of a document's bytes; the same bytes again give the same policy.

        UnreadableFileError says why a file cannot be read, SameNumberError that another policy has its
        number (unless it is to be `separate`), AlreadyExistsError that another policy has the slug.
        """
        return self._intake.import_document(data, filename, caller.label, slug, separate)

    def import_version(self, slug: str, data: bytes, filename: str, revision: int, caller: Caller) -> Policy:
        """A new text of the policy's document as its working copy; clauses keep their anchors."""
        return self._intake.import_version(slug, data, filename, revision, caller.label)

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

    def confirm(self, slug: str, revision: int, caller: Caller, why: str = "") -> Policy:
        """Say that what the public sees is still right."""
        return self._workflow.confirm(slug, revision, caller.label, why)

    def announce_ended(self) -> list[str]:
        """Announce what has run out since it was last looked at; for the schedule table."""
        return self._workflow.announce_ended()

    def ask_owners(self) -> list[str]:
        """Ask owners to confirm what has stood for the set time; for the schedule table."""
        return self._workflow.ask_owners()

    def watch_links(self) -> int:
        """Ask the official links that are due; for the schedule table. It marks and hides nothing."""
        return self._links.ask_due(policy.sheet for policy in self.published_sheets())

    # For staff

    def read_working(self, slug: str) -> Policy:
        """The working copy."""
        return self._policies.get(slug)

    def list_working(
        self, limit: int, cursor: str | None, status: str | None = None, to_confirm: bool = False
    ) -> Page[Policy]:
        """Working copies by slug, without their content; `to_confirm`: those to be confirmed by now."""
        return self._policies.page(status, limit, cursor, self._clock.today() if to_confirm else None)

    def to_check(self, policy: Policy) -> list[Remark]:
        """What a person must look at before it is published."""
        return self._intake.to_check(policy)

    def review(self, slug: str) -> Review:
        """The imported original beside what was read of it."""
        return self._intake.review(self._policies.get(slug))

    def problems(self, policy: Policy) -> list[Problem]:
        """What would stop this text from being published."""
        return audit(policy.sheet)

    def history(self, slug: str, limit: int, cursor: str | None) -> Page[Step]:
        """Who did what, when and why, newest first."""
        policy = self._policies.get(slug)
        self._history.keep(slug, policy.step)
        return self._history.page(slug, limit, cursor)

    def read_original(self, slug: str, caller: Caller) -> tuple[str, bytes]:
        """Name and bytes of the imported file: the working copy's for staff, else the live version's."""
        policy = self._policies.get(slug)
        if caller.kind != "staff" and policy.live_version:
            return self.read_version_original(slug, policy.live_version, caller)
        if policy.original is None or caller.kind != "staff":
            raise NotFoundError("原件", slug)
        return policy.filename, self._originals.get(policy.original)

    def read_version_original(self, slug: str, number: int, caller: Caller) -> tuple[str, bytes]:
        """The file a version was made of: for staff; for all when it is released for the public."""
        version = self.read_version(slug, number, caller)
        if not version.original or (caller.kind != "staff" and version.openness != _OPEN_TO_ALL):
            raise NotFoundError("原件", f"{slug}@{number}")
        return version.filename, self._originals.get(version.original)

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

    def plain_sheet(self, policy: PublishedPolicy) -> dict[str, Any]:
        """Its sheet as plain values, not to be changed."""
        return self._published.plain(policy)

    def find_published(self, slugs: Sequence[str]) -> list[PublishedPolicy]:
        """Those of the policies that the public sees now, by slug."""
        return self._published.many(slugs)

    def live_rows(self, slugs: Sequence[str]) -> list[Row]:
        """Slug, live version and revision of these: all that tells whether what is known still holds."""
        return self._published.rows(slugs)

    def policies_of(self, rows: Sequence[Row]) -> list[PublishedPolicy]:
        """The policies of such rows that the public sees."""
        return self._published.of_rows(rows)

    def internal_sheets(self) -> list[PublishedPolicy]:
        """The rules of the house: for the pool, its lists and its warnings."""
        return self._published.internal()

    def published_sheets(self) -> list[PublishedPolicy]:
        """All policies the public sees now, by slug."""
        return self._published.all()

    def published_as_of(self, instant: datetime | None) -> list[PublishedPolicy]:
        """The policies the public sees now, in the version it saw at an instant; without one: now."""
        return self._published.all() if instant is None else self._published.as_of(instant)

    def standing(self, policy: PublishedPolicy) -> Standing:
        """Where it stands today: consultation, unconfirmed, not_yet, in_force or expired."""
        return standing(policy.sheet, self._clock.today())

    def versions(self, slug: str, caller: Caller = ANONYMOUS) -> list[PolicyVersion]:
        """The published versions, newest first."""
        return self._published.versions(slug, caller)

    def read_version(self, slug: str, number: int, caller: Caller = ANONYMOUS) -> PolicyVersion:
        """One version as it was published."""
        return self._published.version(slug, number, caller)

    def changes(
        self, slug: str, new: int, old: int | None = None, caller: Caller = ANONYMOUS
    ) -> PolicyChanges:
        """What version `new` changed of version `old` (the one before it when not given)."""
        after = self.read_version(slug, new, caller)
        before = self.read_version(slug, new - 1 if old is None else old, caller)
        return changes_between(
            before.sheet, after.sheet, before.number, after.number, after.note, after.material
        )

    def pending_changes(self, slug: str) -> PolicyChanges:
        """What the working copy would change of the live version."""
        policy = self._policies.get(slug)
        if not policy.live_version:
            raise NotFoundError("政策版本", slug)
        live = self._published.one(slug)
        return changes_between(live.sheet, policy.sheet, live.version, 0, "", None)

    def replaced_by(self, slug: str, number: str) -> list[str]:
        """The live policies that say they replace or repeal this one."""
        return self._policies.replacing(slug, number)

    def links(self, sheet: Sheet) -> list[tuple[str, LinkState | None]]:
        """The official links of a sheet and how each was last found."""
        return self._links.states(sheet)

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
