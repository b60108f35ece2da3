"""The store commands of the product answer alike over every store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from pymongo import ReturnDocument
from pymongo.errors import BulkWriteError, DuplicateKeyError, WriteError

AFTER = ReturnDocument.AFTER


def ids(found: Any) -> list[Any]:
    return [document["_id"] for document in found]


def test_a_revision_check_lets_only_the_newest_through(records: Any) -> None:
    records.insert_one({"_id": "p", "revision": 1, "title": "旧"})
    change = {"$set": {"title": "新"}, "$inc": {"revision": 1}}

    changed = records.find_one_and_update({"_id": "p", "revision": 1}, change, return_document=AFTER)
    stale = records.find_one_and_update({"_id": "p", "revision": 1}, change, return_document=AFTER)

    assert changed == {"_id": "p", "revision": 2, "title": "新"}
    assert stale is None
    assert records.find_one({"_id": "p"}) == changed


def test_an_id_is_taken_once(records: Any) -> None:
    records.insert_one({"_id": "91310115MA1K00001X", "name": "示例一"})
    with pytest.raises(DuplicateKeyError) as refused:
        records.insert_one({"_id": "91310115MA1K00001X", "name": "示例二"})

    assert refused.value.code == 11000
    assert records.find_one({"_id": "91310115MA1K00001X"})["name"] == "示例一"


def test_insert_many_stops_at_the_first_taken_id(records: Any) -> None:
    records.insert_one({"_id": "b"})
    with pytest.raises(BulkWriteError) as refused:
        records.insert_many([{"_id": name} for name in "abc"])

    assert refused.value.details["nInserted"] == 1
    assert ids(records.find().sort("_id", 1)) == ["a", "b"]


def test_unordered_insert_many_goes_on_after_a_taken_id(records: Any) -> None:
    records.insert_one({"_id": "b"})
    with pytest.raises(BulkWriteError) as refused:
        records.insert_many([{"_id": name} for name in "abc"], ordered=False)

    assert [error["index"] for error in refused.value.details["writeErrors"]] == [1]
    assert ids(records.find().sort("_id", 1)) == ["a", "b", "c"]


def test_sorts_end_with_the_id(records: Any) -> None:
    records.insert_many([{"_id": name, "due": due} for name, due in zip("dbca", [2, 1, 2, 1], strict=True)])

    assert ids(records.find().sort([("due", -1), ("_id", 1)])) == ["c", "d", "a", "b"]
    assert ids(records.find().sort([("due", 1), ("_id", -1)]).skip(1).limit(2)) == ["a", "d"]


def test_the_order_of_ids_is_that_of_code_points(records: Any) -> None:
    records.insert_many([{"_id": name} for name in ["浦", "a", "Z", "张", "a-1", "a1", "😀", "！"]])
    expected = sorted(["浦", "a", "Z", "张", "a-1", "a1", "😀", "！"])

    assert ids(records.find().sort("_id", 1)) == expected
    assert ids(records.find({"_id": {"$gt": "a"}}).sort("_id", 1)) == expected[expected.index("a") + 1 :]
    assert ids(records.find({"_id": {"$lte": "浦"}}).sort("_id", -1).limit(2)) == ["浦", "张"]


@pytest.mark.parametrize("indexed", [False, True], ids=["scan", "index"])
def test_equality_and_in(records: Any, indexed: bool) -> None:
    if indexed:
        records.create_index([("area", 1), ("due", 1)])
        records.create_index("titles")
    records.insert_many(
        [
            {"_id": "a", "area": "张江", "titles": ["gaoqi", "zjtx"]},
            {"_id": "b", "area": "金桥", "titles": []},
            {"_id": "c", "area": "张江"},
            {"_id": "d", "area": None, "titles": ["gaoqi"]},
        ]
    )

    def matching(spec: dict[str, Any]) -> list[str]:
        return ids(records.find(spec).sort("_id", 1))

    assert matching({"area": "张江"}) == ["a", "c"]
    assert matching({"area": {"$in": ["金桥", "张江", "没有"]}}) == ["a", "b", "c"]
    assert matching({"area": {"$in": []}}) == []
    assert matching({"titles": "gaoqi"}) == ["a", "d"]
    assert matching({"titles": {"$in": ["zjtx"]}, "area": "张江"}) == ["a"]
    assert matching({"area": None}) == ["d"]
    assert matching({"titles": None}) == ["c"]
    assert matching({"titles": []}) == ["b"]
    assert matching({"titles": {"$exists": False}}) == ["c"]
    assert matching({"area": {"$ne": "张江"}}) == ["b", "d"]
    assert matching({"area": {"$nin": ["张江", "金桥"]}}) == ["d"]
    assert matching({"$or": [{"area": "金桥"}, {"titles": "zjtx"}]}) == ["a", "b"]
    assert matching({"$and": [{"area": "张江"}, {"titles": "gaoqi"}]}) == ["a"]
    assert matching({"_id": {"$in": ["d", "a", "x"]}, "titles": "gaoqi"}) == ["a", "d"]
    assert matching({"titles": {"$all": ["gaoqi", "zjtx"]}}) == ["a"]


def test_an_index_follows_changes(records: Any) -> None:
    records.create_index("state")
    records.insert_many([{"_id": name, "state": "new"} for name in "abc"])
    records.update_one({"_id": "a"}, {"$set": {"state": "sent"}})
    records.delete_one({"_id": "b"})
    records.replace_one({"_id": "c"}, {"other": 1})

    assert ids(records.find({"state": "new"})) == []
    assert ids(records.find({"state": "sent"})) == ["a"]


def test_ranges_compare_within_one_kind(records: Any) -> None:
    values = {"a": 1, "b": 2.5, "c": 10_000_000_000, "d": "2", "e": None, "f": -3}
    records.insert_many([{"_id": name, "v": value} for name, value in values.items()] + [{"_id": "g"}])

    assert ids(records.find({"v": {"$gte": 1, "$lt": 10_000_000_000}}).sort("_id", 1)) == ["a", "b"]
    assert ids(records.find({"v": {"$gt": "1"}})) == ["d"]
    assert ids(records.find().sort([("v", 1), ("_id", 1)])) == ["e", "g", "f", "a", "b", "c", "d"]
    assert ids(records.find({"v": {"$not": {"$gte": 1}}}).sort("_id", 1)) == ["d", "e", "f", "g"]


def test_counting(records: Any) -> None:
    records.insert_many([{"_id": str(n), "even": n % 2 == 0} for n in range(7)])

    assert records.count_documents({}) == 7
    assert records.count_documents({"even": True}) == 4
    assert records.count_documents({"even": True}, skip=1, limit=2) == 2
    assert records.estimated_document_count() == 7


def test_an_instant_comes_back_to_the_millisecond(records: Any) -> None:
    shanghai = timezone(timedelta(hours=8))
    at = datetime(2026, 6, 30, 23, 59, 59, 999_999, tzinfo=shanghai)
    records.insert_one({"_id": "x", "at": at})

    found = records.find_one({"_id": "x"})["at"]

    assert found == datetime(2026, 6, 30, 15, 59, 59, 999_000, tzinfo=UTC)
    assert found.utcoffset() == timedelta(0)
    assert records.count_documents({"at": found}) == 1
    assert records.count_documents({"at": {"$lt": at}}) == 0
    assert records.count_documents({"at": {"$gte": datetime(2026, 6, 30, 23, tzinfo=shanghai)}}) == 1
    assert records.find_one_and_update(
        {"_id": "x"}, {"$max": {"at": at + timedelta(seconds=1)}}, return_document=AFTER
    )["at"] == found + timedelta(seconds=1)


def test_what_was_given_out_is_nobody_elses(records: Any) -> None:
    mine = {"_id": "x", "facts": {"收入": {"2025": [1, 2]}}}
    records.insert_one(mine)
    mine["facts"]["收入"]["2025"].append(3)
    records.find_one({"_id": "x"})["facts"]["收入"]["2025"].append(4)

    assert records.find_one({"_id": "x"})["facts"] == {"收入": {"2025": [1, 2]}}


def test_nested_objects_with_chinese_names(records: Any) -> None:
    records.insert_one({"_id": "x", "facts": {"研发费用": {"2024": 100}}})
    change = {
        "$set": {"facts.研发费用.2025": 120, "facts.职工总数": 8},
        "$unset": {"facts.研发费用.2024": ""},
    }

    assert records.update_one({"facts.研发费用.2024": 100}, change).modified_count == 1
    assert records.find_one({"_id": "x"})["facts"] == {"研发费用": {"2025": 120}, "职工总数": 8}
    assert records.find_one({"_id": "x"}, {"facts.职工总数": 1}) == {"_id": "x", "facts": {"职工总数": 8}}


def test_projections(records: Any) -> None:
    records.insert_one({"_id": "x", "a": 1, "b": {"c": 2, "d": 3}, "l": [{"c": 4, "d": 5}, 6]})

    assert records.find_one({}, {"a": 1}) == {"_id": "x", "a": 1}
    assert records.find_one({}, {"_id": 1}) == {"_id": "x"}
    assert records.find_one({}, {"_id": 0, "b.c": 1, "l.d": 1}) == {"b": {"c": 2}, "l": [{"d": 5}]}
    assert records.find_one({}, {"_id": 0, "b.c": 0, "l": 0}) == {"a": 1, "b": {"d": 3}}
    assert records.find_one({}, ["a", "missing"]) == {"_id": "x", "a": 1}


def test_an_event_is_taken_off_by_its_id(records: Any) -> None:
    first, second = {"id": "e1", "data": {"slug": "甲"}}, {"id": "e2", "data": {}}
    records.insert_one({"_id": "x", "pending": True, "events": [first]})
    records.update_one({"_id": "x"}, {"$push": {"events": {"$each": [second]}}})

    records.update_one({"_id": "x"}, {"$pull": {"events": {"id": "e1"}}})
    assert records.find_one({"_id": "x"})["events"] == [second]
    assert records.update_one({"_id": "x", "events": []}, {"$set": {"pending": False}}).matched_count == 0

    records.update_one({"_id": "x"}, {"$pull": {"events": {"id": "e2"}}})
    assert records.update_one({"_id": "x", "events": []}, {"$set": {"pending": False}}).modified_count == 1


def test_arrays_grow_and_shrink(records: Any) -> None:
    records.insert_one({"_id": "x", "seen": [1, 2], "tags": ["a"]})
    records.update_one({"_id": "x"}, {"$push": {"seen": {"$each": [3, 4], "$slice": -3}, "log": "first"}})
    records.update_one({"_id": "x"}, {"$addToSet": {"tags": {"$each": ["a", "b", "b"]}, "objects": {"k": 1}}})
    records.update_one({"_id": "x"}, {"$addToSet": {"objects": {"k": 1}, "tags": "c"}})
    records.update_one({"_id": "x"}, {"$pull": {"seen": {"$in": [2, 4]}, "tags": "a", "missing": 1}})

    assert records.find_one({}) == {
        **{"_id": "x", "seen": [3], "tags": ["b", "c"]},
        **{"log": ["first"], "objects": [{"k": 1}]},
    }


def test_numbers_move_and_extremes_stay(records: Any) -> None:
    records.insert_one({"_id": "x", "n": 5})
    records.update_one({"_id": "x"}, {"$inc": {"n": -2, "new": 1}, "$max": {"top": 3}, "$min": {"low": 3}})
    records.update_one({"_id": "x"}, {"$max": {"top": 2}, "$min": {"low": 1}})

    assert records.find_one({}) == {"_id": "x", "n": 3, "new": 1, "top": 3, "low": 1}


@pytest.mark.parametrize(
    "update",
    [
        {"$set": {"good": 1}, "$inc": {"name": 1}},
        {"$set": {"good": 1}, "$push": {"n": 1}},
        {"$set": {"good": 1, "n.deeper": 1}},
        {"$set": {"good": 1}, "$inc": {"good": 1}},
        {"$set": {"good": 1, "_id": "y"}},
    ],
    ids=["inc-text", "push-number", "through-number", "twice", "id"],
)
def test_a_failed_update_leaves_no_trace(records: Any, update: dict[str, Any]) -> None:
    before = {"_id": "x", "name": "示例", "n": 1}
    records.insert_one(dict(before))

    with pytest.raises(WriteError):
        records.update_one({"_id": "x"}, update)

    assert records.find_one({}) == before


def test_upserts_take_the_equalities_of_the_filter(records: Any) -> None:
    spec = {"_id": "x", "kind": "gaoqi", "seen": {"$lt": 5}}
    update = {"$inc": {"n": 1}, "$setOnInsert": {"first": True}}

    made = records.update_one(spec, update, upsert=True)
    again = records.find_one_and_update({"_id": "x"}, update, upsert=True, return_document=AFTER)

    assert (made.upserted_id, made.matched_count, made.modified_count) == ("x", 0, 0)
    assert again == {"_id": "x", "kind": "gaoqi", "first": True, "n": 2}
    assert records.find_one_and_update({"_id": "y"}, update, upsert=True) is None
    assert records.replace_one({"_id": "z"}, {"whole": 1}, upsert=True).upserted_id == "z"
    assert records.find_one({"_id": "z"}) == {"_id": "z", "whole": 1}


def test_find_one_and_update_says_before_or_after(records: Any) -> None:
    records.insert_many(
        [{"_id": name, "due": due, "state": "new"} for name, due in zip("abc", [3, 1, 2], strict=True)]
    )
    take = {"$set": {"state": "taken"}}

    before = records.find_one_and_update({"state": "new"}, take, sort=[("due", 1), ("_id", 1)])
    after = records.find_one_and_update(
        {"state": "new"}, take, sort=[("due", -1), ("_id", 1)], projection={"state": 1}, return_document=AFTER
    )

    assert before == {"_id": "b", "due": 1, "state": "new"}
    assert after == {"_id": "a", "state": "taken"}
    assert records.find_one_and_update({"state": "none"}, take) is None
    assert records.find_one_and_delete({"state": "new"})["_id"] == "c"


def test_many_at_once(records: Any) -> None:
    records.insert_many([{"_id": str(n), "old": n < 3} for n in range(5)])

    changed = records.update_many({"old": True}, {"$set": {"seen": True}})
    assert (changed.matched_count, changed.modified_count) == (3, 3)
    assert records.update_many({"old": True}, {"$set": {"seen": True}}).modified_count == 0
    assert records.delete_many({"old": True}).deleted_count == 3
    assert ids(records.find().sort("_id", 1)) == ["3", "4"]


def test_groups_are_counted_and_summed(records: Any) -> None:
    rows = [("a", "x", 2), ("b", "y", 3), ("c", "x", 5), ("d", "x", 100)]
    records.insert_many([{"_id": name, "area": area, "money": money} for name, area, money in rows])

    found = records.aggregate(
        [
            {"$match": {"_id": {"$ne": "d"}}},
            {"$group": {"_id": "$area", "firms": {"$sum": 1}, "money": {"$sum": "$money"}}},
            {"$sort": {"money": -1, "_id": 1}},
            {"$limit": 1},
        ]
    )

    assert list(found) == [{"_id": "x", "firms": 2, "money": 7}]


def test_a_big_document(records: Any) -> None:
    text = "政策导图" * 90_000
    records.insert_one({"_id": "big", "text": text})
    records.update_one({"_id": "big"}, {"$set": {"read": True}})

    assert records.find_one({"_id": "big"}) == {"_id": "big", "text": text, "read": True}


@pytest.mark.parametrize(
    "hostile",
    [
        "{'$gt': ''}", '{"$where": "sleep(9)"}', "$set", "a.b", "<script>alert(1)</script>",
        ".*", "'; DROP TABLE documents; --", "\\", "%s%n", "\u202e倒\u0000", "", "𠮷" * 50, "__proto__",
    ],
)  # fmt: skip
def test_a_hostile_string_is_only_a_string(records: Any, hostile: str) -> None:
    records.create_index("name")
    records.insert_many(
        [{"_id": hostile or "empty", "name": hostile, "list": [hostile]}, {"_id": "other", "name": "x"}]
    )

    for spec in (
        {"name": hostile},
        {"name": {"$in": [hostile]}},
        {"list": hostile},
        {"_id": hostile or "empty"},
    ):
        assert ids(records.find(spec)) == [hostile or "empty"]
    records.update_one(
        {"name": hostile}, {"$set": {"copy": {"text": hostile}}, "$addToSet": {"list": hostile}}
    )
    found = records.find_one({"copy.text": hostile})
    assert found["copy"] == {"text": hostile} and found["list"] == [hostile]


def test_indexes_are_listed_and_dropped_with_their_collection(records: Any) -> None:
    records.create_index([("state", 1), ("due", -1)])
    records.create_index([("state", 1), ("due", -1)])
    records.insert_one({"_id": "x"})

    assert {index["name"]: dict(index["key"]) for index in records.list_indexes()} == {
        "_id_": {"_id": 1},
        "state_1_due_-1": {"state": 1, "due": -1},
    }
    assert "records" in records.database.list_collection_names()
    records.drop()
    assert records.database.list_collection_names() == []
    assert records.find_one({}) is None
