"""Who listens to what."""

from __future__ import annotations

from backend.accounts.service import firms as firm_access
from backend.catalogue.service import (
    POLICY_EXPIRED,
    POLICY_PUBLISHED,
    POLICY_UNCONFIRMED,
    POLICY_WITHDRAWN,
    QUESTIONS_CHANGED,
    WithdrawnPolicy,
)
from backend.companies import service as company_service
from backend.courses import service as course_service
from backend.courses.service.news import SESSION_ADDED, SESSION_CANCELLED, SESSION_CHANGED
from backend.courses.service.planning import PLANNED
from backend.institutions import service as institution_service
from backend.people import service as people_service
from backend.pool import service as pool_service
from backend.shared.caller import SYSTEM, Role
from backend.shared.events import Event
from backend.wiring.firm_news import subscribe_firm_news
from backend.wiring.guidance_world import subscribe_guidance
from backend.wiring.house import House
from backend.wiring.neighbours import helper_part, mentor_part, policy_part
from backend.wiring.telling import subscribe_telling
from policies.graph import Part


def subscribe(house: House) -> None:
    """Who listens to what. Search and the map come before push: a message may lead to either."""
    catalogue, courses, institutions = house.catalogue, house.courses, house.institutions

    def map_policy(event: Event) -> None:
        found = catalogue.read_published(event.subject)
        if isinstance(found, WithdrawnPolicy):
            house.graph.take((Part(f"policy:{event.subject}"), found.revision, True))
        else:
            house.graph.take(policy_part(found))

    def map_course(event: Event) -> None:
        course = courses.find_course(event.subject)
        house.graph.take(helper_part("course", course.id, course.title, course))

    def map_institution(event: Event) -> None:
        institution = institutions.find_institution(event.subject)
        house.graph.take(helper_part("institution", institution.id, institution.name, institution))

    def map_adviser(event: Event) -> None:
        adviser = house.people.find_adviser(event.subject)
        if adviser.level == Role.MENTOR:
            house.graph.take(mentor_part(adviser))

    listen = house.bus.subscribe
    for kind in (POLICY_PUBLISHED, POLICY_WITHDRAWN, POLICY_EXPIRED):
        listen(kind, "search", house.search.follow_policy)
        listen(kind, "graph", map_policy)
    listen(QUESTIONS_CHANGED, "search", house.search.follow_questions)
    listen(course_service.CHANGED, "search", house.search.follow_course)
    listen(course_service.CHANGED, "graph", map_course)
    listen(institution_service.CHANGED, "search", house.search.follow_institution)
    listen(institution_service.CHANGED, "graph", map_institution)
    listen(people_service.CHANGED, "search", house.search.follow_adviser)
    listen(people_service.CHANGED, "graph", map_adviser)
    for kind in (company_service.ADDED, company_service.FACTS_CHANGED):
        listen(kind, "pool", lambda event: house.pool_room.tracking.follow([event.subject]))
        listen(kind, "push", house.push.on_firm_changed)
    for kind in (pool_service.ENTERED, pool_service.MOVED):
        listen(kind, "push", house.push.on_firm_changed)
    listen(course_service.CHANGED, "push", house.push.on_course)
    listen(institution_service.CHANGED, "push", house.push.on_institution)
    _subscribe_courses(house)
    for kind in (pool_service.ENTERED, pool_service.MOVED):
        listen(kind, "institutions", house.institution_room.records.on_pool)
    listen(POLICY_PUBLISHED, "push", house.push.on_policy_published)
    listen(POLICY_WITHDRAWN, "push", house.push.on_policy_withdrawn)
    listen(POLICY_EXPIRED, "push", house.push.on_policy_expired)
    listen(POLICY_UNCONFIRMED, "push", house.push.on_policy_unconfirmed)
    for kind in (firm_access.BOUND, firm_access.UNBOUND):
        listen(kind, "push", house.push.on_binding)
    subscribe_telling(house)
    subscribe_firm_news(house)
    subscribe_guidance(house)


def _subscribe_courses(house: House) -> None:
    def leave_sessions(event: Event) -> None:
        person, uscc = str(event.data["person"]), str(event.data["uscc"])
        if person not in house.accounts.firms.persons_of(uscc):  # bound again by now: the seats stay
            house.course_room.signing.leave_all(person, SYSTEM, uscc)

    for kind in (SESSION_ADDED, SESSION_CHANGED, SESSION_CANCELLED):
        house.bus.subscribe(kind, "courses", house.courses.days.on_session)
    house.bus.subscribe(PLANNED, "courses", house.course_room.planning.carry_out)
    house.bus.subscribe(firm_access.UNBOUND, "courses", leave_sessions)
