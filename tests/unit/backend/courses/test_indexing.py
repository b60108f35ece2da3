"""Search documents of courses and institutions fit the schema their rooms declare."""

from __future__ import annotations

from datetime import UTC, date, datetime

from backend.courses import indexing as courses
from backend.courses.store import Course
from backend.institutions import indexing as institutions
from backend.institutions.store import Institution
from search_index.schema import Schema

NOW = datetime(2026, 5, 6, tzinfo=UTC)
COURSE = Course(
    id="kecheng",
    revision=3,
    title="示例课程",
    series="训练营",
    summary="一句话。",
    place="示例厅",
    online=False,
    day=date(2026, 6, 30),
    helps=("shili/rd-ratio",),
    help_kinds=("rd-accounting",),
    listed=True,
    updated_at=NOW,
    updated_by="staff:editor",
)
INSTITUTION = Institution(
    id="fuwu",
    revision=2,
    name="示例服务中心",
    kind="park",
    summary="一句话。",
    area=None,
    town=None,
    contact="",
    services=(),
    counsellor="",
    helps=(),
    help_kinds=("rd-accounting",),
    listed=False,
    suspended_because="资质到期",
    history=(),
    confirmed_on=date(2026, 5, 6),
    updated_at=NOW,
    updated_by="staff:editor",
)


def test_a_course() -> None:
    (document,) = courses.search_documents(COURSE)
    Schema(courses.FIELDS).check(document)
    assert (document.id, document.revision, document.fields["day"]) == (
        "course:kecheng",
        3,
        date(2026, 6, 30),
    )
    assert courses.is_findable(COURSE)


def test_an_institution_bound_to_no_area_serves_every_one() -> None:
    (document,) = institutions.search_documents(INSTITUTION)
    Schema(institutions.FIELDS).check(document)
    assert (document.id, document.fields["area"]) == ("institution:fuwu", "*")
    assert not institutions.is_findable(INSTITUTION)
