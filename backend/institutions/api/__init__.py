"""Web doors of institutions."""

from __future__ import annotations

from flask_restx import Api

from backend.adapters.http import add_namespace
from backend.institutions.api import institutions, records
from backend.institutions.service.room import InstitutionRoom


def add_routes(api: Api, room: InstitutionRoom) -> None:
    """Mount everything this room serves."""
    public = {**institutions.ROUTES, **records.ROUTES}
    staff = {**institutions.STAFF_ROUTES, **records.STAFF_ROUTES}
    add_namespace(api, "institutions", "服务机构", public, room=room)
    add_namespace(api, "staff/institutions", "服务机构管理", staff, room=room)
    add_namespace(api, "me/complaints", "我的投诉", records.MY_ROUTES, room=room)
    add_namespace(api, "staff/institution-complaints", "机构投诉处理", records.DECISION_ROUTES, room=room)
