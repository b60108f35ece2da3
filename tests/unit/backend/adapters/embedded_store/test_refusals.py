"""What the house does not allow fails loudly and by name, and changes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from bson import Decimal128, ObjectId

REFUSED: dict[str, Callable[[Any], Any]] = {
    "$expr": lambda c: c.find({"$expr": {"$gt": ["$a", 1]}}),
    "$where": lambda c: c.find({"$where": "true"}),
    "$text": lambda c: c.find({"$text": {"$search": "x"}}),
    "$regex": lambda c: c.find({"a": {"$regex": "x"}}),
    "Regex": lambda c: c.find({"a": re.compile("x")}),
    "$size": lambda c: c.count_documents({"a": {"$size": 1}}),
    "$mod": lambda c: c.find({"$or": [{"a": {"$mod": [2, 1]}}]}),
    "$type": lambda c: c.find({"a": {"$not": {"$type": "string"}}}),
    "Decimal128": lambda c: c.find({"a": Decimal128("1")}),
    "whole object": lambda c: c.find({"a": {"b": 1}}),
    "$mul": lambda c: c.update_one({}, {"$mul": {"n": 2}}),
    "$rename": lambda c: c.update_one({}, {"$rename": {"n": "m"}}),
    "$currentDate": lambda c: c.update_one({}, {"$currentDate": {"n": True}}),
    "$pop": lambda c: c.update_one({}, {"$pop": {"a": 1}}),
    "$position": lambda c: c.update_one({}, {"$push": {"a": {"$each": [1], "$position": 0}}}),
    "$sort": lambda c: c.update_one({}, {"$push": {"a": {"$each": [1], "$sort": 1}}}),
    "a.$": lambda c: c.update_one({"a": 1}, {"$set": {"a.$": 2}}),
    "a.$[x]": lambda c: c.update_one({}, {"$set": {"a.$[x]": 2}}),
    "array_filters": lambda c: c.update_one({}, {"$set": {"n": 2}}, array_filters=[{"x": 1}]),
    "operators": lambda c: c.update_one({}, [{"$set": {"n": 2}}]),
    "beyond the end": lambda c: c.update_one({}, {"$set": {"a.9": 2}}),
    "session": lambda c: c.insert_one({"_id": "y"}, session=object()),
    "hint": lambda c: c.find({}, hint="n_1"),
    "collation": lambda c: c.find_one_and_update({}, {"$set": {"n": 2}}, collation={"locale": "zh"}),
    "unique": lambda c: c.create_index("n", unique=True),
    "expireAfterSeconds": lambda c: c.create_index("n", expireAfterSeconds=0),
    "partialFilterExpression": lambda c: c.create_index("n", partialFilterExpression={"n": 1}),
    "sparse": lambda c: c.create_index("n", sparse=True),
    "'text'": lambda c: c.create_index([("n", "text")]),
    "$natural": lambda c: c.find().sort("$natural", -1),
    "$lookup": lambda c: c.aggregate([{"$match": {}}, {"$lookup": {"from": "x"}}]),
    "$project": lambda c: c.aggregate([{"$project": {"a": 1}}]),
    "$avg": lambda c: c.aggregate([{"$group": {"_id": None, "n": {"$avg": "$n"}}}]),
    "$add": lambda c: c.aggregate([{"$group": {"_id": None, "n": {"$sum": {"$add": [1, 2]}}}}]),
    "$dateToString": lambda c: c.aggregate([{"$group": {"_id": {"$dateToString": {"date": "$d"}}}}]),
    "projection": lambda c: c.find({}, {"a": {"$slice": 1}}),
    "includes": lambda c: c.find({}, {"a": 1, "n": 0}),
    "distinct": lambda c: c.distinct("a"),
    "cursor.explain": lambda c: c.find().explain(),
    "bulk_write": lambda c: c.bulk_write([]),
    "watch": lambda c: c.watch(),
    "start_session": lambda c: c.database.client.start_session(),
    "serverStatus": lambda c: c.database.command("serverStatus"),
    "create_collection": lambda c: c.database.create_collection("x", capped=True),
    "codec_options": lambda c: c.with_options(codec_options=object()),
    "_id of type dict": lambda c: c.insert_one({"_id": {"a": 1}}),
    "upsert": lambda c: c.update_one({"$or": [{"_id": "y"}]}, {"$set": {"n": 1}}, upsert=True),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_by_name(records: Any, name: str) -> None:
    before = {"_id": "x", "a": [1], "n": 1}
    records.insert_one(dict(before))

    with pytest.raises(NotImplementedError, match=re.escape(name)):
        REFUSED[name](records)

    assert list(records.find()) == [before]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda c: c.update_one({}, {}),
        lambda c: c.update_one({}, {"n": 1}),
        lambda c: c.update_one({}, {"$set": {"n": 1}, "m": 1}),
        lambda c: c.replace_one({}, {"$set": {"n": 1}}),
        lambda c: c.insert_many([]),
        lambda c: c.find("x"),
    ],
)
def test_what_pymongo_refuses_too(records: Any, wrong: Callable[[Any], Any]) -> None:
    with pytest.raises((ValueError, TypeError)):
        wrong(records)


def test_a_missing_id_is_made_and_told(records: Any) -> None:
    document: dict[str, Any] = {"n": 1}
    assert records.insert_one(document).inserted_id == document["_id"]
    assert isinstance(document["_id"], ObjectId)
    assert records.find_one(document["_id"]) == document


def test_true_is_not_one(records: Any) -> None:
    records.create_index("v")
    records.insert_many([{"_id": "number", "v": 1}, {"_id": "truth", "v": True}])

    assert [found["_id"] for found in records.find({"v": True})] == ["truth"]
    assert [found["_id"] for found in records.find({"v": {"$in": [1]}})] == ["number"]
    assert records.update_one({"_id": "number"}, {"$set": {"v": True}}).modified_count == 1
    assert records.find_one({"_id": "number"})["v"] is True


def test_a_look_up_reads_no_other_document(records: Any, monkeypatch: Any) -> None:
    records.create_index([("area", 1), ("due", 1)])
    records.insert_many([{"_id": f"{n:04}", "area": f"a{n % 100}", "due": n} for n in range(1000)])
    seen = []
    from backend.adapters.embedded_store import filters

    matches = filters.filter_applies
    monkeypatch.setattr(
        filters, "filter_applies", lambda spec, doc: seen.append(doc["_id"]) or matches(spec, doc)
    )

    assert records.find_one({"_id": "0007", "area": "a7"})
    assert records.count_documents({"area": "a7", "due": {"$gt": 1}}) == 10
    assert records.count_documents({"area": {"$in": ["a7", "a8"]}, "due": {"$gt": 1}}) == 20
    assert len(list(records.find({"_id": {"$gt": "0500"}}).sort("_id", 1).limit(5))) == 5
    assert len(seen) == 1 + 10 + 20 + 5
