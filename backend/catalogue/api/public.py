"""Published policies, for everybody."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Response
from flask_restx import Api, Resource

from backend.adapters.http import current_caller, public, query
from backend.adapters.http.answers import page_json
from backend.catalogue.schemas import (
    ChangesQuery,
    PolicyQuery,
    changes_json,
    links_json,
    summary_json,
    version_json,
)
from backend.catalogue.service import (
    CatalogueService,
    PolicyFilter,
    PublishedPolicy,
    WithdrawnPolicy,
)
from backend.shared.clock import in_shanghai

_OPEN = "已发布的政策对所有人公开"


class CatalogueResource(Resource):
    def __init__(self, api: Api, catalogue: CatalogueService) -> None:
        super().__init__(api)
        self.catalogue = catalogue


class PolicyList(CatalogueResource):
    @public(_OPEN)
    @query(PolicyQuery)
    def get(self, args: PolicyQuery) -> dict[str, Any]:
        """已发布的政策"""
        wanted = PolicyFilter(args.kind, args.level, args.area, args.in_force)
        page = self.catalogue.list_published(args.limit, args.cursor, wanted)
        return page_json(
            page, lambda policy: summary_json(policy.sheet, self.catalogue.standing(policy), policy.version)
        )


class OnePolicy(CatalogueResource):
    @public(_OPEN)
    def get(self, slug: str) -> dict[str, Any]:
        """一项政策；已撤回的说明原因和替代政策"""
        found = self.catalogue.read_published(slug)
        if isinstance(found, WithdrawnPolicy):
            return _withdrawn_json(found)
        replaced_by = self.catalogue.replaced_by(slug, found.sheet.number)
        return {
            **_policy_json(found, self.catalogue.standing(found), self.catalogue.plain_sheet(found)),
            "replaced_by": replaced_by,
            "links": links_json(self.catalogue.links(found.sheet)),
        }


class PolicyVersions(CatalogueResource):
    @public(_OPEN)
    def get(self, slug: str) -> dict[str, Any]:
        """历次发布的版本"""
        items = [version_json(version) for version in self.catalogue.versions(slug, current_caller())]
        return {"items": items, "total": len(items), "next_cursor": None}


class OnePolicyVersion(CatalogueResource):
    @public(_OPEN)
    def get(self, slug: str, number: int) -> dict[str, Any]:
        """某一版本的全文"""
        version = self.catalogue.read_version(slug, number, current_caller())
        return {"slug": slug, **version_json(version), "sheet": version.sheet.model_dump(mode="json")}


class PolicyVersionChanges(CatalogueResource):
    @public(_OPEN)
    @query(ChangesQuery)
    def get(self, slug: str, number: int, args: ChangesQuery) -> dict[str, Any]:
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


def _policy_json(policy: PublishedPolicy, standing: str, sheet: dict[str, Any]) -> dict[str, Any]:
    return {
        "slug": policy.slug,
        "status": "published",
        "standing": standing,
        "version": policy.version,
        "published_at": in_shanghai(policy.published_at).isoformat(),
        "sheet": sheet,
    }


def _withdrawn_json(policy: WithdrawnPolicy) -> dict[str, Any]:
    return {
        "slug": policy.slug,
        "status": "withdrawn",
        "title": policy.title,
        "withdrawn_at": in_shanghai(policy.withdrawn_at).isoformat(),
        "reason": policy.reason,
        "replaced_by": policy.replaced_by,
    }


ROUTES: dict[str, type[Resource]] = {
    "": PolicyList,
    "/<string:slug>": OnePolicy,
    "/<string:slug>/versions": PolicyVersions,
    "/<string:slug>/versions/<int:number>": OnePolicyVersion,
    "/<string:slug>/versions/<int:number>/changes": PolicyVersionChanges,
    "/<string:slug>/versions/<int:number>/original": VersionOriginal,
    "/<string:slug>/original": PolicyOriginal,
}
