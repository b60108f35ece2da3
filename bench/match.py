"""Matching against Polars, zen-engine and json-logic: identical answers first, then interleaved rounds."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from statistics import median
from typing import Any

import bson
import numpy as np

from bench import Row, write_rows
from bench.matching.pool import ON, Columns, altered, columns, sheets, stored_firms
from policies.eligibility import (
    Answers,
    CompiledRules,
    SingleJudge,
    StandingAnswers,
    StoredReader,
    compile_rules,
    judge_all,
    judge_many,
    rank_questions,
    row_of,
)
from policies.facts import FactRecord, resolve
from policies.gap import plan
from policies.loader import load_library

FIRMS, CHANGED, ROUNDS, ALONE = 1_000_000, 10_000, 5, 200
MEMORY_RUN = "--memory"
Clock = Callable[[], float]


def main() -> None:
    """All rows of the table, printed and kept."""
    if MEMORY_RUN in sys.argv:
        print(_peak_of_a_run())
        return
    command = [sys.executable, "-m", "bench.match", MEMORY_RUN]
    peak = int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    memory = Row("memory at 1M x 500, MB", peak, None, None, "<= 600", peak <= 600)
    rows = [memory, _page()]
    firms = columns(FIRMS)
    rules = compile_rules(sheets(), ON)
    rows += [*_all_pairs(rules, firms), _night(rules, firms)]
    write_rows("match", rows)


def _all_pairs(rules: CompiledRules, firms: Columns) -> list[Row]:
    """Every firm by every policy, and one firm by every policy."""
    from bench.matching.peers import JsonLogic, Polars, Zen, plain_rows, polars_statuses

    table = firms.table()
    into, into_near = judge_many(rules, table), judge_many(rules, table, near=True)
    forms = [Polars(rules, firms, leaves_first) for leaves_first in (False, True)]
    for form in forms:
        answers = form.all()
        for slug in rules.policies:
            assert np.array_equal(polars_statuses(answers[slug]), into.statuses(slug)), slug
    plain = plain_rows(firms, ALONE)
    expected = np.array([into.statuses(slug)[:ALONE] for slug in rules.policies]).T
    zen, logic, single = Zen(rules), JsonLogic(rules), SingleJudge(rules)
    alone = [row_of(rules.facts, lambda name, row=row: _value(name, row[name])) for row in plain]  # type: ignore[misc]
    for engine, count in ((zen.judge, 60), (logic.judge, 30)):
        assert [engine(row) for row in plain[:count]] == expected[:count].tolist(), engine
    assert [single.statuses(row).tolist() for row in alone] == expected.tolist()
    print(f"identical answers: {len(rules.policies)} policies x {FIRMS:,} firms; {_mix(rules, into)}")
    ours = lambda: judge_many(rules, table, into=into)  # noqa: E731
    with_near = lambda: judge_many(rules, table, near=True, into=into_near)  # noqa: E731
    jobs: dict[str, tuple[Callable[[], Any], int]] = {
        "ours": (ours, FIRMS),
        "near": (with_near, FIRMS),
        "polars": (forms[0].all, FIRMS),
        "polars leaves first": (forms[1].all, FIRMS),
        "zen": (lambda: [zen.judge(row) for row in plain[:60]], 60),
        "json-logic": (lambda: [logic.judge(row) for row in plain[:30]], 30),
        "one": (lambda: [single.statuses(row) for row in alone], ALONE),
        "one by polars": (lambda: [forms[0].judge(forms[0].frame[n : n + 1]) for n in range(5)], 5),
    }
    times = _timed(jobs)
    polars = min(times["polars"], times["polars leaves first"])
    pairs = len(rules.policies)
    rate = {name: seconds / count for name, (_, count) in jobs.items() for seconds in [times[name]]}
    result = []
    for work, name in (("1M x 500 status", "ours"), ("same, near misses and the question left", "near")):
        own = times[name]
        result.append(_ratio(f"{work}, s; Polars", own, polars, 4 if name == "ours" else 2))
    own = rate["ours"] / pairs * 1e9
    for name, goal in (("json-logic", 40_000), ("zen", 15_000)):
        result.append(_ratio(f"1M x 500 per pair, ns; {name}", own, rate[name] / pairs * 1e9, goal))
    one, by_polars = rate["one"] * 1e3, rate["one by polars"] * 1e3
    own = _timed({"one": jobs["one"]}, 10, time.process_time)["one"] / ALONE * 1e3
    result.append(_ratio("one firm x 500, ms; Polars", one, by_polars, 800))
    result.append(Row("one firm x 500, ms of processor", own, None, None, "<= 0.05", own <= 0.05))
    return result


def _night(rules: CompiledRules, firms: Columns) -> Row:
    """One job: BSON bytes of the changed firms to the list of answers that turned, the snapshot kept up."""
    table = firms.table()
    standing = StandingAnswers(rules, table)
    reader = StoredReader(ON, rules.facts)
    yesterday = stored_firms(CHANGED, table.keys)
    standing.update((firm["_id"], reader.read(firm["facts"])) for firm in yesterday)
    before = judge_many(rules, table)
    raw = b"".join(bson.encode(firm) for firm in altered(yesterday))
    started = time.process_time()
    rows = ((firm["_id"], reader.read(firm["facts"])) for firm in bson.decode_iter(raw))
    changed = standing.update(rows)
    seconds = time.process_time() - started
    assert sorted(changed) == sorted(judge_many(rules, table).changed(before))
    print(f"a night: {CHANGED:,} firms changed, {len(changed):,} answers turned")
    return Row("a night: 1M stored, 1% changed, s of processor", seconds, None, None, "<= 1", seconds <= 1)


def _page() -> Row:
    """A firm's full page over the library: verdicts, reasons, ways, questions."""
    library = [sheet for sheet in load_library()[0] if sheet.rules]
    firm = stored_firms(1, ["F0"])[0]["facts"]
    records = [
        FactRecord(name, value, period, group["source"])
        for group in firm
        for name, value, period in group["said"]
    ]

    def page() -> None:
        facts = resolve(records, ON)
        verdicts = judge_all(library, facts, ON)
        for verdict in verdicts:
            plan(verdict, facts, ON)
        rank_questions(verdicts)

    ms = _timed({"page": (page, 1)}, 30, time.process_time)["page"] * 1e3
    return Row(
        f"a firm's full page, {len(library)} policies, ms of processor", ms, None, None, "<= 10", ms <= 10
    )


