"""Web door of a person's own matters: me, firms, consents, export, deletion."""

from __future__ import annotations

from typing import Any

from flask_restx import Api

from backend.accounts.answers import (
    BindingJson,
    ConsentJson,
    ErasedJson,
    NoticeJson,
    PersonJson,
    PhoneJson,
    StaffCallerJson,
    binding_json,
    consent_json,
    notice_json,
    person_json,
    staff_caller_json,
)
from backend.accounts.api.resource import AccountResource
from backend.accounts.schemas import ConsentStatement, PhoneChange, Redemption
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
from backend.adapters.http.answers import PageJson, list_json


class Me(AccountResource):
    @signed_in
    def get(self) -> PersonJson | StaffCallerJson:
        """当前登录者"""
        caller = current_caller()
        if caller.kind != "person":
            return staff_caller_json(caller)
        profile = self.accounts.persons.read_profile(caller)
        return person_json(caller, profile, self.accounts.firms.bindings_of(caller))

    @person_only
    @body(PhoneChange)
    def patch(self, data: PhoneChange) -> PhoneJson:
        """填写或删除手机号"""
        return {"phone": masked(self.accounts.persons.set_phone(data.phone, current_caller()).phone)}


class MyConsents(AccountResource):
    @person_only
    def get(self) -> PageJson[ConsentJson]:
        """同意记录（旧的在前）"""
        told = self.accounts.persons.consents(current_caller().id)
        return list_json(consent_json(consent) for consent in told)

    @person_only
    @body(ConsentStatement)
    def post(self, data: ConsentStatement) -> tuple[ConsentJson, int]:
        """同意告知书，选择或撤回可选用途"""
        caller = current_caller()
        consent = self.accounts.persons.consent(data.notice_version, data.push, data.contact, caller)
        return consent_json(consent), 201


class MyExport(AccountResource):
    @person_only
    def get(self) -> dict[str, dict[str, Any]]:
        """导出关于我的全部信息"""
        return self.accounts.persons.export(current_caller())


class MyDeletion(AccountResource):
    @person_only
    def post(self) -> ErasedJson:
        """删除我的个人信息并退出登录"""
        self.accounts.persons.delete(current_caller())
        return {"state": "erased"}


class BindingList(AccountResource):
    @person_only
    @limited("INVITATION_LIMIT")
    @body(Redemption)
    def post(self, data: Redemption) -> tuple[BindingJson, int]:
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
    def get(self) -> NoticeJson:
        """现行个人信息告知书"""
        return notice_json(current_notice())


def add_routes(api: Api, accounts: AccountService) -> None:
    """Mount `/me`, `/bindings` and `/notices`."""
    mine = {"": Me, "/consents": MyConsents, "/export": MyExport, "/deletion": MyDeletion}
    add_namespace(api, "me", "我的", mine, accounts=accounts)
    bindings = {"": BindingList, "/<string:binding_id>": OneBinding}
    add_namespace(api, "bindings", "绑定", bindings, accounts=accounts)
    add_namespace(api, "notices", "告知书", {"/current": CurrentNotice}, accounts=accounts)
