"""Firms and pool: import beside a bare loop, the monthly run, a life's state, the board.

The bare loop parses the same CSV and bulk-writes it unchecked, into a collection with the same indexes. A
second line compares with the barest loop: rows as they are, no index. Sizes: BENCH_IMPORT, BENCH_FIRMS.
Measures on the wire server of the tests where there is one, and on the embedded store (with fewer firms).
Every part runs in its own process: what one leaves in memory slows the next. On the embedded store all work
is in this process, and its time is taken (by turns with the loop's, the best of each); the server's is not.
"""

from __future__ import annotations

import csv
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any

from mongoengine.connection import get_db

from backend.adapters import mongo
from backend.adapters.mongo.bulk import insert_absent_rows
from backend.companies.service.importing import BATCH
from backend.companies.store import CompanyDocument, name_parts
from backend.pool.life import LifeEvent, Stage, present
from backend.pool.store import PoolDocument
from backend.settings import Settings
from backend.shared.caller import SYSTEM, Caller, Role
from backend.shared.clock import Clock
from backend.wiring import House, build_house
from bench import Row, write_rows
from policies.facts import registry
from policies.vocabulary.uscc import check_character
from tests.servers.mongo import mongo_server
from tests.servers.processes import ServerMissingError

IMPORT = int(os.environ.get("BENCH_IMPORT", "20000"))
FIRMS = int(os.environ.get("BENCH_FIRMS", "100000"))
EMBEDDED = 20_000
EVENTS = 1000
ROUNDS = 3
HEAD = """
统一社会信用代码 企业名称 区域 街镇 产业方向 注册成立日期 注册在浦东新区 高新技术领域 已有资质 Ⅰ类知识产权件数
Ⅱ类知识产权件数 2025年销售收入（万元） 2024年销售收入（万元） 2025年研发费用（高企口径）（万元）
2024年研发费用（高企口径）（万元） 2025年职工总数 2025年科技人员数 2025年总收入（万元）
2025年高新技术产品（服务）收入（万元）
""".split()  # noqa: SIM905
EDITOR = Caller("staff", "bench", roles=frozenset({Role.EDITOR}))


def code(number: int) -> str:
    """A made-up code with its check character."""
    first17 = f"91310115MA{number:07d}"
    return first17 + check_character(first17)


