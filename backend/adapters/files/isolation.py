"""Reading foreign formats in a child process: a hostile file costs bounded time and memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from backend.adapters.files.errors import UnreadableFileError
from policies.document import Line

CPU_SECONDS = 4
MEMORY_BYTES = 512 * 1024 * 1024
# On a busy machine the wall clock runs ahead of the CPU clock.
WALL_SECONDS = 20


def read_isolated(reader: str, text: str) -> tuple[Line, ...]:
    """The lines the module `reader` of this package makes of a text; raises UnreadableFileError when it
    takes too long, too much memory, or fails."""
    program = Path(__file__).with_name(f"{reader}.py")
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-X", "utf8", str(program), str(CPU_SECONDS), str(MEMORY_BYTES)],
            input=text.encode("utf-8"),
            capture_output=True,
            timeout=WALL_SECONDS,
            check=True,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        raise UnreadableFileError("too_complex", "文件结构异常，读取超出时间或内存限制。") from error
    return tuple(Line(number, words) for number, words in json.loads(done.stdout))
