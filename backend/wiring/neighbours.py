"""What one room is told of others: who helps, who holds a post, what the map is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from backend.accounts.service import AccountService
from backend.catalogue.service import (
    CatalogueService,
    PublishedPolicy,
)
from backend.companies.service.applications import ApplicationService
from backend.companies.service.grid import Holder
from backend.courses.service import Course, CourseService
from backend.courses.service.news import when_and_where
from backend.courses.service.planning import FindSeason, Season
from backend.courses.service.room import CourseRoom
from backend.eligibility.service import Helper
from backend.graph.service import Contribution
from backend.institutions.service import Institution, InstitutionService
from backend.institutions.service.quality import CertifiedOn
from backend.people.service import Adviser, PeopleService
from backend.pool.life import standing
from backend.pool.service import PoolService
from backend.push.service import Entry, Source
from backend.shared.caller import SYSTEM, Role, Scope
from backend.shared.clock import in_shanghai
from backend.shared.errors import NotFoundError
from backend.shared.paging import LARGEST_PAGE, every
from policies.facts import registry
from policies.graph import part_of_helper, part_of_policy


def post_holders(accounts: AccountService, people: PeopleService, today: date) -> list[Holder]:
    """Who holds a post somewhere: the people of the house, and accounts in a post that are not among them.

    Who is away is replaced by the stand-in, at the place of the one who is away.
    """
    advisers = {one.id: one for one in people.everyone() if one.level in (Role.LIAISON, Role.COUNSELLOR)}
    held = []
    for one in advisers.values():
        away = one.absence(today)
        there = advisers.get(away.stand_in) if away else one
        if there is not None:
            scope = Scope(frozenset(one.areas), frozenset(one.towns))
            held.append(Holder(there.staff or there.id, there.name, frozenset({Role(one.level)}), scope))
    return held + unnamed_holders(accounts, people)


def unnamed_holders(accounts: AccountService, people: PeopleService) -> list[Holder]:
    """The accounts nobody among the people of the house is described for."""
    named = people.staffed()
    staff = every(lambda at: accounts.staff.list_staff(LARGEST_PAGE, at))
    return [
        Holder(one.name, one.display_name or one.name, one.roles, one.scope)
        for one in staff
        if not one.disabled and one.name not in named
    ]


def renewing_firms(catalogue: CatalogueService, applications: ApplicationService) -> set[str]:
    """The firms that have applied for a policy that makes them high-tech firms, and wait."""
    granting = [one.slug for one in catalogue.published_sheets() if "gaoqi" in one.sheet.grants]
    return {uscc for slug in granting for uscc in applications.applied(slug)}


def titles_granted(catalogue: CatalogueService, slug: str) -> set[str]:
    """The titles a published policy grants."""
    return {title for one in catalogue.find_published([slug]) for title in one.sheet.grants}


def helpers_of(
    courses: CourseService, institutions: InstitutionService, people: PeopleService
) -> Callable[[list[str], list[str]], list[Helper]]:
    """Who helps with these conditions, or offers these kinds of help: courses first."""

    def find(condition_ids: list[str], help_kinds: list[str]) -> list[Helper]:
        taught = courses.helpers(condition_ids, help_kinds)
        served = institutions.helpers(condition_ids, help_kinds)
        advised = people.helpers(condition_ids, help_kinds)
        return [
            *(Helper("course", c.id, c.title, c.helps, c.help_kinds) for c in taught),
            *(Helper("institution", i.id, i.name, i.helps, i.help_kinds) for i in served),
            *(Helper(one.level, one.id, one.name, one.helps, one.offers) for one in advised),
        ]

    return find


def next_season(catalogue: CatalogueService) -> FindSeason:
    """When a policy's next application window opens, as its sheet says."""

    def find(slug: str, today: date) -> Season | None:
        policy = catalogue.published(slug)
        windows = [(window, rule) for rule in policy.sheet.rules for window in rule.windows]
        coming = [(window, rule) for window, rule in windows if window.open > today]
        if not coming:
            return None
        window, rule = min(coming, key=lambda pair: pair[0].open)
        source = window.source or rule.source.title
        return Season(slug, policy.sheet.title, window.open, window.close, source, window.mark)

    return find


def seats_in_calendar(courses: CourseRoom) -> Source:
    """The sessions a person has a seat in, for its calendar."""

    def entries(person: str, _firms: Sequence[str], _today: date) -> Iterator[Entry]:
        for found in courses.personal.to_come(person):
            session = found.session
            yield Entry(
                f"session.{session.id}", session.starts_at.date(), found.course.title,
                when_and_where(session), session.starts_at, session.ends_at,
            )  # fmt: skip

    return entries


def certified_on(pool: PoolService) -> CertifiedOn:
    """The last day the pool saw a firm certified, of the steps that stand."""

    def find(uscc: str) -> date | None:
        try:
            life = pool.read(uscc, SYSTEM).life
        except NotFoundError:
            return None
        days = [in_shanghai(step.at).date() for step in standing(life) if step.step == "certified"]
        return max(days, default=None)

    return find


def map_sources(
    catalogue: CatalogueService,
    courses: CourseService,
    institutions: InstitutionService,
    people: PeopleService,
) -> tuple[Callable[[], Iterator[Contribution]], ...]:
    """What every content room contributes to the map, for a full rebuild."""
    return (
        lambda: (policy_part(policy) for policy in catalogue.published_sheets()),
        lambda: (
            helper_part("course", c.id, c.title, c)
            for c in every(lambda at: courses.list_all(LARGEST_PAGE, at))
        ),
        lambda: (
            helper_part("institution", i.id, i.name, i)
            for i in every(lambda at: institutions.list_all(LARGEST_PAGE, at))
        ),
        lambda: (
            mentor_part(one) for one in every(lambda at: people.list_all(LARGEST_PAGE, at, level=Role.MENTOR))
        ),
    )


def policy_part(policy: PublishedPolicy) -> Contribution:
    labels = {name: fact.label for name, fact in registry().items()}
    return part_of_policy(policy.sheet, labels), policy.revision, False


def mentor_part(mentor: Adviser) -> Contribution:
    part = part_of_helper("mentor", mentor.id, mentor.name, mentor.helps, mentor.offers)
    return part, mentor.revision, not mentor.listed


def helper_part(kind: str, key: str, title: str, helper: Course | Institution) -> Contribution:
    part = part_of_helper(kind, key, title, helper.helps, helper.help_kinds)
    return part, helper.revision, not helper.listed
