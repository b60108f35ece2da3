"""Push: sending beside a bare httpx client, a publication over 100,000 firms, a night with 1 % changed facts.

BENCH_PUSH_MESSAGES=100000 sends as many over the null store; the default keeps the run within minutes.
"""

from __future__ import annotations

import gc
import os
import resource
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
from mongoengine.connection import get_db
from pymongo import monitoring

from backend.adapters import mongo
from backend.adapters.wechat import WechatClient
from backend.companies.facts import pack, read_facts, said_of
from backend.demo.firms import made_up_code
from backend.pool.life import LifeEvent, Stage
from backend.push.limits import CarrierLimit
from backend.push.service.carriers import Parcel, WechatCarrier, template_values
from backend.push.service.dispatching import Dispatcher, Pace, Result
from backend.push.service.outbox import StoredOutbox
from backend.push.service.readers import Readers
from backend.push.store.deliveries import Wanted
from backend.push.store.messages import Message, NewMessage
from backend.shared.caller import SYSTEM
from backend.shared.clock import SHANGHAI, Clock
from bench import Row, write_rows
from tests.servers.mongo import mongo_server
from tests.servers.stores import Store, connected, new_store
from tests.standins.wechat import APPID, SECRET, wechat_process
from tests.unit.backend.push.room import Room, open_room, policy

MESSAGES = int(os.environ.get("BENCH_PUSH_MESSAGES", "20000"))
# Slices of ours and of the bare client take turns, so that a busy machine slows both.
SLICES, BARE, STORED = 4, 2_500, 10_000
FIRMS = int(os.environ.get("BENCH_PUSH_FIRMS", "100000"))
ELIGIBLE, CHANGED = FIRMS // 10, FIRMS // 100
PARALLEL = 10
LIMIT = CarrierLimit(per_second=1e9, parallel=PARALLEL)
TEMPLATES = {"policy": "template-1", "deadline": "template-1"}
ASSETS = "      - {id: assets, label: 资产总额, fact: assets, at_least: 1}\n"
START = datetime(2026, 5, 6, 9, 30, tzinfo=SHANGHAI)


def main() -> None:
    """One run, figures and ratios."""
    rows = []
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="bench-push-")))
        uri = running.enter_context(mongo_server())
        rows += _sending(uri, folder)
        rows += _matching(uri, folder)
    write_rows("push", rows)


# Sending


