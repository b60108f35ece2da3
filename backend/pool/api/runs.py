"""Web doors of the pool's runs, frozen lists, decisions, settings and the board."""

from __future__ import annotations

from typing import Literal

from flask import Response
from flask_restx import Api, Resource

from backend.adapters.http import add_namespace, body, current_caller, guard, query, revision_from_header
from backend.adapters.http.answers import PageJson
from backend.adapters.tables import CONTENT_TYPES
from backend.companies.service import COMMISSION, LOCAL
from backend.pool.answers import DecidedJson, PoolBoardJson, PoolRunJson, RowJson, SettingJson, TallyJson
from backend.pool.schemas import (
    Decisions,
    FileQuery,
    ListDecision,
    NewRun,
    PageQuery,
    RowsQuery,
    SettingValue,
    decided_json,
    row_json,
    run_json,
    setting_json,
    tally_json,
)
from backend.pool.service.board import Board
from backend.pool.service.deciding import Deciding
from backend.pool.service.list_file import ListFiles
from backend.pool.service.runs import PoolRuns
from backend.pool.service.settings import PoolSettings


class RunResource(Resource):
    def __init__(self, api: Api, runs: PoolRuns, deciding: Deciding) -> None:
        super().__init__(api)
        self.runs, self.deciding = runs, deciding


class Runs(RunResource):
    @guard(*COMMISSION)
    @query(PageQuery)
    def get(self, args: PageQuery) -> PageJson[PoolRunJson]:
        """培育库评估记录"""
        runs, total, cursor = self.runs.list_runs(current_caller(), args.limit, args.cursor)
        return {"items": [run_json(run) for run in runs], "total": total, "next_cursor": cursor}

    @guard(*COMMISSION)
    @body(NewRun)
    def post(self, data: NewRun) -> tuple[PoolRunJson, Literal[202]]:
        """开始评估：月度动态调整、年度推荐，或临时一次"""
        return run_json(self.runs.start(data.kind, current_caller())), 202


class OneRun(RunResource):
    @guard(*COMMISSION)
    def get(self, run_id: str) -> PoolRunJson:
        """一次评估的结果，各名单已决定、待执行、未能执行的家数"""
        return run_json(self.runs.read(run_id, current_caller()), self.deciding.tally(run_id))


class RunList(RunResource):
    @guard(*COMMISSION)
    @query(RowsQuery)
    def get(self, run_id: str, name: str, args: RowsQuery) -> PageJson[RowJson]:
        """评估时冻结的名单，及其后的决定"""
        caller = current_caller()
        rows = self.runs.rows(run_id, name, caller, args.limit, args.after)
        total = self.runs.read(run_id, caller).counts[name]
        after = rows[-1].uscc if len(rows) == args.limit else None
        return {"items": [row_json(row) for row in rows], "total": total, "next_cursor": after}


class RunListFile(Resource):
    def __init__(self, api: Api, files: ListFiles) -> None:
        super().__init__(api)
        self.files = files

    @guard(*COMMISSION)
    @query(FileQuery)
    def get(self, run_id: str, name: str, args: FileQuery) -> Response:
        """整份名单及其后的决定，作为可用 Excel 打开的文件"""
        data = self.files.export(run_id, name, args.format, current_caller())
        headers = {"Content-Disposition": f'attachment; filename="{run_id}-{name}.{args.format}"'}
        return Response(data, content_type=CONTENT_TYPES[args.format], headers=headers)


class RunDecisions(RunResource):
    @guard(*COMMISSION)
    @body(Decisions)
    def post(self, run_id: str, data: Decisions) -> DecidedJson:
        """逐家或成批决定：采纳或不采纳，写明理由"""
        outcomes = self.deciding.decide(run_id, data.usccs, data.accept, data.reason, current_caller())
        return decided_json(outcomes)


class ListDecisions(RunResource):
    @guard(*COMMISSION)
    @body(ListDecision)
    def post(self, run_id: str, name: str, data: ListDecision) -> tuple[TallyJson, Literal[202]]:
        """整份名单一并决定（未决定的各家），后台逐家执行，进度见评估"""
        tally = self.deciding.decide_list(run_id, name, data.accept, data.reason, current_caller())
        return tally_json(tally), 202


class StopDecisions(RunResource):
    @guard(*COMMISSION)
    def post(self, run_id: str) -> PoolRunJson:
        """停止执行待执行的决定（手上几家做完为止），随时可以继续"""
        return run_json(self.deciding.stop(run_id, current_caller()), self.deciding.tally(run_id))


class ResumeDecisions(RunResource):
    @guard(*COMMISSION)
    def post(self, run_id: str) -> PoolRunJson:
        """从停下的地方继续执行"""
        return run_json(self.deciding.go_on(run_id, current_caller()), self.deciding.tally(run_id))


class SettingResource(Resource):
    def __init__(self, api: Api, settings: PoolSettings) -> None:
        super().__init__(api)
        self.settings = settings

    @guard(*COMMISSION, *LOCAL)
    def get(self, name: str) -> SettingJson:
        """培育库设置：service_classes、industry_classes、goals"""
        return setting_json(self.settings.read(name))

    @guard(*COMMISSION)
    @body(SettingValue)
    def put(self, name: str, data: SettingValue) -> SettingJson:
        """修改设置（If-Match 写明版本，从未修改过的为 0）"""
        return setting_json(self.settings.write(name, data.value, revision_from_header(), current_caller()))


class BoardResource(Resource):
    def __init__(self, api: Api, board: Board) -> None:
        super().__init__(api)
        self.board = board

    @guard(*COMMISSION, *LOCAL)
    def get(self) -> PoolBoardJson:
        """看板：层级、区域、产业、每月流动、转化与年度目标"""
        return self.board.show(current_caller())


def add_routes(
    api: Api, runs: PoolRuns, deciding: Deciding, files: ListFiles, settings: PoolSettings, board: Board
) -> None:
    """Mount `/staff/pool-runs`, `/staff/pool-settings` and `/staff/pool-board`."""
    routes = {
        "": Runs,
        "/<string:run_id>": OneRun,
        "/<string:run_id>/lists/<string:name>": RunList,
        "/<string:run_id>/lists/<string:name>/decisions": ListDecisions,
        "/<string:run_id>/decisions": RunDecisions,
        "/<string:run_id>/decisions/stop": StopDecisions,
        "/<string:run_id>/decisions/resume": ResumeDecisions,
    }
    add_namespace(api, "staff/pool-runs", "培育库评估", routes, runs=runs, deciding=deciding)
    file = {"/<string:run_id>/lists/<string:name>/file": RunListFile}
    add_namespace(api, "staff/pool-runs", "培育库名单", file, files=files)
    add_namespace(
        api, "staff/pool-settings", "培育库设置", {"/<string:name>": SettingResource}, settings=settings
    )
    add_namespace(api, "staff/pool-board", "培育库看板", {"": BoardResource}, board=board)
