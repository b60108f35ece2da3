"""Reading foreign formats in a child process: a hostile file costs bounded time and memory."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from backend.adapters.files.errors import UnreadableFileError
from backend.adapters.readers import child


@dataclass(frozen=True)
class Bounds:
    """What one file may cost; on a busy machine the wall clock runs ahead of the CPU clock."""

    cpu_seconds: int
    memory_bytes: int
    wall_seconds: int


SMALL = Bounds(4, 512 * 1024 * 1024, 20)
LARGE = Bounds(20, 1024 * 1024 * 1024, 60)
BOUNDS = {"html_text": SMALL, "docx_text": LARGE, "pdf_text": LARGE, "xlsx_rows": LARGE}


def read_isolated(reader: str, data: bytes) -> dict[str, Any]:
    """The answer of a module of `adapters/readers` to a file; raises UnreadableFileError when it refuses,
    takes too long or too much memory, or fails."""
    bounds = BOUNDS[reader]
    command = [sys.executable, "-I", "-X", "utf8", child.__file__, reader]
    try:
        done = subprocess.run(
            [*command, str(bounds.cpu_seconds), str(bounds.memory_bytes)],
            input=data,
            capture_output=True,
            timeout=bounds.wall_seconds,
            check=True,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        raise UnreadableFileError("too_complex", "文件结构异常，读取超出时间或内存限制。") from error
    answer: dict[str, Any] = json.loads(done.stdout)
    if refused := answer.get("refused"):
        raise UnreadableFileError(refused["code"], refused["message"])
    return answer
