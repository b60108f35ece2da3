"""Web door of institutions."""

from __future__ import annotations

from typing import Any

from flask_restx import Api, Resource

from backend.adapters.http import (
    Body,
    add_namespace,
    body,
    current_caller,
    guard,
    public,
    query,
    revision_from_header,
)
from backend.adapters.http.answers import page_json
from backend.institutions.schemas import (
    InstitutionFields,
    InstitutionQuery,
    NewInstitution,
    StaffQuery,
    Suspension,
    institution_json,
    staff_institution_json,
)
from backend.institutions.service import InstitutionService
from backend.shared.caller import Role


class InstitutionResource(Resource):
    def __init__(self, api: Api, institutions: InstitutionService) -> None:
        super().__init__(api)
        self.institutions = institutions


class InstitutionList(InstitutionResource):
    @public("机构名录对所有人公开")
    @query(InstitutionQuery)
    def get(self, args: InstitutionQuery) -> dict[str, Any]:
        """服务机构名录"""
        page = self.institutions.list_institutions(args.limit, args.cursor, args.kind, args.area)
        return page_json(page, institution_json)


class OneInstitution(InstitutionResource):
    @public("机构名录对所有人公开")
    def get(self, institution_id: str) -> dict[str, Any]:
        """一家机构"""
        return institution_json(self.institutions.read_institution(institution_id))


class StaffInstitutionList(InstitutionResource):
    @guard(Role.EDITOR)
    @query(StaffQuery)
    def get(self, args: StaffQuery) -> dict[str, Any]:
        """全部机构（含停用）"""
        return page_json(self.institutions.list_all(args.limit, args.cursor), staff_institution_json)

    @guard(Role.EDITOR)
    @body(NewInstitution)
    def post(self, data: NewInstitution) -> tuple[dict[str, Any], int]:
        """新增机构"""
        added = self.institutions.add_institution(data.id, data.fields(), current_caller())
        return staff_institution_json(added), 201


class StaffInstitution(InstitutionResource):
    @guard(Role.EDITOR)
    def get(self, institution_id: str) -> dict[str, Any]:
        """一家机构（含停用）"""
        return staff_institution_json(self.institutions.find_institution(institution_id))

    @guard(Role.EDITOR)
    @body(InstitutionFields)
    def put(self, institution_id: str, data: InstitutionFields) -> dict[str, Any]:
        """修改机构（If-Match 写明版本）"""
        revision, caller = revision_from_header(), current_caller()
        return staff_institution_json(
            self.institutions.edit_institution(institution_id, data.fields(), revision, caller)
        )


class SuspendInstitution(InstitutionResource):
    @guard(Role.EDITOR)
    @body(Suspension)
    def post(self, institution_id: str, data: Suspension) -> dict[str, Any]:
        """停用（写明原因）"""
        revision, caller = revision_from_header(), current_caller()
        return staff_institution_json(self.institutions.suspend(institution_id, revision, caller, data.why))


class ResumeInstitution(InstitutionResource):
    @guard(Role.EDITOR)
    @body(Body)
    def post(self, institution_id: str, data: Body) -> dict[str, Any]:  # noqa: ARG002  (an empty body)
        """恢复"""
        revision, caller = revision_from_header(), current_caller()
        return staff_institution_json(self.institutions.resume(institution_id, revision, caller))


def add_routes(api: Api, institutions: InstitutionService) -> None:
    """Mount `/institutions` and `/staff/institutions`."""
    routes: dict[str, type[Resource]] = {"": InstitutionList, "/<string:institution_id>": OneInstitution}
    add_namespace(api, "institutions", "服务机构", routes, institutions=institutions)
    staff: dict[str, type[Resource]] = {
        "": StaffInstitutionList,
        "/<string:institution_id>": StaffInstitution,
        "/<string:institution_id>/suspend": SuspendInstitution,
        "/<string:institution_id>/resume": ResumeInstitution,
    }
    add_namespace(api, "staff/institutions", "服务机构管理", staff, institutions=institutions)
