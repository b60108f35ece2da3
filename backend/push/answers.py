"""What the doors of push answer, as types."""

from __future__ import annotations

from typing import Annotated, Any

from typing_extensions import TypedDict

from backend.adapters.http.answers import DumpOf
from backend.push.store.follows import FollowKind
from backend.push.store.preferences import Rhythm
from policies.eligibility import QuestionJson
from policies.facts import ValueJson
from policies.sheet import State, Status


class ConditionState(TypedDict):
    """How a condition stood when the message was written."""

    id: str
    label: str
    state: State
    sentence: str


class FactUsed(TypedDict):
    """A fact the answer rests on."""

    name: str
    label: str
    value: ValueJson
    period: str | None
    source: str
    source_label: str
    known_at: str | None


class ChangedField(TypedDict):
    """A field of the policy that changed."""

    field: str
    label: str
    before: Any
    after: Any


class HelpOffered(TypedDict):
    """Who helps."""

    kind: str
    id: str


class FoundItem(TypedDict, total=False):
    """Something a followed search newly finds (id, title), or a delivery that is missing."""

    id: str
    title: str
    what: str
    subject: str
    detail: str


class WhyJson(TypedDict, total=False):
    """Why a message came: what there is to say differs from cause to cause."""

    because: str
    policy: str | None
    title: str
    version: int | None
    change: str
    change_label: str
    on: str
    rule: str | None
    rule_source: str | None
    old: Status | None
    old_label: str
    new: Status
    new_label: str
    conditions: list[ConditionState]
    facts: list[FactUsed]
    confidence: str
    confidence_note: str
    changes: list[ChangedField]
    deadline: str
    deadline_label: str
    lead_workdays: int
    counted: str
    source: str
    mark: str
    question: QuestionJson
    policies: list[str]
    help: HelpOffered
    campaign: str
    author: str
    approver: str
    corrects: list[str]
    items: list[FoundItem]
    messages: list[str]
    deliveries: list[str]


# Kept with the message as it was written, so described and not built anew.
Why = Annotated[dict[str, Any], DumpOf(WhyJson)]


class MessageJson(TypedDict):
    """A message without its reasons."""

    id: str
    uscc: str
    policy: str | None
    version: int | None
    kind: str
    kind_label: str
    cause: str
    day: str
    title: str
    text: str
    withdrawn: str | None
    mark: str
    created_at: str | None


class InboxMessage(MessageJson):
    """A message in an inbox."""

    read_at: str | None
    done_at: str | None
    snoozed_until: str | None
    not_relevant: str | None
    lowered: bool


class InboxJson(TypedDict):
    """A page of an inbox, and how many in it are unread."""

    items: list[InboxMessage]
    total: int
    next_cursor: str | None
    unread: int


class ReceiptJson(TypedDict):
    """What became of one delivery."""

    carrier: str
    state: str
    reason: str
    carrier_number: str | None
    sent_at: str | None
    delivered_at: str | None
    read_at: str | None
    done_at: str | None
    snoozed_until: str | None
    not_relevant: str | None


class ReasonedMessage(MessageJson):
    """A message and why it came."""

    why: Why


class MessageViewJson(ReasonedMessage):
    """A message with why it came and what became of it; only WeChat needs a permit."""

    permit: str | None
    receipts: list[ReceiptJson]


class MutedJson(TypedDict):
    """The kinds of message a person does not want."""

    muted: list[str]


class NewsJson(TypedDict):
    """A publication, the same for everybody."""

    policy: str
    title: str
    summary: str
    published_at: str


class DeliveryThen(TypedDict):
    """How a delivery stood on a day."""

    carrier: str
    state: str
    at: str
    reason: str


class ToldJson(ReasonedMessage):
    """What a firm had been told, with the state each delivery had then."""

    withdrawn_then: bool
    deliveries: list[DeliveryThen]


class MatchRunJson(TypedDict):
    """A run with how far it came."""

    id: str
    task: str
    subject: str | None
    policy: str | None
    version: int | None
    change: str
    day: str
    target: str | None
    state: str
    firms: int
    messages: int
    note: str
    created_at: str
    updated_at: str


class FollowJson(TypedDict):
    """A follow with the words that were agreed to."""

    id: str
    kind: FollowKind
    uscc: str
    policy: str | None
    text: str
    filters: dict[str, list[str]]
    consent: str
    agreed_at: str
    active: bool


class WishesJson(TypedDict):
    """A person's wishes, with what WeChat may still be used for; `email` is masked.

    `to_send`: what a permit could bring by WeChat; at 0 nobody need be asked for one.
    """

    rhythm: dict[str, Rhythm]
    muted: list[str]
    personalised: bool
    email: str
    email_confirmed: bool
    email_bounced: str | None
    permits: dict[str, int]
    templates: dict[str, str]
    to_send: int
    follow_consent: str


class EmailState(TypedDict):
    """Whether the address is confirmed."""

    email_confirmed: bool


class PermitJson(TypedDict):
    """How many permits of a template are left."""

    template: str
    left: int


class CalendarOpen(TypedDict):
    """Whether there is a calendar feed."""

    open: bool


class CalendarAddress(TypedDict):
    """The feed's address, shown this once."""

    address: str


class CampaignJson(TypedDict):
    """A campaign."""

    id: str
    revision: int
    title: str
    text: str
    segment: dict[str, Any]
    state: str
    author: str
    approver: str | None
    remark: str


class CampaignReach(TypedDict):
    """Whom a campaign would reach."""

    firms: int
    persons: int
    sample: list[str]


class CampaignView(CampaignJson):
    """A campaign and whom it would reach."""

    reach: CampaignReach


class PreviewJson(TypedDict):
    """What publishing would do today."""

    policy: str
    version: int
    looked_at: int
    told: int
    lost: int
    silent: int
    firms: list[str]
    persons: int
    carriers: dict[str, int]
    permits: int
    without_permit: int
    nobody_bound: int
    followers: int
    samples: list[ReasonedMessage]


class SwitchJson(TypedDict):
    """How the emergency stop stands."""

    on: bool
    reason: str
    by: str | None
    at: str | None


class DeliveredJson(TypedDict):
    """How many were delivered."""

    delivered: int


class MissingJson(TypedDict):
    """Something that should have arrived."""

    what: str
    subject: str
    detail: str


class CallJson(TypedDict):
    """A firm to ring up."""

    uscc: str
    message: str
    title: str
    reason: str


class BounceJson(TypedDict):
    """Whether a returned mail was known."""

    recorded: bool
