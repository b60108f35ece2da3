"""Only the store commands that every store answers alike: looked for in the code of the stores."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

BACKEND = Path(__file__).parents[2] / "backend"
# The embedded store names what it refuses.
FILES = [path for path in sorted(BACKEND.rglob("*.py")) if "embedded_store" not in path.parts]

STAGES = {"$match", "$group", "$sum", "$sort", "$limit"}
WORDS = {
    "$lookup", "$graphLookup", "$facet", "$unwind", "$project", "$text", "$search", "$where", "$expr",
    "$regex", "$near", "$geoWithin", "$merge", "$out",
}  # fmt: skip
NAMES = {
    "start_session", "start_transaction", "with_transaction", "watch", "arrayFilters", "array_filters",
    "Decimal128", "DecimalField", "Decimal128Field", "expireAfterSeconds", "partialFilterExpression",
    "unique",
    "unique_with", "sparse", "map_reduce", "run_in_transaction",
}  # fmt: skip
LOOKUPS = {
    "contains", "icontains", "startswith", "istartswith", "endswith", "iendswith", "iexact", "regex",
    "match",
}  # fmt: skip
UPDATES = {"update_one", "update_many", "find_one_and_update"}


def _offences(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
            if text in WORDS or text.endswith(".$") or ".$." in text or "$[" in text:
                yield f"line {node.lineno}: {text}"
        if isinstance(node, ast.keyword) and node.arg:
            if node.arg in NAMES:
                yield f"line {node.value.lineno}: {node.arg}="
            if node.arg.partition("__")[2].rpartition("__")[2] in LOOKUPS:
                yield f"line {node.value.lineno}: {node.arg}="
        if isinstance(node, ast.Attribute | ast.Name):
            name = node.attr if isinstance(node, ast.Attribute) else node.id
            if name in NAMES - {"unique", "sparse", "watch"}:
                yield f"line {node.lineno}: {name}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield from _offending_call(node, node.func.attr)


def _offending_call(call: ast.Call, name: str) -> Iterator[str]:
    if name in UPDATES and len(call.args) > 1 and isinstance(call.args[1], ast.List):
        yield f"line {call.lineno}: a pipeline in {name}"
    if name == "watch":
        yield f"line {call.lineno}: watch"
    if name == "aggregate" and call.args:
        for stage in ast.walk(call.args[0]):
            if isinstance(stage, ast.Dict):
                for key in stage.keys:
                    if (
                        isinstance(key, ast.Constant)
                        and str(key.value).startswith("$")
                        and key.value not in STAGES
                    ):
                        yield f"line {call.lineno}: {key.value}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(BACKEND)))
def test_stores_keep_to_the_commands_of_the_house(path: Path) -> None:
    assert list(_offences(ast.parse(path.read_text("utf-8")))) == []


@pytest.mark.parametrize(
    "code",
    [
        'c.aggregate([{"$lookup": {}}])',
        'c.aggregate([{"$project": {}}])',
        'c.update_one({}, [{"$set": {}}])',
        'c.update_one({}, {"$set": {"a.$.b": 1}})',
        "c.update_one({}, {}, array_filters=[{}])",
        "client.start_session()",
        "name = me.StringField(unique=True)",
        "Document.objects(name__icontains=text)",
        'c.find({"name": {"$regex": text}})',
        "collection.watch()",
    ],
)
def test_what_the_house_does_not_use_is_found(code: str) -> None:
    assert list(_offences(ast.parse(code)))


def test_what_the_house_uses_is_not_found() -> None:
    code = """
c.aggregate([{"$match": {"a": 1}}, {"$group": {"_id": "$area", "n": {"$sum": 1}}}, {"$sort": {"n": -1}}])
c.find_one_and_update({"_id": 1, "revision": 2}, {"$set": {"a.b": 1}, "$inc": {"revision": 1}})
Document.objects(helps__in=ids, at__lte=now)
"""
    assert list(_offences(ast.parse(code))) == []
