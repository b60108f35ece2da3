"""Requests as a table, safe to open in Excel: what they were about and how they went, no personal words."""

from __future__ import annotations

from collections.abc import Iterator

from backend.adapters.tables import Form, table_bytes
from backend.guidance.routing import LABELS
from backend.guidance.service.board import board_scope
from backend.guidance.service.requests import RESULTS
from backend.guidance.service.world import World
from backend.guidance.store.requests import ENDED, OPEN, WAITING, WORKING, RequestStore
from backend.shared.caller import Caller, Scope
from policies.vocabulary import HELP_KINDS

STATES = {OPEN: "待受理", WORKING: "办理中", WAITING: "待企业回复", ENDED: "已办结"}
HEAD = (
    "编号", "提出日期", "片区", "街镇", "状态", "层级", "承办", "服务类别", "所需服务", "政策", "答复期限",
    "按期答复", "结果", "评分",
)  # fmt: skip
_KEPT = {"yes": "是", "no": "否"}


class BoardExport:
    """Every export is written down: it leaves the house."""

    def __init__(self, store: RequestStore, world: World) -> None:
        self._store = store
        self._world = world

    def export(self, form: Form, caller: Caller) -> bytes:
        """The requests whose board the caller may see."""
        scope = board_scope(caller)
        self._world.record(caller, "requests.exported", "requests", form=form)
        return table_bytes(form, self._rows(scope), "诉求")

    def _rows(self, scope: Scope | None) -> Iterator[tuple[object, ...]]:
        yield HEAD
        kinds = HELP_KINDS.labels()
        for rows in self._store.briefs(None):
            for row in rows:
                if scope and not scope.covers(row.get("area", ""), row.get("town", "")):
                    continue
                kind = row.get("help_kind", "")
                yield (
                    row["_id"],
                    row["opened_on"],
                    row.get("area", ""),
                    row.get("town", ""),
                    STATES[row["state"]],
                    LABELS[row["level"]],
                    row.get("owner", ""),
                    row.get("service_class", ""),
                    kinds.get(kind, kind),
                    row.get("policy", ""),
                    row.get("due_on", ""),
                    _KEPT.get(row.get("kept", ""), ""),
                    RESULTS.get(row.get("result", ""), ""),
                    (row.get("rating") or {}).get("stars", ""),
                )
