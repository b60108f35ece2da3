"""The only room that knows everybody: builds the house from settings and ties listeners to events."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import time, timedelta

import structlog
from flask_restx import Api

from backend.accounts import api as accounts_api
from backend.accounts.service import AccountService, Passwords, PersonalData
from backend.accounts.service import firms as firm_access
from backend.adapters import mongo
from backend.adapters.files import OriginalStore
from backend.adapters.links import LinkProbe
from backend.adapters.mail import MailClient
from backend.adapters.queue import TaskQueue, open_queue
from backend.adapters.schedules import Job, Scheduler
from backend.adapters.tables import RunFiles
from backend.adapters.wechat import StandInWechat, WechatClient
from backend.catalogue import api as catalogue_api
from backend.catalogue.service import COLLECTION as POLICIES
from backend.catalogue.service import (
    POLICY_PUBLISHED,
    POLICY_WITHDRAWN,
    CatalogueService,
    LibraryReport,
    PublishedPolicy,
    WithdrawnPolicy,
)
from backend.companies import api as companies_api
from backend.companies import service as company_service
from backend.companies.service import CompanyService
from backend.companies.service.applications import ApplicationService
from backend.companies.service.contacts import ContactService
from backend.companies.service.disputes import DisputeService
from backend.companies.service.exporting import ExportService
from backend.companies.service.fact_sources import FactSources
from backend.companies.service.grid import Holder, ServiceGrid
from backend.companies.service.importing import ImportParts, ImportService
from backend.companies.service.room import CompanyRoom
from backend.companies.store import CompanyStore
from backend.companies.store.applications import ApplicationStore
from backend.companies.store.contacts import COLLECTION as CONTACTS
from backend.companies.store.contacts import ContactStore
from backend.companies.store.fact_sources import FactSourceStore
from backend.companies.store.imports import ImportStore
from backend.courses import api as courses_api
from backend.courses import service as course_service
from backend.courses.service import Course, CourseService
from backend.courses.store import CourseStore
from backend.eligibility import api as eligibility_api
from backend.eligibility.service import EligibilityService, Helper
from backend.graph import api as graph_api
from backend.graph.service import Contribution, GraphService
from backend.graph.store import GraphStore
from backend.institutions import api as institutions_api
from backend.institutions import service as institution_service
from backend.institutions.service import Institution, InstitutionService
from backend.institutions.store import InstitutionStore
from backend.pool import api as pool_api
from backend.pool import service as pool_service
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
from backend.push import api as push_api
from backend.push.limits import limits
from backend.push.service import Found, Help, PushService, World
from backend.push.service.carriers import Carrier, MailCarrier, WechatCarrier
from backend.search import api as search_api
from backend.search.service import SCHEMA, Content, Finding, SearchService, Wanted
from backend.search.store import UnansweredStore
from backend.search.words import policy_analyzer
from backend.settings import Settings
from backend.shared.caller import SYSTEM, Caller, Role
from backend.shared.clock import Clock
from backend.shared.errors import NotFoundError
from backend.shared.events import Bus, Event
from backend.shared.paging import LARGEST_PAGE, every
from policies.facts import registry
from policies.graph import Part, part_of_helper, part_of_policy
from policies.loader import INTERNAL, LIBRARY, load_library
from policies.sheet import Sheet
from search_index.engines import keeper

log = structlog.get_logger(__name__)

# Reads what only staff may read: earlier versions of a withdrawn policy.
SYSTEM_STAFF = Caller("staff", SYSTEM.id)
SHEETS = (LIBRARY, INTERNAL)


@dataclass(frozen=True)
class House:
    """Everything of one process, wired."""

    settings: Settings
    clock: Clock
    bus: Bus
    relay: mongo.Relay
    queue: TaskQueue
    personal_data: PersonalData
    accounts: AccountService
    catalogue: CatalogueService
    courses: CourseService
    institutions: InstitutionService
    companies: CompanyService
    firms: CompanyRoom
    pool: PoolService
    pool_room: PoolRoom
    eligibility: EligibilityService
    search: SearchService
    graph: GraphService
    push: PushService
    scheduler: Scheduler

    def add_routes(self, api: Api) -> None:
        """Mount every room's doors."""
        accounts_api.add_routes(api, self.accounts)
        catalogue_api.add_routes(api, self.catalogue, self.load_library)
        courses_api.add_routes(api, self.courses)
        institutions_api.add_routes(api, self.institutions)
        companies_api.add_routes(api, self.firms)
        eligibility_api.add_routes(api, self.eligibility, self.settings.pdf_font)
        search_api.add_routes(api, self.search, self.catalogue.standing, self.rebuild)
        graph_api.add_routes(api, self.graph)
        pool_api.add_routes(api, self.pool_room)
        token = self.settings.wechat_callback_token
        push_api.add_routes(api, self.push, token.get_secret_value() if token else "")

    def check(self) -> dict[str, str | None]:
        """Part -> None when it works, else what is wrong."""
        return {"database": mongo.ping(), "index": self.search.check(), "queue": self.queue.ping()}

    def serve_queue(self) -> None:
        """Serve tasks and the schedule table in threads of this process; picks up at once what was left."""
        self.queue.start_consumer(self.settings.queue_workers)
        self.queue.enqueue("tick")

    def close(self) -> None:
        """Stop the queue, close the index, let go of the store."""
        self.queue.stop_consumer()
        self.search.close()
        mongo.disconnect()

    def rebuild(self, on_progress: Callable[[int], None] | None = None) -> dict[str, int]:
        """Make the search index and the map anew from the records."""
        documents = self.search.rebuild(on_progress)
        nodes, links = self.graph.rebuild()
        return {"documents": documents, "nodes": nodes, "links": links}

    def publish_folder(
        self,
        slugs: Sequence[str],
        editor: Caller,
        reviewer: Caller,
        publisher: Caller,
        on_progress: Callable[[int, int], None],
    ) -> list[tuple[str, str]]:
        """Publish many drafts with one rebuild of index and map at the end; killed before it, the sweep
        hands their events on one by one. Firms are matched by the next nightly run."""
        self.search.check()  # an index that is missing is made now, while it is small
        names = (editor.label, reviewer.label, publisher.label)
        refused = self.catalogue.folders.publish(slugs, *names, on_progress)
        self.rebuild()
        self.relay.settle(POLICIES, slugs, POLICY_PUBLISHED)
        return refused

    def check_library(self) -> dict[str, str | None]:
        """The library on disk: None when every sheet can be read, else what is wrong with the others."""
        broken = [problem for folder in SHEETS for problem in load_library(folder)[1]]
        return {"library": "；".join(map(str, broken)) or None}

    def load_library(self) -> LibraryReport:
        """Bring the library's sheets into the catalogue, and the pages that follow from them."""
        found = [load_library(folder) for folder in SHEETS]
        sheets = [sheet for sheets, _ in found for sheet in sheets]
        return self.catalogue.load_library(sheets, [problem for _, broken in found for problem in broken])


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
    wechat = _wechat(settings, clock)
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
        catalogue, companies, _helpers(courses, institutions), clock, pool.members
    )
    graph = GraphService(
        GraphStore(), clock, _graph_sources(catalogue, courses, institutions), eligibility, companies
    )
    world = _world(clock, queue, catalogue, courses, institutions, companies, pool, accounts, search)
    mail = _mail(settings)
    applications = ApplicationService(
        ApplicationStore(), companies, catalogue.published_sheets, relay.hand_on, clock
    )
    grid = ServiceGrid(CompanyStore(), companies, lambda: _holders(accounts))
    evaluator = Evaluator(companies, catalogue.internal_sheets, lambda: _renewing(catalogue, applications))
    tracking = Tracking(pool, evaluator, clock)
    pool_settings = PoolSettings(PoolSettingStore(), clock)
    pool_room = PoolRoom(
        pool,
        PoolRuns(PoolRunStore(), pool, evaluator, companies.names_of, queue.enqueue, clock),
        pool_settings,
        Board(PoolStore(), pool_settings, clock),
        tracking,
        Warnings(WarningStore(), pool, companies, evaluator, grid.finder, relay.hand_on, clock),
        Portraits(PortraitStore(), companies, catalogue.published_sheets, clock),
    )
    imports = ImportService(
        ImportParts(CompanyStore(), ContactStore(), ImportStore(), RunFiles(settings.data_dir / "imports")),
        tracking.follow,
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
        world, lambda push: _carriers(settings, wechat, mail, push), mail.write if mail else None
    )
    graph.ask_messages_of(push.count_about)
    for collection, (export, erase) in push.personal.rights().items():
        personal_data.register("push", collection, export, erase)
    scheduler = Scheduler(
        _jobs(settings, clock, relay, catalogue, accounts, push, search, imports, pool_room), clock
    )
    house = House(
        settings, clock, bus, relay, queue, personal_data, accounts, catalogue, courses, institutions,
        companies, firms, pool, pool_room, eligibility, search, graph, push, scheduler,
    )  # fmt: skip
    _subscribe(house)
    _serve(house)
    return house


