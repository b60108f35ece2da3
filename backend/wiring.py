"""The only room that knows everybody: builds the house from settings and ties listeners to events."""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from flask_restx import Api

from backend.accounts import api as accounts_api
from backend.accounts.service import AccountService
from backend.adapters import mongo
from backend.adapters.queue import TaskQueue
from backend.adapters.schedules import Scheduler
from backend.catalogue import api as catalogue_api
from backend.catalogue.service import CatalogueService
from backend.companies import api as companies_api
from backend.companies.service import CompanyService
from backend.courses import api as courses_api
from backend.courses.service import CourseService
from backend.eligibility import api as eligibility_api
from backend.eligibility.service import EligibilityService
from backend.graph import api as graph_api
from backend.graph.service import GraphService
from backend.institutions import api as institutions_api
from backend.institutions.service import InstitutionService
from backend.pool import api as pool_api
from backend.pool.service import PoolService
from backend.push import api as push_api
from backend.push.service import PushService
from backend.search import api as search_api
from backend.search.service import SearchService
from backend.settings import Settings
from backend.shared.clock import Clock
from backend.shared.events import Bus

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class House:
    """Everything of one process, wired."""

    settings: Settings
    clock: Clock
    bus: Bus
    relay: mongo.Relay
    queue: TaskQueue
    accounts: AccountService
    catalogue: CatalogueService
    courses: CourseService
    institutions: InstitutionService
    companies: CompanyService
    pool: PoolService
    eligibility: EligibilityService
    search: SearchService
    graph: GraphService
    push: PushService
    scheduler: Scheduler

    def add_routes(self, api: Api) -> None:
        """Mount every room's doors."""
        accounts_api.add_routes(api, self.accounts)
        catalogue_api.add_routes(api, self.catalogue)
        courses_api.add_routes(api, self.courses)
        institutions_api.add_routes(api, self.institutions)
        companies_api.add_routes(api, self.companies)
        eligibility_api.add_routes(api, self.eligibility)
        search_api.add_routes(api, self.search)
        graph_api.add_routes(api, self.graph)
        pool_api.add_routes(api, self.pool)
        push_api.add_routes(api, self.push)

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
