"""Shapes of policies on the wire."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Literal

from pydantic import AwareDatetime, Field

from backend.adapters.http import Body, Query
from backend.adapters.http.fields import Slug
from backend.adapters.http.requests import validated
from backend.catalogue.service import LinkState, PolicyChanges, Review
from backend.catalogue.store.history import Step
from backend.catalogue.store.policies import Policy
from backend.catalogue.store.versions import PolicyVersion
from backend.shared.clock import in_shanghai
from backend.shared.errors import InvalidInputError, Problem
from policies.document import Remark
from policies.sheet import Sheet

Status = Literal["draft", "in_review", "changes_requested", "approved", "scheduled", "published", "withdrawn"]


class PolicyQuery(Query):
    """Which published policies to list; `area` also finds those limited to no area."""

    kind: Literal["plan", "title", "money", "tax", "platform", "listing", "service"] | None = None
    level: Literal["national", "city", "district", "area"] | None = None
    area: str | None = Field(default=None, pattern=r"^[a-z0-9-]{2,60}$")
    in_force: bool | None = None
    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=300)


class WorkingQuery(Query):
    """Which working copies to list."""

    status: Status | None = None
    to_confirm: bool = False
    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=300)


class HistoryQuery(Query):
    """A page of the history."""

    limit: int = Field(default=50, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=300)


class ImportForm(Body):
    """The text fields beside an imported file."""

    slug: Slug | None = None
    separate: bool = False


class WrittenPolicy(Body):
    """A whole sheet, and why it was written so."""

    sheet: Sheet
    why: str = Field(default="", max_length=500)


class PatchedPolicy(Body):
    """Some top-level fields of the sheet, each replaced as a whole."""

    fields: dict[str, Any] = Field(min_length=1, max_length=len(Sheet.model_fields))
    why: str = Field(default="", max_length=500)

    def applied_to(self, sheet: Sheet) -> Sheet:
        """The sheet with these fields; InvalidInputError names each wrong place."""
        unknown = set(self.fields) - (set(Sheet.model_fields) - {"slug"})
        if unknown:
            raise InvalidInputError(
                [Problem(f"fields.{name}"[:200], "没有这一项，或不能修改。") for name in unknown]
            )
        return validated(Sheet, {**sheet.model_dump(mode="json"), **self.fields})


class Remarked(Body):
    """A step with an optional remark."""

    why: str = Field(default="", max_length=500)


class Reasoned(Body):
    """A step that needs a reason."""

    why: str = Field(min_length=2, max_length=500)


class Publication(Body):
    """What changed, and whether it is worth a message to firms."""

    note: str = Field(default="", max_length=500)
    material: bool = False


class ChangesQuery(Query):
    """Which earlier version to compare with; the one before when not given."""

    since: int | None = Field(default=None, ge=1)


class Scheduled(Publication):
    """A publication at an instant to come."""

    at: AwareDatetime


class Withdrawal(Reasoned):
    """Why, and which policy replaces it."""

    replaced_by: Slug | None = None


class PreviewWish(Body):
    """How long a preview may be seen."""

    days: int = Field(default=7, ge=1, le=30)


def summary_json(sheet: Sheet, standing: str, version: int) -> dict[str, Any]:
    """A line of a list."""
    wanted = {"slug", "title", "kind", "level", "stage", "number", "issuers", "areas"}
    more = {"industries", "validity", "confidence", "summary", "grants"}
    return {**sheet.model_dump(mode="json", include=wanted | more), "standing": standing, "version": version}


def working_line_json(policy: Policy) -> dict[str, Any]:
    """A line of the staff's list."""
    return {
        "slug": policy.slug,
        "title": policy.title,
        "status": policy.status,
        "revision": policy.revision,
        "live_version": policy.live_version,
        "updated_at": in_shanghai(policy.updated_at).isoformat(),
        "updated_by": policy.updated_by,
        "owner": policy.owner,
        "confirm_by": policy.confirm_by or None,
    }


def working_json(policy: Policy, problems: list[Problem], to_check: Sequence[Remark]) -> dict[str, Any]:
    """The working copy with all staff need: what to check, what fails, where it stands."""
    return {
        **working_line_json(policy),
        "authors": list(policy.authors),
        "last_version": policy.last_version,
        "scheduled_for": in_shanghai(policy.scheduled_for).isoformat() if policy.scheduled_for else None,
        "withdrawal": withdrawal_json(policy),
        "has_original": policy.original is not None,
        "filename": policy.filename,
        "warnings": [asdict(remark) for remark in to_check],
        "problems": [{"where": problem.where, "reason": problem.reason} for problem in problems],
        "sheet": policy.sheet.model_dump(mode="json"),
    }


def review_json(review: Review) -> dict[str, Any]:
    """Original and reading side by side; places are line, page and stretch of characters."""
    pages = {line.number: line.page for line in review.lines}
    return {
        "filename": review.filename,
        "lines": [asdict(line) for line in review.lines],
        "outline": [asdict(section) for section in review.outline],
        "values": [{**asdict(value), "page": pages.get(value.line)} for value in review.values],
        "warnings": [asdict(remark) for remark in review.remarks],
        "unread": list(review.unread),
    }


def changes_json(changes: PolicyChanges) -> dict[str, Any]:
    """What a version changed; `to` 0 is the working copy."""
    return {
        "slug": changes.slug,
        "from": changes.old,
        "to": changes.new,
        "note": changes.note,
        "material": changes.material,
        "fields": [asdict(change) for change in changes.fields],
        "clauses": [asdict(difference) for difference in changes.clauses],
    }


def links_json(links: Sequence[tuple[str, LinkState | None]]) -> list[dict[str, Any]]:
    """Official links: fine, uncertain, broken, or not yet checked."""
    return [
        {
            "url": url,
            "state": state.state if state else "unchecked",
            "reason": state.reason if state else "",
            "checked_at": in_shanghai(state.checked_at).isoformat() if state else None,
        }
        for url, state in links
    ]


def withdrawal_json(policy: Policy) -> dict[str, Any] | None:
    """Why the policy is not public any more; None when it is, or never was."""
    if not policy.withdrawal:
        return None
    gone = policy.withdrawal
    return {"at": in_shanghai(gone["at"]).isoformat(), "why": gone["why"], "replaced_by": gone["replaced_by"]}


def version_json(version: PolicyVersion) -> dict[str, Any]:
    """A published version, without its text; who published is not for the public."""
    return {
        "version": version.number,
        "published_at": in_shanghai(version.published_at).isoformat(),
        "note": version.note,
        "material": version.material,
    }


def step_json(step: Step) -> dict[str, Any]:
    """A step of the history."""
    return {
        "by": step.by,
        "at": in_shanghai(step.at).isoformat(),
        "why": step.why,
        "from": step.source or None,
        "to": step.target,
        "revision": step.revision,
    }
