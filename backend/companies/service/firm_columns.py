"""The facts of all firms as columns, kept in this process and on disk, caught up by what changed.

The database is the truth: before every use the columns are made to agree with it, firm by firm where a
revision or the time of the last write differs; that nothing was missed is proved by the number of firms, the
sum of all revisions and the last write. Only firms that changed are read.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

import structlog

from backend.companies.columns.files import ColumnFiles
from backend.companies.columns.held import ColumnView, HeldColumns
from backend.companies.columns.reading import ColumnReader, stamp_of
from backend.companies.facts import Ranks
from backend.companies.store import CompanyStore
from backend.shared.clock import Clock
from backend.shared.collector import collector_paused

log = structlog.get_logger(__name__)

# Clocks of two machines may differ, and a write may be on its way.
OVERLAP = timedelta(minutes=10)
BATCH = 1000
# The file is written anew once so many firms differ from it; until then a restart reads them again.
UNSAVED = 1000
YEARS_HELD = 2

Progress = Callable[[int], None]


class FirmColumns:
    """Safe in threads; `read` counts the firms read from the database."""

    def __init__(
        self,
        store: CompanyStore,
        clock: Clock,
        ranks: Callable[[], Ranks],
        files: ColumnFiles | None = None,
        unsaved: int = UNSAVED,
    ) -> None:
        self._store, self._clock, self._ranks = store, clock, ranks
        self._files, self._most_unsaved = files, unsaved
        self._lock = threading.RLock()
        self._held: dict[int, HeldColumns] = {}
        self._unsaved: dict[int, int] = {}
        self.read = 0

    def view(self, day: date, names: Iterable[str], progress: Progress | None = None) -> ColumnView:
        """These facts of all firms as they count for applications on the day, by the database of now."""
        with self._lock:
            ranks = self._ranks()
            held = self._of_year(day, _print(ranks))
            try:
                self._move(held, day, ColumnReader(day, ranks), progress)
            except BaseException:
                del self._held[day.year]  # half moved: some rows are of one day, some of the other
                raise
            self._save(held)
            return held.view(names)

    def view_of(self, usccs: Sequence[str], day: date, names: Iterable[str]) -> ColumnView:
        """The same of a few firms only, read from the database now; those nobody knows are left out."""
        held, reader = HeldColumns(day, "", len(usccs) or 1), ColumnReader(day, self._ranks())
        for raw in self._store.iterate_rows(sorted(set(usccs)), BATCH):
            held.take([reader.read(row) for row in raw])
        return held.view(names)

    def _move(self, held: HeldColumns, day: date, reader: ColumnReader, progress: Progress | None) -> None:
        beginning = held.beginning(day)
        held.facts.on = day
        self._catch_up(held, reader, progress)
        self._take(held, reader, beginning, progress)

    def _of_year(self, day: date, ranks: str) -> HeldColumns:
        held = self._held.pop(day.year, None)
        if held is None and self._files is not None and day.year == self._clock.today().year:
            held = self._files.load(day.year, ranks)
        if held is None or held.ranks != ranks:
            held = HeldColumns(day, ranks)
        self._held[day.year] = held
        for year in list(self._held)[:-YEARS_HELD]:
            del self._held[year]
        return held

    def _catch_up(self, held: HeldColumns, reader: ColumnReader, progress: Progress | None) -> None:
        """What changed lately first; every firm only where that does not account for everything."""
        newest = held.newest()
        if newest is not None and held.proved:
            if self._agrees(held):
                return
            recent = self._store.stamps(newest - OVERLAP)
            self._take(held, reader, held.differing((row["_id"], stamp_of(row)) for row in recent), progress)
            if self._agrees(held):
                return
        self._compare_all(held, reader, progress)
        held.proved = True

    def _agrees(self, held: HeldColumns) -> bool:
        return held.digest() == self._store.digest()

    def _compare_all(self, held: HeldColumns, reader: ColumnReader, progress: Progress | None) -> None:
        """Every firm's stamp beside that of its row; firms that are gone make the columns anew."""
        stamps = {row["_id"]: stamp_of(row) for row in self._store.stamps(None)} if len(held) else {}
        if any(uscc not in stamps for uscc in held.facts.keys) or not stamps:
            held.clear(held.facts.on)
            log.info("firm_columns_made_anew")
            self._put(held, reader, self._store.iterate_rows(None, BATCH), progress)
            return
        self._take(held, reader, held.differing(stamps.items()), progress)

    def _take(
        self, held: HeldColumns, reader: ColumnReader, usccs: Sequence[str], progress: Progress | None
    ) -> None:
        if usccs:
            self._put(held, reader, self._store.iterate_rows(sorted(usccs), BATCH), progress)

    def _put(
        self,
        held: HeldColumns,
        reader: ColumnReader,
        batches: Iterable[Sequence[dict[str, object]]],
        progress: Progress | None,
    ) -> None:
        waiting, year = iter(batches), held.facts.on.year
        while True:
            with collector_paused():
                raw = next(waiting, None)
                if raw is None:
                    return
                held.take([reader.read(row) for row in raw])
            self.read += len(raw)
            self._unsaved[year] = self._unsaved.get(year, 0) + len(raw)
            if progress:
                progress(len(held))

    def _save(self, held: HeldColumns) -> None:
        year = held.facts.on.year
        if self._files is None or year != self._clock.today().year:
            return
        if self._unsaved.get(year, 0) >= self._most_unsaved:
            self._files.save(held)
            self._unsaved[year] = 0


def _print(ranks: Ranks) -> str:
    told = repr(sorted((fact, tuple(order)) for fact, order in ranks.items()))
    return hashlib.sha256(told.encode()).hexdigest()
