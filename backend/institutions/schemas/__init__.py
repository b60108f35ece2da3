"""Shapes of institutions on the wire."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from backend.adapters.http import Body, Query
from backend.adapters.http.fields import ConditionId, Slug
from backend.institutions.service import confirm_by
from backend.institutions.service.listing import Placed
from backend.institutions.service.quality import Quality
from backend.institutions.store import Kind, StandingWord
from backend.shared.clock import in_shanghai

KIND_LABELS = {
    "service_agency": "服务机构",
    "workstation": "服务工作站",
    "incubator": "孵化器",
    "accelerator": "加速器",
    "park": "园区",
    "open_innovation_centre": "大企业开放创新中心",
}
# Where firms are housed and met: rows 14-16, 25 and 31 of the plan.
CARRIERS: tuple[Kind, ...] = ("incubator", "accelerator", "park", "workstation", "open_innovation_centre")
Service = Annotated[str, StringConstraints(min_length=2, max_length=60)]
# An id of the people room; kept as text.
PersonKey = Annotated[str, StringConstraints(pattern=r"^([A-Za-z0-9][A-Za-z0-9_.:-]{0,62})?$")]


class InstitutionFields(Body):
    """What staff may say of an institution; `contact` is a public office's, never a person's."""

    name: str = Field(min_length=2, max_length=120)
    kind: Kind
    summary: str = Field(default="", max_length=2000)
    area: Slug | None = None
    town: Slug | None = None
    contact: str = Field(default="", max_length=200)
    services: list[Service] = Field(default_factory=list, max_length=30)
    counsellor: PersonKey = ""
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


class Resumption(Body):
    """Why it is listed again, if there is more to say than that it is."""

    why: str = Field(default="", max_length=500)


class Confirmation(Body):
    """How staff made sure that what is written still holds."""

    why: str = Field(min_length=2, max_length=500)


class InstitutionQuery(Query):
    """Which institutions to list; `carriers`: only places where firms are housed and met."""

    kind: Kind | None = None
    carriers: bool = False
    area: Slug | None = None
    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=300)


class StaffQuery(Query):
    """A page of all institutions."""

    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=300)


class QualityAnswer(TypedDict):
    """The record: `reported` is what the institution says, `known` what the cultivation pool knows.

    `average` (1 to 5) is shown only when enough firms answered.
    """

    cases: int
    reported_success: int
    reported_failure: int
    known_success: int
    complaints_upheld: int
    answers: int
    average: str | None


class StandingAnswer(TypedDict):
    """One change of standing."""

    standing: StandingWord
    at: str
    by: str
    why: str


class InstitutionAnswer(TypedDict):
    """An institution for everybody; `overdue`: nobody confirmed it within the year."""

    id: str
    name: str
    kind: Kind
    kind_label: str
    carrier: bool
    summary: str
    area: str | None
    town: str | None
    contact: str
    services: list[str]
    counsellor: str
    helps: list[str]
    help_kinds: list[str]
    confirmed_on: str
    confirm_by: str
    overdue: bool
    confirmation: str
    quality: QualityAnswer
    revision: int
    updated_at: str


class ListedInstitution(InstitutionAnswer):
    """The same in its place of a list, and why it stands there."""

    why_here: list[str]


class InstitutionPage(TypedDict):
    """A page; `order` says how the list is ordered."""

    items: list[ListedInstitution]
    total: int
    next_cursor: str | None
    order: list[str]


class StaffInstitutionAnswer(InstitutionAnswer):
    """The same for staff: whether it is listed, why not, and how it stood before."""

    listed: bool
    suspended_because: str
    complaints_open: int
    history: list[StandingAnswer]
    updated_by: str


class StaffInstitutionPage(TypedDict):
    """A page of all institutions by id."""

    items: list[StaffInstitutionAnswer]
    total: int
    next_cursor: str | None


def _quality(record: Quality) -> QualityAnswer:
    counts = record.counts
    return QualityAnswer(
        cases=counts.cases,
        reported_success=counts.reported_success,
        reported_failure=counts.reported_failure,
        known_success=counts.known_success,
        complaints_upheld=record.upheld,
        answers=record.answers,
        average=record.average,
    )


def institution_json(placed: Placed) -> InstitutionAnswer:
    """An institution for everybody."""
    one, kind = placed.institution, placed.institution.kind
    until = confirm_by(one).isoformat()
    return {
        "id": one.id,
        "name": one.name,
        "kind": kind,
        "kind_label": KIND_LABELS[kind],
        "carrier": kind in CARRIERS,
        "summary": one.summary,
        "area": one.area,
        "town": one.town,
        "contact": one.contact,
        "services": list(one.services),
        "counsellor": one.counsellor,
        "helps": list(one.helps),
        "help_kinds": list(one.help_kinds),
        "confirmed_on": one.confirmed_on.isoformat(),
        "confirm_by": until,
        "overdue": placed.overdue,
        "confirmation": f"年度确认已逾期（应于{until}前确认）" if placed.overdue else "已确认",
        "quality": _quality(placed.quality),
        "revision": one.revision,
        "updated_at": in_shanghai(one.updated_at).isoformat(),
    }


def listed_json(placed: Placed) -> ListedInstitution:
    """An institution in its place of a list."""
    return {**institution_json(placed), "why_here": list(placed.why_here)}


def staff_institution_json(placed: Placed) -> StaffInstitutionAnswer:
    """An institution for staff."""
    one = placed.institution
    return {
        **institution_json(placed),
        "listed": one.listed,
        "suspended_because": one.suspended_because,
        "complaints_open": placed.quality.open_complaints,
        "history": [
            {"standing": line.standing, "at": line.at.isoformat(), "by": line.by, "why": line.why}
            for line in one.history
        ],
        "updated_by": one.updated_by,
    }
