"""Published policies, for everybody."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response
from flask_restx import Api, Resource

from backend.adapters.http import current_caller, public, query
from backend.adapters.http.answers import PageJson, list_json, page_json
from backend.catalogue.schemas import ChangesQuery, PolicyQuery
from backend.catalogue.schemas.answers import (
    ChangesJson,
    PolicyJson,
    PolicyLine,
    VersionJson,
    VersionText,
    WithdrawnJson,
    changes_json,
    line_json,
    policy_json,
    version_json,
    version_text_json,
    withdrawn_json,
)
from backend.catalogue.service import (
    CatalogueService,
    PolicyFilter,
    WithdrawnPolicy,
)

_OPEN = "已发布的政策对所有人公开"


class CatalogueResource(Resource):
    def __init__(self, api: Api, catalogue: CatalogueService) -> None:
        super().__init__(api)
        self.catalogue = catalogue


class PolicyList(CatalogueResource):
    @public(_OPEN)
    @query(PolicyQuery)
    def get(self, args: PolicyQuery) -> PageJson[PolicyLine]:
        """已发布的政策"""
        wanted = PolicyFilter(args.kind, args.level, args.area, args.in_force)
        page = self.catalogue.list_published(args.limit, args.cursor, wanted)
        return page_json(
            page, lambda policy: line_json(policy.sheet, self.catalogue.standing(policy), policy.version)
        )


class OnePolicy(CatalogueResource):
    @public(_OPEN)
    def get(self, slug: str) -> PolicyJson | WithdrawnJson:
        """一项政策；已撤回的说明原因和替代政策"""
        found = self.catalogue.read_published(slug)
        if isinstance(found, WithdrawnPolicy):
            return withdrawn_json(found)
        replaced_by = self.catalogue.replaced_by(slug, found.sheet.number)
        links = self.catalogue.links(found.sheet)
        sheet = self.catalogue.plain_sheet(found)
        return policy_json(found, sheet, self.catalogue.standing(found), replaced_by, links)


class PolicyVersions(CatalogueResource):
    @public(_OPEN)
    def get(self, slug: str) -> PageJson[VersionJson]:
        """历次发布的版本"""
        versions = self.catalogue.versions(slug, current_caller())
        return list_json(version_json(version) for version in versions)


class OnePolicyVersion(CatalogueResource):
    @public(_OPEN)
    def get(self, slug: str, number: int) -> VersionText:
        """某一版本的全文"""
        return version_text_json(self.catalogue.read_version(slug, number, current_caller()))


class PolicyVersionChanges(CatalogueResource):
    @public(_OPEN)
    @query(ChangesQuery)
    def get(self, slug: str, number: int, args: ChangesQuery) -> ChangesJson:
        """某一版本改了什么：逐项前后对照、逐条对照，以及是否实质变化"""
        return changes_json(self.catalogue.changes(slug, number, args.since, current_caller()))


class PolicyOriginal(CatalogueResource):
    @public("主动公开的原件对所有人公开，其余只对工作人员，由服务判断")
    def get(self, slug: str) -> Response:
        """导入的原文件"""
        return _download(*self.catalogue.read_original(slug, current_caller()))


class VersionOriginal(CatalogueResource):
    @public("主动公开的原件对所有人公开，其余只对工作人员，由服务判断")
    def get(self, slug: str, number: int) -> Response:
        """某一版本导入的原文件"""
        return _download(*self.catalogue.read_version_original(slug, number, current_caller()))


def _download(name: str, data: bytes) -> Response:
    # Never shown in the page: an HTML original must not run as ours.
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(data, mimetype="application/octet-stream", headers=headers)


ROUTES: dict[str, type[Resource]] = {
    "": PolicyList,
    "/<string:slug>": OnePolicy,
    "/<string:slug>/versions": PolicyVersions,
    "/<string:slug>/versions/<int:number>": OnePolicyVersion,
    "/<string:slug>/versions/<int:number>/changes": PolicyVersionChanges,
    "/<string:slug>/versions/<int:number>/original": VersionOriginal,
    "/<string:slug>/original": PolicyOriginal,
}
