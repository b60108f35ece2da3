"""Push in the database."""

from dataclasses import dataclass, field

from backend.push.store.answers import AnswerStore
from backend.push.store.batches import BatchStore
from backend.push.store.campaigns import CampaignStore
from backend.push.store.changes import ChangeStore
from backend.push.store.deliveries import DeliveryStore
from backend.push.store.feeds import FeedStore
from backend.push.store.follows import FollowStore
from backend.push.store.inboxes import InboxStore
from backend.push.store.messages import MessageStore
from backend.push.store.permits import PermitStore
from backend.push.store.preferences import PreferencesStore
from backend.push.store.runs import RunStore, TurnStore
from backend.push.store.switches import SwitchStore


@dataclass(frozen=True)
class PushStores:
    """The stores of this room."""

    runs: RunStore = field(default_factory=RunStore)
    turns: TurnStore = field(default_factory=TurnStore)
    changes: ChangeStore = field(default_factory=ChangeStore)
    answers: AnswerStore = field(default_factory=AnswerStore)
    messages: MessageStore = field(default_factory=MessageStore)
    deliveries: DeliveryStore = field(default_factory=DeliveryStore)
    batches: BatchStore = field(default_factory=BatchStore)
    inboxes: InboxStore = field(default_factory=InboxStore)
    follows: FollowStore = field(default_factory=FollowStore)
    preferences: PreferencesStore = field(default_factory=PreferencesStore)
    permits: PermitStore = field(default_factory=PermitStore)
    campaigns: CampaignStore = field(default_factory=CampaignStore)
    feeds: FeedStore = field(default_factory=FeedStore)
    switches: SwitchStore = field(default_factory=SwitchStore)
