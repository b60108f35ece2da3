"""The console command, as a person types it: each command, what it says when wrong, its exit codes."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from backend.settings import Settings
from tests.servers.product import ROOT, WEB, WORKER, Product, environment, product
from tests.servers.redis import redis_server

PASSWORD = "correct-horse-battery"
PLAN = ROOT / "backend/demo/made_up_plan.txt"
SLUG = "doc-2026-8"


class Shell:
    """Types `policymap …` with these settings."""

    def __init__(self, settings: Settings) -> None:
        self.environment = environment(settings)

    def run(self, *words: object, **more: str) -> subprocess.CompletedProcess[str]:
        """One command; a traceback is never an answer."""
        command = [sys.executable, "-m", "backend.cli", *map(str, words)]
        variables = {**self.environment, **more}
        done = subprocess.run(command, env=variables, cwd=ROOT, capture_output=True, text=True, timeout=180)
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def says(self, *words: object) -> str:
        """What a command that must succeed prints."""
        done = self.run(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def fails(self, *words: object, code: int = 1, **more: str) -> str:
        """What a command that must fail says."""
        done = self.run(*words, **more)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stderr


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path, secret_key="k" * 40, clock_start="2026-05-06T09:30:00+08:00", log_level="warning"
    )


@pytest.fixture
def shell(settings: Settings) -> Shell:
    return Shell(settings)


@pytest.mark.timeout(900)  # some twenty processes, one after the other
def test_from_a_file_to_messages_on_the_command_line(shell: Shell, tmp_path: Path) -> None:
    for name in ("editor", "reviewer", "publisher"):
        shell.says("add-staff", name, "--role", name, "--password", PASSWORD)
    assert "已存在" in shell.fails("add-staff", "editor", "--role", "editor", "--password", PASSWORD)
    read = shell.says("import", PLAN, "--by", "editor")
    assert read.startswith(SLUG)
    assert "条款 22，任务 69" in read
    assert re.search(r"第 140 行 +number_repeated", read)
    assert shell.says("import", PLAN, "--by", "editor").startswith(SLUG)
    empty = tmp_path / "empty.txt"
    empty.touch()
    assert "文件是空的" in shell.fails("import", empty)

    assert "不能发布" in shell.fails("publish", SLUG, "--by", "publisher")
    assert "权限" in shell.fails("publish", SLUG, "--by", "editor")
    assert "没有找到" in shell.fails("publish", "nothing", "--by", "publisher")
    done = shell.says("publish", SLUG, "--by", "publisher", "--reviewer", "reviewer")
    assert f"已发布 {SLUG} 第 1 版" in done

    loaded = shell.says("library", "load")
    assert "未装入" not in loaded
    assert "新发布 0 项" in shell.says("library", "load")
    assert re.search(r"企业 0 家，新消息 0 条", shell.says("match"))
    assert "已投递 0 条" in shell.says("push")
    assert re.search(r"索引 \d{2,} 篇；导图 \d{2,} 个节点、\d{2,} 条关系", shell.says("rebuild"))
    exported = tmp_path / "sheets"
    shell.says("library", "export", exported)
    assert {f"{SLUG}.md", "gaoqi-rending.md"} <= {path.name for path in exported.iterdir()}
    assert re.findall(r"^(\S+)  (\S+)", shell.says("doctor"), re.MULTILINE) == [
        ("正常", part) for part in ("database", "index", "queue", "library")
    ]


def test_the_demo_walks_and_a_second_run_reuses_what_is_there(settings: Settings) -> None:
    shell = Shell(settings.model_copy(update={"clock_start": None}))
    shell.environment["DEMO_SERVE"] = "0"
    first = shell.says("demo")
    for word in ("检索“高企 加计扣除”", "一条消息（", "为什么：", "导图：", "示例企业：240 家"):
        assert word in first
    again = shell.says("demo")
    count = re.compile(r"消息：(\d+) 条")
    assert count.findall(first) == count.findall(again) != []


COMMANDS = (
    ("import", PLAN),
    ("publish", SLUG, "--by", "publisher"),
    ("match",),
    ("push",),
    ("rebuild",),
    ("demo",),
    ("doctor",),
    ("library", "load"),
    ("library", "export", "sheets"),
    ("add-staff", "somebody", "--role", "editor", "--password", PASSWORD),
)


@pytest.fixture
def server(settings: Settings) -> Iterator[Product]:
    with product(settings, settings.data_dir / "log.txt") as running:
        yield running


def test_while_serve_holds_the_store_others_name_the_holder_and_the_call_that_does_the_same(
    server: Product,
) -> None:
    shell = Shell(server.settings)
    lock = server.settings.data_dir / "policymap.sqlite.lock"
    for words in COMMANDS:
        said = shell.fails(*words)
        holder = re.search(r"进程号 (\d+)", said)
        assert holder, said
        assert holder[1] in lock.read_text()
        call = re.search(rf"(GET|POST) ({re.escape(server.base)}/\S+)", said)
        assert call, said
        assert httpx.request(call[1], call[2]).status_code in {200, 401}, call[0]
    assert "网页进程" in shell.fails("worker")
    assert str(server.settings.data_dir) in shell.fails("serve", "--port", server.settings.port - 1, code=3)


def test_health_is_told_apart_from_readiness(settings: Settings) -> None:
    with contextlib.ExitStack() as queue:
        apart = settings.model_copy(update={"redis_url": queue.enter_context(redis_server())})
        with product(apart, settings.data_dir / "log.txt") as server:
            assert httpx.get(f"{server.base}/healthz").json() == {"status": "ok"}
            ready = httpx.get(f"{server.base}/readyz")
            parts = {"database": "ok", "index": "ok", "queue": "ok"}
            assert ready.json() == {"status": "ready", "parts": parts}
            queue.close()  # the queue's server is gone
            ill = httpx.get(f"{server.base}/readyz")
            assert (ill.status_code, ill.json()["status"]) == (503, "not_ready")
            assert [name for name, state in ill.json()["parts"].items() if state != "ok"] == ["queue"]
            assert httpx.get(f"{server.base}/healthz").status_code == 200


def test_a_damaged_index_heals_by_itself(server: Product) -> None:
    (server.settings.data_dir / "search/current").write_text("{")
    deadline = time.monotonic() + 30
    while httpx.get(f"{server.base}/readyz").status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert httpx.get(f"{server.base}/api/v1/search", params={"q": "示例"}).status_code == 200


@pytest.mark.parametrize(
    ("variable", "value"),
    [("POLICYMAP_PORT", "eighty"), ("MONGODB_URI", "localhost"), ("POLICYMAP_SIGN_IN_LIMIT", "often")],
)
@pytest.mark.parametrize("command", ["serve", "worker", "doctor"])
def test_a_wrong_setting_stops_every_command_and_is_named(
    shell: Shell, command: str, variable: str, value: str
) -> None:
    assert variable in shell.fails(command, **{variable: value})


def test_production_asks_for_its_secrets(shell: Shell) -> None:
    shell.environment.pop("POLICYMAP_SECRET_KEY")
    shell.environment.pop("POLICYMAP_CLOCK_START")
    assert "POLICYMAP_SECRET_KEY" in shell.fails("doctor", POLICYMAP_ENVIRONMENT="production")


def test_the_doctor_names_the_part_that_is_ill(shell: Shell, settings: Settings) -> None:
    ill = shell.run("doctor", REDIS_URL="redis://127.0.0.1:1/0")
    assert ill.returncode == 1
    assert re.findall(r"^异常  (\w+)：", ill.stdout, re.MULTILINE) == ["queue"]
    assert "MONGODB_URI" in shell.fails("doctor", MONGODB_URI="mongodb://127.0.0.1:1")
    (settings.data_dir / "policymap.sqlite").write_text("这不是数据库" * 100)
    assert "policymap.sqlite 无法读取" in shell.fails("doctor")
    (settings.data_dir / "policymap.sqlite").unlink()
    (settings.data_dir / "queue.sqlite").unlink(missing_ok=True)
    (settings.data_dir / "queue.sqlite").mkdir()
    assert "queue.sqlite 无法打开" in shell.fails("doctor")


def test_beside_a_database_server_commands_work_while_it_serves_and_limits_are_shared(
    settings: Settings, mongo_server: str, redis_server: str, tmp_path: Path
) -> None:
    more = {
        "MONGODB_URI": mongo_server,
        "REDIS_URL": redis_server,
        "mongodb_database": f"test_{tmp_path.name[-20:]}",
    }
    given = {name: getattr(settings, name) for name in settings.model_fields_set}
    apart = Settings(**given, **more, sign_in_limit="5 per minute", web_workers=3)
    with product(apart, tmp_path / "log.txt", (WEB, WORKER)) as running:
        shell = Shell(running.settings)
        shell.says("add-staff", "editor", "--role", "editor", "--password", PASSWORD)
        assert "正常  queue" in shell.says("doctor")
        body = {"kind": "staff", "name": "editor", "password": PASSWORD}
        # A new connection each time, so that all three web processes answer some.
        tries = [httpx.post(f"{running.base}/api/v1/sessions", json=body) for _ in range(8)]
        assert [answer.status_code for answer in tries] == [200] * 5 + [429] * 3
        assert int(tries[-1].headers["Retry-After"]) > 0
