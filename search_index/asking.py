"""Which questions can be asked of an index."""

from __future__ import annotations

from search_index.query import MAX_LIMIT, MAX_QUERY_CHARACTERS, AnyOf, Query, QueryError
from search_index.schema import FieldKind, Schema


def require_askable(query: Query, schema: Schema) -> None:
    """Raise `QueryError` for a question that is too long or names what the schema does not have."""
    if len(query.text) > MAX_QUERY_CHARACTERS:
        raise QueryError(f"检索词最多{MAX_QUERY_CHARACTERS}个字。", "too_long")
    if not 1 <= query.limit <= MAX_LIMIT:
        raise QueryError(f"每页条数应在1到{MAX_LIMIT}之间。", "limit")
    for condition in query.filters:
        kinds = (FieldKind.KEYWORDS,) if isinstance(condition, AnyOf) else (FieldKind.DAY, FieldKind.NUMBER)
        _require_field(schema, condition.field, kinds)
    for name in query.facets:
        _require_field(schema, name, (FieldKind.KEYWORDS,))
    if query.sort:
        _require_field(schema, query.sort.field, (FieldKind.DAY, FieldKind.NUMBER))


def _require_field(schema: Schema, name: str, kinds: tuple[FieldKind, ...]) -> None:
    field = schema.named(name)
    if field is None or field.kind not in kinds:
        raise QueryError(f"不能按“{name[:40]}”筛选、统计或排序。", "field")
