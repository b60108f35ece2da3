"""Web doors of the pool."""

from __future__ import annotations

from flask_restx import Api, Resource

from backend.adapters.http import (
    add_namespace,
    body,
    current_caller,
    guard,
    query,
    revision_from_header,
    signed_in,
)
from backend.adapters.http.answers import PageJson, page_json
from backend.companies.service import COMMISSION, LOCAL
from backend.pool.answers import LifeJson, NamedMember
from backend.pool.schemas import Decision, Entry, LifeQuery, PoolQuery, Undo, life_json, membership_json
from backend.pool.service import Membership, PoolFilter, PoolService
from backend.pool.service.settings import PoolSettings


class PoolResource(Resource):
    def __init__(self, api: Api, pool: PoolService, settings: PoolSettings) -> None:
        super().__init__(api)
        self.pool, self.settings = pool, settings

    def shown(self, member: Membership, named: bool = True) -> LifeJson:
        """A life with its class of service."""
        return life_json(member, named, self.settings.service_class(member.stage))


class FirmPool(PoolResource):
    @signed_in
    @query(LifeQuery)
    def get(self, uscc: str, args: LifeQuery) -> LifeJson:
        """企业在培育库中的状态与经过；as_of 查看某日当时的状态"""
        caller = current_caller()
        return self.shown(self.pool.read(uscc, caller, args.as_of), named=caller.kind == "staff")


class StaffPool(PoolResource):
    @guard(*COMMISSION, *LOCAL)
    @query(PoolQuery)
    def get(self, args: PoolQuery) -> PageJson[NamedMember]:
        """培育库企业，可按状态、层级、区域、产业类别查找"""
        industries = self.settings.industries_of(args.industry_class) if args.industry_class else ()
        wanted = PoolFilter(args.step or "", args.tier, args.area, industries)
        page = self.pool.list_members(wanted, current_caller(), args.limit, args.cursor)
        names = self.pool.names_of(page.items)

        def line(member: Membership) -> NamedMember:
            shown = membership_json(member, self.settings.service_class(member.stage))
            return {**shown, "name": names.get(member.uscc, "")}

        return page_json(page, line)

    @guard(*COMMISSION, *LOCAL)
    @body(Entry)
    def post(self, data: Entry) -> tuple[LifeJson, int]:
        """企业入库（第一步）"""
        caller = current_caller()
        member = self.pool.enter(data.uscc, data.stage(), caller, data.reason, data.rule, data.proof())
        return self.shown(member), 201


class StaffMoves(PoolResource):
    @guard(*COMMISSION, *LOCAL)
    @body(Decision)
    def post(self, uscc: str, data: Decision) -> LifeJson:
        """变更状态（If-Match 写明版本）"""
        revision, caller = revision_from_header(), current_caller()
        return self.shown(
            self.pool.move(uscc, data.stage(), caller, data.reason, revision, data.rule, data.proof())
        )


class StaffUndo(PoolResource):
    @guard(*COMMISSION, *LOCAL)
    @body(Undo)
    def post(self, uscc: str, data: Undo) -> LifeJson:
        """撤销最近一步（If-Match 写明版本）"""
        return self.shown(self.pool.undo(uscc, current_caller(), data.reason, revision_from_header()))


def add_routes(api: Api, pool: PoolService, settings: PoolSettings) -> None:
    """Mount `/companies/{uscc}/pool` and `/staff/pool`."""
    add_namespace(api, "companies", "培育库", {"/<string:uscc>/pool": FirmPool}, pool=pool, settings=settings)
    staff = {"": StaffPool, "/<string:uscc>/moves": StaffMoves, "/<string:uscc>/undo": StaffUndo}
    add_namespace(api, "staff/pool", "培育库管理", staff, pool=pool, settings=settings)
