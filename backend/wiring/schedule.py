"""The tasks of the queue by name, and the table of what runs when."""

from __future__ import annotations

from datetime import time, timedelta

from backend.accounts.service import AccountService
from backend.adapters import mongo
from backend.adapters.schedules import Job
from backend.catalogue.service import (
    CatalogueService,
)
from backend.companies.service.importing import ImportService
from backend.courses.service.room import CourseRoom
from backend.eligibility.service import EligibilityService
from backend.guidance.service.room import GuidanceRoom
from backend.institutions.service import InstitutionService
from backend.pool.service.room import PoolRoom
from backend.push.limits import limits
from backend.push.service import PushService
from backend.search.service import SearchService
from backend.settings import Settings
from backend.shared.caller import SYSTEM
from backend.shared.clock import Clock
from backend.wiring.firm_news import tell_escalated
from backend.wiring.guidance_world import tell_commission
from backend.wiring.house import House
from backend.wiring.telling import tell_reminders


def serve_tasks(house: House) -> None:
    """The tasks of the queue by name, and the clock's own."""
    house.queue.register("match_policy", house.push.match_policy)
    house.queue.register("run_impact", house.eligibility.impacts.run)
    house.queue.register("evaluate_pool", house.pool_room.runs.run)
    house.queue.register("carry_out_decisions", house.pool_room.deciding.carry_out)
    house.queue.register("import_companies", house.firms.imports.run)
    house.queue.register("deliver_due", house.push.deliver_due)
    house.queue.register("tick", house.scheduler.tick)
    house.queue.every_minute("every_minute", lambda: house.queue.enqueue("tick"))


def schedule(
    settings: Settings,
    clock: Clock,
    relay: mongo.Relay,
    catalogue: CatalogueService,
    accounts: AccountService,
    push: PushService,
    search: SearchService,
    imports: ImportService,
    pool_room: PoolRoom,
    institutions: InstitutionService,
    guidance: GuidanceRoom,
    eligibility: EligibilityService,
    courses: CourseRoom,
) -> tuple[Job, ...]:
    """The schedule table."""

    def retention() -> None:
        now = clock.now()
        accounts.purge_expired(now)
        accounts.audit.purge_audit(now - timedelta(days=settings.audit_days))

    def warn() -> None:
        pool_room.warnings.look()
        today = clock.today()
        for day in (today - timedelta(days=1), today):  # a night may be cut off before it has told
            tell_escalated(pool_room.warnings, catalogue, push, day)

    return (
        Job("sweep", None, relay.sweep, "adapters"),
        Job("publish_due", None, catalogue.publish_due, "catalogue"),
        Job("announce_ended", None, catalogue.announce_ended, "catalogue"),
        Job("ask_owners", None, catalogue.ask_owners, "catalogue"),
        Job("course_days", time(0, 5), courses.courses.days.follow_passed, "courses"),
        Job("remind_sessions", time(9, 0), lambda: tell_reminders(courses, push), "courses"),
        Job("remind_unconfirmed", time(8, 30), institutions.remind_unconfirmed, "institutions"),
        Job("resume_runs", None, push.resume_runs, "push"),
        Job("resume_imports", None, imports.resume, "companies"),
        Job("resume_pool_runs", None, pool_room.runs.resume, "pool"),
        Job("resume_decisions", None, pool_room.deciding.resume, "pool"),
        Job("resume_impacts", None, eligibility.impacts.resume, "eligibility"),
        Job("track_new", time(6, 0), pool_room.tracking.track, "pool"),
        Job("warnings", time(5, 0), warn, "pool"),
        Job("peers", time(5, 30), pool_room.portraits.gather_peers, "pool"),
        Job("monthly_pool", time(4, 30), lambda: pool_room.runs.start("monthly", SYSTEM), "pool"),
        Job("request_deadlines", None, guidance.deadlines.sweep, "guidance"),
        Job(
            "requests_untaken",
            time(8, 40),
            lambda: tell_commission(guidance, push, clock.today()),
            "guidance",
        ),
        Job("purge_imports", time(3, 40), imports.purge, "companies"),
        Job("deliver_due", None, push.deliver_due, "push"),
        Job("watch_links", time(4, 0), catalogue.watch_links, "catalogue"),
        Job("match_changed", None, push.match_changed, "push"),
        Job("nightly_match", time(2, 0), push.start_night, "push"),
        Job("follow_searches", time(6, 30), push.follow_searches, "push"),
        Job("deadlines", time(7, 0), push.start_deadlines, "push"),
        Job("digests", limits().digest_at, push.write_digests, "push"),
        Job("delivery_check", None, push.checking.report, "push", every=timedelta(minutes=15)),
        Job("retention", time(3, 30), retention, "accounts"),
        Job("forget_unanswered", time(3, 40), search.forget_unanswered, "search"),
    )
