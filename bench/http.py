"""HTTP throughput of lists, details and searches against a bare Flask hello on the same gunicorn settings.

Answers are remembered while they are true, so searching is asked four ways: one question again and again (few
hits, a full page), many different ones in turns, and questions that nobody asked before.
"""

from __future__ import annotations

import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from bench import Row, write_rows
from bench.relevance.corpus import read

HELLO = """
from flask import Flask, jsonify
app = Flask("hello")
@app.get("/hello")
def hello():
    return jsonify(hello="world")
"""
SECONDS = 3.0
CLIENTS = 4
ROUNDS = 3
DIFFERENT = 200
ONCE = 12_000
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Served:
    """A server process and where it answers."""

    base: str
    pid: int

    def processor_seconds(self) -> float:
        """What it and its workers have used of the processor until now."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        stats = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in children]
        return sum(int(user) + int(system) for *_, user, system in (stat[:13] for stat in stats)) / _TICK


@dataclass
class Work:
    """Addresses asked in turns of one server, and what the rounds gave."""

    name: str
    served: Served
    paths: Iterator[str]
    rates: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)

    def run(self) -> None:
        """One round: answers a second, and milliseconds of the server's processor for each."""
        before = self.served.processor_seconds()
        answers, seconds = asked(self.served.base, self.paths)
        self.rates.append(answers / seconds)
        self.costs.append((self.served.processor_seconds() - before) * 1000 / answers)


def free_port() -> int:
    """A port of the loopback nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(command: list[str], port: int, ready: str, **env: str) -> Iterator[Served]:
    """A server process on loopback, stopped at the end."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, env={**os.environ, **env}, stdout=output, stderr=output)
        base = f"http://127.0.0.1:{port}"
        try:
            for _ in range(300):
                if process.poll() is not None:
                    output.seek(0)
                    raise RuntimeError(output.read().decode()[-2000:])
                try:
                    if httpx.get(base + ready).status_code == 200:
                        break
                except httpx.TransportError:
                    time.sleep(0.1)
            yield Served(base, process.pid)
        finally:
            process.terminate()
            process.wait(30)


@contextmanager
def running(command: list[str], port: int, ready: str, **env: str) -> Iterator[str]:
    """The address of a server process on loopback, stopped at the end."""
    with serving(command, port, ready, **env) as served:
        yield served.base


