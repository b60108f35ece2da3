"""Documents: one plan read, a folder from bytes to index and map, killed and resumed, and how that grows."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from backend.settings import Settings
from backend.shared.caller import Caller
from backend.wiring import House, build_house
from bench import Row, write_rows
from policies.document import read_document
from tests.documents.word import word

ROOT = Path(__file__).parents[1]
PLAN = ROOT / "backend/demo/made_up_plan.txt"
FIXTURES = ROOT / "tests/fixtures/documents"
SIZES = tuple(int(size) for size in os.environ.get("BENCH_DOCUMENTS", "1000,10000").split(","))
KILLED = 300
# One in so many is a Word file, read in a child process of its own.
WORD_EVERY = 20
STAFF = [Caller("staff", name) for name in ("bench-editor", "bench-reviewer", "bench-publisher")]


def plan_in_ms() -> float:
    """The made-up plan, as long as the real one: lines to meaning, median of thirty."""
    lines = PLAN.read_text("utf-8").split("\n")
    times = []
    for _ in range(30):
        start = time.perf_counter()
        document = read_document(lines, PLAN.name)
        times.append(time.perf_counter() - start)
    assert (len(document.provisions), len(document.rows)) == (22, 69)
    return median(times) * 1000


def fill(folder: Path, count: int) -> None:
    """Made-up documents of all kinds, each with words of its own."""
    texts = [path.read_text("utf-8") for path in sorted(FIXTURES.iterdir()) if path.suffix in (".txt", ".md")]
    for number in range(count):
        text = f"{texts[number % len(texts)]}\n\n编号示例{number}。\n"
        place = folder / f"{number // 500:03}"
        place.mkdir(parents=True, exist_ok=True)
        if number % WORD_EVERY:
            (place / f"{number:06}.txt").write_text(text, "utf-8")
        else:
            (place / f"{number:06}.docx").write_bytes(word(*filter(None, text.split("\n"))))


def opened(folder: Path) -> House:
    return build_house(Settings(data_dir=folder / "var", secret_key="b" * 40, wechat_stand_in=True))


def end_to_end(count: int) -> tuple[float, float, float]:
    """Seconds to read and store a folder, to publish, index and map it, and the CPU's share of both (of this
    process and its children); all of it is checked."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(folder / "in", count)
        house = opened(folder)
        try:
            busy, start = cpu_seconds(), time.perf_counter()
            report = house.catalogue.folders.run(folder / "in", STAFF[0].label, quiet, separate=True)
            stored = time.perf_counter()
            refused = house.publish_folder(report.slugs, *STAFF, quiet)
            done, busy = time.perf_counter(), cpu_seconds() - busy
            assert (len(report.taken), report.refused, refused) == (count, [], [])
            assert len(house.catalogue.published_sheets()) == count
            assert house.relay.sweep() == {"done": 0, "failing": 0}
            return stored - start, done - stored, busy
        finally:
            house.close()


def cpu_seconds() -> float:
    """CPU time of this process and of the children it waited for."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def killed_and_resumed(count: int) -> None:
    """Killed twice with -9, started again, each document is in exactly once."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(folder / "in", count)
        command = [
            sys.executable,
            "-c",
            "from backend.cli import main; main()",
            "import",
            "--separate",
            str(folder / "in"),
        ]
        env = {**os.environ, "POLICYMAP_DATA_DIR": str(folder / "var")}
        for wanted in (f" {count // 4}/{count}", f" {count // 2}/{count}"):
            with subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.PIPE) as running:
                assert running.stdout is not None
                seen = b""
                while wanted.encode() not in seen:
                    seen += running.stdout.read1(64)
                os.kill(running.pid, signal.SIGKILL)
        subprocess.run(command, env=env, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        house = opened(folder)
        try:
            assert house.catalogue.list_working(1, None).total == count
        finally:
            house.close()


def quiet(done: int, total: int) -> None:
    """No progress is shown while the clock runs."""


def main() -> None:
    ms = plan_in_ms()
    rows = [Row("the plan, lines to meaning (ms)", ms, None, None, "<= 30", ms <= 30)]
    killed_and_resumed(KILLED)
    rows.append(Row(f"{KILLED} documents, killed twice, none lost or twice", KILLED, None, None, "all", True))
    rates, costs = [], []
    for count in SIZES:
        stored, published, busy = end_to_end(count)
        rates.append(count / (stored + published))
        costs.append(busy / count * 1000)
        stages = f"read and stored {stored:.1f} s, published, indexed, mapped {published:.1f} s"
        print(f"  {count}: {stages}, CPU {busy:.1f} s")
        work = f"{count} documents end to end (documents/s)"
        rows.append(Row(work, rates[-1], None, None, ">= 50", rates[-1] >= 50))
        rows.append(Row("  CPU time for each (ms)", costs[-1], None, None, "", None))
    # Measured in CPU time, so that what else the machine does tells nothing.
    growth = costs[-1] / costs[0]
    work = f"cost of a document, {SIZES[-1]} beside {SIZES[0]}"
    rows.append(Row(work, growth, None, None, "<= 1.3", growth <= 1.3))
    write_rows("documents", rows)


if __name__ == "__main__":
    main()
