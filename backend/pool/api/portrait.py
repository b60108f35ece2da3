"""Web doors of the portrait: for charts, and to print."""

from __future__ import annotations

from flask import Response
from flask_restx import Api, Resource

from backend.adapters.http import add_namespace, current_caller, signed_in
from backend.pool.portrait_page import page_html
from backend.pool.service.portrait import PortraitJson, Portraits


class PortraitResource(Resource):
    def __init__(self, api: Api, portraits: Portraits) -> None:
        super().__init__(api)
        self.portraits = portraits


class Portrait(PortraitResource):
    @signed_in
    def get(self, uscc: str) -> PortraitJson:
        """企业画像（供图表使用）"""
        return self.portraits.draw(uscc, current_caller())


class PortraitPage(PortraitResource):
    @signed_in
    def get(self, uscc: str) -> Response:
        """企业画像（可打印的页面）"""
        html = page_html(self.portraits.draw(uscc, current_caller()))
        headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
        return Response(html, content_type="text/html; charset=utf-8", headers=headers)


def add_routes(api: Api, portraits: Portraits) -> None:
    """Mount `/companies/{uscc}/portrait`."""
    firm = "/<string:uscc>/portrait"
    routes = {firm: Portrait, f"{firm}/page": PortraitPage}
    add_namespace(api, "companies", "企业画像", routes, portraits=portraits)
