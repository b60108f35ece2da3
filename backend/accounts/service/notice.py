"""The privacy notice: numbered texts beside this package; the highest number is in force."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Notice:
    """One version of the notice: its number as text, title and Markdown."""

    version: str
    title: str
    text: str


@cache
def notices() -> dict[str, Notice]:
    """All versions by number, oldest first."""
    folder = files("backend.accounts").joinpath("notice")
    found = sorted(
        (int(item.name.removesuffix(".md")), item.read_text("utf-8"))
        for item in folder.iterdir()
        if item.name.endswith(".md")
    )
    return {str(number): _notice(str(number), text) for number, text in found}


def current_notice() -> Notice:
    """The version people are asked to agree to now."""
    return list(notices().values())[-1]


def _notice(version: str, text: str) -> Notice:
    return Notice(version, text.lstrip().splitlines()[0].removeprefix("# "), text)
