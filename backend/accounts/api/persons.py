"""Web door of a person's own matters: me, firms, consents, export, deletion."""

from __future__ import annotations

from typing import Any

from flask_restx import Api

from backend.accounts.api.resource import AccountResource
from backend.accounts.schemas import (
    ConsentStatement,
    PhoneChange,
    Redemption,
    binding_json,
    caller_json,
    consent_json,
)
from backend.accounts.service import AccountService, current_notice, masked
from backend.adapters.http import (
    add_namespace,
    body,
    current_caller,
    limited,
    person_only,
    public,
    signed_in,
)


class Me(AccountResource):
    @signed_in
    def get(self) -> dict[str, Any]:
        """当前登录者"""
        caller = current_caller()
        shown = caller_json(caller)
        if caller.kind != "person":
            return shown
        profile = self.accounts.persons.read_profile(caller)
        return {
            **shown,
            "phone": masked(profile.person.phone),
            "bindings": [binding_json(binding) for binding in self.accounts.firms.bindings_of(caller)],
            "consent": consent_json(profile.consent) if profile.consent else None,
            "notice_current": bool(profile.consent and profile.consent.notice == current_notice().version),
        }

    @person_only
    @body(PhoneChange)
    def patch(self, data: PhoneChange) -> dict[str, Any]:
        """填写或删除手机号"""
        return {"phone": masked(self.accounts.persons.set_phone(data.phone, current_caller()).phone)}


class MyConsents(AccountResource):
    @person_only
    def get(self) -> dict[str, Any]:
        """同意记录（旧的在前）"""
        items = [consent_json(item) for item in self.accounts.persons.consents(current_caller().id)]
        return {"items": items, "total": len(items), "next_cursor": None}

    @person_only
    @body(ConsentStatement)
    def post(self, data: ConsentStatement) -> tuple[dict[str, Any], int]:
        """同意告知书，选择或撤回可选用途"""
        caller = current_caller()
        consent = self.accounts.persons.consent(data.notice_version, data.push, data.contact, caller)
        return consent_json(consent), 201


class MyExport(AccountResource):
    @person_only
    def get(self) -> dict[str, Any]:
        """导出关于我的全部信息"""
        return self.accounts.persons.export(current_caller())


class MyDeletion(AccountResource):
    @person_only
    def post(self) -> dict[str, Any]:
        """删除我的个人信息并退出登录"""
        self.accounts.persons.delete(current_caller())
        return {"state": "erased"}


class BindingList(AccountResource):
    @person_only
    @limited("INVITATION_LIMIT")
    @body(Redemption)
    def post(self, data: Redemption) -> tuple[dict[str, Any], int]:
        """凭邀请码代表一家企业"""
        return binding_json(self.accounts.firms.redeem(data.code, current_caller())), 201


class OneBinding(AccountResource):
    @signed_in
    def delete(self, binding_id: str) -> tuple[str, int]:
        """解除绑定（本人，或负责该企业的工作人员）"""
        self.accounts.firms.end_binding(binding_id, current_caller())
        return "", 204


class CurrentNotice(AccountResource):
    @public("告知书须在登录前可读")
    def get(self) -> dict[str, Any]:
        """现行个人信息告知书"""
        notice = current_notice()
        return {"version": notice.version, "title": notice.title, "text": notice.text}


def add_routes(api: Api, accounts: AccountService) -> None:
    """Mount `/me`, `/bindings` and `/notices`."""
    mine = {"": Me, "/consents": MyConsents, "/export": MyExport, "/deletion": MyDeletion}
    add_namespace(api, "me", "我的", mine, accounts=accounts)
    bindings = {"": BindingList, "/<string:binding_id>": OneBinding}
    add_namespace(api, "bindings", "绑定", bindings, accounts=accounts)
    add_namespace(api, "notices", "告知书", {"/current": CurrentNotice}, accounts=accounts)
