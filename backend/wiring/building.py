"""Builds the house from settings, room by room, from the ground up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from backend.accounts.service import AccountService, Passwords, PersonalData
from backend.adapters import mongo
from backend.adapters.files import OriginalStore
from backend.adapters.links import LinkProbe
from backend.adapters.queue import TaskQueue, open_queue
from backend.adapters.schedules import Scheduler
from backend.adapters.tables import RunFiles
from backend.catalogue.service import (
    CatalogueService,
)
from backend.companies.columns.files import ColumnFiles
from backend.companies.service import CompanyService
from backend.companies.service.applications import ApplicationService
from backend.companies.service.contacts import ContactService
from backend.companies.service.disputes import DisputeService
from backend.companies.service.exporting import ExportService
from backend.companies.service.fact_sources import FactSources
from backend.companies.service.grid import ServiceGrid
from backend.companies.service.importing import ImportParts, ImportService
from backend.companies.service.room import CompanyRoom
from backend.companies.store import CompanyStore
from backend.companies.store.applications import ApplicationStore
from backend.companies.store.contacts import COLLECTION as CONTACTS
from backend.companies.store.contacts import ContactStore
from backend.companies.store.fact_sources import FactSourceStore
from backend.companies.store.imports import ImportStore
from backend.courses.service import CourseService
from backend.courses.service.days import CourseDays
from backend.courses.service.room import open_course_room
from backend.courses.store import CourseStore
from backend.courses.store.sessions import SessionStore
from backend.eligibility.service import EligibilityService, ImpactRuns
from backend.graph.service import GraphService
from backend.graph.store import GraphStore
from backend.guidance.service.room import guidance_room
from backend.guidance.store.feedback import FEEDBACK, MARKS
from backend.guidance.store.requests import COLLECTION as REQUESTS
from backend.institutions.service import InstitutionService
from backend.institutions.service.room import open_institution_room
from backend.institutions.store import InstitutionStore
from backend.institutions.store.opinions import COMPLAINTS, RATINGS
from backend.people.service import PeopleService
from backend.people.store import PeopleStore
from backend.pool.service import PoolService
from backend.pool.service.applying import Applying
from backend.pool.service.board import Board
from backend.pool.service.deciding import Deciding
from backend.pool.service.evaluating import Evaluator
from backend.pool.service.list_file import ListFiles
from backend.pool.service.portrait import Portraits
from backend.pool.service.room import PoolRoom
from backend.pool.service.runs import PoolRuns
from backend.pool.service.settings import PoolSettings
from backend.pool.service.tracking import Tracking
from backend.pool.service.warning import Warnings
from backend.pool.store import PoolStore
from backend.pool.store.portraits import PortraitStore
from backend.pool.store.runs import PoolRunStore
from backend.pool.store.settings import PoolSettingStore
from backend.pool.store.warnings import WarningStore
from backend.push.service import PushService
from backend.search.service import SCHEMA, Content, SearchService
from backend.search.store import UnansweredStore
from backend.search.words import policy_analyzer
from backend.settings import Settings
from backend.shared.clock import Clock
from backend.shared.events import Bus
from backend.wiring.carriers import carriers_of, content_check, mail_of, wechat_of
from backend.wiring.guidance_world import world_of_guidance
from backend.wiring.house import House
from backend.wiring.listeners import subscribe
from backend.wiring.neighbours import (
    certified_on,
    helpers_of,
    map_sources,
    next_season,
    post_holders,
    renewing_firms,
    seats_in_calendar,
    titles_granted,
)
from backend.wiring.push_world import world_of_push
from backend.wiring.schedule import schedule, serve_tasks
from search_index.engines import keeper


def build_house(settings: Settings, clock: Clock | None = None, cheap_passwords: bool = False) -> House:
    """Everything wired over the store of the settings; raises StoreLockedError when another process has it.

    `clock` and `cheap_passwords` are for tests.
    """
    if clock is None:
        clock = Clock.starting_at(settings.clock_start) if settings.clock_start else Clock()
    uri = settings.mongodb_uri.get_secret_value() if settings.mongodb_uri else None
    mongo.connect(uri, settings.data_dir / "policymap.sqlite", settings.mongodb_database)
    try:
        return _wired(settings, clock, Passwords.cheap() if cheap_passwords else Passwords())
    except BaseException:
        mongo.disconnect()
        raise


def _wired(settings: Settings, clock: Clock, passwords: Passwords) -> House:
    mongo.ensure_indexes()
    bus, personal_data = Bus(), PersonalData()
    relay = mongo.Relay(bus)
    opensearch = settings.opensearch_url.get_secret_value() if settings.opensearch_url else None
    redis = settings.redis_url.get_secret_value() if settings.redis_url else None
    queue = open_queue(redis, settings.data_dir / "queue.sqlite")
    catalogue = CatalogueService(
        OriginalStore(settings.data_dir / "originals"),
        clock,
        relay.hand_on,
        confirm_after=timedelta(days=settings.confirm_days),
        probe=LinkProbe() if settings.link_watch else None,
        public_url=settings.public_url or f"http://{settings.host}:{settings.port}",
        signing_key=settings.signing_key,
    )
    days = CourseDays(CourseStore(), SessionStore(), clock, relay.hand_on)
    courses = CourseService(CourseStore(), days, clock, relay.hand_on)
    institutions = InstitutionService(InstitutionStore(), clock, relay.hand_on)
    fact_sources = FactSources(FactSourceStore(), clock)
    columns = ColumnFiles(
        settings.data_dir / "columns", settings.mongodb_database if settings.mongodb_uri else ""
    )
    companies = CompanyService(CompanyStore(), clock, relay.hand_on, fact_sources.ranks, columns)
    wechat = wechat_of(settings, clock)
    accounts = AccountService(
        settings,
        clock,
        relay.hand_on,
        companies.place_of,
        wechat.code2session,
        personal_data,
        passwords,
    )
    check_text = content_check(settings, wechat, accounts.persons.openids_of)
    course_room = open_course_room(
        courses,
        OriginalStore(settings.data_dir / "course-files"),
        next_season(catalogue),
        companies.names_of,
        check_text,
        accounts.audit.record,
        clock,
        relay.hand_on,
    )
    people = PeopleService(PeopleStore(), clock, relay.hand_on, accounts.staff.is_known)
    search = SearchService(
        keeper(settings.data_dir / "search", opensearch, SCHEMA, policy_analyzer()),
        Content(catalogue, courses, institutions, people),
        UnansweredStore(),
        clock,
    )
    pool = PoolService(PoolStore(), companies, clock, relay.hand_on)
    institution_room = open_institution_room(
        institutions,
        certified_on(pool),
        companies.exists,
        check_text,
        accounts.audit.record,
        clock,
        relay.hand_on,
    )
    eligibility = EligibilityService(
        catalogue,
        companies,
        helpers_of(courses, institutions, people),
        clock,
        ImpactRuns(catalogue, companies, pool.members, queue.enqueue, clock),
    )
    graph = GraphService(
        GraphStore(), clock, map_sources(catalogue, courses, institutions, people), eligibility, companies
    )
    applications = ApplicationService(
        ApplicationStore(), companies, catalogue.published_sheets, relay.hand_on, clock
    )
    world = world_of_push(
        clock, queue, catalogue, courses, institutions, companies, pool, accounts, search, applications
    )
    mail = mail_of(settings)
    grid = ServiceGrid(CompanyStore(), companies, lambda: post_holders(accounts, people, clock.today()))
    pool_room = _pool_room(
        pool, companies, catalogue, applications, grid, queue, relay, accounts.audit.record, clock
    )
    imports = ImportService(
        ImportParts(CompanyStore(), ContactStore(), ImportStore(), RunFiles(settings.data_dir / "imports")),
        pool_room.tracking.follow,
        fact_sources.ranks,
        queue.enqueue,
        clock,
    )
    contacts = ContactService(ContactStore(), companies, accounts.audit.record, clock)
    personal_data.register("companies", CONTACTS, contacts.export_person, contacts.erase_person)
    guidance = guidance_room(
        world_of_guidance(
            clock,
            relay.hand_on,
            OriginalStore(settings.data_dir / "attachments"),
            catalogue,
            institutions,
            people,
            companies,
            applications,
            pool,
            pool_room,
            accounts,
            check_text,
        )
    )
    for collection in (REQUESTS, FEEDBACK, MARKS):
        personal = guidance.personal
        personal_data.register("guidance", collection, personal.export_person, personal.erase_person)
    firms = CompanyRoom(
        companies,
        fact_sources,
        imports,
        ExportService(CompanyStore(), fact_sources.ranks, accounts.audit.record, clock),
        DisputeService(CompanyStore(), companies, fact_sources.ranks, relay.hand_on, clock),
        contacts,
        grid,
        applications,
    )
    push = PushService(
        world,
        lambda push: carriers_of(settings, wechat, mail, push),
        mail.write if mail else None,
        [seats_in_calendar(course_room)],
        public_url=catalogue.public_url,
    )
    graph.ask_messages_of(push.count_about)
    for collection, (export, erase) in push.personal.rights().items():
        personal_data.register("push", collection, export, erase)
    for collection, (export, erase) in course_room.personal.rights().items():
        personal_data.register("courses", collection, export, erase)
    for collection in (RATINGS, COMPLAINTS):
        records = institution_room.records
        personal_data.register("institutions", collection, records.export_person, records.erase_person)
    jobs = schedule(
        settings, clock, relay, catalogue, accounts, push, search, imports, pool_room, institutions, guidance,
        eligibility, course_room,
    )  # fmt: skip
    house = House(
        settings, clock, bus, relay, queue, personal_data, accounts, catalogue, courses, course_room,
        institutions, institution_room, people, companies, firms, pool, pool_room, guidance, eligibility,
        search, graph, push, Scheduler(jobs, clock),
    )  # fmt: skip
    subscribe(house)
    serve_tasks(house)
    return house


def _pool_room(
    pool: PoolService,
    companies: CompanyService,
    catalogue: CatalogueService,
    applications: ApplicationService,
    grid: ServiceGrid,
    queue: TaskQueue,
    relay: mongo.Relay,
    record: Callable[..., None],
    clock: Clock,
) -> PoolRoom:
    def renewing() -> set[str]:
        return renewing_firms(catalogue, applications)

    evaluator = Evaluator(companies, catalogue.internal_sheets, renewing)
    settings = PoolSettings(PoolSettingStore(), clock)
    runs = PoolRuns(PoolRunStore(), pool, evaluator, companies.names_of, queue.enqueue, clock)
    return PoolRoom(
        pool,
        runs,
        Deciding(PoolRunStore(), runs, pool, queue.enqueue, clock),
        ListFiles(runs, record),
        settings,
        Board(PoolStore(), settings, clock),
        Tracking(pool, evaluator, clock),
        Warnings(WarningStore(), pool, companies, evaluator, grid.finder, relay.hand_on, clock),
        Portraits(PortraitStore(), companies, catalogue.published_sheets, clock),
        Applying(pool, lambda slug: titles_granted(catalogue, slug)),
    )
