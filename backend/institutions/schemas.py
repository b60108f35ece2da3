"""Shapes of institutions on the wire."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from backend.adapters.http import Body, Query
from backend.adapters.http.fields import ConditionId, Slug
from backend.institutions.store import Institution
from backend.shared.clock import in_shanghai

Kind = Literal["service_agency", "workstation", "incubator", "accelerator", "park", "open_innovation_centre"]
KIND_LABELS = {
    "service_agency": "服务机构",
    "workstation": "服务工作站",
    "incubator": "孵化器",
    "accelerator": "加速器",
    "park": "园区",
    "open_innovation_centre": "大企业开放创新中心",
}


class InstitutionFields(Body):
    """What staff may say of an institution; `contact` is a public office's, never a person's."""

    name: str = Field(min_length=2, max_length=120)
    kind: Kind
    summary: str = Field(default="", max_length=2000)
    area: Slug | None = None
    town: Slug | None = None
    contact: str = Field(default="", max_length=200)
    helps: list[ConditionId] = Field(default_factory=list, max_length=50)
    help_kinds: list[Slug] = Field(default_factory=list, max_length=20)

    def fields(self) -> dict[str, Any]:
        """As the store keeps it."""
        return self.model_dump(mode="json", exclude={"id"})


class NewInstitution(InstitutionFields):
    """An institution to add."""

    id: Slug


class Suspension(Body):
    """Why it is taken off the lists."""

    why: str = Field(min_length=2, max_length=500)


class InstitutionQuery(Query):
    """Which institutions to list."""

    kind: Kind | None = None
    area: Slug | None = None
    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=300)


class StaffQuery(Query):
    """A page of all institutions."""

    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=300)


def institution_json(institution: Institution) -> dict[str, Any]:
    """An institution for everybody."""
    return {
        "id": institution.id,
        "name": institution.name,
        "kind": institution.kind,
        "kind_label": KIND_LABELS.get(institution.kind, institution.kind),
        "summary": institution.summary,
        "area": institution.area,
        "town": institution.town,
        "contact": institution.contact,
        "helps": list(institution.helps),
        "help_kinds": list(institution.help_kinds),
        "revision": institution.revision,
        "updated_at": in_shanghai(institution.updated_at).isoformat(),
    }


def staff_institution_json(institution: Institution) -> dict[str, Any]:
    """The same for staff: whether it is listed, and why not."""
    return {
        **institution_json(institution),
        "listed": institution.listed,
        "suspended_because": institution.suspended_because,
        "updated_by": institution.updated_by,
    }
