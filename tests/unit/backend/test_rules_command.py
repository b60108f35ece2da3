import pytest
from click.testing import CliRunner

from backend.cli import main

BROKEN = (
    "- {policy: gaoqi-15-shuilv, name: 错的案例, on: 2026-05-01, facts: {titles: []}, expect: eligible}\n"
)


@pytest.fixture(autouse=True)
def settings(monkeypatch, tmp_path):
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SECRET_KEY", "k" * 40)


def run(*words):
    return CliRunner().invoke(main, ["rules", *map(str, words)])


def test_the_library_passes_the_audit():
    result = run("audit")
    assert (result.exit_code, "问题 0 处" in result.output) == (0, True), result.output


def test_a_case_that_fails_is_shown_and_ends_with_an_error(tmp_path):
    (tmp_path / "a.yaml").write_text(BROKEN, encoding="utf-8")
    result = run("audit", "--cases", tmp_path)
    assert result.exit_code == 1
    assert "gaoqi-15-shuilv 案例“错的案例”：应为“符合”，实为“不符合”。" in result.output


def test_mutants_nobody_notices_are_shown_and_end_with_an_error(tmp_path):
    assert run("mutate", "gaoqi-15-shuilv").exit_code == 0
    result = run("mutate", "gaoqi-15-shuilv", "--cases", tmp_path)
    assert result.exit_code == 1
    assert "未发现  rate-15 from 2008-01-01 改为 2008-01-02" in result.output


def test_a_broken_case_file_is_named(tmp_path):
    (tmp_path / "a.yaml").write_text("- {policy: x", encoding="utf-8")
    result = run("mutate", "--cases", tmp_path)
    assert result.exit_code == 1 and "a.yaml" in result.output
