"""Web doors of the catalogue: `/policies` for everybody, `/staff/policies` for staff."""

from __future__ import annotations

from collections.abc import Callable

from flask_restx import Api

from backend.adapters.http import add_namespace
from backend.catalogue.api import public, staff
from backend.catalogue.service import CatalogueService, LibraryReport


def add_routes(api: Api, catalogue: CatalogueService, load_library: Callable[[], LibraryReport]) -> None:
    """Mount `/policies`, `/staff/policies` and `/staff/library`; `load_library` brings the sheets in."""
    add_namespace(api, "policies", "政策", public.ROUTES, catalogue=catalogue)
    add_namespace(api, "staff/policies", "政策编审", staff.ROUTES, catalogue=catalogue)
    add_namespace(api, "staff/library", "政策库", {"": staff.LibraryLoad}, load_library=load_library)
