"""Web door of accounts for staff: accounts, invitations, contacts, audit."""

from __future__ import annotations

from flask_restx import Api

from backend.accounts.answers import (
    AuditEntry,
    FullPhone,
    InvitationJson,
    IssuedInvitation,
    StaffAccountJson,
    entry_json,
    invitation_json,
    staff_json,
)
from backend.accounts.api.resource import AccountResource
from backend.accounts.schemas import (
    AuditQuery,
    ContactQuery,
    InvitationQuery,
    NewInvitation,
    NewStaff,
    PageQuery,
    StaffFields,
)
from backend.accounts.service import AccountService
from backend.adapters.http import add_namespace, body, current_caller, guard, query, revision_from_header
from backend.adapters.http.answers import PageJson, page_json
from backend.shared.caller import Role


class StaffList(AccountResource):
    @guard(Role.ADMIN)
    @query(PageQuery)
    def get(self, args: PageQuery) -> PageJson[StaffAccountJson]:
        """工作人员账号"""
        return page_json(self.accounts.staff.list_staff(args.limit, args.cursor), staff_json)

    @guard(Role.ADMIN)
    @body(NewStaff)
    def post(self, data: NewStaff) -> tuple[StaffAccountJson, int]:
        """新增账号"""
        staff = self.accounts.staff.add_staff(
            data.name,
            data.password,
            frozenset(data.roles),
            current_caller(),
            data.areas,
            data.towns,
            data.department,
            data.display_name,
        )
        return staff_json(staff), 201


class OneStaff(AccountResource):
    @guard(Role.ADMIN)
    def get(self, name: str) -> StaffAccountJson:
        """一个账号"""
        return staff_json(self.accounts.staff.read_staff(name))

    @guard(Role.ADMIN)
    @body(StaffFields)
    def patch(self, name: str, data: StaffFields) -> StaffAccountJson:
        """修改或停用账号（If-Match 写明版本）"""
        revision = revision_from_header()
        return staff_json(self.accounts.staff.change_staff(name, data.changes(), revision, current_caller()))


class InvitationList(AccountResource):
    @guard(Role.LIAISON, Role.COUNSELLOR)
    @query(InvitationQuery)
    def get(self, args: InvitationQuery) -> PageJson[InvitationJson]:
        """邀请码（不含码本身）"""
        caller = current_caller()
        page = self.accounts.firms.list_invitations(caller, args.uscc, args.limit, args.cursor)
        return page_json(page, invitation_json)

    @guard(Role.LIAISON, Role.COUNSELLOR)
    @body(NewInvitation)
    def post(self, data: NewInvitation) -> tuple[IssuedInvitation, int]:
        """为一家企业发邀请码，码只显示这一次"""
        code, invitation = self.accounts.firms.issue_invitation(data.uscc, current_caller())
        return {"code": code, **invitation_json(invitation)}, 201


class OneInvitation(AccountResource):
    @guard(Role.LIAISON, Role.COUNSELLOR)
    def delete(self, invitation_id: str) -> InvitationJson:
        """作废未使用的邀请码"""
        return invitation_json(self.accounts.firms.revoke_invitation(invitation_id, current_caller()))


class PersonContact(AccountResource):
    @guard(Role.LIAISON, Role.COUNSELLOR)
    @query(ContactQuery)
    def get(self, person_id: str, args: ContactQuery) -> FullPhone:
        """完整手机号（须写明理由，留有记录）"""
        phone = self.accounts.persons.read_contact(person_id, args.reason, current_caller())
        return {"person": person_id, "phone": phone}


class AuditList(AccountResource):
    @guard(Role.ADMIN)
    @query(AuditQuery)
    def get(self, args: AuditQuery) -> PageJson[AuditEntry]:
        """审计记录（新的在前）"""
        page = self.accounts.audit.list_entries(
            args.limit, args.cursor, args.actor, args.action, args.subject
        )
        return page_json(page, entry_json)


def add_routes(api: Api, accounts: AccountService) -> None:
    """Mount the staff doors."""
    for name, label, routes in (
        ("staff/accounts", "账号管理", {"": StaffList, "/<string:name>": OneStaff}),
        ("staff/invitations", "邀请码", {"": InvitationList, "/<string:invitation_id>": OneInvitation}),
        ("staff/persons", "用户联系方式", {"/<string:person_id>/contact": PersonContact}),
        ("staff/audit", "审计", {"": AuditList}),
    ):
        add_namespace(api, name, label, routes, accounts=accounts)
