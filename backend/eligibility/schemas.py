"""Shapes of eligibility on the wire."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import AwareDatetime, Field

from backend.adapters.http import Body, Query
from backend.adapters.http.fields import Slug
from backend.eligibility.service import Answer, Helper


class EligibilityQuery(Query):
    """The application day judged, the instant of knowledge, and the kind of application."""

    on: date | None = None
    known_at: AwareDatetime | None = None
    kind: Literal["new", "renewal"] | None = None
    policy: Slug | None = None


class StatedFact(Body):
    """One fact as stated: `period` is a year ("2025") for yearly facts."""

    name: str = Field(min_length=1, max_length=60)
    value: bool | int | str | list[str]
    period: str | None = Field(default=None, max_length=10)


class Assessment(Body):
    """A firm's facts, judged without being kept."""

    on: date | None = None
    kind: Literal["new", "renewal"] | None = None
    policy: Slug | None = None
    facts: list[StatedFact] = Field(max_length=300)


def answer_json(answer: Answer) -> dict[str, Any]:
    """One policy's answer: verdict, reasons, and who helps."""
    verdict = answer.verdict.as_dict()
    for condition in verdict["conditions"]:
        condition["helpers"] = [_helper_json(h) for h in answer.helpers.get(condition["id"], [])]
    return {**verdict, "version": answer.policy.version}


def _helper_json(helper: Helper) -> dict[str, str]:
    return {"kind": helper.kind, "id": helper.id, "title": helper.title}
