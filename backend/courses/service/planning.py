"""A series planned back from the day an application season opens, so that firms are ready by then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from backend.courses.service.sessions import Sessions
from backend.courses.service.workdays import working_day
from backend.courses.store import CourseStore
from backend.courses.store.plans import COLLECTION, Plan, PlanStore, Step
from backend.shared.caller import SYSTEM, Caller
from backend.shared.clock import SHANGHAI, Clock
from backend.shared.errors import AlreadyExistsError, InvalidInputError, WrongStateError
from backend.shared.events import Event
from backend.shared.paging import Page

PLANNED = "course_plan.made"
# Sign-up opens this long before a planned session and closes with its start.
SIGN_UP_OPENS = timedelta(days=21)


@dataclass(frozen=True)
class Season:
    """When a policy may next be applied for, and who says so with what certainty (see the sheets' marks)."""

    policy: str
    title: str
    opens: date
    closes: date | None
    source: str
    mark: str


# (policy slug, today) -> its next season, None while no source names one; NotFoundError for no such policy.
FindSeason = Callable[[str, date], Season | None]


@dataclass(frozen=True)
class Wish:
    """A session wanted so many days before the season opens."""

    course: str
    days_before: int
    at: time
    minutes: int
    seats: int
    place: str
    online: bool


class Planning:
    """The plan is written first; its sessions follow from its event and may be added twice without harm."""

    def __init__(
        self,
        courses: CourseStore,
        sessions: Sessions,
        plans: PlanStore,
        find_season: FindSeason,
        clock: Clock,
        hand_on: Callable[[str, str], bool],
    ) -> None:
        self._courses = courses
        self._sessions = sessions
        self._plans = plans
        self._find_season = find_season
        self._clock = clock
        self._hand_on = hand_on

    def make_plan(
        self,
        plan_id: str,
        policy: str,
        wishes: Sequence[Wish],
        expected: tuple[date, str] | None,
        caller: Caller,
    ) -> Plan:
        """Plan sessions ahead of the policy's next season, or of the day staff expect, with its reason."""
        season = self._season(policy, expected)
        steps = [self._step(plan_id, number, wish, season) for number, wish in enumerate(wishes, 1)]
        now = self._clock.now()
        fields = {
            "title": season.title,
            "policy": policy,
            "season_opens": season.opens.isoformat(),
            "season_closes": season.closes.isoformat() if season.closes else None,
            "source": season.source,
            "mark": season.mark,
        }
        event = Event(PLANNED, plan_id, now, caller.label)
        plan = self._plans.add(plan_id, steps, fields, caller.label, now, event)
        self._hand_on(COLLECTION, plan_id)
        return plan

    def carry_out(self, event: Event) -> None:
        """Listens to course_plan.made: add the sessions that are not there yet."""
        plan = self._plans.get(event.subject)
        for step in plan.steps:
            names = ("starts_at", "ends_at", "opens_at", "closes_at", "place", "online", "seats")
            fields = {**{name: getattr(step, name) for name in names}, "plan": plan.id}
            with suppress(AlreadyExistsError):  # a run that was cut off added it
                self._sessions.add(step.session, step.course, fields, SYSTEM)

    def read(self, plan_id: str) -> Plan:
        """One plan."""
        return self._plans.get(plan_id)

    def list_plans(self, limit: int, cursor: str | None) -> Page[Plan]:
        """Plans by id."""
        return self._plans.page(limit, cursor)

    def _season(self, policy: str, expected: tuple[date, str] | None) -> Season:
        found = self._find_season(policy, self._clock.today())
        if expected is not None:
            day, reason = expected
            title = found.title if found else policy
            return Season(policy, title, day, None, f"预计，依据：{reason}", "?")
        if found is None:
            raise WrongStateError(
                "这项政策没有已知的下一次申报期，请写明预计开始的日期和依据（expected_opens、expected_because）。",
                policy=policy,
            )
        return found

    def _step(self, plan_id: str, number: int, wish: Wish, season: Season) -> Step:
        course, now = self._courses.get(wish.course), self._clock.now()
        day, natural = working_day(season.opens - timedelta(days=wish.days_before))
        starts_at = datetime.combine(day, wish.at, tzinfo=SHANGHAI)
        if starts_at <= now:
            raise InvalidInputError.at(
                f"steps.{number - 1}.days_before", f"这一场会落在{day.isoformat()}，已经过去。"
            )
        return Step(
            session=f"{plan_id}-{number}",
            course=course.id,
            days_before=wish.days_before,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=wish.minutes),
            opens_at=max(now, starts_at - SIGN_UP_OPENS),
            closes_at=starts_at,
            place=wish.place,
            online=wish.online,
            seats=wish.seats,
            natural=natural,
        )
