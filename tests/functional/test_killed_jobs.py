"""kill -9 in the middle of an import, a monthly run and a sweep, then resume: nothing lost, nothing twice."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import timedelta
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any

import pytest

from backend.companies.service import Firm
from backend.demo.firms import made_up_code
from backend.settings import Settings
from backend.shared.caller import SYSTEM
from backend.shared.clock import FixedClock
from backend.wiring import House, build_house
from policies.eligibility import FactTable
from tests.servers.killed_job import AT
from tests.servers.open_requests import request_ids, write_requests

FIRMS = 1600
HEAD = "统一社会信用代码,企业名称,注册在浦东新区,已有资质,Ⅱ类知识产权件数,2025年销售收入（万元）,联系人"
LATER = AT + timedelta(minutes=5)


def as_json(settings: Settings) -> str:
    uri = settings.mongodb_uri.get_secret_value() if settings.mongodb_uri else None
    return json.dumps(
        {
            "data_dir": str(settings.data_dir),
            "secret_key": "k" * 40,
            "wechat_stand_in": True,
            "MONGODB_URI": uri,
            "mongodb_database": settings.mongodb_database,
        }
    )


def killed(settings: Settings, what: str, run_id: str, word: str, after: float) -> list[str]:
    """Let another process work until it says a word, and kill it a moment later."""
    command = [sys.executable, "-m", "tests.servers.killed_job", as_json(settings), what, run_id]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        said = []
        for line in worker.stdout:
            said.append(line.strip())
            if line.strip() == word:
                break
        time.sleep(after)
        worker.kill()
        return said + worker.stdout.read().split()


def opened(settings: Settings, at: Any = AT) -> House:
    return build_house(settings, FixedClock(at), cheap_passwords=True)


def table(folder: Path) -> Path:
    rows = [f"{made_up_code(n)},示例{n}号,是,无,{n % 3},{n},示例人" for n in range(1, FIRMS + 1)]
    path = folder / "firms.csv"
    path.write_text("\n".join([HEAD, *rows]), encoding="utf-8")
    return path


@pytest.mark.parametrize("seed", [1, 2])
def test_an_import_killed_half_way_is_finished_and_nothing_is_there_twice(
    settings: Settings, tmp_path: Path, seed: int
) -> None:
    house = opened(settings)
    run = house.firms.imports.start(table(tmp_path), "firms.csv", SYSTEM, dry=False, source="tax")
    house.close()
    said = killed(settings, "import", run.id, "500", Random(seed).uniform(0, 0.2))
    assert "done" not in said
    house = opened(settings, LATER)
    try:
        assert 0 < house.companies.count() < FIRMS
        assert house.firms.imports.resume() == 1
        house.queue.drain()
        done = house.firms.imports.read(run.id, SYSTEM)
        assert (done.status, done.counts["new"], done.counts["refused"]) == ("done", FIRMS, 0)
        assert house.companies.count() == FIRMS
        for number in range(1, FIRMS, 50):
            company = house.companies.read_company(made_up_code(number), SYSTEM)
            assert (company.revision, len(company.facts), len(company.particulars)) == (1, 1, 1)
            assert house.firms.contacts.read(company.uscc, SYSTEM).contact_name == "示**"
        report = house.firms.imports.report(run.id, SYSTEM).decode("utf-8-sig").splitlines()[1:]
        assert [line.split(",")[0] for line in report] == [str(n) for n in range(2, FIRMS + 2)]
    finally:
        house.close()


def test_a_monthly_run_killed_half_way_starts_again_and_freezes_one_list(
    settings: Settings, tmp_path: Path
) -> None:
    house = opened(settings)
    house.load_library()
    run = house.firms.imports.start(table(tmp_path), "firms.csv", SYSTEM, dry=False, source="tax")
    house.firms.imports.run(run.id)
    house.pool_room.runs.start("monthly", SYSTEM)
    house.close()
    said = killed(settings, "evaluate", "2026-05", "1000", 0.0)
    assert "done" not in said
    house = opened(settings, LATER)
    try:
        runs = house.pool_room.runs
        assert runs.read("2026-05", SYSTEM).status == "running"
        assert runs.resume() == 1
        house.queue.drain()
        done = runs.read("2026-05", SYSTEM)
        assert (done.status, done.firms) == ("done", FIRMS)
        entering, after = [], ""
        while rows := runs.rows("2026-05", "enter", SYSTEM, 500, after):
            entering += [row.uscc for row in rows]
            after = entering[-1]
        assert entering == sorted(made_up_code(n) for n in range(1, FIRMS + 1) if n % 3)
        assert done.counts["enter"] == len(entering)
    finally:
        house.close()


@pytest.mark.parametrize("seed", [1, 2])
def test_a_sweep_killed_half_way_goes_on_and_escalates_each_request_once(
    settings: Settings, seed: int
) -> None:
    house = opened(settings)
    house.companies.add_company(Firm(made_up_code(1), "示例企业", area="zhangjiang"), SYSTEM)
    counsellor = {"name": "示例辅导员", "level": "counsellor", "areas": ["zhangjiang"], "capacity": 500}
    house.people.add_adviser("shili-fudao", {**counsellor, "skills": [], "help_kinds": []}, SYSTEM)
    write_requests([made_up_code(1)], 1600, due=1500, now=AT)
    house.close()
    said = killed(settings, "sweep", "-", "500", Random(seed).uniform(0, 0.3))
    assert "done" not in said
    house = opened(settings)
    try:
        half = house.guidance.deadlines.sweep()
        assert 0 < half.escalated < 1500
        house.relay.sweep()
        assert house.guidance.deadlines.sweep().read == 0
        steps = house.guidance.deadlines._steps
        found = steps.store.get_many(list(request_ids(1600, AT)))
        escalated = [request for request in found.values() if request.escalations]
        assert len(escalated) == 1500
        for request in escalated:
            assert (request.escalations, len(request.entries), request.state) == (1, 1, "open")
        assert steps.looks.count() == 1600  # each request has exactly one next look
    finally:
        house.close()


@pytest.mark.parametrize("seed", range(4))
def test_columns_killed_while_they_catch_up_or_are_saved_are_right_afterwards(
    settings: Settings, tmp_path: Path, seed: int
) -> None:
    house = opened(settings)
    run = house.firms.imports.start(table(tmp_path), "firms.csv", SYSTEM, dry=False, source="tax")
    house.firms.imports.run(run.id)
    house.close()
    word, after = ("1000", 0.02 * seed) if seed < 2 else ("1600", Random(seed).uniform(0, 0.4))
    killed(settings, "columns", made_up_code(1), word, after)
    house = opened(settings, LATER)
    try:
        table_now = house.companies.columns.view(AT.date(), ["class2_ip", "revenue"]).table
        records = dict(chain.from_iterable(house.companies.iterate_facts()))
        expected = FactTable.from_records(records.items(), AT.date(), ["class2_ip", "revenue"])
        assert sorted(table_now.keys) == sorted(records) and len(records) == FIRMS
        for name in ("class2_ip", "revenue"):
            found = dict(zip(table_now.keys, table_now.numbers(name, 0, FIRMS).tolist(), strict=True))
            wanted = dict(zip(expected.keys, expected.numbers(name, 0, FIRMS).tolist(), strict=True))
            assert {k: repr(v) for k, v in found.items()} == {k: repr(v) for k, v in wanted.items()}
    finally:
        house.close()
