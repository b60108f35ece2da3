"""The wired house: its doors, its state, and what takes several rooms at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask_restx import Api

from backend.accounts import api as accounts_api
from backend.accounts.service import AccountService, PersonalData
from backend.adapters import mongo
from backend.adapters.queue import TaskQueue
from backend.adapters.schedules import Scheduler
from backend.catalogue import api as catalogue_api
from backend.catalogue.service import COLLECTION as POLICIES
from backend.catalogue.service import (
    POLICY_PUBLISHED,
    CatalogueService,
    LibraryReport,
)
from backend.companies import api as companies_api
from backend.companies.service import CompanyService
from backend.companies.service.room import CompanyRoom
from backend.courses import api as courses_api
from backend.courses.service import CourseService
from backend.courses.service.room import CourseRoom
from backend.eligibility import api as eligibility_api
from backend.eligibility.service import EligibilityService
from backend.graph import api as graph_api
from backend.graph.service import GraphService
from backend.guidance import api as guidance_api
from backend.guidance.service.room import GuidanceRoom
from backend.institutions import api as institutions_api
from backend.institutions.service import InstitutionService
from backend.institutions.service.room import InstitutionRoom
from backend.people import api as people_api
from backend.people.service import PeopleService
from backend.pool import api as pool_api
from backend.pool.service import PoolService
from backend.pool.service.room import PoolRoom
from backend.push import api as push_api
from backend.push.service import PushService
from backend.search import api as search_api
from backend.search.service import SearchService
from backend.settings import Settings
from backend.shared.caller import Caller
from backend.shared.clock import Clock
from backend.shared.events import Bus
from backend.wiring.carriers import callback_of
from policies.loader import INTERNAL, LIBRARY, load_library

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
    course_room: CourseRoom
    institutions: InstitutionService
    institution_room: InstitutionRoom
    people: PeopleService
    companies: CompanyService
    firms: CompanyRoom
    pool: PoolService
    pool_room: PoolRoom
    guidance: GuidanceRoom
    eligibility: EligibilityService
    search: SearchService
    graph: GraphService
    push: PushService
    scheduler: Scheduler

    def add_routes(self, api: Api) -> None:
        """Mount every room's doors."""
        accounts_api.add_routes(api, self.accounts)
        catalogue_api.add_routes(api, self.catalogue, self.load_library)
        people_api.add_routes(api, self.people, self.clock)
        courses_api.add_routes(api, self.course_room, self.clock)
        institutions_api.add_routes(api, self.institution_room)
        companies_api.add_routes(api, self.firms)
        eligibility_api.add_routes(api, self.eligibility, self.settings.pdf_font)
        search_api.add_routes(api, self.search, self.catalogue.standing, self.rebuild)
        graph_api.add_routes(api, self.graph)
        pool_api.add_routes(api, self.pool_room)
        guidance_api.add_routes(api, self.guidance)
        push_api.add_routes(api, self.push, callback_of(self.settings))

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
        """Publish many drafts with one rebuild of index and map at the end; firms are then told once of
        each. Killed before that, the sweep hands their events on one by one."""
        self.search.check()  # an index that is missing is made now, while it is small
        names = (editor.label, reviewer.label, publisher.label)
        refused = self.catalogue.folders.publish(slugs, *names, on_progress)
        self.rebuild()
        self.push.make_up()
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
