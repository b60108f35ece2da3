"""Who and where a firm is, with history: each word with its source, day and person, never overwritten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from backend.companies.facts import known_words
from policies.facts.records import RANK
from policies.vocabulary import WORD_LISTS

PARTICULARS: Mapping[str, str] = {
    "name": "企业名称",
    "registered_address": "注册地址",
    "operating_address": "经营地址",
    "operating_area": "经营地所属区域",
    "operating_town": "经营地街镇",
    "park": "园区（孵化器）",
}
CONTACTS: Mapping[str, str] = {"contact_name": "联系人", "contact_phone": "联系电话"}
_WORDS = {"operating_area": "area", "operating_town": "town"}


def shown_particular(name: str, value: str) -> str:
    """As people read it: areas and towns by their names."""
    return WORD_LISTS[f"{_WORDS[name]}s"].labels().get(value, value) if name in _WORDS else value


def particular_rows(values: Mapping[str, str], source: str, at: datetime, by: str) -> list[dict[str, Any]]:
    """What is said of a firm as the store keeps it: areas and towns in the vocabulary's words."""
    rows = []
    for name in PARTICULARS:
        if not values.get(name):
            continue
        value, known = values[name], True
        if name in _WORDS:
            value, known = known_words(_WORDS[name], value)  # type: ignore[assignment]
        rows.append(
            {"name": name, "value": value, "source": source, "known_at": at, "by": by, "flagged": not known}
        )
    return rows


def best_particulars(rows: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Of each particular the row that counts: the best source, then the newest; "" takes a word back."""
    best: dict[str, Mapping[str, Any]] = {}
    for row in rows:
        old = best.get(row["name"])
        if old is None or RANK[row["source"]] <= RANK[old["source"]]:
            best[row["name"]] = row
    return best


def news(known: Sequence[Mapping[str, Any]], stated: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The stated rows that are not already the newest word of their source."""
    newest = {(row["name"], row["source"]): row["value"] for row in known}
    return [row for row in stated if newest.get((row["name"], row["source"])) != row["value"]]


def beyond_better_words(
    known: Sequence[Mapping[str, Any]], stated: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The stated rows without those that only repeat the word of a better source."""
    best, told = best_particulars(known), {(row["name"], row["source"]) for row in known}
    return [
        row
        for row in stated
        if (row["name"], row["source"]) in told
        or (counts := best.get(row["name"])) is None
        or counts["value"] != row["value"]
        or RANK[counts["source"]] > RANK[row["source"]]
    ]


def following(rows: Iterable[Mapping[str, Any]]) -> tuple[dict[str, str], set[str]]:
    """The fields that follow from the rows, and which of them hold a word no list knows."""
    best = best_particulars(rows)
    fields = {name: str(best[name]["value"]) for name in PARTICULARS if name in best}
    return fields, {name for name, row in best.items() if row.get("flagged")}
