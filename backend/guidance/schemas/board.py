"""Shapes of the board on the wire."""

from __future__ import annotations

from typing import Literal

from backend.adapters.http import Query


class RequestExportQuery(Query):
    """As which kind of file."""

    format: Literal["xlsx", "csv"] = "xlsx"
