"""One document, one command: threads lose nothing and only one wins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pymongo.errors import DuplicateKeyError

THREADS = 8


def by_threads(work: Callable[[int], Any]) -> list[Any]:
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(work, range(THREADS)))


def test_no_increment_is_lost(records: Any) -> None:
    records.insert_one({"_id": "x", "n": 0})

    def work(_: int) -> None:
        for _ in range(25):
            records.update_one({"_id": "x"}, {"$inc": {"n": 1}})

    by_threads(work)
    assert records.find_one({"_id": "x"})["n"] == THREADS * 25


def test_a_comparison_has_one_winner(records: Any) -> None:
    for turn in range(10):
        records.insert_one({"_id": str(turn), "revision": 1})

        def work(thread: int, turn: int = turn) -> bool:
            change = {"$set": {"by": thread}, "$inc": {"revision": 1}}
            return records.find_one_and_update({"_id": str(turn), "revision": 1}, change) is not None

        assert sum(by_threads(work)) == 1
        assert records.find_one({"_id": str(turn)})["revision"] == 2


def test_an_id_goes_to_one_of_many(records: Any) -> None:
    def work(thread: int) -> int:
        won = 0
        for number in range(10):
            try:
                records.insert_one({"_id": str(number), "by": thread})
                won += 1
            except DuplicateKeyError:
                continue
        return won

    assert sum(by_threads(work)) == 10
    assert records.count_documents({}) == 10


def test_each_job_is_claimed_once_and_in_order(records: Any) -> None:
    records.create_index([("state", 1), ("due", 1)])
    records.insert_many([{"_id": f"{n:03}", "due": n // 2, "state": "waiting"} for n in range(60)])

    def work(thread: int) -> list[str]:
        claimed = []
        claim = {"$set": {"state": "running", "by": thread}}
        while job := records.find_one_and_update({"state": "waiting"}, claim, sort=[("due", 1), ("_id", 1)]):
            claimed.append(job["_id"])
        return claimed

    by_thread = by_threads(work)
    assert Counter(job for jobs in by_thread for job in jobs) == Counter(f"{n:03}" for n in range(60))
    assert all(jobs == sorted(jobs) for jobs in by_thread)


def test_a_reader_never_sees_half_an_update(records: Any) -> None:
    records.insert_one({"_id": "x", "a": 0, "b": 0})

    def work(thread: int) -> bool:
        if thread % 2:
            for _ in range(25):
                records.update_one({"_id": "x"}, {"$inc": {"a": 1, "b": 1}})
            return True
        seen = [records.find_one({"_id": "x"}) for _ in range(50)]
        return all(document["a"] == document["b"] for document in seen)

    assert all(by_threads(work))


def test_every_event_is_pushed_once(records: Any) -> None:
    records.insert_one({"_id": "x", "events": []})

    def work(thread: int) -> None:
        for number in range(10):
            records.update_one({"_id": "x"}, {"$push": {"events": {"id": f"{thread}-{number}"}}})

    by_threads(work)
    events = [event["id"] for event in records.find_one({"_id": "x"})["events"]]
    assert len(set(events)) == len(events) == THREADS * 10