def _holders(accounts: AccountService) -> list[Holder]:
    """Who holds a post somewhere, from the staff accounts."""
    staff = every(lambda at: accounts.staff.list_staff(LARGEST_PAGE, at))
    return [
        Holder(one.name, one.display_name or one.name, one.roles, one.scope)
        for one in staff
        if not one.disabled
    ]


def _renewing(catalogue: CatalogueService, applications: ApplicationService) -> set[str]:
    """The firms that have applied for a policy that makes them high-tech firms, and wait."""
    granting = [one.slug for one in catalogue.published_sheets() if "gaoqi" in one.sheet.grants]
    return {uscc for slug in granting for uscc in applications.applied(slug)}


def _wechat(settings: Settings, clock: Clock) -> WechatClient | StandInWechat:
    if settings.wechat_stand_in:
        return StandInWechat()
    secret = settings.wechat_secret.get_secret_value() if settings.wechat_secret else ""
    return WechatClient(settings.wechat_appid, secret, clock, settings.wechat_api)


def _mail(settings: Settings) -> MailClient | None:
    if not settings.smtp_host:
        return None
    password = settings.smtp_password.get_secret_value() if settings.smtp_password else ""
    return MailClient(
        settings.smtp_host,
        settings.smtp_port,
        settings.mail_sender,
        settings.smtp_user,
        password,
        settings.smtp_tls,
    )


