"""Shapes of mentors, counsellors and liaisons on the wire."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict

from backend.adapters.http import Body, Query
from backend.adapters.http.fields import ConditionId, Day, Slug, Uscc
from backend.people.service import LEVELS, Absence, Adviser
from backend.people.store import Level
from backend.shared.clock import in_shanghai
from policies.vocabulary import SKILLS

Slugs = Annotated[list[Slug], Field(default_factory=list, max_length=50)]


class AdviserFields(Body):
    """What staff may say of an adviser; there is no place for a phone, on purpose."""

    name: str = Field(min_length=2, max_length=60)
    level: Level
    summary: str = Field(default="", max_length=1000)
    staff: str = Field(default="", max_length=64, description="工作人员账号，没有账号的留空")
    skills: Slugs
    areas: Slugs
    towns: Slugs
    posts: Slugs
    helps: list[ConditionId] = Field(default_factory=list, max_length=50)
    help_kinds: Slugs
    capacity: int = Field(default=10, ge=0, le=500, description="同时可以承接的诉求数")

    def fields(self) -> dict[str, Any]:
        """As the store keeps it."""
        return self.model_dump(mode="json", exclude={"id"})


class NewAdviser(AdviserFields):
    """An adviser to add."""

    id: Slug


class AbsencePeriod(Body):
    """From the first day through the last; `stand_in` is another adviser's id."""

    first: Day
    last: Day
    stand_in: Slug | None = None


class Absences(Body):
    """All absences, past ones may be left out."""

    absences: list[AbsencePeriod] = Field(max_length=50)

    def periods(self) -> list[Absence]:
        """As the service takes them."""
        return [Absence(away.first, away.last, away.stand_in or "") for away in self.absences]


class Interest(Body):
    """A firm that may not be advised, and why."""

    uscc: Uscc
    why: str = Field(min_length=2, max_length=200)


class Interests(Body):
    """All declared interests."""

    interests: list[Interest] = Field(max_length=200)


class AdviserSuspension(Body):
    """Why somebody is taken off the lists."""

    why: str = Field(min_length=2, max_length=500)


class AdviserQuery(Query):
    """Which advisers to list."""

    level: Level | None = None
    skill: Slug | None = None
    area: Slug | None = None
    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=300)


class StaffAdviserQuery(Query):
    """A page of all advisers."""

    level: Level | None = None
    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=300)


class SkillJson(TypedDict):
    """A skill with its label."""

    id: str
    label: str


class AdviserJson(TypedDict):
    """An adviser as everybody sees it."""

    id: str
    name: str
    level: Level
    level_label: str
    summary: str
    skills: list[SkillJson]
    areas: list[str]
    towns: list[str]
    posts: list[str]
    helps: list[str]
    help_kinds: list[str]
    away: bool


class AbsenceJson(TypedDict):
    """A period somebody is away."""

    first: str
    last: str
    stand_in: str | None


class InterestJson(TypedDict):
    """A firm somebody may not advise."""

    uscc: str
    why: str


class StaffAdviserJson(AdviserJson):
    """The same for staff."""

    staff: str
    capacity: int
    absences: list[AbsenceJson]
    interests: list[InterestJson]
    listed: bool
    suspended_because: str
    revision: int
    updated_at: str


class AdviserPage(TypedDict):
    """A page of advisers."""

    items: list[AdviserJson]
    total: int
    next_cursor: str | None


class StaffAdviserPage(TypedDict):
    """A page of advisers for staff."""

    items: list[StaffAdviserJson]
    total: int
    next_cursor: str | None


def adviser_json(adviser: Adviser, today: Day) -> AdviserJson:
    """An adviser for everybody."""
    labels = SKILLS.labels()
    return {
        "id": adviser.id,
        "name": adviser.name,
        "level": adviser.level,
        "level_label": LEVELS[adviser.level],
        "summary": adviser.summary,
        "skills": [{"id": skill, "label": labels[skill]} for skill in adviser.skills],
        "areas": list(adviser.areas),
        "towns": list(adviser.towns),
        "posts": list(adviser.posts),
        "helps": list(adviser.helps),
        "help_kinds": list(adviser.help_kinds),
        "away": adviser.absence(today) is not None,
    }


def staff_adviser_json(adviser: Adviser, today: Day) -> StaffAdviserJson:
    """The same for staff: account, capacity, absences, interests, standing."""
    return {
        **adviser_json(adviser, today),
        "staff": adviser.staff,
        "capacity": adviser.capacity,
        "absences": [
            {
                "first": away.first.isoformat(),
                "last": away.last.isoformat(),
                "stand_in": away.stand_in or None,
            }
            for away in adviser.absences
        ],
        "interests": [{"uscc": uscc, "why": why} for uscc, why in adviser.interests.items()],
        "listed": adviser.listed,
        "suspended_because": adviser.suspended_because,
        "revision": adviser.revision,
        "updated_at": in_shanghai(adviser.updated_at).isoformat(),
    }
