"""The child process: one file on standard input, one answer as JSON on standard output.

    python -I child.py READER CPU_SECONDS MEMORY_BYTES

An answer is {"lines": [[number, text, page], ...], "remarks": [[line, code, message], ...]} or
{"refused": {"code", "message"}}. Whatever else happens ends the process with an error.
"""

from __future__ import annotations

import importlib
import json
import resource
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def main(reader: str, cpu_seconds: int, memory_bytes: int) -> None:
    """Read standard input with the module `reader` within these limits."""
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    sys.path.append(str(ROOT))
    from backend.adapters.readers.answers import RefusedError

    program = importlib.import_module(f"backend.adapters.readers.{reader}")
    try:
        answer = program.read(sys.stdin.buffer.read())
    except RefusedError as refused:
        answer = {"refused": {"code": refused.code, "message": refused.message}}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
