"""Web doors of the catalogue: `/policies` for everybody, `/staff/policies` for staff."""

from __future__ import annotations

from flask_restx import Api

from backend.adapters.http import add_namespace
from backend.catalogue.api import public, staff
from backend.catalogue.service import CatalogueService


def add_routes(api: Api, catalogue: CatalogueService) -> None:
    """Mount `/policies` and `/staff/policies`."""
    add_namespace(api, "policies", "政策", public.ROUTES, catalogue=catalogue)
    add_namespace(api, "staff/policies", "政策编审", staff.ROUTES, catalogue=catalogue)
