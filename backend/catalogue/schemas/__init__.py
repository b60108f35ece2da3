"""Shapes of policies on the wire."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import AwareDatetime, Field

from backend.adapters.http import Body, Query
from backend.adapters.http.fields import Slug
from backend.adapters.http.requests import validated
from backend.catalogue.store.policies import PolicyStatus
from backend.shared.errors import InvalidInputError, Problem
from policies.sheet import Sheet


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

    status: PolicyStatus | None = None
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
