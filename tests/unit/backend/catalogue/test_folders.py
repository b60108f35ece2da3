"""A folder of documents: every good file goes in once, whatever lies between, killed or not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from backend.adapters import mongo
from backend.adapters.files import OriginalStore
from backend.adapters.mongo import collection_of
from backend.catalogue.service import CatalogueService
from backend.shared.clock import Clock
from tests.documents.pdf import pdf
from tests.documents.word import word

from .conftest import EDITOR, PUBLISHER, REVIEWER, Room

ROOT = Path(__file__).parents[4]
TEXT = (ROOT / "tests/fixtures/documents/measures.txt").read_text("utf-8")


def fill(folder: Path, count: int) -> None:
    """Documents with numbers of their own, every seventh in Word."""
    (folder / "inner").mkdir(parents=True, exist_ok=True)
    for number in range(count):
        text = TEXT.replace("11号", f"{number + 100}号")
        if number % 7:
            (folder / "inner" / f"{number:03}.txt").write_text(text, "utf-8")
        else:
            lines = [line for line in text.splitlines() if line]
            (folder / f"{number:03}.docx").write_bytes(word(*lines))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    fill(tmp_path / "in", 9)
    return tmp_path / "in"


def quiet(done: int, total: int) -> None:
    pass


def test_good_files_go_in_and_the_rest_is_reported_with_its_reason(room: Room, folder: Path) -> None:
    (folder / "坏.pdf").write_bytes(pdf(["示例"])[:-40])
    (folder / "扫描.pdf").write_bytes(pdf([]))
    (folder / "空.txt").write_bytes(b"")
    (folder / "图.png").write_bytes(b"\x89PNG...")
    with (folder / "大.txt").open("wb") as large:
        large.truncate(200 * 1024 * 1024)
    (folder / "~$锁.docx").write_bytes(b"x")
    (folder / "同.txt").write_bytes((folder / "inner/001.txt").read_bytes())
    seen: list[tuple[int, int]] = []
    report = room.catalogue.folders.run(folder, EDITOR.label, lambda *step: seen.append(step))
    assert seen == [(n, 15) for n in range(1, 16)]
    assert len(report.taken) + len(report.known) == 10
    assert len(report.slugs) == 9
    assert {Path(name).name: why for name, why in report.refused} == {
        "坏.pdf": "PDF 文件不完整，请重新获取原文件。",
        "扫描.pdf": "PDF 没有文字层（可能是扫描件），请先做文字识别（OCR）或上传文字版。",
        "空.txt": "文件是空的。",
        "图.png": next(why for name, why in report.refused if name == "图.png"),
        "大.txt": "文件太大，最多 20 MB。",
    }
    again = room.catalogue.folders.run(folder, EDITOR.label, quiet)
    assert (again.taken, len(again.known)) == ([], 10)
    assert again.lines()[0] == "新导入 0 份，此前已导入 10 份，未导入 5 份。"


def test_documents_that_share_a_number_are_told_apart(room: Room, folder: Path) -> None:
    (folder / "另一份.txt").write_text(TEXT.replace("11号", "101号") + "\n附注。\n", "utf-8")
    asked = room.catalogue.folders.run(folder, EDITOR.label, quiet)
    assert [name for name, why in asked.refused if "文号“示科经委规〔2027〕101号”已属于" in why] == [
        "另一份.txt"
    ]
    report = room.catalogue.folders.run(folder, EDITOR.label, quiet, separate=True)
    assert report.refused == []
    assert len(report.slugs) == 10
    assert sum(slug.startswith("doc-2027-101-") for slug in report.slugs) == 1


def test_a_folder_is_published_in_one_go_from_wherever_it_was_left(room: Room, folder: Path) -> None:
    slugs = room.catalogue.folders.run(folder, EDITOR.label, quiet).slugs
    room.catalogue.submit(slugs[0], 1, EDITOR)
    labels = (EDITOR.label, REVIEWER.label, PUBLISHER.label)
    own = room.catalogue.folders.publish(slugs[:1], EDITOR.label, EDITOR.label, PUBLISHER.label, quiet)
    assert [slug for slug, _ in own] == slugs[:1]  # nobody approves what they imported
    assert room.catalogue.folders.publish(slugs, *labels, quiet) == []
    assert [policy.slug for policy in room.catalogue.published_sheets()] == sorted(slugs)
    assert room.heard == []
    assert collection_of("policies").count_documents({"pending": True}) == 9
    room.relay.settle("policies", slugs[1:], "policy.published")
    room.relay.sweep()
    assert [event.subject for event in room.heard] == slugs[:1]
    assert collection_of("policies").count_documents({"pending": True}) == 0


def test_killed_in_the_middle_and_started_again_nothing_is_lost_or_twice(tmp_path: Path) -> None:
    fill(tmp_path / "in", 60)
    command = [sys.executable, "-c", "from backend.cli import main; main()", "import", str(tmp_path / "in")]
    env = {**os.environ, "POLICYMAP_DATA_DIR": str(tmp_path / "var"), "PYTHONPATH": str(ROOT)}
    for wanted in (b" 12/60", b" 31/60"):
        with subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.PIPE) as running:
            assert running.stdout is not None
            seen = b""
            while wanted not in seen:
                piece = running.stdout.read1(64)
                assert piece, seen
                seen += piece
            os.kill(running.pid, signal.SIGKILL)
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, check=True, text=True)
    assert "未导入 0 份" in done.stdout and "新导入 60 份" not in done.stdout
    mongo.connect(None, tmp_path / "var/policymap.sqlite")
    try:
        originals = OriginalStore(tmp_path / "var/originals")
        catalogue = CatalogueService(originals, Clock(), lambda *record: True)
        page = catalogue.list_working(100, None)
        assert page.total == 60
        kept = {row["original"] for row in collection_of("policies").find({}, {"original": 1})}
        assert len(kept) == 60
        assert all(originals.get(original) for original in kept)
    finally:
        mongo.disconnect()
