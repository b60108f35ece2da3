"""Builds the house from settings, room by room, from the ground up."""

from __future__ import annotations

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
from backend.courses.store import CourseStore
from backend.eligibility.service import EligibilityService, ImpactRuns
from backend.graph.service import GraphService
from backend.graph.store import GraphStore
from backend.institutions.service import InstitutionService
from backend.institutions.store import InstitutionStore
from backend.pool.service import PoolService
from backend.pool.service.board import Board
from backend.pool.service.evaluating import Evaluator
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
from backend.wiring.carriers import carriers_of, mail_of, wechat_of
from backend.wiring.house import House
from backend.wiring.listeners import subscribe
from backend.wiring.neighbours import helpers_of, map_sources, post_holders, renewing_firms
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
    )
    courses = CourseService(CourseStore(), clock, relay.hand_on)
    institutions = InstitutionService(InstitutionStore(), clock, relay.hand_on)
    fact_sources = FactSources(FactSourceStore(), clock)
    companies = CompanyService(CompanyStore(), clock, relay.hand_on, fact_sources.ranks)
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
    search = SearchService(
        keeper(settings.data_dir / "search", opensearch, SCHEMA, policy_analyzer()),
        Content(catalogue, courses, institutions),
        UnansweredStore(),
        clock,
    )
    pool = PoolService(PoolStore(), companies, clock, relay.hand_on)
    eligibility = EligibilityService(
        catalogue,
        companies,
        helpers_of(courses, institutions),
        clock,
        ImpactRuns(catalogue, companies, pool.members, queue.enqueue, clock),
    )
    graph = GraphService(
        GraphStore(), clock, map_sources(catalogue, courses, institutions), eligibility, companies
    )
    world = world_of_push(clock, queue, catalogue, courses, institutions, companies, pool, accounts, search)
    mail = mail_of(settings)
    applications = ApplicationService(
        ApplicationStore(), companies, catalogue.published_sheets, relay.hand_on, clock
    )
    grid = ServiceGrid(CompanyStore(), companies, lambda: post_holders(accounts))
    pool_room = _pool_room(pool, companies, catalogue, applications, grid, queue, relay, clock)
    imports = ImportService(
        ImportParts(CompanyStore(), ContactStore(), ImportStore(), RunFiles(settings.data_dir / "imports")),
        pool_room.tracking.follow,
        fact_sources.ranks,
        queue.enqueue,
        clock,
    )
    contacts = ContactService(ContactStore(), companies, accounts.audit.record, clock)
    personal_data.register("companies", CONTACTS, contacts.export_person, contacts.erase_person)
    firms = CompanyRoom(
        companies,
        fact_sources,
        imports,
        ExportService(CompanyStore(), accounts.audit.record, clock),
        DisputeService(CompanyStore(), companies, fact_sources.ranks, relay.hand_on, clock),
        contacts,
        grid,
        applications,
    )
    push = PushService(
        world, lambda push: carriers_of(settings, wechat, mail, push), mail.write if mail else None
    )
    graph.ask_messages_of(push.count_about)
    for collection, (export, erase) in push.personal.rights().items():
        personal_data.register("push", collection, export, erase)
    scheduler = Scheduler(
        schedule(settings, clock, relay, catalogue, accounts, push, search, imports, pool_room, eligibility),
        clock,
    )
    house = House(
        settings, clock, bus, relay, queue, personal_data, accounts, catalogue, courses, institutions,
        companies, firms, pool, pool_room, eligibility, search, graph, push, scheduler,
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
    clock: Clock,
) -> PoolRoom:
    def renewing() -> set[str]:
        return renewing_firms(catalogue, applications)

    evaluator = Evaluator(companies, catalogue.internal_sheets, renewing)
    settings = PoolSettings(PoolSettingStore(), clock)
    return PoolRoom(
        pool,
        PoolRuns(PoolRunStore(), pool, evaluator, companies.names_of, queue.enqueue, clock),
        settings,
        Board(PoolStore(), settings, clock),
        Tracking(pool, evaluator, clock),
        Warnings(WarningStore(), pool, companies, evaluator, grid.finder, relay.hand_on, clock),
        Portraits(PortraitStore(), companies, catalogue.published_sheets, clock),
    )
