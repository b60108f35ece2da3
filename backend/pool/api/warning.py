"""Web doors of warnings; a firm does not see them."""

from __future__ import annotations

from flask_restx import Api, Resource

from backend.adapters.http import add_namespace, body, current_caller, guard, query
from backend.adapters.http.answers import PageJson, page_json
from backend.companies.service import COMMISSION, LOCAL
from backend.pool.answers import NamedWarning, RateJson, WarningJson, WarningRunJson
from backend.pool.schemas import WarningEnd, WarningQuery, WarningStep, warning_json, warning_run_json
from backend.pool.service.warning import FirmWarning, Warnings


class WarningResource(Resource):
    def __init__(self, api: Api, warnings: Warnings) -> None:
        super().__init__(api)
        self.warnings = warnings


class WarningList(WarningResource):
    @guard(*COMMISSION, *LOCAL)
    @query(WarningQuery)
    def get(self, args: WarningQuery) -> PageJson[NamedWarning]:
        """预警，可按状态与规则查找"""
        page = self.warnings.listed(current_caller(), args.limit, args.cursor, args.state or "", args.rule)
        names = self.warnings.names_of(page.items)

        def line(one: FirmWarning) -> NamedWarning:
            return {**warning_json(one), "name": names.get(one.uscc, "")}

        return page_json(page, line)


class WarningSteps(WarningResource):
    @guard(*COMMISSION, *LOCAL)
    @body(WarningStep)
    def post(self, uscc: str, rule: str, data: WarningStep) -> WarningJson:
        """登记采取的措施"""
        return warning_json(self.warnings.act(uscc, rule, data.what, current_caller()))


class WarningEnds(WarningResource):
    @guard(*COMMISSION, *LOCAL)
    @body(WarningEnd)
    def post(self, uscc: str, rule: str, data: WarningEnd) -> WarningJson:
        """结束预警，写明结果"""
        return warning_json(self.warnings.end(uscc, rule, data.result, data.note, current_caller()))


class WarningRates(WarningResource):
    @guard(*COMMISSION, *LOCAL)
    def get(self) -> dict[str, RateJson]:
        """各规则的预警数与误报率"""
        return self.warnings.rates(current_caller())


class WarningRuns(WarningResource):
    @guard(*COMMISSION)
    def post(self) -> WarningRunJson:
        """立即按规则检查一遍"""
        return warning_run_json(self.warnings.look())


def add_routes(api: Api, warnings: Warnings) -> None:
    """Mount `/staff/warnings` and what belongs to it."""
    one = "/<string:uscc>/<string:rule>"
    routes = {"": WarningList, f"{one}/steps": WarningSteps, f"{one}/end": WarningEnds}
    add_namespace(api, "staff/warnings", "监测预警", routes, warnings=warnings)
    add_namespace(api, "staff/warning-rates", "误报率", {"": WarningRates}, warnings=warnings)
    add_namespace(api, "staff/warning-runs", "预警检查", {"": WarningRuns}, warnings=warnings)
