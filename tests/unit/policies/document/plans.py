"""The made-up plan and the real one: same structure, same departments, same quirks."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from policies.document import Document, read_document

ROOT = Path(__file__).parents[4]
MADE_UP = ROOT / "backend/demo/made_up_plan.txt"
REAL = ROOT.parent / "shared/seeds/000_8bc55a1b0390d75f.txt"


@cache
def read_plan(path: Path) -> Document:
    """The plan as read; skips, saying so, where the text does not lie beside the checkout."""
    if not path.exists():
        pytest.skip(f"not tried: the real plan's text is not at {path}")
    return read_document(path.read_text("utf-8").split("\n"), path.name)
