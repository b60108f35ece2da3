"""Tables of firms taken in: read once dry, then for real; stopped, killed or repeated without harm.

Per batch the order is: firms, whoever follows them, report, cursor. A kill in between repeats one batch,
which finds its own rows by their mark and writes nothing twice.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import uuid4

from backend.adapters.files import UnreadableFileError
from backend.adapters.tables import RecordTable, RunFiles, csv_lines, flush_to_disk, open_records
from backend.companies.facts import Ranks
from backend.companies.service import COMMISSION
from backend.companies.service.taking import Outcome, Taking
from backend.companies.store import CompanyStore
from backend.companies.store.contacts import ContactStore
from backend.companies.store.imports import (
    CHANGED,
    DONE,
    FAILED,
    NEW,
    REFUSED,
    RUNNING,
    SAME,
    STOPPED,
    STOPPING,
    WAITING,
    ImportRun,
    ImportStore,
    SavedMapping,
)
from backend.companies.table import Column, RowReader, columns_by_name, read_columns
from backend.companies.table.columns import CODE, header_place
from backend.companies.table.twins import find_twins
from backend.shared.caller import Caller
from backend.shared.clock import Clock
from backend.shared.collector import collector_paused
from backend.shared.errors import ForbiddenError, InvalidInputError
from backend.shared.paging import Page
from policies.facts import SOURCES, FactError

BATCH = 500
LEASE = timedelta(minutes=2)
KEPT = timedelta(days=30)
SEARCHED = 20
LABELS = {NEW: "新增", CHANGED: "变更", SAME: "无变化", REFUSED: "拒收"}
_HEAD = "\ufeff".encode() + csv_lines([("行号", "统一社会信用代码", "企业名称", "结果", "说明")]).encode()

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class ImportParts:
    """The stores and files of this part of the room."""

    companies: CompanyStore
    contacts: ContactStore
    runs: ImportStore
    files: RunFiles


class ImportService:
    """Runs are records; the queue only wakes them."""

    def __init__(
        self,
        parts: ImportParts,
        follow: Callable[[Sequence[str]], object],
        ranks: Callable[[], Ranks],
        enqueue: Callable[..., None],
        clock: Clock,
    ) -> None:
        self._parts = parts
        self._follow = follow
        self._ranks = ranks
        self._enqueue = enqueue
        self._clock = clock

    def start(
        self,
        given: Path | bytes,
        name: str,
        caller: Caller,
        dry: bool = True,
        source: str = "staff_verified",
        mapping: str = "",
        year: str = "",
    ) -> ImportRun:
        """Keep the file and write its run; UnreadableFileError or InvalidInputError for what is no table."""
        _commission_only(caller)
        if source not in SOURCES:
            raise InvalidInputError.at("source", f"不认识的来源，应为：{'、'.join(SOURCES)}。")
        saved = self._parts.runs.mapping(mapping).columns if mapping else {}
        run_id = f"{self._clock.now():%Y%m%d%H%M%S}-{uuid4().hex[:12]}"
        path = self._parts.files.keep(run_id, given)
        try:
            header_row, columns = _header(path, name, year, saved)
            RowReader(columns, self._clock.now())
        except (UnreadableFileError, InvalidInputError, FactError):
            self._parts.files.remove(run_id)
            raise
        fields = {
            "file": Path(name).name[:200],
            "dry": dry,
            "source": source,
            "header_row": header_row,
            "columns": [column.as_dict() for column in columns],
        }
        run = self._parts.runs.add(run_id, fields, caller.label, self._clock.now())
        self._enqueue("import_companies", run.id)
        return run

    def start_real(self, run_id: str, caller: Caller) -> ImportRun:
        """The run that follows a dry one, over the same file and columns."""
        _commission_only(caller)
        dry, now = self._parts.runs.get(run_id), self._clock.now()
        real_id = f"{now:%Y%m%d%H%M%S}-{uuid4().hex[:12]}"
        self._parts.files.keep(real_id, self._parts.files.source(run_id))
        fields = {"file": dry.file, "dry": False, "source": dry.source, "header_row": dry.header_row,
                  "columns": list(dry.columns)}  # fmt: skip
        run = self._parts.runs.add(real_id, fields, caller.label, now)
        self._enqueue("import_companies", run.id)
        return run

    def run(self, run_id: str, progress: Progress | None = None) -> None:
        """Do what is left of a run; nothing when it is finished or another worker holds it."""
        runs, now = self._parts.runs, self._clock.now()
        run = runs.get(run_id)
        if run.status == STOPPING:
            runs.finish(run_id, STOPPED, "", now)
            return
        held = runs.begin(run_id, now, now + LEASE)
        if held is None:
            return
        try:
            with open_records(self._parts.files.source(run_id), held.file) as table:
                self._walk(held, table, progress)
        except UnreadableFileError as error:
            runs.finish(run_id, FAILED, error.message, self._clock.now())

    def stop(self, run_id: str, caller: Caller) -> ImportRun:
        """Stop after the batch in hand; WrongStateError when it is over."""
        _commission_only(caller)
        self._parts.runs.set_status(run_id, (WAITING, RUNNING), STOPPING, caller.label, self._clock.now())
        self._enqueue("import_companies", run_id)
        return self.read(run_id, caller)

    def go_on(self, run_id: str, caller: Caller) -> ImportRun:
        """Go on where the run was stopped; WrongStateError when it was not."""
        _commission_only(caller)
        run = self._parts.runs.set_status(run_id, (STOPPED,), WAITING, caller.label, self._clock.now())
        self._enqueue("import_companies", run_id)
        return run

    def read(self, run_id: str, caller: Caller) -> ImportRun:
        """One run; NotFoundError."""
        _commission_only(caller)
        return self._parts.runs.get(run_id)

    def list_runs(self, caller: Caller, limit: int, cursor: str | None) -> Page[ImportRun]:
        """All runs, newest first."""
        _commission_only(caller)
        return self._parts.runs.page(limit, cursor)

    def report(self, run_id: str, caller: Caller) -> bytes:
        """The report so far, row by row, as CSV that opens in Excel."""
        run = self.read(run_id, caller)
        path = self._parts.files.report(run.id)
        return (path.read_bytes()[: run.report_bytes] if path.exists() else b"") or _HEAD

    def resume(self) -> int:
        """Wake every run nobody holds: how many."""
        waiting = self._parts.runs.waiting(self._clock.now())
        for run_id in waiting:
            self._enqueue("import_companies", run_id)
        return len(waiting)

    def purge(self) -> int:
        """Remove the files of old runs: they may hold what was erased since."""
        old = self._parts.runs.older_than(self._clock.now() - KEPT)
        for run_id in old:
            self._parts.files.remove(run_id)
        return len(old)

    def save_mapping(
        self, name: str, columns: Mapping[str, Mapping[str, Any]], revision: int | None, caller: Caller
    ) -> SavedMapping:
        """Keep a mapping under a name; InvalidInputError for targets that do not exist."""
        _commission_only(caller)
        read = read_columns(columns)
        return self._parts.runs.save_mapping(name, read, revision, caller.label, self._clock.now())

    def mappings(self, caller: Caller, limit: int, cursor: str | None) -> Page[SavedMapping]:
        """The mappings by name."""
        _commission_only(caller)
        return self._parts.runs.mappings(limit, cursor)

    def _walk(self, run: ImportRun, table: RecordTable, progress: Progress | None) -> None:
        columns = [Column(**entry) for entry in run.columns]
        code = next(place for place, column in enumerate(columns) if column.target == CODE)
        records = _records_after(table, run.header_row)
        twins, total = find_twins((number, _cell(cells, code)) for number, cells in records)
        reader = RowReader(columns, run.created_at)
        taking = Taking(
            self._parts.companies, self._parts.contacts, reader, run, _print(run), code, twins, self._ranks()
        )
        rows = _records_after(table, max(run.header_row, run.row))
        first: ImportRun | None = run
        with self._parts.files.reopen_report(run.id, run.report_bytes) as report:
            if not run.report_bytes:
                report.write(_HEAD)
            while batch := list(islice(rows, BATCH)):
                with collector_paused():
                    outcomes = taking.take(batch, self._clock.now())
                if not run.dry:
                    self._tell(outcomes, everyone=run is first)
                report.write(csv_lines(map(_line, outcomes)).encode())
                done = self._advance(run, batch[-1][0], outcomes, flush_to_disk(report), total)
                if done is None:
                    self._put_down(run.id)
                    return
                run = done
                if progress:
                    progress(sum(run.counts.values()), total)
        self._parts.runs.finish(run.id, DONE, "", self._clock.now(), total=total)

    def _tell(self, outcomes: Sequence[Outcome], everyone: bool) -> None:
        """Whoever follows firms hears of this batch; of the whole first one, which a kill may have cut."""
        kinds = (NEW, CHANGED, SAME) if everyone else (NEW, CHANGED)
        if touched := [outcome.uscc for outcome in outcomes if outcome.kind in kinds]:
            self._follow(touched)

    def _advance(
        self, run: ImportRun, row: int, outcomes: Sequence[Outcome], report_bytes: int, total: int
    ) -> ImportRun | None:
        counts = Counter(outcome.kind for outcome in outcomes)
        now = self._clock.now()
        fields = {"row": row, "report_bytes": report_bytes, "total": total}
        return self._parts.runs.advance(run, fields, counts, now, now + LEASE)

    def _put_down(self, run_id: str) -> None:
        if self._parts.runs.get(run_id).status == STOPPING:
            self._parts.runs.finish(run_id, STOPPED, "", self._clock.now())


def _header(path: Path, name: str, year: str, saved: Mapping[str, Any]) -> tuple[int, list[Column]]:
    """The number of the header row and its columns."""
    with open_records(path, name) as table:
        first = list(islice(table.rows(), SEARCHED))
    place = header_place([cells for _, cells in first])
    if place is None and saved:
        place = next((p for p, (_, cells) in enumerate(first) if any(cells)), None)
    if place is None:
        reason = "前20行中没有找到表头（应有“统一社会信用代码”和至少另一列）。"
        raise InvalidInputError.at("file", reason)
    number, cells = first[place]
    return number, columns_by_name(cells, year, saved)


def _records_after(table: RecordTable, row: int) -> Iterator[tuple[int, list[str]]]:
    """The rows below a row that hold anything."""
    return ((number, cells) for number, cells in table.rows() if number > row and any(cells))


def _cell(cells: Sequence[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""


def _print(run: ImportRun) -> bytes:
    """What a row means besides its cells: the same cells under other headers say something else."""
    said = repr((run.source, [dict(column) for column in run.columns]))
    return hashlib.blake2b(said.encode(), digest_size=8).digest()


def _line(outcome: Outcome) -> tuple[object, ...]:
    return outcome.number, outcome.uscc, outcome.name, LABELS[outcome.kind], outcome.note


def _commission_only(caller: Caller) -> None:
    if caller.kind != "system" and not (caller.kind == "staff" and caller.has(*COMMISSION)):
        raise ForbiddenError
