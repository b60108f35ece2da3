"""Web doors of eligibility."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from flask import Response
from flask_restx import Api, Resource

from backend.adapters.http import (
    add_namespace,
    body,
    current_caller,
    guard,
    limited,
    public,
    query,
    signed_in,
)
from backend.adapters.http.answers import PageJson
from backend.adapters.http.answers import page_json as listed
from backend.adapters.printing import chinese_font, to_html, to_pdf
from backend.eligibility.report import report_of
from backend.eligibility.schemas import (
    AnsweredJson,
    AnswersJson,
    Assessment,
    AssessmentReport,
    DayQuery,
    EligibilityQuery,
    ImpactJson,
    ImpactOrder,
    ImpactQuery,
    ImpactRunJson,
    Reply,
    ReportJson,
    ReportQuery,
    RungJson,
    RunsQuery,
    answered_json,
    impact_run_json,
    ladder_json,
    page_json,
    report_json,
)
from backend.eligibility.service import Asked, EligibilityService, Page
from backend.shared.caller import Role

UNKEPT = "自测不需登录，所填内容不保存"


class EligibilityResource(Resource):
    def __init__(self, api: Api, eligibility: EligibilityService, pdf_font: Path | None) -> None:
        super().__init__(api)
        self.eligibility = eligibility
        self.pdf_font = pdf_font

    def printed(self, page: Page, wanted: str) -> ReportJson | Response:
        """The report on the one policy of a page, as JSON, HTML or PDF."""
        if wanted == "json":
            return report_json(page)
        document = report_of(page)
        if wanted == "html":
            return Response(to_html(document), mimetype="text/html")
        name = f"{page.answers[0].policy.slug}.pdf"
        data = to_pdf(document, chinese_font(self.pdf_font))
        headers = {"Content-Disposition": f'inline; filename="{name}"'}
        return Response(data, mimetype="application/pdf", headers=headers)


class FirmEligibility(EligibilityResource):
    @signed_in
    @query(EligibilityQuery)
    def get(self, uscc: str, args: EligibilityQuery) -> AnswersJson:
        """本企业符合哪些政策、为什么、还缺什么、最早何时"""
        asked = args.asked()
        return page_json(self.eligibility.page_for_firm(uscc, current_caller(), asked), asked)


class FirmReport(EligibilityResource):
    @signed_in
    @query(ReportQuery)
    def get(self, uscc: str, slug: str, args: ReportQuery) -> ReportJson | Response:
        """一项政策的体检报告（format=json|html|pdf）"""
        asked = Asked(args.on, args.known_at, args.kind, slug)
        return self.printed(self.eligibility.page_for_firm(uscc, current_caller(), asked), args.format)


class FirmAnswers(EligibilityResource):
    @signed_in
    @body(Reply)
    def post(self, uscc: str, data: Reply) -> tuple[AnsweredJson, int]:
        """回答一个问题：记下事实，返回哪些答复变了、接下来问什么"""
        answered = self.eligibility.answer_question(uscc, data.stated(), current_caller(), data.source)
        return answered_json(answered), 201


class FirmLadder(EligibilityResource):
    @signed_in
    @query(DayQuery)
    def get(self, uscc: str, args: DayQuery) -> PageJson[RungJson]:
        """成长阶梯：各项资质按能达到的先后排列"""
        return ladder_json(self.eligibility.ladder_for_firm(uscc, current_caller(), args.on))


class Assessments(EligibilityResource):
    @public(UNKEPT)
    @limited("ASSESSMENT_LIMIT")
    @body(Assessment)
    def post(self, data: Assessment) -> AnswersJson:
        """匿名自测：按所填信息判断，不保存"""
        asked = data.asked()
        return page_json(self.eligibility.assess(data.stated(), asked), asked)


class AssessmentReports(EligibilityResource):
    @public(UNKEPT)
    @limited("ASSESSMENT_LIMIT")
    @body(AssessmentReport)
    def post(self, slug: str, data: AssessmentReport) -> ReportJson | Response:
        """匿名自测报告（format=json|html|pdf），不保存"""
        return self.printed(self.eligibility.assess(data.stated(), data.asked(slug)), data.format)


class PolicyImpact(EligibilityResource):
    @guard(Role.EDITOR, Role.REVIEWER, Role.PUBLISHER)
    @query(ImpactQuery)
    def get(self, slug: str, args: ImpactQuery) -> ImpactJson:
        """发布前试算：草稿的规则会使培育库中哪些企业的答复变化"""
        return self.eligibility.impacts.at_once(slug, args.on, args.kind).as_dict()


class PolicyImpactRuns(EligibilityResource):
    @guard(Role.EDITOR, Role.REVIEWER, Role.PUBLISHER)
    @query(RunsQuery)
    def get(self, slug: str, args: RunsQuery) -> PageJson[ImpactRunJson]:
        """已有的后台试算，最新在前"""
        return listed(self.eligibility.impacts.list(slug, args.limit, args.cursor), impact_run_json)

    @guard(Role.EDITOR, Role.REVIEWER, Role.PUBLISHER)
    @body(ImpactOrder)
    def post(self, slug: str, data: ImpactOrder) -> tuple[ImpactRunJson, Literal[202]]:
        """后台试算：按草稿此刻的规则判断全部在库企业"""
        run = self.eligibility.impacts.start(slug, data.on, data.kind, current_caller())
        return impact_run_json(run), 202


class PolicyImpactRun(EligibilityResource):
    @guard(Role.EDITOR, Role.REVIEWER, Role.PUBLISHER)
    def get(self, slug: str, run: str) -> ImpactRunJson:
        """一次后台试算：进度，算完后有结果"""
        return impact_run_json(self.eligibility.impacts.read(slug, run))


def add_routes(api: Api, eligibility: EligibilityService, pdf_font: Path | None = None) -> None:
    """Mount what belongs under `/companies`, `/assessments` and `/staff/policies`."""
    firm = {
        "/<string:uscc>/eligibility": FirmEligibility,
        "/<string:uscc>/eligibility/<string:slug>/report": FirmReport,
        "/<string:uscc>/answers": FirmAnswers,
        "/<string:uscc>/ladder": FirmLadder,
    }
    services: dict[str, Any] = {"eligibility": eligibility, "pdf_font": pdf_font}
    add_namespace(api, "companies", "企业资格", firm, **services)
    anonymous = {"": Assessments, "/<string:slug>/report": AssessmentReports}
    add_namespace(api, "assessments", "自测", anonymous, **services)
    trials = {
        "/<string:slug>/impact": PolicyImpact,
        "/<string:slug>/impact-runs": PolicyImpactRuns,
        "/<string:slug>/impact-runs/<string:run>": PolicyImpactRun,
    }
    add_namespace(api, "staff/policies", "规则试算", trials, **services)
