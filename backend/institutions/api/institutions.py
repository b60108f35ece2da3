"""Web doors of the institutions themselves."""

from __future__ import annotations

from flask_restx import Api, Resource

from backend.adapters.http import body, current_caller, guard, public, query, revision_from_header
from backend.institutions.schemas import (
    CARRIERS,
    Confirmation,
    InstitutionAnswer,
    InstitutionFields,
    InstitutionPage,
    InstitutionQuery,
    NewInstitution,
    Resumption,
    StaffInstitutionAnswer,
    StaffInstitutionPage,
    StaffQuery,
    Suspension,
    institution_json,
    listed_json,
    staff_institution_json,
)
from backend.institutions.service import Institution
from backend.institutions.service.listing import RULES
from backend.institutions.service.room import InstitutionRoom
from backend.shared.caller import Role


class InstitutionResource(Resource):
    def __init__(self, api: Api, room: InstitutionRoom) -> None:
        super().__init__(api)
        self.institutions, self.listing = room.institutions, room.listing

    def shown(self, found: Institution) -> StaffInstitutionAnswer:
        """An institution with its record, for staff."""
        return staff_institution_json(self.listing.placed([found])[0])


class InstitutionList(InstitutionResource):
    @public("机构名录对所有人公开")
    @query(InstitutionQuery)
    def get(self, args: InstitutionQuery) -> InstitutionPage:
        """服务机构名录；每项写明为什么排在这里"""
        kinds = [args.kind] if args.kind else list(CARRIERS) if args.carriers else []
        page = self.listing.ranked(args.limit, args.cursor, kinds, args.area)
        return {
            "items": [listed_json(placed) for placed in page.items],
            "total": page.total,
            "next_cursor": page.next_cursor,
            "order": list(RULES),
        }


class OneInstitution(InstitutionResource):
    @public("机构名录对所有人公开")
    def get(self, institution_id: str) -> InstitutionAnswer:
        """一家机构"""
        found = self.institutions.read_institution(institution_id)
        return institution_json(self.listing.placed([found])[0])


class StaffInstitutionList(InstitutionResource):
    @guard(Role.EDITOR)
    @query(StaffQuery)
    def get(self, args: StaffQuery) -> StaffInstitutionPage:
        """全部机构（含停用），按编号"""
        page = self.institutions.list_all(args.limit, args.cursor)
        placed = {one.institution.id: one for one in self.listing.placed(page.items)}
        items = [staff_institution_json(placed[found.id]) for found in page.items]
        return {"items": items, "total": page.total, "next_cursor": page.next_cursor}

    @guard(Role.EDITOR)
    @body(NewInstitution)
    def post(self, data: NewInstitution) -> tuple[StaffInstitutionAnswer, int]:
        """新增机构"""
        added = self.institutions.add_institution(data.id, data.fields(), current_caller())
        return self.shown(added), 201


class StaffInstitution(InstitutionResource):
    @guard(Role.EDITOR)
    def get(self, institution_id: str) -> StaffInstitutionAnswer:
        """一家机构（含停用和历次状态）"""
        return self.shown(self.institutions.find_institution(institution_id))

    @guard(Role.EDITOR)
    @body(InstitutionFields)
    def put(self, institution_id: str, data: InstitutionFields) -> StaffInstitutionAnswer:
        """修改机构（If-Match 写明版本）"""
        revision, caller = revision_from_header(), current_caller()
        return self.shown(self.institutions.edit_institution(institution_id, data.fields(), revision, caller))


class SuspendInstitution(InstitutionResource):
    @guard(Role.EDITOR)
    @body(Suspension)
    def post(self, institution_id: str, data: Suspension) -> StaffInstitutionAnswer:
        """停用（写明原因）"""
        revision, caller = revision_from_header(), current_caller()
        return self.shown(self.institutions.suspend(institution_id, revision, caller, data.why))


class ResumeInstitution(InstitutionResource):
    @guard(Role.EDITOR)
    @body(Resumption)
    def post(self, institution_id: str, data: Resumption) -> StaffInstitutionAnswer:
        """恢复"""
        revision, caller = revision_from_header(), current_caller()
        return self.shown(self.institutions.resume(institution_id, revision, caller, data.why))


class ConfirmInstitution(InstitutionResource):
    @guard(Role.EDITOR)
    @body(Confirmation)
    def post(self, institution_id: str, data: Confirmation) -> StaffInstitutionAnswer:
        """年度确认（写明怎样核对）"""
        revision, caller = revision_from_header(), current_caller()
        return self.shown(self.institutions.confirm(institution_id, revision, caller, data.why))


ROUTES: dict[str, type[Resource]] = {"": InstitutionList, "/<string:institution_id>": OneInstitution}
STAFF_ROUTES: dict[str, type[Resource]] = {
    "": StaffInstitutionList,
    "/<string:institution_id>": StaffInstitution,
    "/<string:institution_id>/suspend": SuspendInstitution,
    "/<string:institution_id>/resume": ResumeInstitution,
    "/<string:institution_id>/confirm": ConfirmInstitution,
}
