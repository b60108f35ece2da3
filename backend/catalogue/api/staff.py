"""Working copies: editors write and submit, reviewers approve, publishers publish. If-Match on every step."""

from __future__ import annotations

from collections.abc import Callable

from flask import request
from flask_restx import Api, Resource

from backend.adapters.http import (
    body,
    current_caller,
    guard,
    query,
    revision_from_header,
    uploaded_file,
)
from backend.adapters.http.answers import PageJson, page_json
from backend.adapters.http.requests import validated
from backend.catalogue.schemas import (
    HistoryQuery,
    ImportForm,
    PatchedPolicy,
    PreviewWish,
    Publication,
    Reasoned,
    Remarked,
    Scheduled,
    Withdrawal,
    WorkingQuery,
    WrittenPolicy,
)
from backend.catalogue.schemas.answers import (
    ChangesJson,
    HistoryStep,
    LibraryReportJson,
    PreviewLinkJson,
    ReviewJson,
    WorkingJson,
    WorkingLine,
    changes_json,
    library_json,
    review_json,
    step_json,
    working_json,
    working_line_json,
)
from backend.catalogue.service import CatalogueService, LibraryReport, Policy
from backend.shared.caller import Role

_ANY = (Role.EDITOR, Role.REVIEWER, Role.PUBLISHER)


class StaffResource(Resource):
    def __init__(self, api: Api, catalogue: CatalogueService) -> None:
        super().__init__(api)
        self.catalogue = catalogue

    def shown(self, policy: Policy) -> WorkingJson:
        """The working copy with what would stop its publication."""
        return working_json(policy, self.catalogue.problems(policy), self.catalogue.to_check(policy))


class WorkingList(StaffResource):
    @guard(*_ANY)
    @query(WorkingQuery)
    def get(self, args: WorkingQuery) -> PageJson[WorkingLine]:
        """工作稿列表"""
        page = self.catalogue.list_working(args.limit, args.cursor, args.status, args.to_confirm)
        return page_json(page, working_line_json)

    @guard(Role.EDITOR)
    @body(WrittenPolicy)
    def post(self, data: WrittenPolicy) -> tuple[WorkingJson, int]:
        """新写一项政策"""
        return self.shown(self.catalogue.write_policy(data.sheet, current_caller(), data.why)), 201


class ImportPolicy(StaffResource):
    @guard(Role.EDITOR)
    def post(self) -> tuple[WorkingJson, int]:
        """导入公文（multipart：file，可选 slug），生成草稿；文号已有的须先选择（separate 另立一项）"""
        name, content = uploaded_file()
        form, caller = validated(ImportForm, request.form.to_dict()), current_caller()
        policy = self.catalogue.import_document(content, name, caller, form.slug, form.separate)
        return self.shown(policy), 201


class WorkingPolicy(StaffResource):
    @guard(*_ANY)
    def get(self, slug: str) -> WorkingJson:
        """工作稿、待核对事项和发布前的问题"""
        return self.shown(self.catalogue.read_working(slug))

    @guard(Role.EDITOR)
    @body(WrittenPolicy)
    def put(self, slug: str, data: WrittenPolicy) -> WorkingJson:
        """以整份内容替换（If-Match 写明版本）"""
        revision, caller = revision_from_header(), current_caller()
        return self.shown(self.catalogue.edit_policy(slug, data.sheet, revision, caller, data.why))

    @guard(Role.EDITOR)
    @body(PatchedPolicy)
    def patch(self, slug: str, data: PatchedPolicy) -> WorkingJson:
        """替换若干字段（If-Match 写明版本）"""
        revision, caller = revision_from_header(), current_caller()
        sheet = data.applied_to(self.catalogue.read_working(slug).sheet)
        return self.shown(self.catalogue.edit_policy(slug, sheet, revision, caller, data.why))


class WorkingDocument(StaffResource):
    @guard(*_ANY)
    def get(self, slug: str) -> ReviewJson:
        """原文与读数对照：每个读数在第几行、第几页、第几字，有没有把握"""
        return review_json(self.catalogue.review(slug))

    @guard(Role.EDITOR)
    def put(self, slug: str) -> WorkingJson:
        """导入同一公文的新文本（multipart：file；If-Match 写明版本），条款锚点不变"""
        name, content = uploaded_file()
        revision, caller = revision_from_header(), current_caller()
        return self.shown(self.catalogue.import_version(slug, content, name, revision, caller))


class WorkingChanges(StaffResource):
    @guard(*_ANY)
    def get(self, slug: str) -> ChangesJson:
        """工作稿与现行版本的差别"""
        return changes_json(self.catalogue.pending_changes(slug))


