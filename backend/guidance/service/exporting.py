"""Requests as a table, safe to open in Excel: what they were about and how they went, no personal words."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from backend.adapters.tables import csv_lines, write_workbook
from backend.guidance.routing import LABELS
from backend.guidance.service.board import RequestBoard
from backend.guidance.service.requests import RESULTS
from backend.guidance.service.world import World
from backend.guidance.store.requests import ENDED, OPEN, WAITING, WORKING, RequestStore
from backend.shared.caller import Caller
from policies.vocabulary import HELP_KINDS

Form = Literal["xlsx", "csv"]
STATES = {OPEN: "待受理", WORKING: "办理中", WAITING: "待企业回复", ENDED: "已办结"}
HEAD = (
    "编号", "提出日期", "片区", "街镇", "状态", "层级", "承办", "服务类别", "所需服务", "政策", "答复期限",
    "按期答复", "结果", "评分",
)  # fmt: skip
_KEPT = {"yes": "是", "no": "否"}


class BoardExport:
    """Every export is written down: it leaves the house."""

    def __init__(self, store: RequestStore, board: RequestBoard, world: World) -> None:
        self._store = store
        self._board = board
        self._world = world

    def export(self, form: Form, caller: Caller) -> bytes:
        """All requests, for who may see the board."""
        self._board.show(caller)
        self._world.record(caller, "requests.exported", "requests", form=form)
        if form == "csv":
            return ("\ufeff" + csv_lines(self._rows())).encode()
        with tempfile.TemporaryDirectory(prefix="policymap-") as folder:
            path = Path(folder) / "requests.xlsx"
            write_workbook(path, self._rows(), "诉求")
            return path.read_bytes()

    def _rows(self) -> Iterator[tuple[object, ...]]:
        yield HEAD
        kinds = HELP_KINDS.labels()
        for rows in self._store.briefs(None):
            for row in rows:
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
