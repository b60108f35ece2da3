"""The made-up plan and the real one: same structure, same departments, same quirks."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest

from policies.document import Document, read_document

ROOT = Path(__file__).parents[4]
MADE_UP = ROOT / "backend/demo/made_up_plan.txt"
BESIDE = sorted((ROOT.parent / "shared/seeds").glob("*.txt"))
# Not part of the repository: named by POLICYMAP_PLAN, or lying beside the checkout.
REAL = Path(
    os.environ.get("POLICYMAP_PLAN") or (BESIDE[0] if BESIDE else ROOT.parent / "shared/seeds/plan.txt")
)


@cache
def read_plan(path: Path) -> Document:
    """The plan as read; skips, saying so, where the text does not lie beside the checkout."""
    if not path.exists():
        pytest.skip(f"not tried: the real plan's text is not at {path} (set POLICYMAP_PLAN)")
    return read_document(path.read_text("utf-8").split("\n"), path.name)
