"""What staff see and do: messages, runs, previews, campaigns, the stop, the checks."""

from __future__ import annotations

from typing import Any, Literal

from flask import request

from backend.adapters.http import body, current_caller, guard, query, revision_from_header
from backend.adapters.http.answers import PageJson, page_json
from backend.push.api.resource import PushResource
from backend.push.schemas import (
    AuditQuery,
    InboxQuery,
    MessageQuery,
    NewCampaign,
    PageQuery,
    PreviewQuery,
    Reason,
    Remark,
    StartMatch,
    campaign_json,
    inbox_json,
    message_json,
    preview_json,
    run_json,
    switch_json,
    told_json,
)
from backend.shared.caller import Role
from backend.shared.errors import InvalidInputError

COMMISSION = (Role.EDITOR, Role.REVIEWER, Role.PUBLISHER)
FOR_FIRMS = (*COMMISSION, Role.LIAISON, Role.COUNSELLOR)
LARGEST_BOUNCE = 256 * 1024


class StaffMessages(PushResource):
    @guard(*FOR_FIRMS)
    @query(MessageQuery)
    def get(self, args: MessageQuery) -> PageJson[dict[str, Any]]:
        """发给企业的消息，可按企业、政策查看"""
        page = self.push.inbox.list_messages(
            current_caller(), args.limit, args.cursor, args.uscc, args.policy
        )
        return page_json(page, message_json)


class StaffInbox(PushResource):
    @guard()
    @query(InboxQuery)
    def get(self, args: InboxQuery) -> dict[str, Any]:
        """发给工作人员本人的提醒"""
        page, unread = self.push.inbox.read_inbox(current_caller(), args.limit, args.cursor, args.box)
        return {**page_json(page, inbox_json), "unread": unread}


class Audit(PushResource):
    @guard(*FOR_FIRMS)
    @query(AuditQuery)
    def get(self, args: AuditQuery) -> dict[str, Any]:
        """截至某日，企业收到过什么、依据是什么"""
        told = self.push.inbox.told_by(args.uscc, args.day, current_caller())
        return {"items": [told_json(item) for item in told], "total": len(told), "next_cursor": None}


class MatchRuns(PushResource):
    @guard(*COMMISSION)
    @query(PageQuery)
    def get(self, args: PageQuery) -> PageJson[dict[str, Any]]:
        """匹配任务与进度"""
        page = self.push.list_runs(args.limit, args.cursor)
        return page_json(page, lambda run: run_json(run, self.push.count_messages(run)))

    @guard(Role.PUBLISHER)
    @body(StartMatch)
    def post(self, data: StartMatch) -> tuple[dict[str, Any], Literal[202]]:
        """立即匹配全部政策（进入队列）"""
        run = self.push.start_match(data.day, current_caller())
        return run_json(run, self.push.count_messages(run)), 202


class Deliveries(PushResource):
    @guard(Role.PUBLISHER)
    def post(self) -> dict[str, Any]:
        """立即投递已登记、未投递的消息"""
        return {"delivered": self.push.deliver_due()}


class Previews(PushResource):
    @guard(*COMMISSION)
    @query(PreviewQuery)
    def get(self, args: PreviewQuery) -> dict[str, Any]:
        """发布前预览：将告知哪些企业、为什么、经何渠道、用多少授权"""
        return preview_json(self.push.previewing.preview(args.policy))


class Campaigns(PushResource):
    @guard(*COMMISSION)
    @query(PageQuery)
    def get(self, args: PageQuery) -> PageJson[dict[str, Any]]:
        """群发通知"""
        return page_json(self.push.campaigns.page(args.limit, args.cursor), campaign_json)

    @guard(*COMMISSION)
    @body(NewCampaign)
    def post(self, data: NewCampaign) -> tuple[dict[str, Any], int]:
        """新建群发通知"""
        if unknown := data.segment.unknown_places():
            raise InvalidInputError.at("segment", f"没有“{unknown[0]}”这一项。")
        segment = {name: value for name, value in data.segment.model_dump().items() if value}
        campaign = self.push.campaigns.write(data.title, data.text, segment, current_caller())
        return campaign_json(campaign), 201


