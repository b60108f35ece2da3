"""A folder of documents: read ahead, written one by one, resumed by content, reported file by file."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from backend.adapters.files import UnreadableFileError, check_size
from backend.catalogue.service.intake import Intake, Prepared
from backend.catalogue.service.workflow import Workflow
from backend.catalogue.store.policies import Policy
from backend.shared.errors import AlreadyExistsError, PolicyMapError

Progress = Callable[[int, int], None]
# Reading foreign formats happens in child processes and keeping an original waits for the disk, so a few at
# a time are worth it.
_READERS, _AHEAD = 4, 16


@dataclass
class FolderReport:
    """What an import did: (file, slug) of what went in now or before, (file, why) of what did not."""

    taken: list[tuple[str, str]] = field(default_factory=list)
    known: list[tuple[str, str]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)

    @property
    def slugs(self) -> list[str]:
        """The policies of all files that are in."""
        return list(dict.fromkeys(slug for _, slug in (*self.known, *self.taken)))

    def lines(self) -> list[str]:
        """The report for people."""
        counts = (
            f"新导入 {len(self.taken)} 份，此前已导入 {len(self.known)} 份，未导入 {len(self.refused)} 份。"
        )
        return [counts, *(f"  未导入：{name}：{why}" for name, why in self.refused)]


class FolderImport:
    """Imports every file under a folder; one bad file stops nothing."""

    def __init__(self, intake: Intake, workflow: Workflow) -> None:
        self._intake = intake
        self._workflow = workflow

    def run(self, folder: Path, by: str, on_progress: Progress, separate: bool = False) -> FolderReport:
        """Import what is not in yet. Killed anywhere, the next run goes on: a file whose bytes are in is
        known by their hash. One whose number another policy has is refused unless it is to be `separate`."""
        files = sorted(path for path in folder.rglob("*") if path.is_file() and not _hidden(path, folder))
        report = FolderReport()
        for done, (path, reading) in enumerate(self._ahead(files), 1):
            name = str(path.relative_to(folder))
            try:
                prepared = reading.result()
                policy = self._kept(prepared, by, separate)
                (report.known if prepared.known else report.taken).append((name, policy.slug))
            except (UnreadableFileError, PolicyMapError) as error:
                report.refused.append((name, error.message))
            except OSError as error:
                report.refused.append((name, f"文件打不开（{error.strerror}）。"))
            on_progress(done, len(files))
        return report

    def publish(
        self, slugs: Sequence[str], editor: str, reviewer: str, publisher: str, on_progress: Progress
    ) -> list[tuple[str, str]]:
        """Bring drafts to the public without handing their events on, from wherever an earlier run left
        them; returns (slug, why) of what could not be published."""
        refused = []
        for done, slug in enumerate(slugs, 1):
            try:
                policy = self._workflow.policies.get(slug)
                self._workflow.release(policy, editor, reviewer, publisher, "批量导入")
            except PolicyMapError as error:
                refused.append((slug, error.message))
            on_progress(done, len(slugs))
        return refused

    def _kept(self, prepared: Prepared, by: str, separate: bool) -> Policy:
        try:
            return self._intake.keep(prepared, by, separate)
        except AlreadyExistsError:
            # Documents without a number of their own, or with one that is shared: told apart by content.
            assert prepared.sheet is not None
            apart = prepared.under(f"{prepared.sheet.slug[:50]}-{prepared.original[:8]}")
            return self._intake.keep(apart, by, separate)

    def _ahead(self, files: Sequence[Path]) -> Iterator[tuple[Path, Future[Prepared]]]:
        """Each file with its reading, a few of them running ahead."""
        with ThreadPoolExecutor(_READERS, thread_name_prefix="read") as pool:
            waiting: deque[tuple[Path, Future[Prepared]]] = deque()
            for path in files:
                waiting.append((path, pool.submit(self._read, path)))
                if len(waiting) > _AHEAD:
                    yield waiting.popleft()
            while waiting:
                yield waiting.popleft()

    def _read(self, path: Path) -> Prepared:
        check_size(path.stat().st_size)
        prepared = self._intake.prepare(path.read_bytes(), path.name)
        if prepared.known is None:
            self._intake.keep_original(prepared)
        return prepared


def _hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith((".", "~$")) for part in path.relative_to(folder).parts)
