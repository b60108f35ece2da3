"""What differs between two versions of a sheet, field by field: before and after, as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from policies.sheet.model import Sheet

# Clauses and tasks are compared by their words elsewhere; cases prove the rules and say nothing to a reader.
_APART = {"slug", "clauses", "tasks", "cases", "body"}
LABELS = {
    "title": "标题",
    "kind": "类别",
    "level": "层级",
    "stage": "阶段",
    "number": "文号",
    "issuers": "发文机关",
    "areas": "区域",
    "industries": "行业",
    "signed": "成文日期",
    "published": "发布日期",
    "validity": "有效期",
    "confidence": "可信度",
    "sources": "来源",
    "summary": "摘要",
    "key_points": "政策要点",
    "grants": "授予的资质",
    "requires": "要求的资质",
    "relations": "与其他政策的关系",
    "rules": "条件",
    "supports": "支持内容",
    "limits": "限额",
}


@dataclass(frozen=True)
class FieldChange:
    """One place that differs; `before` or `after` is None where the place did not or does not exist."""

    path: str
    label: str
    before: Any
    after: Any


def field_changes(old: Sheet, new: Sheet) -> tuple[FieldChange, ...]:
    """Every place of the sheet's head that differs, by its path: validity.to, rules.2026.staff.at_least."""
    before, after = (sheet.model_dump(mode="json", exclude=_APART) for sheet in (old, new))
    return tuple(
        FieldChange(path, LABELS.get(path.partition(".")[0], path.partition(".")[0]), one, other)
        for path, one, other in _differences("", before, after)
    )


def _differences(path: str, before: Any, after: Any) -> Iterator[tuple[str, Any, Any]]:
    if before == after:
        return
    one, other = _parts(before), _parts(after)
    if one is None or other is None:
        yield path, before, after
        return
    for name in dict.fromkeys((*one, *other)):
        yield from _differences(f"{path}.{name}" if path else name, one.get(name), other.get(name))


def _parts(value: Any) -> Mapping[str, Any] | None:
    """The named parts of a value: fields, or list items that carry an id; None for what has no parts."""
    if isinstance(value, Mapping):
        return value
    if (
        isinstance(value, list)
        and value
        and all(isinstance(item, Mapping) and item.get("id") for item in value)
    ):
        return {str(item["id"]): item for item in value}
    return None
