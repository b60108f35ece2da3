"""An impact run over a large pool: asked for, done by the queue, read afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from secrets import token_hex

from backend.catalogue.service import CatalogueService
from backend.companies.service import CompanyService
from backend.eligibility.service.impact import Impact, Members, impact_of, walk
from backend.eligibility.store.impacts import DONE, FAILED, ImpactRun, ImpactStore
from backend.shared.caller import Caller
from backend.shared.clock import Clock
from backend.shared.errors import NotFoundError, WrongStateError
from backend.shared.paging import Page
from policies.rules import ApplicationKind
from policies.sheet import Sheet

# Of more firms nobody waits for the answer.
MOST_AT_ONCE = 5000
LEASE = timedelta(minutes=2)
TASK = "run_impact"


class ImpactRuns:
    """A run that was written is done, whatever happens to the queue; killed, it starts again."""

    def __init__(
        self,
        catalogue: CatalogueService,
        companies: CompanyService,
        members: Members,
        enqueue: Callable[..., object],
        clock: Clock,
    ) -> None:
        self._catalogue, self._companies, self._members = catalogue, companies, members
        self._enqueue, self._clock = enqueue, clock
        self._runs = ImpactStore()

    def at_once(self, slug: str, on: date | None, kind: ApplicationKind | None) -> Impact:
        """Who gains, who loses, who becomes unknown if the working sheet replaces the published one."""
        if self._count() > MOST_AT_ONCE:
            raise WrongStateError("培育库企业较多，请改用后台试算（impact-runs），算完再看结果。")
        draft = self._catalogue.read_working(slug).sheet
        return impact_of(
            self._live(slug), draft, self._members, self._companies, on or self._clock.today(), kind
        )

    def start(self, slug: str, on: date | None, kind: ApplicationKind | None, caller: Caller) -> ImpactRun:
        """Ask for a run of the working copy as it is now."""
        draft, now = self._catalogue.read_working(slug), self._clock.now()
        run = self._runs.add(
            f"{slug}.{now:%Y%m%dT%H%M%S}.{token_hex(4)}",
            caller.label,
            now,
            policy=slug,
            judged=draft.revision,
            day=(on or self._clock.today()).isoformat(),
            kind=kind or "",
            total=self._count(),
        )
        self._enqueue(TASK, run.id)
        return run

    def run(self, run_id: str) -> None:
        """Task: judge every firm and keep the result."""
        now = self._clock.now()
        if not self._runs.take(run_id, now, now + LEASE):
            return
        run = self._runs.get(run_id)
        draft = self._catalogue.read_working(run.policy)
        if draft.revision != run.judged:
            note = "草稿在试算开始前又有修改，请重新试算。"
            self._runs.finish(run_id, FAILED, self._clock.now(), note=note)
            return

        def progress(firms: int) -> None:
            self._runs.progress(run_id, firms, self._clock.now() + LEASE)

        impact = impact_of(
            self._live(run.policy), draft.sheet, self._members, self._companies, run.day, run.kind, progress
        )
        done = {"result": impact.as_dict(), "firms": impact.firms}
        self._runs.finish(run_id, DONE, self._clock.now(), **done)

    def resume(self) -> int:
        """Job: wake what nobody holds."""
        waiting = self._runs.unfinished(self._clock.now())
        for run_id in waiting:
            self._enqueue(TASK, run_id)
        return len(waiting)

    def read(self, slug: str, run_id: str) -> ImpactRun:
        """One run of a policy; NotFoundError."""
        run = self._runs.get(run_id)
        if run.policy != slug:
            raise NotFoundError("规则试算", run_id)
        return run

    def list(self, slug: str, limit: int, cursor: str | None) -> Page[ImpactRun]:
        """The runs about a policy, newest first."""
        self._catalogue.read_working(slug)
        return self._runs.page(slug, limit, cursor)

    def _live(self, slug: str) -> Sheet | None:
        return next((policy.sheet for policy in self._catalogue.find_published([slug])), None)

    def _count(self) -> int:
        return sum(len(usccs) for usccs in walk(self._members))
