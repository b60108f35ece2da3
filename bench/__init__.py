"""Measurements, run by `make bench-NAME`; each checks equal answers first and writes var/bench/NAME.json."""

from __future__ import annotations

import json
import platform
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One line of a result: our figure, the other's, ours/other, and whether the goal is met."""

    work: str
    ours: float
    other: float | None
    ratio: float | None
    goal: str
    met: bool | None


def write_rows(name: str, rows: list[Row], folder: Path = Path("var/bench")) -> None:
    """Print the rows and keep them as var/bench/NAME.json."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=2)
    (folder / f"{name}.json").write_text(text + "\n")
    print(f"{name} on Python {platform.python_version()}")
    for row in rows:
        other = "-" if row.other is None else f"{row.other:.4g}"
        ratio = "-" if row.ratio is None else f"{row.ratio:.3g}x"
        verdict = {True: "met", False: "MISSED", None: ""}[row.met]
        figures = f"ours {row.ours:<10.4g} other {other:<10} {ratio:<9} goal {row.goal:<16} {verdict}"
        print(f"  {row.work:<46} {figures}")
