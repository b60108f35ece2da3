"""Web doors of firms."""

from __future__ import annotations

from datetime import date

from flask_restx import Api, Resource

from backend.adapters.http import add_namespace, body, current_caller, guard, query, signed_in
from backend.adapters.http.answers import PageJson, page_json
from backend.companies.answers import (
    CompanyJson,
    KeptFactJson,
    ParticularJson,
    company_json,
    facts_json,
    particulars_json,
)
from backend.companies.schemas import (
    CompanyQuery,
    FactsQuery,
    NewCompany,
    StatedFacts,
    StatedParticulars,
)
from backend.companies.service import COMMISSION, LOCAL, Company, CompanyService, Firm


class CompanyResource(Resource):
    def __init__(self, api: Api, companies: CompanyService) -> None:
        super().__init__(api)
        self.companies = companies


class OneCompany(CompanyResource):
    @signed_in
    def get(self, uscc: str) -> CompanyJson:
        """一家企业（本企业人员，或负责的工作人员）"""
        return company_json(self.companies.read_company(uscc, current_caller()))


class CompanyFacts(CompanyResource):
    @signed_in
    @query(FactsQuery)
    def get(self, uscc: str, args: FactsQuery) -> PageJson[KeptFactJson]:
        """企业的全部事实，含来源与时间；as_of 查看某日当时的档案"""
        return self._shown(self.companies.read_company(uscc, current_caller()), args.as_of)

    @signed_in
    @body(StatedFacts)
    def post(self, uscc: str, data: StatedFacts) -> tuple[PageJson[KeptFactJson], int]:
        """补充事实（企业人员填写的一律为“企业自述”）"""
        company = self.companies.record_facts(uscc, data.rows(), data.source, current_caller())
        return self._shown(company), 201

    def _shown(self, company: Company, as_of: date | None = None) -> PageJson[KeptFactJson]:
        facts = self.companies.kept_facts(company, as_of)
        return facts_json(facts, self.companies.counting(facts), company, _named())


class CompanyParticulars(CompanyResource):
    @signed_in
    @query(FactsQuery)
    def get(self, uscc: str, args: FactsQuery) -> PageJson[ParticularJson]:
        """企业的名称、地址、园区，含来源、时间与历次说法；as_of 查看某日当时的档案"""
        return particulars_json(self.companies.read_company(uscc, current_caller()), _named(), args.as_of)

    @signed_in
    @body(StatedParticulars)
    def post(self, uscc: str, data: StatedParticulars) -> tuple[PageJson[ParticularJson], int]:
        """更正名称、地址、园区（企业人员填写的一律为“企业自述”，原有的说法保留）"""
        values, caller = data.values_given(), current_caller()
        return particulars_json(
            self.companies.record_particulars(uscc, values, data.source, caller), _named()
        ), 201


class StaffCompanies(CompanyResource):
    @guard(*COMMISSION, *LOCAL)
    @query(CompanyQuery)
    def get(self, args: CompanyQuery) -> PageJson[CompanyJson]:
        """企业名单，可按名称、区域查找"""
        page = self.companies.list_companies(current_caller(), args.limit, args.cursor, args.name, args.area)
        return page_json(page, company_json)

    @guard(*COMMISSION, *LOCAL)
    @body(NewCompany)
    def post(self, data: NewCompany) -> tuple[CompanyJson, int]:
        """新增企业"""
        firm = Firm(**data.fields())
        return company_json(self.companies.add_company(firm, current_caller(), data.source)), 201


def _named() -> bool:
    """Who of staff said something is shown to staff."""
    return current_caller().kind == "staff"


def add_routes(api: Api, companies: CompanyService) -> None:
    """Mount `/companies` and `/staff/companies`."""
    routes = {
        "/<string:uscc>": OneCompany,
        "/<string:uscc>/facts": CompanyFacts,
        "/<string:uscc>/particulars": CompanyParticulars,
    }
    add_namespace(api, "companies", "企业", routes, companies=companies)
    add_namespace(api, "staff/companies", "企业管理", {"": StaffCompanies}, companies=companies)
