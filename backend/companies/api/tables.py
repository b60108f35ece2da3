"""Web doors of tables of firms: imports, mappings, exports."""

from __future__ import annotations

from typing import Literal

from flask import Response, request
from flask_restx import Api, Resource

from backend.adapters.http import (
    add_namespace,
    body,
    current_caller,
    guard,
    query,
    revision_from_header,
    uploaded_file,
)
from backend.adapters.http.answers import PageJson, page_json
from backend.adapters.http.requests import validated
from backend.adapters.tables import CONTENT_TYPES
from backend.companies.schemas import (
    ColumnMapping,
    ExportQuery,
    ImportForm,
    PageQuery,
)
from backend.companies.service import COMMISSION
from backend.companies.service.exporting import ExportService
from backend.companies.service.importing import ImportService
from backend.companies.table_answers import ImportJson, MappingJson, import_json, mapping_json


class ImportResource(Resource):
    def __init__(self, api: Api, imports: ImportService) -> None:
        super().__init__(api)
        self.imports = imports


class Imports(ImportResource):
    @guard(*COMMISSION)
    @query(PageQuery)
    def get(self, args: PageQuery) -> PageJson[ImportJson]:
        """企业导入记录"""
        return page_json(self.imports.list_runs(current_caller(), args.limit, args.cursor), import_json)

    @guard(*COMMISSION)
    def post(self) -> tuple[ImportJson, Literal[202]]:
        """上传 CSV 或 XLSX；默认只试读（dry_run=true），不写入"""
        name, data = uploaded_file()
        form = validated(ImportForm, request.form.to_dict())
        run = self.imports.start(
            data, name, current_caller(), form.dry_run, form.source, form.mapping, form.year
        )
        return import_json(run), 202


class OneImport(ImportResource):
    @guard(*COMMISSION)
    def get(self, run_id: str) -> ImportJson:
        """导入进度"""
        return import_json(self.imports.read(run_id, current_caller()))


class ImportReport(ImportResource):
    @guard(*COMMISSION)
    def get(self, run_id: str) -> Response:
        """逐行报告（CSV，可用 Excel 打开）"""
        data = self.imports.report(run_id, current_caller())
        return _file(data, CONTENT_TYPES["csv"], f"import-{run_id}.csv")


class RunForReal(ImportResource):
    @guard(*COMMISSION)
    def post(self, run_id: str) -> tuple[ImportJson, Literal[202]]:
        """按试读过的同一文件正式导入"""
        return import_json(self.imports.start_real(run_id, current_caller())), 202


class StopImport(ImportResource):
    @guard(*COMMISSION)
    def post(self, run_id: str) -> ImportJson:
        """停止导入（已写入的保留）"""
        return import_json(self.imports.stop(run_id, current_caller()))


class ResumeImport(ImportResource):
    @guard(*COMMISSION)
    def post(self, run_id: str) -> ImportJson:
        """从停止处继续导入"""
        return import_json(self.imports.go_on(run_id, current_caller()))


class Mappings(ImportResource):
    @guard(*COMMISSION)
    @query(PageQuery)
    def get(self, args: PageQuery) -> PageJson[MappingJson]:
        """保存的列对应表"""
        return page_json(self.imports.mappings(current_caller(), args.limit, args.cursor), mapping_json)


class OneMapping(ImportResource):
    @guard(*COMMISSION)
    @body(ColumnMapping)
    def put(self, name: str, data: ColumnMapping) -> MappingJson:
        """保存列对应表（修改时 If-Match 写明版本）"""
        revision = revision_from_header() if request.headers.get("If-Match") else None
        return mapping_json(self.imports.save_mapping(name[:60], data.entries(), revision, current_caller()))


class Export(Resource):
    def __init__(self, api: Api, exports: ExportService) -> None:
        super().__init__(api)
        self.exports = exports

    @guard(*COMMISSION)
    @query(ExportQuery)
    def get(self, args: ExportQuery) -> Response:
        """导出企业（与导入格式相同）"""
        data = self.exports.export(args.format, args.year, args.fact, current_caller())
        return _file(data, CONTENT_TYPES[args.format], f"companies.{args.format}")


def _file(data: bytes, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, content_type=kind, headers=headers)


def add_routes(api: Api, imports: ImportService, exports: ExportService) -> None:
    """Mount `/staff/company-imports`, `/staff/company-mappings` and `/staff/company-exports`."""
    runs = {
        "": Imports,
        "/<string:run_id>": OneImport,
        "/<string:run_id>/report": ImportReport,
        "/<string:run_id>/run": RunForReal,
        "/<string:run_id>/stop": StopImport,
        "/<string:run_id>/resume": ResumeImport,
    }
    add_namespace(api, "staff/company-imports", "企业导入", runs, imports=imports)
    mappings = {"": Mappings, "/<string:name>": OneMapping}
    add_namespace(api, "staff/company-mappings", "列对应表", mappings, imports=imports)
    add_namespace(api, "staff/company-exports", "企业导出", {"": Export}, exports=exports)
