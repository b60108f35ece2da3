"""Web doors of what a firm may say against its file, whom to call, and who looks after it."""

from __future__ import annotations

from flask import request
from flask_restx import Api, Resource

from backend.adapters.http import (
    add_namespace,
    body,
    current_caller,
    guard,
    person_only,
    revision_from_header,
    signed_in,
)
from backend.adapters.http.answers import PageJson, list_json
from backend.companies.answers import (
    ContactJson,
    DisputeJson,
    GapJson,
    GridJson,
    SourceOrderJson,
    contact_json,
    disputes_json,
    gap_json,
    grid_json,
    source_order_json,
)
from backend.companies.schemas import ContactFields, Dispute, Reason, Settlement, SourceOrder
from backend.companies.service import COMMISSION, LOCAL, CompanyService
from backend.companies.service.contacts import ContactService
from backend.companies.service.disputes import DisputeService
from backend.companies.service.fact_sources import FactSources
from backend.companies.service.grid import ServiceGrid


class DisputeResource(Resource):
    def __init__(self, api: Api, companies: CompanyService, disputes: DisputeService) -> None:
        super().__init__(api)
        self.companies, self.disputes = companies, disputes


class Disputes(DisputeResource):
    @signed_in
    def get(self, uscc: str) -> PageJson[DisputeJson]:
        """企业对档案提出的异议"""
        return disputes_json(self.companies.read_company(uscc, current_caller()))

    @person_only
    @body(Dispute)
    def post(self, uscc: str, data: Dispute) -> tuple[PageJson[DisputeJson], int]:
        """对一项事实提出异议，并写明正确的值"""
        company = self.disputes.dispute(
            uscc, data.fact, data.period, data.claimed, data.reason, current_caller()
        )
        return disputes_json(company), 201


class Settlements(DisputeResource):
    @guard(*COMMISSION, *LOCAL)
    @body(Settlement)
    def post(self, uscc: str, dispute_id: str, data: Settlement) -> PageJson[DisputeJson]:
        """处理异议：更正或维持，并答复企业"""
        company = self.disputes.settle(
            uscc, dispute_id, data.outcome, data.answer, data.value, current_caller()
        )
        return disputes_json(company)


class ContactResource(Resource):
    def __init__(self, api: Api, contacts: ContactService) -> None:
        super().__init__(api)
        self.contacts = contacts


class OneContact(ContactResource):
    @signed_in
    def get(self, uscc: str) -> ContactJson:
        """企业联系人（姓名、电话已遮盖）"""
        return contact_json(self.contacts.read(uscc, current_caller()))

    @signed_in
    @body(ContactFields)
    def put(self, uscc: str, data: ContactFields) -> ContactJson:
        """填写企业联系人"""
        return contact_json(self.contacts.write(uscc, data.given(), current_caller()))

    @signed_in
    def delete(self, uscc: str) -> tuple[str, int]:
        """删除企业联系人"""
        self.contacts.erase(uscc, current_caller())
        return "", 204


class ContactReads(ContactResource):
    @guard(*COMMISSION, *LOCAL)
    @body(Reason)
    def post(self, uscc: str, data: Reason) -> ContactJson:
        """查看完整的联系人（须写明事由，留有记录）"""
        return contact_json(self.contacts.read_in_full(uscc, data.reason, current_caller()))


class GridResource(Resource):
    def __init__(self, api: Api, grid: ServiceGrid) -> None:
        super().__init__(api)
        self.grid = grid


class Responsible(GridResource):
    @signed_in
    def get(self, uscc: str) -> GridJson:
        """负责这家企业的联络员与辅导员"""
        return grid_json(self.grid.responsible(uscc, current_caller()))


class Gaps(GridResource):
    @guard(*COMMISSION)
    def get(self) -> PageJson[GapJson]:
        """服务网格的空缺与重叠"""
        return list_json(gap_json(gap) for gap in self.grid.gaps(current_caller()))


class SourceResource(Resource):
    def __init__(self, api: Api, sources: FactSources) -> None:
        super().__init__(api)
        self.sources = sources


class SourceOrders(SourceResource):
    @guard(*COMMISSION, *LOCAL)
    def get(self) -> PageJson[SourceOrderJson]:
        """各项事实以哪种来源为先（settled：另行规定过）"""
        return list_json(source_order_json(settled) for settled in self.sources.listed())


class OneSourceOrder(SourceResource):
    @guard(*COMMISSION)
    @body(SourceOrder)
    def put(self, fact: str, data: SourceOrder) -> SourceOrderJson:
        """规定一项事实以哪种来源为先（修改时 If-Match 写明版本，从未规定过的为 0 或不写）"""
        revision = revision_from_header() if request.headers.get("If-Match") else None
        return source_order_json(self.sources.settle(fact, data.order, revision, current_caller()))


def add_routes(
    api: Api,
    companies: CompanyService,
    disputes: DisputeService,
    contacts: ContactService,
    grid: ServiceGrid,
    sources: FactSources,
) -> None:
    """Mount disputes, contacts, the service grid and the order of sources."""
    firm, staff = "/<string:uscc>", "staff/companies"
    both = {"companies": companies, "disputes": disputes}
    add_namespace(api, "companies", "企业异议", {f"{firm}/disputes": Disputes}, **both)
    settle = {f"{firm}/disputes/<string:dispute_id>": Settlements}
    add_namespace(api, staff, "异议处理", settle, **both)
    add_namespace(api, "companies", "企业联系人", {f"{firm}/contact": OneContact}, contacts=contacts)
    add_namespace(api, staff, "查看联系人", {f"{firm}/contact-reads": ContactReads}, contacts=contacts)
    add_namespace(api, "companies", "服务网格", {f"{firm}/service": Responsible}, grid=grid)
    add_namespace(api, "staff/service-grid", "服务网格空缺", {"/gaps": Gaps}, grid=grid)
    orders = {"": SourceOrders, "/<string:fact>": OneSourceOrder}
    add_namespace(api, "staff/fact-sources", "事实来源次序", orders, sources=sources)
