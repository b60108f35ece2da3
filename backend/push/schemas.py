"""Shapes of messages, follows, wishes, campaigns and runs on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from backend.adapters.http import Body, Query
from backend.adapters.http.fields import Slug, Uscc
from backend.catalogue.service import PublishedPolicy
from backend.push.answers import (
    CallJson,
    CampaignJson,
    CampaignReach,
    CampaignView,
    FollowJson,
    InboxMessage,
    MatchRunJson,
    MessageJson,
    MessageViewJson,
    MissingJson,
    NewsJson,
    PreviewJson,
    ReceiptJson,
    SwitchJson,
    ToldJson,
    WishesJson,
)
from backend.push.limits import kind_named
from backend.push.service import (
    CONSENT,
    Campaign,
    Delivery,
    Follow,
    InboxItem,
    MatchRun,
    Message,
    MessageView,
    NewMessage,
    PermitCount,
    Preferences,
    Preview,
    Switch,
    Told,
)
from backend.push.service.campaigning import Reach
from backend.push.service.checking import Call, Missing
from backend.push.store.follows import FollowKind
from backend.push.store.preferences import Rhythm
from backend.shared.clock import in_shanghai
from policies.vocabulary import AREAS, TOWNS

Words = Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=50)]
Step = Literal["candidate", "in_pool", "applying", "certified", "maintaining", "renewal_due", "at_risk"]
Status = Literal["eligible", "subject_to_review", "ineligible", "unknown", "not_in_force"]
Kind = Literal["deadline", "request", "answer", "material", "question", "lost", "help", "search", "notice"]
Template = Literal["policy", "deadline"]


class PageQuery(Query):
    """A page, newest first."""

    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=300)


class InboxQuery(PageQuery):
    """Which part of the inbox."""

    box: Literal["all", "unread", "open", "done", "snoozed"] = "all"


class MessageQuery(PageQuery):
    """Which messages staff look into."""

    uscc: Uscc | None = None
    policy: Slug | None = None


class AuditQuery(Query):
    """What a firm had been told by the end of a day."""

    uscc: Uscc
    day: date


class NewsQuery(Query):
    """How many of the newest publications."""

    limit: int = Field(default=20, ge=1, le=100)


class NotRelevant(Body):
    """Why a message should not have come."""

    reason: str = Field(min_length=1, max_length=200)


class Done(Body):
    """Dealt with, or open again."""

    done: bool = True


class Snooze(Body):
    """Until when it is out of sight."""

    until: AwareDatetime


class StartMatch(Body):
    """The day to judge by; today if none is given."""

    day: date | None = None


class NewFollow(Body):
    """What to follow for a firm; `agree` is the person's own yes."""

    kind: FollowKind
    uscc: Uscc
    policy: Slug | None = None
    text: str = Field(default="", max_length=200)
    filters: dict[str, Words] = Field(default_factory=dict, max_length=10)
    agree: bool


class WishChange(Body):
    """What is given is set, the rest stays."""

    rhythm: dict[Uscc, Rhythm] | None = Field(default=None, max_length=50)
    muted: list[Kind] | None = Field(default=None, max_length=20)
    personalised: bool | None = None


class EmailChange(Body):
    """An address for mail, "" to remove it."""

    email: str = Field(
        max_length=200, pattern=r"^([^@\s,;<>\"]{1,64}@[A-Za-z0-9.-]{1,120}\.[A-Za-z]{2,20})?$"
    )


class EmailCode(Body):
    """The code that was sent to the address."""

    code: str = Field(pattern=r"^[0-9]{8}$")


class PermitReport(Body):
    """What WeChat's own dialogue answered; `nonce` names the tap, so that it counts once."""

    template: Template
    result: Literal["accept", "reject", "ban"]
    nonce: str = Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")


class Segment(Body):
    """Which firms of the pool; all that is given must hold."""

    areas: Words = Field(default_factory=list)
    towns: Words = Field(default_factory=list)
    steps: list[Step] = Field(default_factory=list, max_length=10)
    policy: Slug | None = None
    statuses: list[Status] = Field(default_factory=list, max_length=5)

    def unknown_places(self) -> list[str]:
        """Words no list knows."""
        return [w for w in self.areas if w not in AREAS] + [w for w in self.towns if w not in TOWNS]


class NewCampaign(Body):
    """A message of staff to a segment."""

    title: str = Field(min_length=2, max_length=60)
    text: str = Field(min_length=2, max_length=2000)
    segment: Segment = Field(default_factory=Segment)


class Remark(Body):
    """A remark of the second person."""

    remark: str = Field(default="", max_length=300)


class Reason(Body):
    """Why."""

    reason: str = Field(min_length=2, max_length=300)


class PreviewQuery(Query):
    """The policy whose working text is looked at."""

    policy: Slug


def message_json(message: Message | NewMessage) -> MessageJson:
    """A message without its reasons."""
    gone = message.withdrawn if isinstance(message, Message) else {}
    created = message.created_at.isoformat() if isinstance(message, Message) else None
    return {
        "id": message.id,
        "uscc": message.uscc,
        "policy": message.policy or None,
        "version": message.version or None,
        "kind": message.kind,
        "kind_label": kind_named(message.kind).label,
        "cause": message.cause,
        "day": message.day,
        "title": message.title,
        "text": message.text,
        "withdrawn": gone["reason"] if gone else None,
        "mark": "已撤回" if gone else "",
        "created_at": created,
    }