def _sending(uri: str, folder: Path) -> list[Row]:
    with wechat_process(latency=0.005, keep=False) as address:
        client = WechatClient(APPID, SECRET, Clock(), address)
        carrier = WechatCarrier(client, TEMPLATES, lambda persons: {p: f"o-{p}" for p in persons}, _nothing)
        _bare(address, 200), _null_store(carrier, 200)
        before = _memory()
        ours = bare = 0.0
        for _ in range(SLICES):
            bare += _bare(address, BARE)
            ours += _null_store(carrier, MESSAGES // SLICES)
        grown = _memory() - before
        assert _arrived(address) == 400 + SLICES * (BARE + MESSAGES // SLICES)
        stored = _server_store(carrier, uri, folder, STORED)
        beside = (bare + _bare(address, BARE)) / (SLICES + 1)
    ours, bare = ours / SLICES, bare / SLICES
    return [
        _compared(f"send {MESSAGES:,} over a null store, per s", ours, bare, 0.9),
        _compared(f"send {STORED:,} on the server store, per s", stored, beside, 0.5),
        Row(f"memory grown over {MESSAGES:,} messages, MB", grown, None, None, "<= 20", grown <= 20),
    ]


def _compared(work: str, ours: float, other: float, goal: float) -> Row:
    return Row(work, ours, other, ours / other, f">= {goal}x bare", ours >= goal * other)


def _bare(address: str, messages: int) -> float:
    """The same requests by httpx alone, with as many threads: messages per second."""
    with httpx.Client(base_url=address, timeout=5) as http:
        account = {"grant_type": "client_credential", "appid": APPID, "secret": SECRET}
        token = http.post("/cgi-bin/stable_token", json=account).json()["access_token"]
        parcels = iter(list(_parcels(messages)))
        lock = threading.Lock()

        def work() -> None:
            while True:
                with lock:
                    parcel = next(parcels, None)
                if parcel is None:
                    return
                values = template_values("policy", parcel)
                body = {
                    "touser": parcel.address,
                    "template_id": "template-1",
                    "page": f"pages/message/message?id={parcel.message.id}",
                    "data": {key: {"value": text} for key, text in values.items()},
                    "miniprogram_state": "formal",
                    "lang": "zh_CN",
                }
                path = "/cgi-bin/message/subscribe/send"
                answer = http.post(path, params={"access_token": token}, json=body)
                assert answer.json()["errcode"] == 0

        began = time.perf_counter()
        with ThreadPoolExecutor(PARALLEL) as pool:
            for done in [pool.submit(work) for _ in range(PARALLEL)]:
                done.result()
        return messages / (time.perf_counter() - began)


class _NullOutbox:
    """Parcels from nowhere, receipts to nowhere."""

    def __init__(self, messages: int) -> None:
        self._parcels = _parcels(messages)
        self.sent = 0

    def claim(self, limit: int) -> tuple[str, Sequence[Parcel]]:
        return "batch", list(islice(self._parcels, limit))

    def record(self, _batch: str, results: Sequence[Result]) -> None:
        self.sent += sum(result.error is None for result in results)


def _null_store(carrier: WechatCarrier, messages: int) -> float:
    outbox = _NullOutbox(messages)
    began = time.perf_counter()
    Dispatcher(carrier, outbox, LIMIT, Pace(1e9)).run()
    assert outbox.sent == messages
    return messages / (time.perf_counter() - began)


def _server_store(carrier: WechatCarrier, uri: str, folder: Path, messages: int) -> float:
    """With budget, permits, intents and receipts in the database."""
    with _fresh(uri, folder) as room:
        stores, now = room.stores, room.clock.now()
        for batch in _batches(range(messages), 1000):
            persons = [f"p{number}" for number in batch]
            room.bound.update({_code(number): [f"p{number}"] for number in batch})
            stores.messages.put_many([_message(number) for number in batch], "bench", now)
            found = stores.messages.get_many([_message(number).id for number in batch])
            wanted = [Wanted(m, f"p{_number(m.uscc)}", "wechat") for m in found.values()]
            stores.deliveries.put_many(wanted, "bench", now)
            for person in persons:
                _grant(person)
            _grant.flush()  # type: ignore[attr-defined]
        _pool(range(messages))
        outbox = StoredOutbox(carrier, stores, room.push.world, Readers(stores, room.push.world), frozenset())
        assert outbox.open()
        began = time.perf_counter()
        sent = Dispatcher(carrier, outbox, LIMIT, Pace(1e9)).run()
        spent = time.perf_counter() - began
        assert sent == messages == get_db()["permit_uses"].count_documents({})
        assert get_db()["deliveries"].count_documents({"state": "sent"}) == messages
    return messages / spent


def _parcels(messages: int) -> Iterator[Parcel]:
    for number in range(messages):
        message = Message(**vars(_message(number)), created_at=START, withdrawn={}, order="")
        yield Parcel(f"d{number}", f"p{number}", f"o{number}", "示例企业", message)


def _message(number: int) -> NewMessage:
    return NewMessage(
        _code(number),
        "alpha",
        1,
        "answer",
        "alpha.published",
        "2026-05-06",
        "bench",
        "您符合《示例》的条件",
        "示例",
        {},
        80,
    )


# Matching


def _matching(uri: str, folder: Path) -> list[Row]:
    spent = [0.0]
    # Clients made from here on tell how long their commands take.
    monitoring.register(_Timing(spent))
    with _fresh(uri, folder) as room:
        _firms()
        columns, read = room.companies.columns, [0]
        room.companies.iterate_facts = _counting(room.companies.iterate_facts, read)  # type: ignore[method-assign]
        room.publish(policy("warm", least=1000))  # the worker has been running: its table is filled
        room.work()
        assert columns.read == FIRMS
        total, inside = _publication(room, "alpha", "", spent, read)
        _, apart = _publication(room, "beta", ASSETS, spent, read)
        assert columns.read == FIRMS
        room.queue.clear()
        room.push.start_night()
        room.work()
        for number in range(CHANGED):
            fact = {"name": "invention_patents", "value": 10 + number % 2}
            company = _code(number * 100)
            room.companies.record_facts(company, [fact], "registry", SYSTEM)
            room.stores.changes.note(company, "bench", room.clock.now())
        room.clock.move(days=1)
        read[0], before = 0, columns.read
        began = time.perf_counter()
        room.push.match_policy(room.push.start_night().id)
        night = time.perf_counter() - began
        read_twice = read[0] + columns.read - before
    return [
        Row(f"publish: rows for {ELIGIBLE:,} of {FIRMS:,} firms, s", total, None, None, "<= 5", total <= 5),
        Row("  of which in the process, s", inside, None, None, "<= 0.5", inside <= 0.5),
        Row("  the same by a fact no two firms have alike, s", apart, None, None, "", None),
        Row(
            f"night with {CHANGED:,} changed: facts read of firms",
            read_twice,
            FIRMS,
            None,
            f"<= 2 x {CHANGED:,}",
            read_twice <= 2 * CHANGED,
        ),
        Row("  the night, s", night, None, None, "", None),
    ]


def _publication(
    room: Room, slug: str, more: str, spent: list[float], read: list[int]
) -> tuple[float, float]:
    """How long a publication took until its rows were written, and how much of that outside the driver."""
    spent[0] = read[0] = 0
    began = time.perf_counter()
    room.publish(policy(slug, least=10, more=more))
    room.push.match_policy(f"{slug}@1")
    total = time.perf_counter() - began
    assert get_db()["messages"].count_documents({"run": f"{slug}@1"}) == read[0] == ELIGIBLE
    return total, total - spent[0]


def _firms() -> None:
    """Firms with four facts each; every tenth has ten patents, the others two. All are in the pool."""
    for batch in _batches(range(FIRMS), 5000):
        documents = []
        for number in batch:
            facts = _facts(10 if number % 10 == 0 else 2, number)
            documents.append(
                {
                    **_stamps(_code(number)),
                    "name": f"示例企业{number}",
                    "area": "",
                    "town": "",
                    "facts": facts,
                    "flags": [],
                }
            )
        get_db()["companies"].insert_many(documents, ordered=False)
    _pool(range(FIRMS))


_KEPT: dict[int, list[dict[str, Any]]] = {}


def _facts(patents: int, number: int) -> list[dict[str, Any]]:
    """What is known of a firm; its assets are those of no other."""
    (group,) = _alike(patents)
    return [{**group, "said": [*group["said"], said_of("assets", 1_000_000 + number, "2025", False)]}]


def _alike(patents: int) -> list[dict[str, Any]]:
    if patents not in _KEPT:
        stated = [
            {"name": "invention_patents", "value": patents},
            {"name": "registered_on", "value": "2019-03-01"},
            {"name": "staff", "value": 40, "period": "2025"},
        ]
        _KEPT[patents] = pack(read_facts(stated, "staff_verified", START, "bench"))
    return _KEPT[patents]


def _pool(numbers: range) -> None:
    event = LifeEvent("e", "candidate", START, "bench")
    for batch in _batches(numbers, 5000):
        rows = [
            {**_stamps(_code(number)), "life": [vars(event)], "stage": Stage("candidate").step, "tier": ""}
            for number in batch
        ]
        get_db()["pool"].insert_many(rows, ordered=False)


def _stamps(key: str) -> dict[str, Any]:
    stamps = {"created_at": START, "updated_at": START, "updated_by": "bench", "schema_version": 1}
    return {"_id": key, **stamps, "revision": 1, "events": [], "pending": False}


_CODES: list[str] = []
_NUMBERS: dict[str, int] = {}


def _code(number: int) -> str:
    while len(_CODES) <= number:
        _NUMBERS[made_up_code(len(_CODES))] = len(_CODES)
        _CODES.append(made_up_code(len(_CODES)))
    return _CODES[number]


def _number(uscc: str) -> int:
    return _NUMBERS[uscc]


class _Granting:
    """Permits, many in one command."""

    def __init__(self) -> None:
        self._rows: list[dict[str, Any]] = []

    def __call__(self, person: str) -> None:
        self._rows.append({**_stamps(f"{person}:policy:tap"), "person": person, "template": "policy"})

    def flush(self) -> None:
        get_db()["permits"].insert_many(self._rows, ordered=False)
        self._rows = []


_grant = _Granting()


@contextmanager
def _fresh(uri: str, folder: Path) -> Iterator[Room]:
    store: Store = new_store(uri, folder)
    with connected(store):
        mongo.ensure_indexes()
        room = open_room()
        room.openids.update({})
        yield room
        get_db().client.drop_database(store.database)


class _Timing(monitoring.CommandListener):
    """The time commands to the database took."""

    def __init__(self, spent: list[float]) -> None:
        self._spent = spent

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """Nothing to note yet."""

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        self._spent[0] += event.duration_micros / 1e6

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        self._spent[0] += event.duration_micros / 1e6


def _counting(real: Callable[..., Iterator[Any]], read: list[int]) -> Callable[..., Iterator[Any]]:
    def counted(*args: Any, **kwargs: Any) -> Iterator[Any]:
        for firms in real(*args, **kwargs):
            read[0] += len(firms)
            yield firms

    return counted


def _batches(numbers: range, size: int) -> Iterator[range]:
    for start in range(numbers.start, numbers.stop, size):
        yield range(start, min(start + size, numbers.stop))


def _arrived(address: str) -> int:
    found: Mapping[str, int] = httpx.get(f"{address}/stand-in/sent").json()
    return found["count"]


def _memory() -> float:
    gc.collect()
    with Path("/proc/self/statm").open() as statm:
        return int(statm.read().split()[1]) * resource.getpagesize() / 1e6


def _nothing(*_args: Any) -> None:
    """No ledger to void."""


if __name__ == "__main__":
    main()