def _timed(
    jobs: dict[str, tuple[Callable[[], Any], int]], rounds: int = ROUNDS, clock: Clock = time.perf_counter
) -> dict[str, float]:
    """The median seconds of each job; in every round each job once.

    Ratios are of the wall clock, everybody using what cores there are. What has a goal in seconds runs on one
    core and is measured in processor time, so that neighbours on the machine do not count.
    """
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, (job, _count) in jobs.items():
            started = clock()
            job()
            times[name].append(clock() - started)
    return {name: median(measured) for name, measured in times.items()}


def _ratio(work: str, ours: float, other: float, goal: float) -> Row:
    return Row(work, ours, other, other / ours, f">= {goal:,}x", other / ours >= goal)


def _mix(rules: CompiledRules, answers: Answers) -> str:
    counts = np.zeros(5, np.int64)
    for slug in rules.policies:
        counts += np.bincount(answers.statuses(slug), minlength=5)
    shares = counts / counts.sum()
    return f"ineligible {shares[0]:.1%}, unknown {shares[1]:.1%}, eligible {shares[3]:.2%}"


def _value(name: str, value: Any) -> Any:
    """A plain value as the product reads it."""
    if name in ("registered_on", "gaoqi_valid_to") and value is not None:
        return date.fromordinal(int(value))
    if isinstance(value, list):
        return frozenset(value)
    return FactRecord(name, repr(value)).value if isinstance(value, float) else value


def _peak_of_a_run() -> int:
    """MB this process needed at most: columns, rules, answers with near misses."""
    rules = compile_rules(sheets(), ON)
    judge_many(rules, columns(FIRMS).table(), near=True)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
