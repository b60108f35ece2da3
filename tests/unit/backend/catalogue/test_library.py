"""The library: loaded through the normal steps, once; what staff did is never undone."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.adapters.mongo import collection_of
from backend.catalogue.store.policies import PolicyStore
from policies.loader import load_library
from policies.sheet import SheetError, SheetProblem

from .conftest import EDITOR, PUBLISHER, Room, sheet_of

SHEETS = [sheet_of("aa"), sheet_of("bb")]


def _state(room: Room) -> list[dict[str, object]]:
    return [
        *collection_of("policies").find({}).sort("_id", 1),
        *collection_of("policy_versions").find({}).sort("_id", 1),
    ]


def test_the_first_load_publishes_and_the_second_changes_nothing(room: Room) -> None:
    first = room.catalogue.load_library(SHEETS)
    assert first.published == ["aa", "bb"]
    steps = room.catalogue.history("aa", 10, None).items
    assert [(step.target, step.by) for step in reversed(steps)] == [
        ("draft", "library"),
        ("in_review", "library"),
        ("approved", "library-review"),
        ("published", "library"),
    ]
    before = _state(room)
    second = room.catalogue.load_library(SHEETS)
    assert (second.published, second.unchanged) == ([], ["aa", "bb"])
    assert _state(room) == before


def test_a_newer_library_sheet_becomes_the_next_version(room: Room) -> None:
    room.catalogue.load_library(SHEETS)
    report = room.catalogue.load_library([sheet_of("aa", title="新题"), SHEETS[1]])
    assert (report.published, report.unchanged) == (["aa"], ["bb"])
    found = room.catalogue.published("aa")
    assert (found.version, found.sheet.title) == (2, "新题")


def test_what_staff_edited_stays_and_the_difference_is_reported(room: Room) -> None:
    room.catalogue.load_library(SHEETS)
    policy = room.catalogue.read_working("aa")
    room.catalogue.edit_policy("aa", sheet_of("aa", summary="工作人员写的"), policy.revision, EDITOR)
    report = room.catalogue.load_library([sheet_of("aa", title="新题"), SHEETS[1]])
    assert report.kept == {"aa": ("title", "summary")}
    assert room.catalogue.read_working("aa").sheet.summary == "工作人员写的"
    assert any("aa" in line and "summary" in line for line in report.lines())


def test_what_staff_withdrew_stays_withdrawn(room: Room) -> None:
    room.catalogue.load_library(SHEETS)
    room.catalogue.withdraw("aa", room.catalogue.read_working("aa").revision, PUBLISHER, "不再适用")
    report = room.catalogue.load_library([sheet_of("aa", title="新题"), SHEETS[1]])
    assert set(report.kept) == {"aa"}
    assert [policy.slug for policy in room.catalogue.published_sheets()] == ["bb"]


@pytest.mark.parametrize("after", range(3))
def test_a_load_killed_anywhere_is_finished_by_the_next(
    room: Room, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    changes, real = [], PolicyStore.change

    def change(self: PolicyStore, *args: object, **kwargs: object) -> object:
        if len(changes) == after:
            raise KeyboardInterrupt
        changes.append(args)
        return real(self, *args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(PolicyStore, "change", change)
        with pytest.raises(KeyboardInterrupt):
            room.catalogue.load_library(SHEETS)
    room.catalogue.load_library(SHEETS)
    assert [(policy.slug, policy.version) for policy in room.catalogue.published_sheets()] == [
        ("aa", 1),
        ("bb", 1),
    ]
    assert len(room.heard) == 2


def test_broken_and_failing_sheets_are_reported_and_the_rest_is_loaded(room: Room) -> None:
    failing = sheet_of(
        "cc", cases=[{"name": "无规则", "on": "2026-05-01", "facts": {}, "expect": "eligible"}]
    )
    broken = SheetError("dd.md", [SheetProblem("title", 3, "缺少这个字段")])
    report = room.catalogue.load_library([failing, *SHEETS], [broken])
    assert report.published == ["aa", "bb"]
    assert [problem.split()[0] for problem in report.problems] == ["dd.md:3", "cc"]


def test_exported_sheets_load_back_equal(room: Room, tmp_path: Path) -> None:
    room.catalogue.load_library([sheet_of("aa", body="## 正文\n\n一段话。"), SHEETS[1]])
    assert room.catalogue.export_sheets(tmp_path / "out") == 2
    sheets, problems = load_library(tmp_path / "out")
    assert (sheets, problems) == ([policy.sheet for policy in room.catalogue.published_sheets()], [])
