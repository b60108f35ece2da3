"""A collection: pymongo's calls for one document, one command."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import bson
from bson import ObjectId
from pymongo import ReadPreference, ReturnDocument, WriteConcern
from pymongo.common import MAX_BSON_SIZE
from pymongo.errors import BulkWriteError, DocumentTooLarge, DuplicateKeyError, OperationFailure, WriteError
from pymongo.read_concern import ReadConcern
from pymongo.results import DeleteResult, InsertManyResult, InsertOneResult, UpdateResult

from backend.adapters.embedded_store import filters, updates
from backend.adapters.embedded_store.aggregation import aggregated
from backend.adapters.embedded_store.cursor import EmbeddedCursor, checked_projection, handed_out
from backend.adapters.embedded_store.documents import Change, Document, IndexKeys, is_scalar
from backend.adapters.embedded_store.errors import UnsupportedError, refuse
from backend.adapters.embedded_store.file import StoreFile

_HARMLESS = ("allow_disk_use", "batch_size", "no_cursor_timeout", "max_time_ms", "maxTimeMS")


class EmbeddedCollection:
    """The calls of pymongo's collection that the house uses; any other raises UnsupportedError."""

    # One process, one file: there is nothing to choose, but mongoengine reads these.
    write_concern, read_concern, read_preference = WriteConcern(), ReadConcern(), ReadPreference.PRIMARY

    def __init__(self, database: Any, file: StoreFile, name: str) -> None:
        self.database, self.name, self.full_name = database, name, f"{database.name}.{name}"
        self._file, self.codec_options = file, file.codec

    def __getattr__(self, name: str) -> Any:
        raise UnsupportedError(f"collection.{name}")

    def with_options(self, codec_options: Any = None, **_concerns: Any) -> EmbeddedCollection:
        """The same collection: concerns and preferences mean nothing to one file."""
        refuse({"codec_options": codec_options})
        return self

    # Reading

    def find(
        self,
        filter: Mapping[str, Any] | None = None,
        projection: Any = None,
        skip: int = 0,
        limit: int = 0,
        sort: Any = None,
        **options: Any,
    ) -> EmbeddedCursor:
        """A cursor over the matching documents."""
        refuse(options, *_HARMLESS)
        spec = self._filter(filter)
        return EmbeddedCursor(self, lambda keys: self._ordered(spec, keys), projection, sort, skip, limit)

    def find_one(self, filter: Any = None, projection: Any = None, **options: Any) -> Document | None:
        """The first matching document, or None; a plain value is an `_id`."""
        spec = filter if filter is None or isinstance(filter, Mapping) else {"_id": filter}
        return next(self.find(spec, projection, **options).limit(1), None)

    def count_documents(
        self, filter: Mapping[str, Any], skip: int = 0, limit: int = 0, **options: Any
    ) -> int:
        """How many documents match, within `skip` and `limit`."""
        refuse(options, *_HARMLESS)
        found = self._ordered(self._filter(filter), [])
        return sum(1 for _ in islice(found, skip, skip + limit if limit else None))

    def estimated_document_count(self, **options: Any) -> int:
        """How many documents there are (exactly)."""
        refuse(options, *_HARMLESS)
        with self._file.guard():
            return len(self._file.documents(self.full_name))

    def aggregate(self, pipeline: Iterable[Mapping[str, Any]], **options: Any) -> Iterator[Document]:
        """`$match`, `$group` with `$sum`, `$sort`, `$limit`."""
        refuse({name: value for name, value in options.items() if value != {}}, *_HARMLESS)
        stages = [self._filter(stage, check=False) for stage in pipeline]
        first = stages.pop(0)["$match"] if stages and "$match" in stages[0] else {}
        filters.check_filter(first)
        return iter(aggregated(self._ordered(first, []), stages))

    def _filter(self, given: Mapping[str, Any] | None, check: bool = True) -> Document:
        """A filter as the server would receive it: dates to milliseconds, nothing that BSON cannot hold."""
        if not isinstance(given, Mapping | None):
            raise TypeError("filter must be a mapping")
        spec: Document = bson.decode(
            bson.encode(given or {}, codec_options=self.codec_options), self.codec_options
        )
        if check:
            filters.check_filter(spec)
        return spec

    def _ordered(self, spec: Document, keys: IndexKeys) -> Iterator[Document]:
        """The stored documents that match, in order; not to be changed."""
        with self._file.guard():
            documents = self._file.documents(self.full_name)
            candidates, field = documents.candidates(filters.equalities(spec))
            within = None
            if field is None and [name for name, _ in keys] == ["_id"]:
                within = documents.by_id(filters.bounds_of_id(spec), falling=keys[0][1] < 0)
        if field is not None and filters.ties_only(spec.get(field)):
            spec = {name: condition for name, condition in spec.items() if name != field}
        found = (
            item
            for item in (candidates if within is None else within)
            if not spec or filters.filter_applies(spec, item)
        )
        return found if within is not None or not keys else iter(filters.in_order(found, keys))

    # Writing

    def insert_one(self, document: Any, **options: Any) -> InsertOneResult:
        """DuplicateKeyError when the `_id` is taken; a missing `_id` is set in the given document."""
        refuse(options)
        change = self._insertion(document)
        with self._file.guard():
            self._refuse_taken(change.id, ())
            self._file.write(self.full_name, [change])
        return InsertOneResult(change.id, acknowledged=True)

    def insert_many(self, documents: Iterable[Any], ordered: bool = True, **options: Any) -> InsertManyResult:
        """What can be inserted (if ordered, up to the first taken `_id`); BulkWriteError names the rest."""
        refuse(options)
        changes: dict[Any, Change] = {}
        errors: list[Document] = []
        given = [self._insertion(document) for document in documents]
        if not given:
            raise TypeError("documents must be a non-empty list")
        with self._file.guard():
            for index, change in enumerate(given):
                try:
                    self._refuse_taken(change.id, changes)
                except DuplicateKeyError as error:
                    errors.append(
                        {"index": index, "code": 11000, "errmsg": str(error), "op": change.document}
                    )
                    if ordered:
                        break
                else:
                    changes[change.id] = change
            self._file.write(self.full_name, list(changes.values()))
        if errors:
            raise BulkWriteError({"writeErrors": errors, "writeConcernErrors": [], "nInserted": len(changes)})
        return InsertManyResult(list(changes), acknowledged=True)

    def update_one(
        self, filter: Mapping[str, Any], update: Any, upsert: bool = False, **options: Any
    ) -> UpdateResult:
        """Update the first match."""
        return self._update(filter, _operators(update), upsert, 1, options)

    def update_many(
        self, filter: Mapping[str, Any], update: Any, upsert: bool = False, **options: Any
    ) -> UpdateResult:
        """Update every match, all or none."""
        return self._update(filter, _operators(update), upsert, None, options)

    def replace_one(
        self, filter: Mapping[str, Any], new: Any, upsert: bool = False, **options: Any
    ) -> UpdateResult:
        """Put a whole document in the place of the first match."""
        return self._update(filter, _whole(new), upsert, 1, options)

    def delete_one(self, filter: Mapping[str, Any], **options: Any) -> DeleteResult:
        """Delete the first match."""
        return self._delete(filter, 1, options)

    def delete_many(self, filter: Mapping[str, Any], **options: Any) -> DeleteResult:
        """Delete every match, all or none."""
        return self._delete(filter, None, options)

    def find_one_and_update(self, filter: Mapping[str, Any], update: Any, **options: Any) -> Document | None:
        """Update the first match by `sort`; the document before it, or after it by `return_document`."""
        return self._find_and_change(filter, _operators(update), **options)

    def find_one_and_replace(self, filter: Mapping[str, Any], new: Any, **options: Any) -> Document | None:
        """As `find_one_and_update`, with a whole document."""
        return self._find_and_change(filter, _whole(new), **options)

    def find_one_and_delete(self, filter: Mapping[str, Any], **options: Any) -> Document | None:
        """Delete the first match by `sort` and return it."""
        return self._find_and_change(filter, None, **options)

    def _update(
        self, filter: Any, update: Document, upsert: bool, most: int | None, options: Document
    ) -> UpdateResult:
        refuse(options)
        spec, update = self._filter(filter), self._filter(update, check=False)
        with self._file.guard():
            matched = list(islice(self._ordered(spec, []), most))
            changes = [change for stored in matched if (change := self._change(stored, update))]
            upserted = None
            if upsert and not matched:
                changes = [self._upsertion(spec, update)]
                upserted = changes[0].id
            if changes:
                self._file.write(self.full_name, changes)
        modified = 0 if upserted is not None else len(changes)
        raw = {"n": len(matched) or len(changes), "nModified": modified, "updatedExisting": bool(matched)}
        return UpdateResult(
            {**raw, **({} if upserted is None else {"upserted": upserted})}, acknowledged=True
        )

    def _delete(self, filter: Any, most: int | None, options: Document) -> DeleteResult:
        refuse(options)
        spec = self._filter(filter)
        with self._file.guard():
            changes = [Change(stored["_id"], None) for stored in islice(self._ordered(spec, []), most)]
            if changes:
                self._file.write(self.full_name, changes)
        return DeleteResult({"n": len(changes)}, acknowledged=True)

    def _find_and_change(
        self,
        filter: Any,
        update: Document | None,
        projection: Any = None,
        sort: Any = None,
        upsert: bool = False,
        return_document: bool = ReturnDocument.BEFORE,
        **options: Any,
    ) -> Document | None:
        refuse(options)
        spec, wanted, keys = self._filter(filter), checked_projection(projection), filters.sort_keys(sort)
        with self._file.guard():
            stored = next(self._ordered(spec, keys), None)
            change: Change | None
            if update is None:
                change = Change(stored["_id"], None) if stored else None
            else:
                update = self._filter(update, check=False)
                change = self._change(stored, update) if stored else None
                if not stored and upsert:
                    change = self._upsertion(spec, update)
            if change:
                self._file.write(self.full_name, [change])
        answer = stored
        if return_document is ReturnDocument.AFTER and change:
            answer = change.document
        return None if answer is None else handed_out(answer, wanted)

    def _insertion(self, document: Any) -> Change:
        if "_id" not in document:
            document["_id"] = ObjectId()
        record_id = document["_id"]
        if not is_scalar(record_id) or isinstance(record_id, bool | float):
            raise UnsupportedError(f"an _id of type {type(record_id).__name__}")
        for name in document:
            if str(name).startswith("$"):
                raise WriteError(f"The dollar ($) prefixed field '{name}' is not allowed", 52)
        body = self._encoded(document)
        stored = bson.decode(body, self.codec_options)
        return Change(stored["_id"], stored, body)

    def _change(self, stored: Document, update: Document) -> Change | None:
        """The updated document, None if the update changes nothing."""
        if _is_whole(update):
            new = {"_id": stored["_id"], **update}
            if new["_id"] != stored["_id"]:
                raise WriteError("the (immutable) field '_id' was found to have been altered", 66)
        else:
            new = updates.updated(stored, update)
        body = self._encoded(new)
        return None if body == self._encoded(stored) else Change(stored["_id"], new, body)

    def _upsertion(self, spec: Document, update: Document) -> Change:
        if any(name.startswith("$") for name in spec):
            raise UnsupportedError("an upsert by a filter with $and, $or or $nor")
        draft: Document = {}
        for path, values in filters.equalities(spec).items():
            if len(values) == 1:
                updates.set_path(draft, path, values[0])
        if _is_whole(update):
            draft = {**({"_id": draft["_id"]} if "_id" in draft else {}), **update}
        else:
            chosen = {**update.get("$setOnInsert", {}), **update.get("$set", {})}.get("_id")
            draft.setdefault("_id", ObjectId() if chosen is None else chosen)
            draft = updates.updated(draft, update, inserting=True)
        change = self._insertion(draft)
        self._refuse_taken(change.id, ())
        return change

    def _encoded(self, document: Any) -> bytes:
        body = bson.encode(document, codec_options=self.codec_options)
        if len(body) > MAX_BSON_SIZE:
            raise DocumentTooLarge(f"BSON document too large ({len(body)} bytes, at most {MAX_BSON_SIZE})")
        return body

    def _refuse_taken(self, record_id: Any, others: Iterable[Any]) -> None:
        if record_id in self._file.documents(self.full_name) or record_id in others:
            message = (
                f"E11000 duplicate key error collection: {self.full_name} index: _id_ dup key: {record_id!r}"
            )
            details = {"keyPattern": {"_id": 1}, "keyValue": {"_id": record_id}, "errmsg": message}
            raise DuplicateKeyError(message, 11000, details)

    # Indexes

    def create_index(self, keys: Any, **options: Any) -> str:
        """A plain or compound index, never unique: unique means `_id`. One that exists costs nothing."""
        pairs = filters.sort_keys(keys)
        name = options.pop("name", None) or "_".join(f"{field}_{order}" for field, order in pairs)
        refuse({key: value for key, value in options.items() if key != "background"})
        with self._file.guard():
            known = self._file.documents(self.full_name).indexes
            if name in known and known[name] != pairs:
                raise OperationFailure(f"Index with name: {name} already exists with other keys", 86)
            if name not in known and pairs != [("_id", 1)]:
                self._file.add_index(self.full_name, name, pairs)
        return str(name)

    def index_information(self, **options: Any) -> dict[str, Document]:
        """Name -> its keys, as pymongo gives them."""
        refuse(options)
        with self._file.guard():
            known = self._file.documents(self.full_name).indexes
            return {
                "_id_": {"key": [("_id", 1)]},
                **{name: {"key": list(keys)} for name, keys in known.items()},
            }

    def list_indexes(self, **options: Any) -> Iterator[Document]:
        """One object for each index: its name and keys."""
        found = self.index_information(**options).items()
        return iter([{"name": name, "key": dict(about["key"])} for name, about in found])

    def drop(self, **options: Any) -> None:
        """Delete the documents and the indexes."""
        refuse(options)
        with self._file.guard():
            self._file.drop([self.full_name])


def _is_whole(update: Document) -> bool:
    return not any(name.startswith("$") for name in update)


def _operators(update: Any) -> Document:
    if not isinstance(update, Mapping):
        raise UnsupportedError("an update that is not an object of operators")
    if not update or not all(name.startswith("$") for name in update):
        raise ValueError("update only works with $ operators")
    return dict(update)


def _whole(document: Any) -> Document:
    if any(name.startswith("$") for name in document):
        raise ValueError("replacement can not include $ operators")
    return dict(document)
