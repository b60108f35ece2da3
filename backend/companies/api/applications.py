"""Web doors of a firm's own way with each policy."""

from __future__ import annotations

from flask_restx import Api, Resource

from backend.adapters.http import add_namespace, body, current_caller, guard, signed_in
from backend.adapters.http.answers import PageJson, list_json
from backend.companies.answers import (
    ApplicationJson,
    NameListJson,
    NextStepJson,
    application_json,
    name_list_json,
    next_step_json,
)
from backend.companies.schemas import NameList, ToldStep
from backend.companies.service import COMMISSION
from backend.companies.service.applications import ApplicationService


class ApplicationResource(Resource):
    def __init__(self, api: Api, applications: ApplicationService) -> None:
        super().__init__(api)
        self.applications = applications


class Applications(ApplicationResource):
    @signed_in
    def get(self, uscc: str) -> PageJson[ApplicationJson]:
        """企业对各项政策的申报状态与经过"""
        told = self.applications.listed(uscc, current_caller())
        return list_json(application_json(one) for one in told)

    @signed_in
    @body(ToldStep)
    def post(self, uscc: str, data: ToldStep) -> tuple[ApplicationJson, int]:
        """登记一步：有意向、准备中、已申报、已获得、未通过"""
        told = self.applications.tell(uscc, data.policy, data.state, data.on, current_caller(), data.note)
        return application_json(told), 201


class NextSteps(ApplicationResource):
    @signed_in
    def get(self, uscc: str) -> PageJson[NextStepJson]:
        """获得资质或新引进之后可以接着申请的资助与税收政策"""
        steps = self.applications.next_steps(uscc, current_caller())
        return list_json(next_step_json(step) for step in steps)


class NameLists(ApplicationResource):
    @guard(*COMMISSION)
    @body(NameList)
    def post(self, slug: str, data: NameList) -> NameListJson:
        """按公示名单登记结果"""
        problems = self.applications.tell_list(
            slug, data.usccs, data.state, data.on, data.reference, current_caller()
        )
        return name_list_json(len(data.usccs), problems)


def add_routes(api: Api, applications: ApplicationService) -> None:
    """Mount `/companies/{uscc}/applications`, its next steps, and name lists of staff."""
    firm = {"/<string:uscc>/applications": Applications, "/<string:uscc>/next-steps": NextSteps}
    add_namespace(api, "companies", "申报状态", firm, applications=applications)
    lists = {"/<string:slug>/name-list": NameLists}
    add_namespace(api, "staff/applications", "公示名单", lists, applications=applications)
