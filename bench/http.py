"""HTTP throughput of list, detail and search against a bare Flask hello on the same gunicorn settings."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import httpx

from bench import Row, write_rows

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


def free_port() -> int:
    """A port of the loopback nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], port: int, ready: str, **env: str) -> Iterator[str]:
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
            yield base
        finally:
            process.terminate()
            process.wait(30)


def rate(url: str) -> float:
    """Answers a second with CLIENTS keep-alive clients for SECONDS; any answer but 200 ends the run."""
    counts = [0] * CLIENTS
    wrong: list[int] = []
    stop = time.perf_counter() + SECONDS

    def client(number: int) -> None:
        with httpx.Client() as session:
            while time.perf_counter() < stop and not wrong:
                status = session.get(url).status_code
                if status != 200:
                    wrong.append(status)
                counts[number] += 1

    threads = [threading.Thread(target=client, args=(n,)) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise RuntimeError(f"{url} answered {wrong[0]}")
    return sum(counts) / SECONDS


def main() -> None:
    """Servers side by side, rounds interleaved, medians of the rates."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "hello.py").write_text(HELLO)
        ours_port, hello_port = free_port(), free_port()
        env = {"POLICYMAP_DATA_DIR": f"{folder}/var", "POLICYMAP_PORT": str(ours_port)}
        command = [sys.executable, "-m", "backend.cli"]
        subprocess.run([*command, "demo"], env={**os.environ, **env, "DEMO_SERVE": "0"}, check=True)
        gunicorn = [
            sys.executable,
            "-m",
            "gunicorn",
            "-w1",
            "-k",
            "gthread",
            "--threads",
            "8",
            "--chdir",
            folder,
        ]
        hello_command = [*gunicorn, "-b", f"127.0.0.1:{hello_port}", "hello:app"]
        with (
            running([*command, "serve"], ours_port, "/readyz", **env, POLICYMAP_LOG_LEVEL="warning") as ours,
            running(hello_command, hello_port, "/hello") as hello,
        ):
            slug = httpx.get(f"{ours}/api/v1/policies").json()["items"][0]["slug"]
            urls = {
                "list of policies": f"{ours}/api/v1/policies",
                "one policy": f"{ours}/api/v1/policies/{slug}",
                "search 高企 加计扣除": f"{ours}/api/v1/search?q=高企 加计扣除",
                "hello": f"{hello}/hello",
            }
            rates: dict[str, list[float]] = {name: [] for name in urls}
            for _ in range(ROUNDS):
                for name, url in urls.items():
                    rates[name].append(rate(url))
    base = median(rates.pop("hello"))
    rows = []
    for name, found in rates.items():
        ratio = median(found) / base
        searched = name.startswith("search")
        goal, met = (">= 0.5x", ratio >= 0.5) if searched else ("ratio printed", None)
        rows.append(Row(f"requests/s, {name}", median(found), base, ratio, goal, met))
    write_rows("http", rows)


if __name__ == "__main__":
    main()
