"""What people read: a person's inbox, why a message came, and the messages staff look into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from backend.companies.service import CompanyService
from backend.push.limits import kind_named
from backend.push.service.readers import STAFF
from backend.push.store import PushStores
from backend.push.store.deliveries import DELIVERED, TRIED, Delivery, delivery_id
from backend.push.store.messages import Message
from backend.push.store.preferences import Preferences
from backend.shared.caller import Caller, Role
from backend.shared.clock import Clock, end_of, in_shanghai
from backend.shared.errors import ForbiddenError, InvalidInputError, NotFoundError, WrongStateError
from backend.shared.paging import Page

LONGEST_SNOOZE = timedelta(days=180)


@dataclass(frozen=True)
class InboxItem:
    """A message as it lies in one person's inbox; `lowered`: the person said such are not relevant."""

    message: Message
    delivery: Delivery
    lowered: bool = False


@dataclass(frozen=True)
class MessageView:
    """A message with its deliveries (the reader's own, or all for staff) and the permits they cost."""

    message: Message
    deliveries: tuple[Delivery, ...]
    permits: Mapping[str, str]
    refs: Mapping[str, str]


@dataclass(frozen=True)
class Told:
    """What a firm had been told by the end of a day, and how each delivery stood then."""

    message: Message
    withdrawn: bool
    steps: tuple[tuple[Delivery, Mapping[str, Any]], ...]


class Inbox:
    """A person sees what came for the firms it is bound to now; staff see what came for the staff."""

    def __init__(self, stores: PushStores, companies: CompanyService, clock: Clock) -> None:
        self._stores = stores
        self._companies = companies
        self._clock = clock

    def read_inbox(
        self, caller: Caller, limit: int, cursor: str | None, box: str = "all"
    ) -> tuple[Page[InboxItem], int]:
        """A page of the caller's inbox, newest first, and how much of all is unread."""
        reader, firms, now = _reader(caller), _firms(caller), self._clock.now()
        page = self._stores.inboxes.page(reader, firms, box, now, limit, cursor)
        messages = self._stores.messages.get_many([delivery.message for delivery in page.items])
        wishes = self._stores.preferences.get(reader)
        items = [
            InboxItem(messages[delivery.message], delivery, _lowered(delivery, wishes))
            for delivery in page.items
        ]
        unread = self._stores.inboxes.count(reader, firms, "unread", now)
        return Page(items, page.total, page.next_cursor), unread

    def read_message(self, message_id: str, caller: Caller) -> MessageView:
        """One message with its receipts, for its reader or for staff of the firm; else NotFoundError."""
        if caller.kind == "person" or message_id.startswith(f"{STAFF}:"):
            rows = self._mine(message_id, caller)
        else:
            self._companies.read_company(self._stores.messages.get(message_id).uscc, caller)
            rows = self._stores.deliveries.of_message(message_id)
        refs = {row.id: self._stores.batches.ref_of(row.batch, row.id) for row in rows if row.batch}
        permits = self._stores.permits.spent_for([row.id for row in rows])
        return MessageView(self._stores.messages.get(message_id), tuple(rows), permits, refs)

    def mark_read(self, message_id: str, caller: Caller) -> MessageView:
        """The caller has read it; a second time changes nothing."""
        self._stores.inboxes.mark_read(self._own(message_id, caller).id, self._clock.now())
        return self.read_message(message_id, caller)

    def mark_done(self, message_id: str, done: bool, caller: Caller) -> MessageView:
        """The caller has dealt with it, or takes it up again."""
        self._stores.inboxes.mark_done(self._own(message_id, caller).id, done, self._clock.now())
        return self.read_message(message_id, caller)

    def snooze(self, message_id: str, until: datetime, caller: Caller) -> MessageView:
        """Out of sight until then; then unread again."""
        now = self._clock.now()
        if not now < until <= now + LONGEST_SNOOZE:
            raise InvalidInputError.at("until", f"应为将来 {LONGEST_SNOOZE.days} 天以内的时间。")
        self._stores.inboxes.snooze(self._own(message_id, caller).id, until, now)
        return self.read_message(message_id, caller)

    def mark_not_relevant(self, message_id: str, reason: str, caller: Caller) -> MessageView:
        """The caller says why it should not have come; such messages are worth less to it from now on."""
        own, now = self._own(message_id, caller), self._clock.now()
        mark = {"message": message_id, "kind": own.kind, "policy": own.policy, "reason": reason, "at": now}
        self._stores.preferences.mark_irrelevant(own.person, mark, now)
        self._stores.inboxes.mark_not_relevant(own.id, reason, now)
        return self.read_message(message_id, caller)

    def mute(self, message_id: str, caller: Caller) -> Preferences:
        """No more messages of this kind: one tap on a message."""
        own = self._own(message_id, caller)
        if kind_named(own.kind).fixed:
            raise WrongStateError("这类消息不能关闭。")
        wishes = self._stores.preferences.get(own.person)
        muted = sorted({*wishes.muted, own.kind})
        return self._stores.preferences.set(own.person, self._clock.now(), muted=muted)

    def list_messages(
        self, caller: Caller, limit: int, cursor: str | None, uscc: str | None, policy: str | None
    ) -> Page[Message]:
        """Messages for staff; without a firm only for those who may see every firm."""
        filters: dict[str, Any] = {"policy": policy} if policy else {}
        if uscc is not None:
            filters["uscc"] = self._companies.read_company(uscc, caller).uscc
        elif not caller.has(Role.EDITOR, Role.REVIEWER, Role.PUBLISHER):
            raise ForbiddenError("请指定您负责的企业。")
        return self._stores.messages.page(filters, limit, cursor)

    def told_by(self, uscc: str, day: date, caller: Caller) -> list[Told]:
        """The audit: what a firm had been told by the end of a day, and how it stood then."""
        end = end_of(day)
        company = self._companies.read_company(uscc, caller)
        messages = self._stores.messages.created_until(company.uscc, end)
        rows = self._stores.deliveries.of_messages([message.id for message in messages])
        return [
            Told(
                message,
                bool(message.withdrawn) and in_shanghai(message.withdrawn["at"]) < end,
                tuple((row, step) for row in rows if row.message == message.id and (step := _at(row, end))),
            )
            for message in messages
        ]

    def _mine(self, message_id: str, caller: Caller) -> list[Delivery]:
        """The caller's deliveries of a message it can see: in its inbox, or a digest that went out to it."""
        reader = _reader(caller)
        rows = [row for row in self._stores.deliveries.of_message(message_id) if row.person == reader]
        if not any(
            row.kind == "digest" and row.state in TRIED and row.uscc in _firms(caller) for row in rows
        ):
            self._own(message_id, caller)
        return rows

    def _own(self, message_id: str, caller: Caller) -> Delivery:
        delivery = self._stores.deliveries.find(delivery_id(message_id, _reader(caller)))
        if delivery is None or delivery.state != DELIVERED or delivery.uscc not in _firms(caller):
            raise NotFoundError("消息", message_id)
        return delivery


def _reader(caller: Caller) -> str:
    return caller.id if caller.kind == "person" else caller.label


def _firms(caller: Caller) -> frozenset[str]:
    return caller.firms if caller.kind == "person" else frozenset({STAFF})


def _lowered(delivery: Delivery, wishes: Preferences) -> bool:
    return bool(delivery.not_relevant) or wishes.dislikes(delivery.policy) or wishes.marks(delivery.kind) > 0


def _at(delivery: Delivery, end: datetime) -> Mapping[str, Any] | None:
    """The last step before an instant."""
    return next((step for step in reversed(delivery.history) if step["at"] < end), None)