class ConfirmPolicy(StaffResource):
    @guard(*_ANY)
    @body(Remarked)
    def post(self, slug: str, data: Remarked) -> WorkingJson:
        """确认公开的内容仍然有效"""
        return self.shown(self.catalogue.confirm(slug, revision_from_header(), current_caller(), data.why))


class WorkingHistory(StaffResource):
    @guard(*_ANY)
    @query(HistoryQuery)
    def get(self, slug: str, args: HistoryQuery) -> PageJson[HistoryStep]:
        """办理记录"""
        return page_json(self.catalogue.history(slug, args.limit, args.cursor), step_json)


class SubmitPolicy(StaffResource):
    @guard(Role.EDITOR)
    @body(Remarked)
    def post(self, slug: str, data: Remarked) -> WorkingJson:
        """提交审核"""
        return self.shown(self.catalogue.submit(slug, revision_from_header(), current_caller(), data.why))


class RequestChanges(StaffResource):
    @guard(Role.REVIEWER, Role.PUBLISHER)
    @body(Reasoned)
    def post(self, slug: str, data: Reasoned) -> WorkingJson:
        """退回修改"""
        revision, caller = revision_from_header(), current_caller()
        return self.shown(self.catalogue.request_changes(slug, revision, caller, data.why))


class ApprovePolicy(StaffResource):
    @guard(Role.REVIEWER)
    @body(Remarked)
    def post(self, slug: str, data: Remarked) -> WorkingJson:
        """审核通过（不能审核自己的稿件）"""
        return self.shown(self.catalogue.approve(slug, revision_from_header(), current_caller(), data.why))


class SchedulePolicy(StaffResource):
    @guard(Role.PUBLISHER)
    @body(Scheduled)
    def post(self, slug: str, data: Scheduled) -> WorkingJson:
        """定时发布"""
        revision, caller = revision_from_header(), current_caller()
        return self.shown(self.catalogue.schedule(slug, revision, caller, data.at, data.note, data.material))


class PublishPolicy(StaffResource):
    @guard(Role.PUBLISHER)
    @body(Publication)
    def post(self, slug: str, data: Publication) -> WorkingJson:
        """发布（验证案例须全部符合）"""
        revision, caller = revision_from_header(), current_caller()
        return self.shown(self.catalogue.publish(slug, revision, caller, data.note, data.material))


class PreviewLinkList(StaffResource):
    @guard(*_ANY)
    @body(PreviewWish)
    def post(self, slug: str, data: PreviewWish) -> tuple[PreviewLinkJson, int]:
        """为工作稿做一个预览链接，不登录即可看，到期或发布后自动失效"""
        token, until = self.catalogue.previews.issue(slug, data.days, current_caller())
        return {"url": f"{self.catalogue.public_url}/previews/{token}", "until": until.isoformat()}, 201

    @guard(*_ANY)
    def delete(self, slug: str) -> tuple[str, int]:
        """作废这项政策已给出的全部预览链接"""
        self.catalogue.previews.call_off(slug, current_caller())
        return "", 204


class WithdrawPolicy(StaffResource):
    @guard(Role.PUBLISHER)
    @body(Withdrawal)
    def post(self, slug: str, data: Withdrawal) -> WorkingJson:
        """撤回"""
        revision, caller = revision_from_header(), current_caller()
        return self.shown(self.catalogue.withdraw(slug, revision, caller, data.why, data.replaced_by))


class LibraryLoad(Resource):
    def __init__(self, api: Api, load_library: Callable[[], LibraryReport]) -> None:
        super().__init__(api)
        self.load_library = load_library

    @guard(Role.PUBLISHER)
    def post(self) -> LibraryReportJson:
        """装入随附的政策库；工作人员改过的不覆盖，只报告差异"""
        return library_json(self.load_library())


ROUTES: dict[str, type[Resource]] = {
    "": WorkingList,
    "/import": ImportPolicy,
    "/<string:slug>": WorkingPolicy,
    "/<string:slug>/document": WorkingDocument,
    "/<string:slug>/changes": WorkingChanges,
    "/<string:slug>/history": WorkingHistory,
    "/<string:slug>/confirm": ConfirmPolicy,
    "/<string:slug>/submit": SubmitPolicy,
    "/<string:slug>/request-changes": RequestChanges,
    "/<string:slug>/approve": ApprovePolicy,
    "/<string:slug>/schedule": SchedulePolicy,
    "/<string:slug>/publish": PublishPolicy,
    "/<string:slug>/withdraw": WithdrawPolicy,
    "/<string:slug>/preview-links": PreviewLinkList,
}