class OneCampaign(PushResource):
    @guard(*COMMISSION)
    def get(self, campaign_id: str) -> dict[str, Any]:
        """群发通知与预计触达"""
        campaign, reach = self.push.campaigns.preview(campaign_id)
        return {**campaign_json(campaign), "reach": {**vars(reach), "sample": list(reach.sample)}}


class SubmittedCampaign(PushResource):
    @guard(*COMMISSION)
    def post(self, campaign_id: str) -> dict[str, Any]:
        """提交批准（If-Match 写明版本）"""
        revision = revision_from_header()
        return campaign_json(self.push.campaigns.submit(campaign_id, revision, current_caller()))


class ApprovedCampaign(PushResource):
    @guard(Role.PUBLISHER)
    @body(Remark)
    def post(self, campaign_id: str, data: Remark) -> dict[str, Any]:
        """批准并发送，须由第二人（If-Match 写明版本）"""
        revision = revision_from_header()
        return campaign_json(
            self.push.campaigns.approve(campaign_id, revision, current_caller(), data.remark)
        )


class RejectedCampaign(PushResource):
    @guard(Role.PUBLISHER)
    @body(Reason)
    def post(self, campaign_id: str, data: Reason) -> dict[str, Any]:
        """不予批准（If-Match 写明版本）"""
        revision = revision_from_header()
        return campaign_json(self.push.campaigns.reject(campaign_id, revision, current_caller(), data.reason))


class Stop(PushResource):
    @guard(*COMMISSION)
    def get(self) -> dict[str, Any]:
        """紧急停止的状态"""
        return switch_json(self.push.stopped())

    @guard(Role.PUBLISHER)
    @body(Reason)
    def post(self, data: Reason) -> dict[str, Any]:
        """紧急停止：未发送的全部暂停，不丢失"""
        return switch_json(self.push.stop(data.reason, current_caller()))

    @guard(Role.PUBLISHER)
    def delete(self) -> dict[str, Any]:
        """恢复发送"""
        return switch_json(self.push.go_on(current_caller()))


class DeliveryCheck(PushResource):
    @guard(*COMMISSION)
    def get(self) -> dict[str, Any]:
        """送达检查：应到未到的投递"""
        found = self.push.checking.missing()
        return {"items": [vars(item) for item in found], "total": len(found), "next_cursor": None}


class CallList(PushResource):
    @guard(*FOR_FIRMS)
    def get(self) -> dict[str, Any]:
        """电话清单：消息未能送出、站内也未读的企业"""
        calls = self.push.checking.call_list(current_caller())
        return {"items": [vars(call) for call in calls], "total": len(calls), "next_cursor": None}


class Bounces(PushResource):
    @guard(Role.PUBLISHER)
    def post(self) -> dict[str, Any]:
        """登记一封退信（message/rfc822 原文）"""
        raw = request.get_data(cache=False)[:LARGEST_BOUNCE]
        return {"recorded": self.push.bounce(raw)}


ROUTES = {
    "messages": ("消息管理", {"": StaffMessages, "/audit": Audit}),
    "inbox": ("工作提醒", {"": StaffInbox}),
    "match-runs": ("匹配任务", {"": MatchRuns}),
    "deliveries": (
        "投递",
        {"": Deliveries, "/check": DeliveryCheck, "/call-list": CallList, "/bounces": Bounces},
    ),
    "push-previews": ("发布前预览", {"": Previews}),
    "push-stop": ("紧急停止", {"": Stop}),
    "campaigns": (
        "群发通知",
        {
            "": Campaigns,
            "/<string:campaign_id>": OneCampaign,
            "/<string:campaign_id>/submit": SubmittedCampaign,
            "/<string:campaign_id>/approve": ApprovedCampaign,
            "/<string:campaign_id>/reject": RejectedCampaign,
        },
    ),
}