def inbox_json(item: InboxItem) -> InboxMessage:
    """A message in an inbox."""
    delivery = item.delivery
    return {
        **message_json(item.message),
        "read_at": _instant(delivery.read_at),
        "done_at": _instant(delivery.done_at),
        "snoozed_until": _instant(delivery.snoozed_until),
        "not_relevant": delivery.not_relevant or None,
        "lowered": item.lowered,
    }


def view_json(view: MessageView) -> MessageViewJson:
    """A message with why it came and what became of it; only WeChat needs a permit."""
    permits = [view.permits[row.id] for row in view.deliveries if row.id in view.permits]
    return {
        **message_json(view.message),
        "why": dict(view.message.why),
        "permit": permits[0].partition(":")[2] if permits else None,
        "receipts": [_receipt_json(row, view.refs.get(row.id, "")) for row in view.deliveries],
    }


def told_json(told: Told) -> ToldJson:
    """What a firm had been told, with the state each delivery had then."""
    return {
        **message_json(told.message),
        "withdrawn_then": told.withdrawn,
        "deliveries": [
            {
                "carrier": row.carrier,
                "state": step["state"],
                "at": step["at"].isoformat(),
                "reason": step["reason"],
            }
            for row, step in told.steps
        ],
        "why": dict(told.message.why),
    }


def run_json(run: MatchRun, messages: int) -> MatchRunJson:
    """A run with how far it came."""
    return {
        "id": run.id,
        "task": run.task,
        "subject": run.subject or None,
        "policy": run.policy or None,
        "version": run.version or None,
        "change": run.change,
        "day": run.day.isoformat(),
        "target": run.target or None,
        "state": run.state,
        "firms": run.firms,
        "messages": messages,
        "note": run.note,
        "created_at": in_shanghai(run.created_at).isoformat(),
        "updated_at": in_shanghai(run.updated_at).isoformat(),
    }


def follow_json(follow: Follow) -> FollowJson:
    """A follow with the words that were agreed to."""
    return {
        "id": follow.id,
        "kind": follow.kind,
        "uscc": follow.uscc,
        "policy": follow.policy or None,
        "text": follow.text,
        "filters": dict(follow.filters),
        "consent": follow.consent,
        "agreed_at": follow.agreed_at.isoformat(),
        "active": follow.active,
    }


def wishes_json(
    wishes: Preferences, permits: list[PermitCount], templates: Mapping[str, str], to_send: int
) -> WishesJson:
    """A person's wishes, with what WeChat may still be used for."""
    return {
        "rhythm": dict(wishes.rhythm),
        "muted": sorted(wishes.muted),
        "personalised": wishes.personalised,
        "email": _masked(wishes.email),
        "email_confirmed": wishes.email_confirmed,
        "email_bounced": wishes.email_bounced or None,
        "permits": {count.template: count.left for count in permits},
        "templates": dict(templates),
        "to_send": to_send,
        "follow_consent": CONSENT,
    }


def campaign_json(campaign: Campaign) -> CampaignJson:
    """A campaign."""
    return {
        "id": campaign.id,
        "revision": campaign.revision,
        "title": campaign.title,
        "text": campaign.text,
        "segment": dict(campaign.segment),
        "state": campaign.state,
        "author": campaign.author,
        "approver": campaign.approver or None,
        "remark": campaign.remark,
    }


def campaign_view_json(campaign: Campaign, reach: Reach) -> CampaignView:
    """A campaign and whom it would reach."""
    reached: CampaignReach = {
        "firms": reach.firms,
        "persons": reach.persons,
        "sample": list(reach.sample),
    }
    return {**campaign_json(campaign), "reach": reached}


def news_json(policy: PublishedPolicy) -> NewsJson:
    """A publication, the same for everybody."""
    return {
        "policy": policy.slug,
        "title": policy.sheet.title,
        "summary": policy.sheet.summary,
        "published_at": policy.published_at.isoformat(),
    }


def missing_json(item: Missing) -> MissingJson:
    """Something that should have arrived."""
    return {"what": item.what, "subject": item.subject, "detail": item.detail}


def call_json(call: Call) -> CallJson:
    """A firm to ring up."""
    return {"uscc": call.uscc, "message": call.message, "title": call.title, "reason": call.reason}


def preview_json(preview: Preview) -> PreviewJson:
    """What publishing would do."""
    return {
        "policy": preview.policy,
        "version": preview.version,
        "looked_at": preview.looked_at,
        "told": preview.told,
        "lost": preview.lost,
        "silent": preview.silent,
        "firms": list(preview.firms),
        "persons": preview.persons,
        "carriers": dict(preview.carriers),
        "permits": preview.permits,
        "without_permit": preview.without_permit,
        "nobody_bound": preview.nobody_bound,
        "followers": preview.followers,
        "samples": [{**message_json(sample), "why": dict(sample.why)} for sample in preview.samples],
    }


def switch_json(switch: Switch) -> SwitchJson:
    """How the emergency stop stands."""
    return {"on": switch.on, "reason": switch.reason, "by": switch.by or None, "at": _instant(switch.at)}


def _receipt_json(delivery: Delivery, ref: str) -> ReceiptJson:
    return {
        "carrier": delivery.carrier,
        "state": delivery.state,
        "reason": delivery.reason,
        "carrier_number": ref or None,
        "sent_at": _instant(delivery.sent_at),
        "delivered_at": _instant(delivery.delivered_at),
        "read_at": _instant(delivery.read_at),
        "done_at": _instant(delivery.done_at),
        "snoozed_until": _instant(delivery.snoozed_until),
        "not_relevant": delivery.not_relevant or None,
    }


def _instant(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _masked(address: str) -> str:
    name, at, domain = address.partition("@")
    return f"{name[:1]}***{at}{domain}" if at else ""
