"""A frozen list as a file: what was found then, and what was decided since."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from backend.adapters.tables import Form, table_bytes
from backend.pool.life import key_label
from backend.pool.service.runs import PoolRuns, Row, label_of
from backend.shared.caller import Caller
from backend.shared.clock import in_shanghai

HEADS = (
    "统一社会信用代码", "企业名称", "评估时状态", "拟定状态", "缺少的事实",
    "决定", "理由", "决定人", "决定日期", "未能执行的原因",
)  # fmt: skip
BATCH = 5000


class ListFiles:
    """Every file is written down: it leaves the house."""

    def __init__(self, runs: PoolRuns, record: Callable[..., None]) -> None:
        self._runs = runs
        self._record = record

    def export(self, run_id: str, name: str, form: Form, caller: Caller) -> bytes:
        """All rows of a list; NotFoundError, or WrongStateError while the run is not done."""
        self._runs.rows(run_id, name, caller, 1, "")
        run = self._runs.read(run_id, caller)
        self._record(caller, "pool_list.exported", f"pool-run:{run_id}", list=name, form=form)
        return table_bytes(form, self._lines(run_id, name, caller), label_of(run, name))

    def _lines(self, run_id: str, name: str, caller: Caller) -> Iterator[tuple[str, ...]]:
        yield HEADS
        after = ""
        while rows := self._runs.rows(run_id, name, caller, BATCH, after):
            yield from map(_line, rows)
            after = rows[-1].uscc


def _line(row: Row) -> tuple[str, ...]:
    found = (row.uscc, row.name, key_label(row.now), key_label(row.proposed), "、".join(row.missing))
    decision = row.decision
    if decision is None:
        return *found, "", "", "", "", ""
    word = "采纳" if decision.accepted else "不采纳"
    return (
        *found,
        word,
        decision.reason,
        decision.by,
        f"{in_shanghai(decision.at):%Y-%m-%d}",
        decision.problem,
    )
