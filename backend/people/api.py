"""Web door of mentors, counsellors and liaisons."""

from __future__ import annotations

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
from backend.people.schemas import (
    Absences,
    AdviserFields,
    AdviserJson,
    AdviserPage,
    AdviserQuery,
    AdviserSuspension,
    Interests,
    NewAdviser,
    StaffAdviserJson,
    StaffAdviserPage,
    StaffAdviserQuery,
    adviser_json,
    staff_adviser_json,
)
from backend.people.service import COMMISSION, Adviser, PeopleService
from backend.shared.caller import Role
from backend.shared.clock import Clock

ADVISING = (Role.LIAISON, Role.COUNSELLOR, Role.MENTOR)


class PeopleResource(Resource):
    def __init__(self, api: Api, people: PeopleService, clock: Clock) -> None:
        super().__init__(api)
        self.people, self.clock = people, clock

    def shown(self, adviser: Adviser) -> AdviserJson:
        """For everybody."""
        return adviser_json(adviser, self.clock.today())

    def shown_to_staff(self, adviser: Adviser) -> StaffAdviserJson:
        """For staff; declared interests are the adviser's own and the commission's to see."""
        caller, shown = current_caller(), staff_adviser_json(adviser, self.clock.today())
        if not caller.has(*COMMISSION) and adviser.staff != caller.id:
            shown["interests"] = []
        return shown


class AdviserList(PeopleResource):
    @public("导师、辅导员、联络员的名录对所有人公开（只有姓名、专长和片区）")
    @query(AdviserQuery)
    def get(self, args: AdviserQuery) -> AdviserPage:
        """服务人员名录"""
        page = self.people.list_advisers(args.limit, args.cursor, args.level, args.skill, args.area)
        return page_json(page, self.shown)


class OneAdviser(PeopleResource):
    @public("导师、辅导员、联络员的名录对所有人公开（只有姓名、专长和片区）")
    def get(self, adviser_id: str) -> AdviserJson:
        """一位服务人员"""
        return self.shown(self.people.read_adviser(adviser_id))


class StaffAdviserList(PeopleResource):
    @guard(*COMMISSION, *ADVISING)
    @query(StaffAdviserQuery)
    def get(self, args: StaffAdviserQuery) -> StaffAdviserPage:
        """全部服务人员（含停用）"""
        page = self.people.list_all(args.limit, args.cursor, args.level)
        return page_json(page, self.shown_to_staff)

    @guard(*COMMISSION)
    @body(NewAdviser)
    def post(self, data: NewAdviser) -> tuple[StaffAdviserJson, int]:
        """新增服务人员"""
        return self.shown_to_staff(self.people.add_adviser(data.id, data.fields(), current_caller())), 201


class StaffAdviser(PeopleResource):
    @guard(*COMMISSION, *ADVISING)
    def get(self, adviser_id: str) -> StaffAdviserJson:
        """一位服务人员（含停用）"""
        return self.shown_to_staff(self.people.find_adviser(adviser_id))

    @guard(*COMMISSION)
    @body(AdviserFields)
    def put(self, adviser_id: str, data: AdviserFields) -> StaffAdviserJson:
        """修改服务人员（If-Match 写明版本）"""
        revision, caller = revision_from_header(), current_caller()
        return self.shown_to_staff(self.people.edit_adviser(adviser_id, data.fields(), revision, caller))


class AdviserAbsences(PeopleResource):
    @guard(*COMMISSION, *ADVISING)
    @body(Absences)
    def put(self, adviser_id: str, data: Absences) -> StaffAdviserJson:
        """写明请假与代班（本人或科经委，If-Match 写明版本）"""
        revision, caller = revision_from_header(), current_caller()
        return self.shown_to_staff(self.people.set_absences(adviser_id, data.periods(), revision, caller))


class AdviserInterests(PeopleResource):
    @guard(*COMMISSION, *ADVISING)
    @body(Interests)
    def put(self, adviser_id: str, data: Interests) -> StaffAdviserJson:
        """申报利益关系：不能辅导的企业（本人或科经委，If-Match 写明版本）"""
        revision, caller = revision_from_header(), current_caller()
        declared = {interest.uscc: interest.why for interest in data.interests}
        return self.shown_to_staff(self.people.set_interests(adviser_id, declared, revision, caller))


class SuspendAdviser(PeopleResource):
    @guard(*COMMISSION)
    @body(AdviserSuspension)
    def post(self, adviser_id: str, data: AdviserSuspension) -> StaffAdviserJson:
        """停用（写明原因）"""
        revision, caller = revision_from_header(), current_caller()
        return self.shown_to_staff(self.people.suspend(adviser_id, revision, caller, data.why))


class ResumeAdviser(PeopleResource):
    @guard(*COMMISSION)
    @body(Body)
    def post(self, adviser_id: str, data: Body) -> StaffAdviserJson:  # noqa: ARG002  (an empty body)
        """恢复"""
        revision, caller = revision_from_header(), current_caller()
        return self.shown_to_staff(self.people.resume(adviser_id, revision, caller))


def add_routes(api: Api, people: PeopleService, clock: Clock) -> None:
    """Mount `/people` and `/staff/people`."""
    services = {"people": people, "clock": clock}
    one = "/<string:adviser_id>"
    routes: dict[str, type[Resource]] = {"": AdviserList, one: OneAdviser}
    add_namespace(api, "people", "导师、辅导员、联络员", routes, **services)
    staff: dict[str, type[Resource]] = {
        "": StaffAdviserList,
        one: StaffAdviser,
        f"{one}/absences": AdviserAbsences,
        f"{one}/interests": AdviserInterests,
        f"{one}/suspend": SuspendAdviser,
        f"{one}/resume": ResumeAdviser,
    }
    add_namespace(api, "staff/people", "服务人员管理", staff, **services)
