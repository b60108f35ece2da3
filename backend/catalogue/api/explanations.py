"""Explanations beside policies: for everybody, for the firm a story is about, and for staff."""

from __future__ import annotations

from flask import Response
from flask_restx import Api, Resource

from backend.adapters.http import (
    body,
    current_caller,
    guard,
    person_only,
    public,
    query,
    revision_from_header,
)
from backend.adapters.http.answers import PageJson, page_json
from backend.adapters.pictures import to_png, to_svg
from backend.catalogue.schemas import HistoryQuery, Reasoned
from backend.catalogue.schemas.explanations import (
    ConsentGiven,
    EditedExplanation,
    ExplanationJson,
    StoryJson,
    WorkingExplanation,
    WrittenExplanation,
    explanation_json,
    story_json,
    working_explanation_json,
)
from backend.catalogue.service import CatalogueService
from backend.shared.caller import Role
from backend.shared.errors import NotFoundError

_ANY = (Role.EDITOR, Role.REVIEWER, Role.PUBLISHER)
_OPEN = "已发布的解读对所有人公开"


class ExplanationResource(Resource):
    def __init__(self, api: Api, catalogue: CatalogueService) -> None:
        super().__init__(api)
        self.explanations = catalogue.explanations


class PolicyExplanations(ExplanationResource):
    @public(_OPEN)
    @query(HistoryQuery)
    def get(self, slug: str, args: HistoryQuery) -> PageJson[ExplanationJson]:
        """一项政策的解读：要点、问答、视频文章、企业案例、一图读懂"""
        page = self.explanations.of_policy(slug, args.limit, args.cursor)
        return page_json(page, lambda pair: explanation_json(*pair))


class PolicyPicture(ExplanationResource):
    @public("已发布的一图读懂对所有人公开，其余只对工作人员，由服务判断")
    def get(self, explanation_id: str, suffix: str) -> Response:
        """一图读懂（svg 或 png）"""
        if suffix not in ("svg", "png"):
            raise NotFoundError("图片", f"picture.{suffix}")
        title, picture = self.explanations.picture(explanation_id, current_caller())
        if suffix == "svg":
            return Response(to_svg(picture, title), mimetype="image/svg+xml")
        return Response(to_png(picture), mimetype="image/png")


class StoryConsent(ExplanationResource):
    @person_only
    def get(self, explanation_id: str) -> StoryJson:
        """本企业案例的全文，供决定是否同意公开"""
        return story_json(self.explanations.story(explanation_id, current_caller()))

    @person_only
    @body(ConsentGiven)
    def put(self, explanation_id: str, data: ConsentGiven) -> StoryJson:
        """同意公开，或撤回同意（已公开的立即撤回）"""
        return story_json(self.explanations.consent(explanation_id, data.agreed, current_caller()))


class StaffExplanations(ExplanationResource):
    @guard(*_ANY)
    @query(HistoryQuery)
    def get(self, slug: str, args: HistoryQuery) -> PageJson[WorkingExplanation]:
        """一项政策的全部解读"""
        page = self.explanations.of_policy(slug, args.limit, args.cursor, public=False)
        return page_json(page, lambda pair: working_explanation_json(*pair))

    @guard(Role.EDITOR)
    @body(WrittenExplanation)
    def post(self, slug: str, data: WrittenExplanation) -> tuple[WorkingExplanation, int]:
        """新写一份解读"""
        written = self.explanations.write(
            slug,
            data.kind,
            data.anchor,
            data.title,
            data.content_for(data.kind),
            current_caller(),
            data.firm(),
        )
        return working_explanation_json(written), 201


class StaffExplanation(ExplanationResource):
    @guard(Role.EDITOR)
    @body(EditedExplanation)
    def put(self, explanation_id: str, data: EditedExplanation) -> WorkingExplanation:
        """修改解读（If-Match 写明版本）；企业案例改动后须重新取得同意"""
        kind = self.explanations.kind_of(explanation_id)
        content, revision = data.content_for(kind), revision_from_header()
        return working_explanation_json(
            self.explanations.edit(
                explanation_id, revision, data.anchor, data.title, content, current_caller()
            )
        )


class SubmitExplanation(ExplanationResource):
    @guard(Role.EDITOR)
    def post(self, explanation_id: str) -> WorkingExplanation:
        """提交审核"""
        held = self.explanations.submit(explanation_id, revision_from_header(), current_caller())
        return working_explanation_json(held)


class ReturnExplanation(ExplanationResource):
    @guard(Role.REVIEWER, Role.PUBLISHER)
    @body(Reasoned)
    def post(self, explanation_id: str, data: Reasoned) -> WorkingExplanation:
        """退回修改"""
        revision, caller = revision_from_header(), current_caller()
        return working_explanation_json(
            self.explanations.send_back(explanation_id, revision, caller, data.why)
        )


class PublishExplanation(ExplanationResource):
    @guard(Role.REVIEWER, Role.PUBLISHER)
    def post(self, explanation_id: str) -> WorkingExplanation:
        """发布（不能发布自己写的；企业案例须有企业同意）"""
        held = self.explanations.publish(explanation_id, revision_from_header(), current_caller())
        return working_explanation_json(held)


class WithdrawExplanation(ExplanationResource):
    @guard(*_ANY)
    @body(Reasoned)
    def post(self, explanation_id: str, data: Reasoned) -> WorkingExplanation:
        """撤回"""
        revision, caller = revision_from_header(), current_caller()
        return working_explanation_json(
            self.explanations.withdraw(explanation_id, revision, caller, data.why)
        )


POLICY_ROUTES: dict[str, type[Resource]] = {"/<string:slug>/explanations": PolicyExplanations}
ROUTES: dict[str, type[Resource]] = {
    "/<string:explanation_id>/picture.<string:suffix>": PolicyPicture,
    "/<string:explanation_id>/consent": StoryConsent,
}
STAFF_POLICY_ROUTES: dict[str, type[Resource]] = {"/<string:slug>/explanations": StaffExplanations}
STAFF_ROUTES: dict[str, type[Resource]] = {
    "/<string:explanation_id>": StaffExplanation,
    "/<string:explanation_id>/submit": SubmitExplanation,
    "/<string:explanation_id>/request-changes": ReturnExplanation,
    "/<string:explanation_id>/publish": PublishExplanation,
    "/<string:explanation_id>/withdraw": WithdrawExplanation,
}