def _carriers(
    settings: Settings, wechat: WechatClient | StandInWechat, mail: MailClient | None, push: PushService
) -> list[Carrier]:
    """The carriers these settings allow; without one the inbox works alone."""
    carriers: list[Carrier] = []
    templates = settings.wechat_templates
    if settings.wechat_stand_in and not templates:
        templates = {"policy": "stand-in-policy", "deadline": "stand-in-deadline"}
    if templates:
        openids_of, wishes = push.world.openids_of, push.wishes
        carriers.append(WechatCarrier(wechat, templates, openids_of, wishes.void))
    if mail is not None:
        carriers.append(MailCarrier(mail, push.wishes.addresses_of, push.wishes.note_bounce))
    return carriers


def _title_of(finding: Finding) -> str:
    record = finding.record
    if isinstance(record, PublishedPolicy):
        return f"{record.sheet.title} {finding.part.title}" if finding.part else record.sheet.title
    return record.name if isinstance(record, Institution) else record.title


def _world(
    clock: Clock,
    queue: TaskQueue,
    catalogue: CatalogueService,
    courses: CourseService,
    institutions: InstitutionService,
    companies: CompanyService,
    pool: PoolService,
    accounts: AccountService,
    search: SearchService,
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
    )


def _helpers(
    courses: CourseService, institutions: InstitutionService
) -> Callable[[list[str], list[str]], list[Helper]]:
    """Who helps with these conditions, or offers these kinds of help: courses first."""

    def find(condition_ids: list[str], help_kinds: list[str]) -> list[Helper]:
        taught = courses.helpers(condition_ids, help_kinds)
        served = institutions.helpers(condition_ids, help_kinds)
        return [
            *(Helper("course", c.id, c.title, c.helps, c.help_kinds) for c in taught),
            *(Helper("institution", i.id, i.name, i.helps, i.help_kinds) for i in served),
        ]

    return find


def _graph_sources(
    catalogue: CatalogueService, courses: CourseService, institutions: InstitutionService
) -> tuple[Callable[[], Iterator[Contribution]], ...]:
    """What every content room contributes to the map, for a full rebuild."""
    return (
        lambda: (_policy_part(policy) for policy in catalogue.published_sheets()),
        lambda: (
            _helper_part("course", c.id, c.title, c)
            for c in every(lambda at: courses.list_all(LARGEST_PAGE, at))
        ),
        lambda: (
            _helper_part("institution", i.id, i.name, i)
            for i in every(lambda at: institutions.list_all(LARGEST_PAGE, at))
        ),
    )


def _policy_part(policy: PublishedPolicy) -> Contribution:
    labels = {name: fact.label for name, fact in registry().items()}
    return part_of_policy(policy.sheet, labels), policy.revision, False


def _helper_part(kind: str, key: str, title: str, helper: Course | Institution) -> Contribution:
    part = part_of_helper(kind, key, title, helper.helps, helper.help_kinds)
    return part, helper.revision, not helper.listed


