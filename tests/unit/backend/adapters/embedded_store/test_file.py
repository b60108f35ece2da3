"""The file: one process, nothing lost, nothing half."""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from pymongo.errors import ConfigurationError, InvalidOperation

from backend.adapters import mongo
from backend.adapters.embedded_store import (
    EmbeddedClient,
    StoreFormatError,
    StoreLockedError,
    StoreWriteError,
)
from tests.servers.kills import Tally, kill_writers

SECOND = """
import json, sys
from pathlib import Path
from backend.adapters import mongo
from backend.adapters.embedded_store import StoreLockedError
try:
    mongo.connect(None, Path(sys.argv[1]))
except StoreLockedError as error:
    print(json.dumps([str(error.path), error.pid, error.holder, error.message]))
"""


def test_what_was_written_is_there_at_the_next_start(path: Path) -> None:
    client = EmbeddedClient(path=path)
    records = client["policymap"]["records"]
    records.create_index("area")
    records.insert_many([{"_id": "a", "area": "张江"}, {"_id": "b"}])
    records.update_one({"_id": "b"}, {"$set": {"area": "张江"}})
    records.delete_one({"_id": "a"})
    client.close()

    client = EmbeddedClient(path=path)
    records = client["policymap"]["records"]
    assert list(records.find({"area": "张江"})) == [{"_id": "b", "area": "张江"}]
    assert set(records.index_information()) == {"_id_", "area_1"}
    assert client.list_database_names() == ["policymap"]
    client.close()


def test_five_kills_lose_nothing(path: Path) -> None:
    tally = kill_writers(path, kills=5)

    assert tally == Tally(acknowledged=tally.acknowledged)
    assert tally.acknowledged > 100


def test_a_second_process_is_told_who_holds_the_file(client: EmbeddedClient, path: Path) -> None:
    command = [sys.executable, "-c", SECOND, str(path)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    held, pid, holder, message = json.loads(said)
    assert (held, pid) == (str(path), os.getpid())
    assert holder in message and str(path) in message and str(pid) in message


def test_the_clients_of_one_process_share_the_file_until_the_last_closes(path: Path) -> None:
    first, second = EmbeddedClient(path=path), EmbeddedClient(path=path)
    first["policymap"]["records"].insert_one({"_id": "a"})
    first.close()
    assert second["policymap"]["records"].find_one({"_id": "a"}) == {"_id": "a"}
    with pytest.raises(ConfigurationError):
        EmbeddedClient(path=path, tz_aware=True)
    second.close()
    EmbeddedClient(path=path, tz_aware=True).close()


def test_a_holder_that_has_not_said_its_name_is_unknown(path: Path) -> None:
    with path.with_name(path.name + ".lock").open("w") as holder:
        fcntl.flock(holder, fcntl.LOCK_EX)
        with pytest.raises(StoreLockedError) as refused:
            EmbeddedClient(path=path)
    assert refused.value.pid is None


def test_a_forked_child_is_refused_and_the_parent_goes_on(records: Any) -> None:
    records.insert_one({"_id": "a"})
    child = os.fork()
    if child == 0:
        try:
            records.find_one({"_id": "a"})
        except InvalidOperation:
            os._exit(7)
        os._exit(0)
    _, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == 7
    assert records.find_one({"_id": "a"}) == {"_id": "a"}


def test_a_closed_client_answers_nothing(client: EmbeddedClient) -> None:
    client.close()
    client.close()
    with pytest.raises(InvalidOperation):
        client["policymap"]["records"].find_one({})


def test_the_product_connects_pings_and_lets_go(path: Path) -> None:
    mongo.connect(None, path)
    assert mongo.ping() is None
    mongo.disconnect()
    mongo.connect(None, path)
    mongo.disconnect()


def test_a_file_of_another_kind_is_refused(path: Path) -> None:
    path.write_text("这不是数据库文件" * 100)
    with pytest.raises(StoreFormatError) as refused:
        EmbeddedClient(path=path)
    assert refused.value.path == path


def test_a_file_of_a_later_version_is_refused(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(StoreFormatError, match="99"):
        EmbeddedClient(path=path)


def test_a_write_the_disk_refuses_changes_nothing(client: EmbeddedClient, records: Any) -> None:
    records.insert_many([{"_id": "a", "n": 1}, {"_id": "b", "n": 1}])
    pages = client._file._db.execute("PRAGMA page_count").fetchone()[0]
    client._file._db.execute(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(StoreWriteError):
        records.update_many({}, {"$set": {"n": 2, "text": "满" * 100_000}})
    with pytest.raises(StoreWriteError):
        records.insert_one({"_id": "c", "text": "满" * 100_000})

    assert list(records.find().sort("_id", 1)) == [{"_id": "a", "n": 1}, {"_id": "b", "n": 1}]
    client._file._db.execute("PRAGMA max_page_count = 1000000")
    records.insert_one({"_id": "c"})
    assert records.count_documents({}) == 3


def test_an_interrupted_command_is_read_anew(client: EmbeddedClient, records: Any, monkeypatch: Any) -> None:
    records.create_index("n")
    records.insert_one({"_id": "a", "n": 1})
    documents = client._file.documents("policymap.records")

    def interrupted(_changes: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(documents, "apply", interrupted)
    with pytest.raises(KeyboardInterrupt):
        records.update_one({"_id": "a"}, {"$set": {"n": 2}})

    assert records.find_one({"n": 2}) == {"_id": "a", "n": 2}  # the file had it already


def test_no_increment_is_lost_by_four_threads(records: Any, path: Path, client: EmbeddedClient) -> None:
    records.insert_one({"_id": "x", "n": 0})

    def work() -> None:
        for _ in range(250):
            records.update_one({"_id": "x"}, {"$inc": {"n": 1}})

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    client.close()

    again = EmbeddedClient(path=path)
    assert again["policymap"]["records"].find_one({"_id": "x"})["n"] == 1000
    again.close()


def test_databases_are_dropped_whole_and_alone(client: EmbeddedClient) -> None:
    for database in ("one", "two"):
        client[database]["a"].insert_one({"_id": "x"})
        client[database]["a.b"].create_index("n")
    client.drop_database("one")

    assert client.list_database_names() == ["two"]
    assert client["two"].list_collection_names() == ["a", "a.b"]
    client["two"].drop_collection("a")
    assert client["two"].list_collection_names() == ["a.b"]
