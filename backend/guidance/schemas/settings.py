"""Shapes of the figures of service on the wire."""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator
from typing_extensions import TypedDict

from backend.adapters.http import Body
from backend.guidance.store.settings import GuidanceSetting
from backend.shared.clock import in_shanghai


class FigureValue(Body):
    """A setting, whole; what is `confirmed` names the document or decision that says so."""

    value: dict[str, Any] = Field(max_length=20)
    confirmed: bool = False
    source: str = Field(default="", max_length=300)

    @model_validator(mode="after")
    def _with_source(self) -> FigureValue:
        if self.confirmed and len(self.source.strip()) < 2:
            raise ValueError("确认的口径须写明依据（source）。")
        return self


class FigureVersion(TypedDict):
    """One version; `mark` is "?" while the commission has not confirmed it."""

    revision: int
    value: dict[str, Any]
    mark: str | None
    source: str
    by: str | None
    at: str | None


class FigureJson(FigureVersion):
    """The version that holds, and those before it, oldest first."""

    name: str
    earlier: list[FigureVersion]


def figure_json(setting: GuidanceSetting) -> FigureJson:
    """A setting on the wire."""
    now = {name: getattr(setting, name) for name in ("revision", "value", "confirmed", "source", "by", "at")}
    earlier = [_version(row) for row in setting.earlier]
    return {"name": setting.name, **_version(now), "earlier": earlier}


def _version(row: Any) -> FigureVersion:
    return {
        "revision": row["revision"],
        "value": dict(row["value"]),
        "mark": None if row["confirmed"] else "?",
        "source": row["source"],
        "by": row["by"] or None,
        "at": in_shanghai(row["at"]).isoformat() if row["at"] else None,
    }
