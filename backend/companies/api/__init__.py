"""Web doors of firms."""

from __future__ import annotations

from flask_restx import Api

from backend.companies.api import applications, care, firms, tables
from backend.companies.service.room import CompanyRoom


def add_routes(api: Api, room: CompanyRoom) -> None:
    """Mount everything this room serves."""
    firms.add_routes(api, room.companies)
    tables.add_routes(api, room.imports, room.exports)
    care.add_routes(api, room.companies, room.disputes, room.contacts, room.grid, room.sources)
    applications.add_routes(api, room.applications)
