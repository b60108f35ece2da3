"""What staff see and do: messages, runs, previews, campaigns, the stop, the checks."""

from __future__ import annotations

from typing import Literal

from flask import request

from backend.adapters.http import body, current_caller, guard, query, revision_from_header
from backend.adapters.http.answers import PageJson, list_json, page_json
from backend.push.answers import (
    BounceJson,
    CallJson,
    CampaignJson,
    CampaignView,
    DeliveredJson,
    InboxJson,
    MatchRunJson,
    MessageJson,
    MissingJson,
    PreviewJson,
    SwitchJson,
    ToldJson,
)
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
    call_json,
    campaign_json,
    campaign_view_json,
    inbox_json,
    message_json,
    missing_json,
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
    def get(self, args: MessageQuery) -> PageJson[MessageJson]:
        """发给企业的消息，可按企业、政策查看"""
        page = self.push.inbox.list_messages(
            current_caller(), args.limit, args.cursor, args.uscc, args.policy
        )
        return page_json(page, message_json)


class StaffInbox(PushResource):
    @guard()
    @query(InboxQuery)
    def get(self, args: InboxQuery) -> InboxJson:
        """发给工作人员本人的提醒"""
        page, unread = self.push.inbox.read_inbox(current_caller(), args.limit, args.cursor, args.box)
        return {**page_json(page, inbox_json), "unread": unread}


class Audit(PushResource):
    @guard(*FOR_FIRMS)
    @query(AuditQuery)
    def get(self, args: AuditQuery) -> PageJson[ToldJson]:
        """截至某日，企业收到过什么、依据是什么"""
        told = self.push.inbox.told_by(args.uscc, args.day, current_caller())
        return list_json(told_json(item) for item in told)


class MatchRuns(PushResource):
    @guard(*COMMISSION)
    @query(PageQuery)
    def get(self, args: PageQuery) -> PageJson[MatchRunJson]:
        """匹配任务与进度"""
        page = self.push.list_runs(args.limit, args.cursor)
        return page_json(page, lambda run: run_json(run, self.push.count_messages(run)))

    @guard(Role.PUBLISHER)
    @body(StartMatch)
    def post(self, data: StartMatch) -> tuple[MatchRunJson, Literal[202]]:
        """立即匹配全部政策（进入队列）"""
        run = self.push.start_match(data.day, current_caller())
        return run_json(run, self.push.count_messages(run)), 202


class Deliveries(PushResource):
    @guard(Role.PUBLISHER)
    def post(self) -> DeliveredJson:
        """立即投递已登记、未投递的消息"""
        return {"delivered": self.push.deliver_due()}


class Previews(PushResource):
    @guard(*COMMISSION)
    @query(PreviewQuery)
    def get(self, args: PreviewQuery) -> PreviewJson:
        """发布前预览：将告知哪些企业、为什么、经何渠道、用多少授权"""
        return preview_json(self.push.previewing.preview(args.policy))


class Campaigns(PushResource):
    @guard(*COMMISSION)
    @query(PageQuery)
    def get(self, args: PageQuery) -> PageJson[CampaignJson]:
        """群发通知"""
        return page_json(self.push.campaigns.page(args.limit, args.cursor), campaign_json)

    @guard(*COMMISSION)
    @body(NewCampaign)
    def post(self, data: NewCampaign) -> tuple[CampaignJson, int]:
        """新建群发通知"""
        if unknown := data.segment.unknown_places():
            raise InvalidInputError.at("segment", f"没有“{unknown[0]}”这一项。")
        segment = {name: value for name, value in data.segment.model_dump().items() if value}
        campaign = self.push.campaigns.write(data.title, data.text, segment, current_caller())
        return campaign_json(campaign), 201


class OneCampaign(PushResource):
    @guard(*COMMISSION)
    def get(self, campaign_id: str) -> CampaignView:
        """群发通知与预计触达"""
        return campaign_view_json(*self.push.campaigns.preview(campaign_id))


class SubmittedCampaign(PushResource):
    @guard(*COMMISSION)
    def post(self, campaign_id: str) -> CampaignJson:
        """提交批准（If-Match 写明版本）"""
        revision = revision_from_header()
        return campaign_json(self.push.campaigns.submit(campaign_id, revision, current_caller()))


class ApprovedCampaign(PushResource):
    @guard(Role.PUBLISHER)
    @body(Remark)
    def post(self, campaign_id: str, data: Remark) -> CampaignJson:
        """批准并发送，须由第二人（If-Match 写明版本）"""
        revision = revision_from_header()
        return campaign_json(
            self.push.campaigns.approve(campaign_id, revision, current_caller(), data.remark)
        )


class RejectedCampaign(PushResource):
    @guard(Role.PUBLISHER)
    @body(Reason)
    def post(self, campaign_id: str, data: Reason) -> CampaignJson:
        """不予批准（If-Match 写明版本）"""
        revision = revision_from_header()
        return campaign_json(self.push.campaigns.reject(campaign_id, revision, current_caller(), data.reason))


class Stop(PushResource):
    @guard(*COMMISSION)
    def get(self) -> SwitchJson:
        """紧急停止的状态"""
        return switch_json(self.push.stopped())

    @guard(Role.PUBLISHER)
    @body(Reason)
    def post(self, data: Reason) -> SwitchJson:
        """紧急停止：未发送的全部暂停，不丢失"""
        return switch_json(self.push.stop(data.reason, current_caller()))

    @guard(Role.PUBLISHER)
    def delete(self) -> SwitchJson:
        """恢复发送"""
        return switch_json(self.push.go_on(current_caller()))


class DeliveryCheck(PushResource):
    @guard(*COMMISSION)
    def get(self) -> PageJson[MissingJson]:
        """送达检查：应到未到的投递"""
        return list_json(missing_json(item) for item in self.push.checking.missing())


class CallList(PushResource):
    @guard(*FOR_FIRMS)
    def get(self) -> PageJson[CallJson]:
        """电话清单：消息未能送出、站内也未读的企业"""
        return list_json(call_json(call) for call in self.push.checking.call_list(current_caller()))


class Bounces(PushResource):
    @guard(Role.PUBLISHER)
    def post(self) -> BounceJson:
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
