"""Web doors of search."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, request
from flask_restx import Api, Resource
from pydantic_core import to_json

from backend.adapters.http import add_namespace, guard, public, query
from backend.adapters.http.answers import PageJson, json_response, list_json
from backend.search.answers import FindingsJson, UnansweredJson
from backend.search.schemas import (
    SearchQuery,
    StandingOf,
    SuggestionQuery,
    UnansweredQuery,
    findings_json,
    unanswered_json,
)
from backend.search.service import Findings, SearchService
from backend.shared.caller import Role

Rebuild = Callable[[], dict[str, int]]


class SearchResource(Resource):
    def __init__(self, api: Api, search: SearchService, standing_of: StandingOf) -> None:
        super().__init__(api)
        self.search = search
        self.standing_of = standing_of


class Search(SearchResource):
    @public("已发布的内容对所有人公开")
    @query(SearchQuery, later=True)
    def get(self, args: Callable[[], SearchQuery]) -> FindingsJson | Response:
        """检索政策、措施、课程和服务机构"""
        known = self.search.recall(request.query_string)
        return json_response(self._answer(args()) if known is None else known)

    def _answer(self, asked: SearchQuery) -> bytes:
        def write(found: Findings) -> bytes:
            return to_json(findings_json(found, asked.address(), self.standing_of))

        return self.search.answer(request.query_string, asked.wanted(), write)


class Suggestions(SearchResource):
    @public("已发布的内容对所有人公开")
    @query(SuggestionQuery)
    def get(self, args: SuggestionQuery) -> PageJson[str]:
        """输入时的提示"""
        return list_json(self.search.suggest(args.q, args.limit))


class UnansweredQuestions(SearchResource):
    @guard(Role.EDITOR)
    @query(UnansweredQuery)
    def get(self, args: UnansweredQuery) -> PageJson[UnansweredJson]:
        """没有答案的检索词（只记词，不记人）"""
        return unanswered_json(self.search.list_unanswered(args.limit))


class Rebuilds(Resource):
    def __init__(self, api: Api, rebuild: Rebuild) -> None:
        super().__init__(api)
        self.rebuild = rebuild

    @guard(Role.ADMIN)
    def post(self) -> dict[str, int]:
        """从数据库重建检索索引与导图"""
        return self.rebuild()


def add_routes(api: Api, search: SearchService, standing_of: StandingOf, rebuild: Rebuild) -> None:
    """Mount `/search`, `/suggestions` and their doors for staff; `rebuild` makes index and map anew."""
    parts = {"search": search, "standing_of": standing_of}
    add_namespace(api, "search", "检索", {"": Search}, **parts)
    add_namespace(api, "suggestions", "输入提示", {"": Suggestions}, **parts)
    add_namespace(api, "staff/unanswered-questions", "未答检索", {"": UnansweredQuestions}, **parts)
    add_namespace(api, "staff/rebuilds", "重建索引", {"": Rebuilds}, rebuild=rebuild)
