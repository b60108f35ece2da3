"""The engine itself: an alias that names the current index, and how it is written and made anew."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from search_index.analysis import Analyzer
from search_index.document import SearchDocument
from search_index.engine import IndexUnusableError, Progress, RebuildError
from search_index.engines.opensearch import mapping, questions
from search_index.engines.opensearch.client import Client, RefusedError
from search_index.engines.opensearch.searching import Searching
from search_index.phrases import Phrases
from search_index.query import Filters, Query, SearchResult
from search_index.schema import Schema

_BATCH = 500
Line = dict[str, Any]


class OpenSearchEngine:
    """Keeps the promise of `search_index.engine.Engine` in an OpenSearch server."""

    def __init__(self, url: str, schema: Schema, analyzer: Analyzer) -> None:
        self._client = Client(url)
        self._schema = schema
        self._analyzer = analyzer
        self._searching = Searching(self._client, schema, Phrases(analyzer))
        self._closed = False

    def put(self, documents: Sequence[SearchDocument]) -> None:
        """Add or replace; older revisions are ignored."""
        for document in documents:
            self._schema.check(document)
        self._require_open()
        self._write(self._client.name, self._lines(documents), refresh=True)

    def remove(self, document_id: str, revision: int) -> None:
        """Take out and remember the revision: a deletion would forget it."""
        self._require_open()
        self._write(self._client.name, [_line(mapping.tombstone(document_id, revision))], refresh=True)

    def search(self, query: Query) -> SearchResult:
        """Find in what every process has written."""
        self._require_open()
        return _usable(self._searching.search, query)

    def totals(self, text: str, filters: Sequence[Filters]) -> list[int]:
        """How many hold all words, for each set of filters."""
        self._require_open()
        return _usable(self._searching.totals, text, filters)

    def suggest(self, prefix: str, limit: int = 10) -> list[str]:
        """Titles and terms for what is being typed."""
        self._require_open()
        return _usable(self._searching.suggest, prefix, limit)

    def count(self) -> int:
        """How many documents can be found."""
        self._require_open()
        return self._count(self._client.name)

    def check(self) -> None:
        """Raise `IndexUnusableError` if there is no index, or one of another schema or analysis."""
        self._require_open()
        try:
            found = self._client.send("GET", f"/{self._client.name}/_mapping")
        except RefusedError as error:
            raise IndexUnusableError("还没有建立") from error
        for index in found.values():
            meta = index["mappings"].get("_meta")
            if meta != mapping.built_for(self._schema, self._analyzer):
                raise IndexUnusableError("由另一种结构或分词建立")

    def close(self) -> None:
        """Later calls raise `IndexUnusableError`."""
        self._closed = True

    def rebuild(self, documents: Iterable[SearchDocument], on_progress: Progress | None = None) -> int:
        """Build aside, check the count, carry over what was edited meanwhile, swap; the old index stays."""
        self._require_open()
        return self.make(documents, on_progress)

    def make(self, documents: Iterable[SearchDocument], on_progress: Progress | None = None) -> int:
        """The same where there may be no index yet, or one that is not ours to read."""
        before = {index: self._last_write(index) for index in self._current()}
        index = f"{self._client.name}-{secrets.token_hex(6)}"
        self._client.send("PUT", f"/{index}", mapping.settings(self._schema, self._analyzer))
        try:
            read = self._fill(index, documents, on_progress)
            self._carry_over(before, index)
            self._swap(before, index)
        except BaseException:
            self._client.send("DELETE", f"/{index}")
            raise
        # Once more: somebody may have written to the old index until the very moment of the swap.
        self._carry_over(before, index)
        self._remove_others(kept={index, *before})
        return read

    def _require_open(self) -> None:
        if self._closed:
            raise IndexUnusableError("已关闭")

    def _lines(self, documents: Iterable[SearchDocument]) -> Iterator[list[Line]]:
        return (_line(mapping.source(d, self._schema, self._analyzer)) for d in documents)

    def _write(self, index: str, lines: Iterable[list[Line]], refresh: bool) -> None:
        """Write; a refusal because something newer is there is what we want."""
        flat = [part for line in lines for part in line]
        if not flat:
            return
        path = f"/{index}/_bulk?refresh={str(refresh).lower()}"
        answer = _usable(self._client.send_lines, path, flat)
        for item in answer["items"]:
            status = item["index"]["status"]
            if status >= 400 and status != 409:
                raise RefusedError(status, item["index"].get("error"))

    def _fill(self, index: str, documents: Iterable[SearchDocument], on_progress: Progress | None) -> int:
        given, read, remaining = set[str](), 0, iter(documents)
        while batch := list(islice(remaining, _BATCH)):
            for document in batch:
                self._schema.check(document)
                given.add(document.id)
            self._write(index, self._lines(batch), refresh=False)
            read += len(batch)
            if on_progress:
                on_progress(read)
        self._client.send("POST", f"/{index}/_refresh")
        if self._count(index) != len(given):
            raise RebuildError(len(given), self._count(index))
        return read

    def _count(self, index: str) -> int:
        answer = _usable(self._client.send, "POST", f"/{index}/_count", {"query": questions.SHOWN})
        return int(answer["count"])

    def _current(self) -> list[str]:
        """The indexes the alias names: one, or none yet."""
        try:
            return list(self._client.send("GET", f"/_alias/{self._client.name}"))
        except RefusedError:
            return []

    def _last_write(self, index: str) -> int:
        stats = self._client.send("GET", f"/{index}/_stats?level=shards")
        shards = stats["indices"][index]["shards"].values()
        return max((copy["seq_no"]["max_seq_no"] for copies in shards for copy in copies), default=-1)

    def _carry_over(self, before: Mapping[str, int], index: str) -> None:
        """What was written since the rebuild began, and every removal; the newer revision wins by itself."""
        for old, last_write in before.items():
            if not self._is_ours(old):
                continue
            self._client.send("POST", f"/{old}/_refresh")
            recent = {"range": {"_seq_no": {"gt": last_write}}}
            asked = {"bool": {"should": [{"term": {"gone": True}}, recent], "minimum_should_match": 1}}
            after = None
            while True:
                body: Line = {"query": asked, "size": _BATCH, "sort": ["id"]}
                body |= {"search_after": after} if after else {}
                hits = self._client.send("POST", f"/{old}/_search", body)["hits"]["hits"]
                self._write(index, [_line(hit["_source"]) for hit in hits], refresh=True)
                if len(hits) < _BATCH:
                    break
                after = hits[-1]["sort"]

    def _is_ours(self, index: str) -> bool:
        try:
            found = self._client.send("GET", f"/{index}/_mapping")[index]["mappings"].get("_meta")
        except RefusedError:
            return False
        return bool(found == mapping.built_for(self._schema, self._analyzer))

    def _swap(self, before: Iterable[str], index: str) -> None:
        # Not remove_index: searches under way would fail.
        actions = [{"remove": {"index": old, "alias": self._client.name}} for old in before]
        actions.append({"add": {"index": index, "alias": self._client.name}})
        self._client.send("POST", "/_aliases", {"actions": actions})

    def _remove_others(self, kept: set[str]) -> None:
        for index in self._client.send("GET", f"/{self._client.name}-*"):
            if index not in kept:
                self._client.send("DELETE", f"/{index}")


def _line(source: Line) -> list[Line]:
    version = mapping.version(source["revision"], source["gone"])
    return [
        {"index": {"_id": source["id"], "version": version, "version_type": "external_gte"}},
        source,
    ]


def _usable(ask: Any, *args: Any) -> Any:
    """The answer; an index that is gone is one that has to be made anew."""
    try:
        return ask(*args)
    except RefusedError as error:
        if error.status == 404:
            raise IndexUnusableError("还没有建立") from error
        raise


def open_engine(url: str, schema: Schema, analyzer: Analyzer) -> OpenSearchEngine:
    """The engine over an existing index; `IndexUnusableError` when there is none that fits."""
    engine = OpenSearchEngine(url, schema, analyzer)
    engine.check()
    return engine


def rebuild_engine(
    url: str,
    schema: Schema,
    analyzer: Analyzer,
    documents: Iterable[SearchDocument],
    on_progress: Progress | None = None,
) -> OpenSearchEngine:
    """Make an index where none can be used, and open it; what is there stays until the new one is whole."""
    engine = OpenSearchEngine(url, schema, analyzer)
    engine.make(documents, on_progress)
    return engine