def firm_rows(count: int) -> Iterator[list[str]]:
    """Made-up rows of a table of firms."""
    chance = Random(7)
    for number in range(count):
        revenue, staff = chance.randint(100, 50_000), chance.randint(5, 500)
        figures = (revenue, revenue * 9 // 10, revenue * chance.randint(1, 12) // 100, revenue // 20, staff,
                   staff // chance.randint(3, 12), revenue, revenue * chance.randint(3, 9) // 10)  # fmt: skip
        place, founded = chance.choice(("张江", "临港", "金桥")), f"20{chance.randint(10, 24)}-03-11"
        words = (
            chance.choice(("集成电路", "人工智能")),
            founded,
            "是",
            chance.choice(("电子信息", "新材料")),
        )
        counts = (chance.choice(("", "无", "高企")), chance.randint(0, 20), chance.randint(0, 30))
        name = f"示例企业{number}有限公司"
        yield [code(number), name, place, "北蔡", *words, *map(str, counts), *map(str, figures)]


def bare_loop(path: Path, indexed: bool, now: Callable[[], float]) -> float:
    """Seconds to parse the table and bulk-write it unchecked."""
    rows = get_db()["bare"]
    rows.drop()
    if indexed:
        for index in ([("area", 1), ("_id", 1)], [("town", 1), ("_id", 1)], "name_parts", "pending"):
            rows.create_index(index)
    begun = now()
    with path.open(encoding="utf-8", newline="") as file:
        table = csv.reader(file)
        head, batch = next(table), []
        for row in table:
            document: dict[str, Any] = {"_id": row[0], **dict(zip(head, row, strict=True))}
            if indexed:
                document |= {
                    "area": row[2],
                    "town": row[3],
                    "pending": False,
                    "name_parts": name_parts(row[1]),
                }
            batch.append(document)
            if len(batch) == BATCH:
                rows.insert_many(batch, ordered=False)
                batch = []
        if batch:
            rows.insert_many(batch, ordered=False)
    taken = now() - begun
    rows.drop()
    return taken


def resident() -> float:
    """The memory this process holds now, in MB (0 where the system does not tell)."""
    status = Path("/proc/self/statm")
    return int(status.read_text().split()[1]) * resource.getpagesize() / 2**20 if status.exists() else 0.0


def imported(
    house: House, path: Path, now: Callable[[], float], progress: Callable[[int, int], None] | None = None
) -> float:
    """Seconds of one whole import."""
    run = house.firms.imports.start(path, path.name, SYSTEM, dry=False, source="tax")
    begun = now()
    house.firms.imports.run(run.id, progress)
    return now() - begun


def bench_import(house: House, folder: Path, kind: str, count: int) -> list[Row]:
    """First import and the same again, beside the bare loops; memory while it goes on."""
    path = folder / "firms.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEAD, *firm_rows(count)])
    now = time.process_time if kind == "embedded" else time.perf_counter
    registry()  # as in a service that has been up for a while
    barest, sizes, grown = bare_loop(path, False, now), list[float](), 0.0
    bares, firsts = [], []
    for number in range(ROUNDS if kind == "embedded" else 1):
        if number:
            forget_firms()
        bares.append(bare_loop(path, True, now))
        firsts.append(
            imported(
                house, path, now, lambda done, _: sizes.append(resident()) if done > count // 4 else None
            )
        )
        grown = grown or max(sizes) - sizes[0]
    bare, first = min(bares), min(firsts)
    writes = {c.uscc: c.revision for c in house.companies.list_companies(SYSTEM, 100, None).items}
    again = imported(house, path, now)
    if house.companies.count() != count or set(writes.values()) != {1}:
        raise SystemExit("the import did not take every row in exactly once")
    size = f"{count:,} rows, {kind}"
    return [
        Row(
            f"first import, s: bare loop / ours ({size})",
            first,
            bare,
            bare / first,
            ">= 0.5x",
            bare / first >= 0.5,
        ),
        Row("  beside rows as they are, no index", first, barest, barest / first, "-", None),
        Row("unchanged import, s: first / again", again, first, first / again, ">= 2x", first / again >= 2),
        _memory(kind, grown),
    ]


def _memory(kind: str, grown: float) -> Row:
    """The embedded store keeps its rows in memory: there is no goal for it."""
    work = "memory grown over its last three quarters, MB"
    if kind == "embedded":
        return Row(f"  {work}", grown, None, None, "-", None)
    return Row(work, grown, None, None, "flat: <= 64", grown <= 64)


def fill(house: House, count: int) -> None:
    """Firms and lives, written straight: names are not looked up here."""
    now = house.clock.now()
    stamps = {"schema_version": 1, "revision": 1, "created_at": now, "updated_at": now, "updated_by": "bench"}
    chance, firms, lives = Random(3), [], []
    for number in range(count):
        uscc, revenue, staff = code(number), chance.randint(10**6, 4 * 10**8), chance.randint(5, 500)
        years = ("2025", "2024", "2023")
        standing = {
            "pudong_registered": True,
            "titles": [],
            "class2_ip": chance.randint(0, 5),
            "tech_field": "materials",
            "registered_on": f"20{chance.randint(10, 25)}-03-01",
        }
        last_year = {
            "staff": staff,
            "tech_staff": staff // chance.randint(4, 15),
            "total_income": revenue,
            "hightech_revenue": revenue * chance.randint(3, 9) // 10,
        }
        said = [[name, value, None] for name, value in standing.items()]
        said += [["revenue", revenue, year] for year in years]
        said += [["rd_expense", revenue * chance.randint(1, 9) // 100, year] for year in years]
        said += [[name, value, "2025"] for name, value in last_year.items()]
        facts = [{"source": "tax", "known_at": now, "by": "bench", "said": said}]
        firms.append(
            {"_id": uscc, "name": "示例", "area": "zhangjiang", "town": "", "facts": facts, **stamps}
        )
        step = LifeEvent(f"e{number}", "in_pool", now, "bench", tier="reserve")
        lives.append((uscc, step, ("zhangjiang", "")))
        if len(firms) == 1000 or number == count - 1:
            insert_absent_rows(CompanyDocument, firms)
            house.pool._store.start_many(lives[: len(lives) // 2])
            firms, lives = [], []


def bench_month(house: House, count: int, kind: str) -> list[Row]:
    """The monthly run over all firms, end to end, and the matching within it."""
    run = house.pool_room.runs.start("adhoc", SYSTEM)
    begun = time.perf_counter()
    house.pool_room.runs.run(run.id)
    taken = time.perf_counter() - begun
    done = house.pool_room.runs.read(run.id, SYSTEM)
    matching = done.figures["matching_seconds"]
    if done.firms != count:
        raise SystemExit(f"the run saw {done.firms} of {count} firms")
    goal = 30 * count / 100_000
    return [
        Row(f"monthly run, s ({count:,} firms, {kind})", taken, None, None, f"<= {goal:.3g}", taken <= goal),
        Row("  of which matching, s", matching, None, None, "<= 1", matching <= 1),
    ]


def bench_board(house: House) -> list[Row]:
    """The board: the first look of a process reads everything, every other one what was written since."""
    first = timed(lambda: house.pool_room.board.show(EDITOR), 1)
    house.clock._shift = timedelta(minutes=5)
    uscc = house.pool.members(batch=1)[0]
    house.pool.move(uscc, Stage("candidate"), SYSTEM, "示例")
    house.pool_room.board.show(EDITOR)
    again = timed(lambda: house.pool_room.board.show(EDITOR), 5)
    return [
        Row("board, ms", again * 1e3, None, None, "<= 200", again * 1e3 <= 200),
        Row("  first look of a process, ms", first * 1e3, None, None, "-", None),
    ]


def bench_life(house: House) -> list[Row]:
    """The state of a firm after a thousand events: replayed, and as the store answers."""
    start, life = house.clock.now(), []
    for number in range(EVENTS):
        tier = ("reserve", "cultivate")[number % 2]
        at = start + timedelta(seconds=number)
        life.append(LifeEvent(f"e{number}", "in_pool", at, "bench", "示例", tier))
    replay = timed(lambda: present(life), 20)
    uscc = code(10**6)
    house.pool._store.start_many([(uscc, life[0], ("", ""))])
    raw = [asdict(event) for event in life[1:-1]]
    lives = get_db()[PoolDocument._get_collection_name()]
    lives.update_one({"_id": uscc}, {"$push": {"life": {"$each": raw}}})
    house.pool._store.append(house.pool._store.get(uscc), life[-1])
    asked = timed(lambda: house.pool.state(uscc), 50)
    return [
        Row(
            f"state from {EVENTS:,} events, replayed, ms", replay * 1e3, None, None, "<= 1", replay * 1e3 <= 1
        ),
        Row("  asked of the store, ms", asked * 1e3, None, None, "-", None),
    ]


def timed(work: Callable[[], Any], rounds: int) -> float:
    """The best of some rounds, in seconds."""
    best = float("inf")
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - begun)
    return best


def forget_firms() -> None:
    """Firms and lives as before the first import."""
    for collection in ("companies", "pool"):
        get_db()[collection].drop()
    mongo.ensure_indexes()


@contextmanager
def opened_house(folder: Path, kind: str, uri: str | None) -> Iterator[House]:
    """A house over an empty database of its own, gone afterwards."""
    given: dict[str, Any] = {"MONGODB_URI": uri, "mongodb_database": f"bench_pool_{kind}"}
    folder.mkdir()
    settings = Settings(data_dir=folder, secret_key="k" * 40, wechat_stand_in=True, **given)
    house = build_house(settings, Clock(), cheap_passwords=True)
    if uri:
        get_db().client.drop_database(get_db().name)
    mongo.ensure_indexes()
    yield house
    if uri:
        get_db().client.drop_database(get_db().name)
    house.close()


def measure_import(folder: Path, kind: str, uri: str | None) -> list[Row]:
    """The imports on one store."""
    with opened_house(folder, kind, uri) as house:
        return bench_import(house, folder, kind, IMPORT if uri else min(IMPORT, EMBEDDED))


def measure_pool(folder: Path, kind: str, uri: str | None) -> list[Row]:
    """Everything over a filled pool on one store."""
    count = FIRMS if uri else EMBEDDED
    with opened_house(folder, kind, uri) as house:
        house.load_library()
        fill(house, count)
        rows = bench_month(house, count, kind)
        rows += bench_board(house) if uri else []
        return rows + bench_life(house)


def in_own_process(part: Callable[..., list[Row]], *given: Any) -> list[Row]:
    """What a part finds in a fresh interpreter."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(part, *given).result()


def main() -> None:
    """Measure on each store; write var/bench/pool.json."""
    rows: list[Row] = []
    with ExitStack() as running, tempfile.TemporaryDirectory() as name:
        stores: list[tuple[str, str | None]] = [("embedded", None)]
        try:
            stores.insert(0, ("server", running.enter_context(mongo_server())))
        except ServerMissingError as missing:
            print(f"not measured on the server store: {missing}")
        for kind, uri in stores:
            for part in (measure_import, measure_pool):
                rows += in_own_process(part, Path(name) / f"{kind}_{part.__name__}", kind, uri)
    write_rows("pool", rows)


if __name__ == "__main__":
    main()
