"""Web doors of the quality record: cases, ratings, complaints."""

from __future__ import annotations

from flask_restx import Api, Resource

from backend.adapters.http import (
    Body,
    body,
    current_caller,
    guard,
    person_only,
    query,
    revision_from_header,
)
from backend.institutions.schemas.records import (
    CaseAnswer,
    CasePage,
    CaseReport,
    ComplaintAnswer,
    ComplaintPage,
    ComplaintQuery,
    Decision,
    InstitutionRating,
    NewCase,
    NewComplaint,
    PageQuery,
    RatedAnswer,
    StaffComplaintAnswer,
    StaffComplaintPage,
    case_json,
    complaint_json,
    staff_complaint_json,
)
from backend.institutions.service.room import InstitutionRoom
from backend.shared.caller import Role


class RecordResource(Resource):
    def __init__(self, api: Api, room: InstitutionRoom) -> None:
        super().__init__(api)
        self.records = room.records


class Rating(RecordResource):
    @person_only
    @body(InstitutionRating)
    def put(self, institution_id: str, data: InstitutionRating) -> RatedAnswer:
        """评价服务过本企业的机构"""
        self.records.rate(institution_id, data.uscc, data.score, current_caller())
        return {"institution": institution_id, "uscc": data.uscc, "score": data.score}


class Complaints(RecordResource):
    @person_only
    @body(NewComplaint)
    def post(self, institution_id: str, data: NewComplaint) -> tuple[ComplaintAnswer, int]:
        """投诉一家机构"""
        made = self.records.complain(institution_id, data.uscc, data.text, current_caller())
        return complaint_json(made), 201


class MyComplaints(RecordResource):
    @person_only
    @query(PageQuery)
    def get(self, args: PageQuery) -> ComplaintPage:
        """我的投诉和答复"""
        page = self.records.my_complaints(current_caller(), args.limit, args.cursor)
        items = [complaint_json(one) for one in page.items]
        return {"items": items, "total": page.total, "next_cursor": page.next_cursor}


class StaffComplaints(RecordResource):
    @guard(Role.EDITOR)
    @query(ComplaintQuery)
    def get(self, institution_id: str, args: ComplaintQuery) -> StaffComplaintPage:
        """一家机构收到的投诉"""
        page = self.records.complaints_about(institution_id, args.limit, args.cursor, args.state)
        items = [staff_complaint_json(one) for one in page.items]
        return {"items": items, "total": page.total, "next_cursor": page.next_cursor}


class DecideComplaint(RecordResource):
    @guard(Role.EDITOR)
    @body(Decision)
    def post(self, complaint_id: str, data: Decision) -> ComplaintAnswer:
        """查实或不成立，并答复本人"""
        return complaint_json(self.records.decide(complaint_id, data.upheld, data.answer, current_caller()))


class ReleaseComplaint(RecordResource):
    @guard(Role.EDITOR)
    @body(Body)
    def post(self, complaint_id: str, data: Body) -> StaffComplaintAnswer:  # noqa: ARG002  (an empty body)
        """核对后放行被内容检查暂扣的投诉"""
        return staff_complaint_json(self.records.release(complaint_id, current_caller()))


class Cases(RecordResource):
    @guard(Role.EDITOR)
    @query(PageQuery)
    def get(self, institution_id: str, args: PageQuery) -> CasePage:
        """一家机构的服务案例"""
        page = self.records.list_cases(institution_id, args.limit, args.cursor)
        items = [case_json(one) for one in page.items]
        return {"items": items, "total": page.total, "next_cursor": page.next_cursor}

    @guard(Role.EDITOR)
    @body(NewCase)
    def post(self, institution_id: str, data: NewCase) -> tuple[CaseAnswer, int]:
        """登记一个服务案例"""
        caller = current_caller()
        added = self.records.add_case(institution_id, data.uscc, data.started_on, data.service, caller)
        return case_json(added), 201


class OneCase(RecordResource):
    @guard(Role.EDITOR)
    @body(CaseReport)
    def put(self, institution_id: str, case_id: str, data: CaseReport) -> CaseAnswer:
        """登记机构自报的结果（If-Match 写明版本）"""
        revision, caller = revision_from_header(), current_caller()
        return case_json(self.records.report(institution_id, case_id, data.reported, revision, caller))


_ONE = "/<string:institution_id>"
ROUTES: dict[str, type[Resource]] = {f"{_ONE}/rating": Rating, f"{_ONE}/complaints": Complaints}
STAFF_ROUTES: dict[str, type[Resource]] = {
    f"{_ONE}/cases": Cases,
    f"{_ONE}/cases/<string:case_id>": OneCase,
    f"{_ONE}/complaints": StaffComplaints,
}
MY_ROUTES: dict[str, type[Resource]] = {"": MyComplaints}
DECISION_ROUTES: dict[str, type[Resource]] = {
    "/<string:complaint_id>/decision": DecideComplaint,
    "/<string:complaint_id>/release": ReleaseComplaint,
}
