"""Web doors of the catalogue: policies and explanations for everybody, and for staff."""

from __future__ import annotations

from collections.abc import Callable

from flask_restx import Api

from backend.adapters.http import add_namespace
from backend.catalogue.api import explanations, public, staff
from backend.catalogue.service import CatalogueService, LibraryReport


def add_routes(api: Api, catalogue: CatalogueService, load_library: Callable[[], LibraryReport]) -> None:
    """Mount policies, their explanations and `/staff/library`; `load_library` brings the sheets in."""
    doors = (
        ("policies", "政策", public.ROUTES | explanations.POLICY_ROUTES),
        ("explanations", "政策解读", explanations.ROUTES),
        ("staff/policies", "政策编审", staff.ROUTES | explanations.STAFF_POLICY_ROUTES),
        ("staff/explanations", "政策解读编审", explanations.STAFF_ROUTES),
    )
    for path, label, routes in doors:
        add_namespace(api, path, label, routes, catalogue=catalogue)
    add_namespace(api, "staff/library", "政策库", {"": staff.LibraryLoad}, load_library=load_library)
