"""Web doors of eligibility."""

from __future__ import annotations

from typing import Any

from flask_restx import Api, Resource

from backend.adapters.http import add_namespace, body, current_caller, limited, public, query, signed_in
from backend.eligibility.schemas import Assessment, EligibilityQuery, answer_json
from backend.eligibility.service import EligibilityService


class EligibilityResource(Resource):
    def __init__(self, api: Api, eligibility: EligibilityService) -> None:
        super().__init__(api)
        self.eligibility = eligibility


class FirmEligibility(EligibilityResource):
    @signed_in
    @query(EligibilityQuery)
    def get(self, uscc: str, args: EligibilityQuery) -> dict[str, Any]:
        """本企业符合哪些政策、为什么、还缺什么"""
        answers = self.eligibility.answers_for_firm(
            uscc, current_caller(), args.on, args.known_at, args.kind, args.policy
        )
        return {
            "items": [answer_json(answer) for answer in answers],
            "total": len(answers),
            "next_cursor": None,
        }


class Assessments(EligibilityResource):
    @public("自测不需登录，所填内容不保存")
    @limited("ASSESSMENT_LIMIT")
    @body(Assessment)
    def post(self, data: Assessment) -> dict[str, Any]:
        """匿名自测：按所填信息判断，不保存"""
        stated = [fact.model_dump() for fact in data.facts]
        answers = self.eligibility.assess(stated, data.on, data.kind, data.policy)
        return {
            "items": [answer_json(answer) for answer in answers],
            "total": len(answers),
            "next_cursor": None,
        }


def add_routes(api: Api, eligibility: EligibilityService) -> None:
    """Mount `/companies/{uscc}/eligibility` and `/assessments`."""
    firm = {"/<string:uscc>/eligibility": FirmEligibility}
    add_namespace(api, "companies", "企业资格", firm, eligibility=eligibility)
    add_namespace(api, "assessments", "自测", {"": Assessments}, eligibility=eligibility)
