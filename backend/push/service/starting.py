"""What starts a run: an event, the hour, or a member of staff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from backend.push.service.causes.answers import ALL, CHANGED, NIGHT
from backend.push.service.causes.deadlines import due_windows, window_run
from backend.push.service.causes.material import answers_run
from backend.push.service.walking import Progress, Walker
from backend.push.service.world import World
from backend.push.store import PushStores
from backend.push.store.runs import MatchRun
from backend.shared.clock import in_shanghai
from backend.shared.errors import NotReadyError
from backend.shared.events import Event


@dataclass(frozen=True)
class MatchReport:
    """What a finished run came to."""

    firms: int
    messages: int


class Starting:
    """Writes the run first, then wakes it: a run that was written is done, whatever happens to the queue."""

    def __init__(self, stores: PushStores, world: World, walker: Walker) -> None:
        self._stores = stores
        self._world = world
        self._walker = walker

    def on_published(self, event: Event) -> None:
        """The answers of the new version, then what it changed, then what one fact would settle."""
        version, change = int(event.data["version"]), str(event.data["change"])
        day = in_shanghai(event.at).date()
        tasks = ["answers", "question"]
        if change == "updated" and event.data.get("material"):
            tasks.insert(1, "material")
        self._start_about(event.subject, version, change, event.by, day, tasks)

    def _start_about(
        self, slug: str, version: int, change: str, by: str, day: date, tasks: Sequence[str]
    ) -> None:
        about = {"policy": slug, "version": version, "change": change}
        first = answers_run(slug, version)
        names = [first if task == "answers" else f"{first}.{task}" for task in tasks]
        runs = [self._put(name, by, day, task, **about) for name, task in zip(names, tasks, strict=True)]
        for run in runs:
            self._walker.wake(run)

    def on_expired(self, event: Event) -> None:
        """Its last day is over: whoever was told yes hears that it no longer holds."""
        version, slug = int(event.data["version"]), event.subject
        day = in_shanghai(event.at).date()
        about = {"policy": slug, "version": version, "change": "expired"}
        run_id = f"{answers_run(slug, version)}.expired@{day.isoformat()}"
        self._walker.wake(self._put(run_id, event.by, day, "answers", **about))

    def on_withdrawn(self, event: Event) -> None:
        """Corrections to those who were told."""
        version, slug = int(event.data["version"]), event.subject
        day = in_shanghai(event.at).date()
        about = {"policy": slug, "version": version, "change": "withdrawn"}
        run_id = f"{answers_run(slug, version)}.withdrawn@{day.isoformat()}"
        self._walker.wake(self._put(run_id, event.by, day, "withdrawal", **about))

    def on_help(self, kind: str, event: Event) -> None:
        """A course or an institution was added or changed."""
        day = in_shanghai(event.at).date()
        run_id = f"{kind}.{event.subject}@{event.id}"
        self._walker.wake(self._put(run_id, event.by, day, "help", subject=event.subject, change=kind))

    def on_firm(self, event: Event) -> None:
        """A firm's facts or its place in the pool changed."""
        self._stores.changes.note(event.subject, event.by, self._world.clock.now())

    def start_all(self, day: date, by: str) -> MatchRun:
        """The run over all policies and all firms for a day, begun anew if it was finished."""
        return self._again(f"all@{day.isoformat()}", day, by, ALL)

    def start_night(self, by: str) -> MatchRun:
        """What changed since the last night, and what the passing of days turned."""
        day = self._world.clock.today()
        self.make_up(by)
        run = self._again(f"night@{day.isoformat()}", day, by, NIGHT)
        self._walker.wake(run)
        return run

    def make_up(self, by: str) -> None:
        """A policy that went live without a word to this room (a whole folder at once) is matched now."""
        day = self._world.clock.today()
        for policy in self._world.published():
            run_id = answers_run(policy.slug, policy.version)
            if policy.sheet.worth_telling and self._stores.runs.find(run_id) is None:
                change = "published" if policy.version == 1 else "updated"
                self._start_about(policy.slug, policy.version, change, by, day, ("answers", "question"))

    def match_changed(self) -> MatchRun | None:
        """Firms that changed and no run has looked at."""
        if not self._stores.changes.unseen("", 1):
            return None
        day = self._world.clock.today()
        run = self._again(f"changed@{day.isoformat()}", day, "system:policymap", CHANGED)
        self._walker.wake(run)
        question = self._put(f"question@{day.isoformat()}", run.id, day, "question")
        self._walker.wake(question)
        return run

    def start_deadlines(self) -> list[MatchRun]:
        """A run per reminder that is due and was not given yet, and one for the firms' own dates."""
        day, by = self._world.clock.today(), "system:policymap"
        runs = [
            self._put(
                window_run(reminder),
                by,
                day,
                "window",
                policy=reminder.deadline.policy,
                target=reminder.deadline.day.isoformat(),
                change="deadline",
            )
            for reminder in due_windows(self._world, day)
        ]
        runs.append(self._put(f"own@{day.isoformat()}", by, day, "own_deadlines"))
        for run in runs:
            self._walker.wake(run)
        return runs

    def run_all(self, day: date, by: str, progress: Progress | None) -> MatchReport:
        """All that is unfinished in its order, then every policy for the day, here and now.

        NotReadyError while another process has the turn.
        """
        for run in self._stores.runs.unfinished():
            self._walker.run(run.id)
        before = self._stores.messages.count_of_run(f"all@{day.isoformat()}")
        run = self.start_all(day, by)
        self._walker.run(run.id, progress)
        done = self._stores.runs.get(run.id)
        if not done.finished:
            raise NotReadyError("另一进程正在匹配，请稍后再试。", retry_after=60)
        return MatchReport(done.firms, self._stores.messages.count_of_run(run.id) - before)

    def _again(self, run_id: str, day: date, by: str, subject: str) -> MatchRun:
        self._put(run_id, by, day, "answers", subject=subject, change="answer")
        self._stores.runs.restart(run_id, self._world.clock.now())
        return self._stores.runs.get(run_id)

    def _put(self, run_id: str, by: str, day: date, task: str, **about: object) -> MatchRun:
        return self._stores.runs.put(run_id, by, self._world.clock.now(), day, task, **about)
