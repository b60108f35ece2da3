"""Guidance: routing one request, the deadline sweep, the board; over the embedded store.

Sizes: BENCH_REQUESTS (live requests), BENCH_DUE (of them due), BENCH_PEOPLE. Beside the sweep stands a bare
loop that reads every live request and compares its deadline, which is what an index on the instant saves.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random

from backend.adapters.logs import configure_logs
from backend.adapters.mongo import collection_of
from backend.companies.service import Firm
from backend.guidance.routing import Candidate, Need, route
from backend.guidance.service.requests import Asked
from backend.guidance.service.steps import candidates
from backend.guidance.store.requests import COLLECTION
from backend.settings import Settings
from backend.shared.caller import SYSTEM, Caller, Role
from backend.shared.events import Event
from backend.wiring import House, build_house
from bench import Row, write_rows
from bench.pool import code
from policies.vocabulary import AREAS, SKILLS, TOWNS
from tests.servers.open_requests import AREAS as PLACES
from tests.servers.open_requests import write_requests

REQUESTS = int(os.environ.get("BENCH_REQUESTS", "100000"))
DUE = int(os.environ.get("BENCH_DUE", "2000"))
PEOPLE = int(os.environ.get("BENCH_PEOPLE", "1000"))
FIRMS = 200
EDITOR = Caller("staff", "bench", roles=frozenset({Role.EDITOR}))


def timed(work: Callable[[], object], times: int) -> float:
    """Seconds of the fastest of so many runs: other processes only ever make it slower."""
    best = float("inf")
    for _ in range(times):
        started = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - started)
    return best


def furnish(house: House) -> None:
    """Made-up firms, people of every level everywhere, and live requests."""
    house.companies.add_companies(
        [Firm(code(n), f"示例企业{n}", area=PLACES[n % len(PLACES)]) for n in range(FIRMS)], SYSTEM
    )
    chance, areas, towns = Random(5), sorted(AREAS.labels()), sorted(TOWNS.labels())
    for number in range(PEOPLE):
        fields = {
            "name": f"示例{number}",
            "level": ("liaison", "liaison", "counsellor", "mentor")[number % 4],
            "areas": [chance.choice(areas)],
            "towns": [chance.choice(towns)],
            "skills": [chance.choice(sorted(SKILLS.labels()))],
            "help_kinds": [],
            "capacity": chance.randint(50, 200),
        }
        now = house.clock.now()
        quiet = Event("bench.quiet", "bench", now, SYSTEM.label)  # search and the map are not measured here
        house.people._store.add(f"shili-{number:04}", fields, SYSTEM.label, now, quiet)
    write_requests([code(n) for n in range(FIRMS)], REQUESTS, DUE, house.clock.now(), PEOPLE)


def bench_routing(house: House) -> list[Row]:
    """One request among all people: the pure order, and the whole opening of a request."""
    need = Need(code(1), "zhangjiang", "zhangjiang-town", frozenset({"ip-planning"}))
    people = candidates(house.people.everyone(), house.guidance.board.loads(), house.clock.today())
    shuffled = list(people)
    Random(1).shuffle(shuffled)
    assert route(need, people) == route(need, shuffled)
    assert [choice.id for choice in route(need, people).choices] == _slow_order(need, people)
    one = timed(lambda: route(need, people), 50)
    asked = Asked(code(1), "示例诉求", "示例文字", "ip-planning")
    opened = timed(lambda: house.guidance.requests.open_request(asked, SYSTEM), 5)
    work = f"routing one request among {PEOPLE:,} people, ms"
    return [
        Row(work, one * 1e3, None, None, "<= 2", one * 1e3 <= 2),
        Row("  opening a request: read, route, write, tell, ms", opened * 1e3, None, None, "-", None),
    ]


def _slow_order(need: Need, people: list[Candidate]) -> list[str]:
    """The same order, said plainly once more."""
    levels = ["liaison", "counsellor", "mentor"]

    def near(one: Candidate) -> int:
        return 0 if need.town in one.towns else 1 if need.area in one.areas else 2

    able = [one for one in people if one.load < one.capacity]
    fits = [one for one in able if (one.level == "mentor" and need.help_kinds & one.offers) or
            (one.level != "mentor" and near(one) < 2)]  # fmt: skip
    fits.sort(
        key=lambda one: (
            levels.index(one.level),
            1 if need.help_kinds & one.offers else 2,
            near(one),
            one.load / one.capacity,
            one.id,
        )
    )
    return [one.id for one in fits[:5]]


def bench_sweep(house: House) -> list[Row]:
    """The sweep over what is due, a sweep with nothing due, and a loop that reads everything."""
    started = time.perf_counter()
    now = house.clock.now()
    late = [row["_id"] for row in collection_of(COLLECTION).find({"state": {"$in": ["open", "working"]}})
            if row["look_at"] <= now]  # fmt: skip
    bare = time.perf_counter() - started
    assert len(late) == DUE
    started, cpu = time.perf_counter(), time.process_time()
    report = house.guidance.deadlines.sweep()
    took, cpu = time.perf_counter() - started, time.process_time() - cpu
    assert (report.read, report.escalated) == (DUE, DUE)
    idle = timed(house.guidance.deadlines.sweep, 5)
    work = f"sweep: {REQUESTS:,} live requests, {DUE:,} due, s"
    return [
        Row(work, took, bare, took / bare, "<= 5", took <= 5),
        Row("  the same in CPU time, s", cpu, None, None, "-", None),
        Row("  read by the sweep, requests", float(report.read), float(REQUESTS), None, "= due", True),
        Row("  a sweep with nothing due, ms", idle * 1e3, None, None, "-", None),
    ]


def bench_board(house: House) -> list[Row]:
    """The first look of a process reads everything, every other one what changed since."""
    board = house.guidance.board
    board._looked, board._briefs = None, {}
    board._counts.clear()
    board._loads.clear()
    first = timed(lambda: board.show(EDITOR), 1)
    house.clock._shift += timedelta(hours=3)
    asked = Asked(code(2), "示例诉求", "示例文字", "listing")
    before = board.show(EDITOR)["requests"]
    house.guidance.requests.open_request(asked, SYSTEM)
    assert board.show(EDITOR)["requests"] == before + 1
    again = timed(lambda: board.show(EDITOR), 5)
    work = f"board of {before:,} requests, ms"
    return [
        Row(work, again * 1e3, None, None, "<= 200", again * 1e3 <= 200),
        Row("  first look of a process, ms", first * 1e3, None, None, "-", None),
    ]


def main() -> None:
    """All of it in one house."""
    configure_logs("error")
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), secret_key="k" * 40, wechat_stand_in=True)
        house = build_house(settings, cheap_passwords=True)
        furnish(house)
        rows = [*bench_routing(house), *bench_sweep(house), *bench_board(house)]
        house.close()
    write_rows("services", rows)


if __name__ == "__main__":
    main()
