"""Web door of sign-in, renewal and sign-out."""

from __future__ import annotations

from flask import request
from flask_restx import Api

from backend.accounts.answers import SignedInJson, session_json
from backend.accounts.api.resource import AccountResource
from backend.accounts.schemas import InvitationSignIn, Refresh, SignIn, StaffSignIn
from backend.accounts.service import AccountService, Session
from backend.adapters.http import add_namespace, body, limited, public, signed_in
from backend.adapters.http.limits import client_address


class SessionList(AccountResource):
    @public("登录之前没有身份")
    @limited("SIGN_IN_LIMIT")
    @body(SignIn)
    def post(self, data: SignIn) -> SignedInJson:
        """登录：工作人员、微信，或网页访客凭邀请码"""
        way = data.root
        if isinstance(way, StaffSignIn):
            return session_json(self.accounts.sign_in_staff(way.name, way.password, client_address()))
        if isinstance(way, InvitationSignIn):
            return session_json(self._invited(way))
        return session_json(self.accounts.sign_in_wechat(way.code))

    @limited("INVITATION_LIMIT")
    def _invited(self, way: InvitationSignIn) -> Session:
        return self.accounts.sign_in_invited(way.code, way.notice_version)

    @signed_in
    def delete(self) -> tuple[str, int]:
        """退出登录"""
        self.accounts.sessions.end(request.headers["Authorization"].partition(" ")[2].strip())
        return "", 204


class SessionRefresh(AccountResource):
    @public("凭刷新令牌换取新的令牌")
    @limited("SIGN_IN_LIMIT")
    @body(Refresh)
    def post(self, data: Refresh) -> SignedInJson:
        """换取新的令牌（旧的即作废）"""
        return session_json(self.accounts.sessions.refresh(data.refresh_token))


def add_routes(api: Api, accounts: AccountService) -> None:
    """Mount `/sessions`."""
    routes = {"": SessionList, "/refresh": SessionRefresh}
    add_namespace(api, "sessions", "登录", routes, accounts=accounts)
