"""What push knows of the other rooms."""

from __future__ import annotations

from collections.abc import Mapping

from backend.accounts.service import AccountService
from backend.adapters.queue import TaskQueue
from backend.catalogue.service import (
    CatalogueService,
    PublishedPolicy,
)
from backend.companies.service import CompanyService
from backend.companies.service.applications import ApplicationService
from backend.courses.service import CourseService
from backend.institutions.service import InstitutionService
from backend.pool.service import PoolService
from backend.push.service import Found, Help, World
from backend.search.service import Answer, Finding, SearchService, Wanted
from backend.shared.caller import SYSTEM, Caller, Role
from backend.shared.clock import Clock
from backend.shared.errors import NotFoundError
from backend.shared.paging import LARGEST_PAGE, every
from policies.sheet import Sheet

# Reads what only staff may read: earlier versions of a withdrawn policy.
SYSTEM_STAFF = Caller("staff", SYSTEM.id)


def _title_of(finding: Finding) -> str:
    record = finding.record
    if isinstance(record, PublishedPolicy):
        return f"{record.sheet.title} {finding.part.title}" if finding.part else record.sheet.title
    if isinstance(record, Answer):
        return record.question
    return record


def world_of_push(
    clock: Clock,
    queue: TaskQueue,
    catalogue: CatalogueService,
    courses: CourseService,
    institutions: InstitutionService,
    companies: CompanyService,
    pool: PoolService,
    accounts: AccountService,
    search: SearchService,
    applications: ApplicationService,
) -> World:
    """What push knows of the other rooms."""

    def sheet_of_version(slug: str, number: int) -> Sheet | None:
        try:
            return catalogue.read_version(slug, number, SYSTEM_STAFF).sheet
        except NotFoundError:
            return None

    def find_help(kind: str, key: str) -> Help | None:
        if kind == "course":
            course = courses.find_course(key)
            shown = Help(kind, key, course.title, course.helps, course.help_kinds, course.day)
            return shown if course.listed else None
        institution = institutions.find_institution(key)
        shown = Help(kind, key, institution.name, institution.helps, institution.help_kinds)
        return shown if institution.listed else None

    def find(text: str, filters: Mapping[str, object]) -> list[Found]:
        chosen = {
            name: tuple(map(str, values)) for name, values in filters.items() if isinstance(values, list)
        }
        found, cursor = {}, None
        while True:
            page = search.search(Wanted(text, chosen, limit=LARGEST_PAGE, cursor=cursor))
            found.update({item.hit.id: Found(item.hit.id, _title_of(item)) for item in page.items})
            cursor = page.next_cursor
            if cursor is None:
                return list(found.values())

    def publishers() -> list[str]:
        staff = every(lambda at: accounts.staff.list_staff(LARGEST_PAGE, at))
        wanted = {Role.PUBLISHER, Role.ADMIN}
        return [member.name for member in staff if not member.disabled and wanted & set(member.roles)]

    def draft(slug: str) -> PublishedPolicy:
        working = catalogue.read_working(slug)
        return PublishedPolicy(slug, working.last_version + 1, working.revision, working.sheet, clock.now())

    return World(
        pool=pool,
        companies=companies,
        clock=clock,
        enqueue=queue.enqueue,
        published=catalogue.published_sheets,
        sheet_of_version=sheet_of_version,
        persons_of=accounts.firms.persons_of_firms,
        firms_of=accounts.firms.firms_of,
        openids_of=accounts.persons.openids_of,
        allows_carriers=accounts.persons.allowing_push,
        publishers=publishers,
        find_help=find_help,
        find=find,
        draft=draft,
        person_of=accounts.persons.person_of,
        reminders_over=applications.reminders_over,
    )