def asked(base: str, paths: Iterator[str]) -> tuple[int, float]:
    """Answers and seconds of CLIENTS keep-alive clients that ask for SECONDS, or until nothing is left.

    Any answer but 200 ends the run. The clients are bare sockets: the server is what is measured.
    """
    counts = [0] * CLIENTS
    wrong: list[str] = []
    start = time.perf_counter()

    def client(number: int) -> None:
        with line_to(base) as ask:
            for path in paths:
                status = ask(path)
                if status != 200:
                    wrong.append(f"{path}: {status}")
                if wrong or time.perf_counter() - start >= SECONDS:
                    return
                counts[number] += 1

    threads = [threading.Thread(target=client, args=(n,)) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise RuntimeError(f"{base} answered {wrong[0]}")
    return sum(counts), time.perf_counter() - start


@contextmanager
def line_to(base: str) -> Iterator[Callable[[str], int]]:
    """A keep-alive connection that takes paths and gives the status of the answer, read to its end."""
    where = urlsplit(base)
    headers = f"Host: {where.netloc}\r\nAccept-Encoding: gzip\r\n"  # as browsers do
    with socket.create_connection((where.hostname, where.port)) as line, line.makefile("rb") as answers:

        def ask(path: str) -> int:
            line.sendall(f"GET {path} HTTP/1.1\r\n{headers}\r\n".encode())
            status, length = int(answers.readline().split()[1]), 0
            while (header := answers.readline()) != b"\r\n":
                if header.lower().startswith(b"content-length:"):
                    length = int(header[15:])
            answers.read(length)
            return status

        yield ask


def search_path(question: str) -> str:
    """Where a question is answered."""
    return f"/api/v1/search?q={quote(question)}"


def sheets(base: str) -> list[dict[str, Any]]:
    """The published sheets."""
    slugs = [item["slug"] for item in httpx.get(f"{base}/api/v1/policies?limit=100").json()["items"]]
    return [httpx.get(f"{base}/api/v1/policies/{slug}").json()["sheet"] for slug in slugs]


def once_each(texts: list[str]) -> Iterator[str]:
    """Different questions without end: two stretches of two to four characters of one text."""
    chance, known = random.Random(3), set[str]()
    while True:
        runs = re.findall("[\u4e00-\u9fff]{2,}", chance.choice(texts))
        parts = []
        for run in chance.sample(runs, min(2, len(runs))):
            begin = chance.randrange(len(run) - 1)
            parts.append(run[begin : begin + chance.randint(2, 4)])
        question = " ".join(parts)
        if question not in known:
            known.add(question)
            yield question


def mixed(base: str, others: Iterator[str]) -> list[str]:
    """Different questions that find something: the judged ones, then others."""
    needs = read("needs")
    judged = [q for kind in ("known", "topic") for all_of in needs[kind].values() for q in all_of]
    judged += [meant for kinds in needs["typed"].values() for meant in kinds.values()]
    found: dict[str, None] = {}
    for question in (*dict.fromkeys(judged), *(next(others) for _ in range(DIFFERENT * 5))):
        answer = httpx.get(base + search_path(question)).json()
        if answer["total"] and answer["matched"] == "all_words":
            found[question] = None
        if len(found) == DIFFERENT:
            break
    return list(found)


def works(ours: Served) -> list[Work]:
    """What is asked of our server."""
    written = sheets(ours.base)
    others = once_each([f"{clause['title']}。{clause['text']}" for s in written for clause in s["clauses"]])
    different = mixed(ours.base, others)
    never = [next(others) for _ in range(ONCE)]
    return [
        Work("list of policies", ours, cycle(["/api/v1/policies"])),
        Work("one policy", ours, cycle([f"/api/v1/policies/{written[0]['slug']}"])),
        Work("search 高企 加计扣除", ours, cycle([search_path("高企 加计扣除")])),
        Work("search 企业, a full page", ours, cycle([search_path("企业")])),
        Work(
            f"search, {len(different)} in turns",
            ours,
            cycle([search_path(question) for question in different]),
        ),
        Work("search, each asked once", ours, iter([search_path(question) for question in never])),
    ]


def rows(work: Work, hello: Work) -> list[Row]:
    """Throughput with its goal, and what it costs the server."""
    rate, base = median(work.rates), median(hello.rates)
    cost, least = median(work.costs), median(hello.costs)
    goal, met = (">= 0.5x", rate / base >= 0.5) if work.name.startswith("search") else ("ratio printed", None)
    return [
        Row(f"requests/s, {work.name}", rate, base, rate / base, goal, met),
        Row(f"server's processor ms, {work.name}", cost, least, cost / least, "ratio printed", None),
    ]


def main() -> None:
    """Servers side by side, rounds interleaved, medians of the rates."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "hello.py").write_text(HELLO)
        ours_port, hello_port = free_port(), free_port()
        env = {"POLICYMAP_DATA_DIR": f"{folder}/var", "POLICYMAP_PORT": str(ours_port)}
        command = [sys.executable, "-m", "backend.cli"]
        subprocess.run([*command, "demo"], env={**os.environ, **env, "DEMO_SERVE": "0"}, check=True)
        gunicorn = [sys.executable, "-m", "gunicorn", "-w1", "-k", "gthread", "--threads", "8"]
        hello_command = [*gunicorn, "--chdir", folder, "-b", f"127.0.0.1:{hello_port}", "hello:app"]
        with (
            serving([*command, "serve"], ours_port, "/readyz", **env, POLICYMAP_LOG_LEVEL="warning") as ours,
            serving(hello_command, hello_port, "/hello") as bare,
        ):
            hello = Work("hello", bare, cycle(["/hello"]))
            measured = works(ours)
            for _ in range(ROUNDS):
                for work in (*measured, hello):
                    work.run()
    write_rows("http", [row for work in measured for row in rows(work, hello)])


if __name__ == "__main__":
    main()