def _subscribe(house: House) -> None:
    """Who listens to what. Search and the map come before push: a message may lead to either."""
    catalogue, courses, institutions = house.catalogue, house.courses, house.institutions

    def map_policy(event: Event) -> None:
        found = catalogue.read_published(event.subject)
        if isinstance(found, WithdrawnPolicy):
            house.graph.take((Part(f"policy:{event.subject}"), found.revision, True))
        else:
            house.graph.take(_policy_part(found))

    def map_course(event: Event) -> None:
        course = courses.find_course(event.subject)
        house.graph.take(_helper_part("course", course.id, course.title, course))

    def map_institution(event: Event) -> None:
        institution = institutions.find_institution(event.subject)
        house.graph.take(_helper_part("institution", institution.id, institution.name, institution))

    listen = house.bus.subscribe
    for kind in (POLICY_PUBLISHED, POLICY_WITHDRAWN):
        listen(kind, "search", house.search.follow_policy)
        listen(kind, "graph", map_policy)
    listen(course_service.CHANGED, "search", house.search.follow_course)
    listen(course_service.CHANGED, "graph", map_course)
    listen(institution_service.CHANGED, "search", house.search.follow_institution)
    listen(institution_service.CHANGED, "graph", map_institution)
    for kind in (company_service.ADDED, company_service.FACTS_CHANGED):
        listen(kind, "pool", lambda event: house.pool_room.tracking.follow([event.subject]))
        listen(kind, "push", house.push.on_firm_changed)
    for kind in (pool_service.ENTERED, pool_service.MOVED):
        listen(kind, "push", house.push.on_firm_changed)
    listen(course_service.CHANGED, "push", house.push.on_course)
    listen(institution_service.CHANGED, "push", house.push.on_institution)
    listen(POLICY_PUBLISHED, "push", house.push.on_policy_published)
    listen(POLICY_WITHDRAWN, "push", house.push.on_policy_withdrawn)
    for kind in (firm_access.BOUND, firm_access.UNBOUND):
        listen(kind, "push", house.push.on_binding)


def _serve(house: House) -> None:
    """The tasks of the queue by name, and the clock's own."""
    house.queue.register("match_policy", house.push.match_policy)
    house.queue.register("evaluate_pool", house.pool_room.runs.run)
    house.queue.register("import_companies", house.firms.imports.run)
    house.queue.register("deliver_due", house.push.deliver_due)
    house.queue.register("tick", house.scheduler.tick)
    house.queue.every_minute("every_minute", lambda: house.queue.enqueue("tick"))


def _jobs(
    settings: Settings,
    clock: Clock,
    relay: mongo.Relay,
    catalogue: CatalogueService,
    accounts: AccountService,
    push: PushService,
    search: SearchService,
    imports: ImportService,
    pool_room: PoolRoom,
) -> tuple[Job, ...]:
    """The schedule table."""

    def retention() -> None:
        now = clock.now()
        accounts.purge_expired(now)
        accounts.audit.purge_audit(now - timedelta(days=settings.audit_days))

    return (
        Job("sweep", None, relay.sweep, "adapters"),
        Job("publish_due", None, catalogue.publish_due, "catalogue"),
        Job("announce_ended", None, catalogue.announce_ended, "catalogue"),
        Job("ask_owners", None, catalogue.ask_owners, "catalogue"),
        Job("resume_runs", None, push.resume_runs, "push"),
        Job("resume_imports", None, imports.resume, "companies"),
        Job("resume_pool_runs", None, pool_room.runs.resume, "pool"),
        Job("track_new", time(6, 0), pool_room.tracking.track, "pool"),
        Job("warnings", time(5, 0), pool_room.warnings.look, "pool"),
        Job("peers", time(5, 30), pool_room.portraits.gather_peers, "pool"),
        Job("monthly_pool", time(4, 30), lambda: pool_room.runs.start("monthly", SYSTEM), "pool"),
        Job("purge_imports", time(3, 40), imports.purge, "companies"),
        Job("deliver_due", None, push.deliver_due, "push"),
        Job("watch_links", time(4, 0), catalogue.watch_links, "catalogue"),
        Job("match_changed", None, push.match_changed, "push"),
        Job("nightly_match", time(2, 0), push.start_night, "push"),
        Job("follow_searches", time(6, 30), push.follow_searches, "push"),
        Job("deadlines", time(7, 0), push.start_deadlines, "push"),
        Job("digests", limits().digest_at, push.write_digests, "push"),
        Job("delivery_check", time(10, 0), push.checking.report, "push"),
        Job("retention", time(3, 30), retention, "accounts"),
        Job("forget_unanswered", time(3, 40), search.forget_unanswered, "search"),
    )
