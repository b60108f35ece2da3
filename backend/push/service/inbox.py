"""What people read: a person's inbox, and the messages staff look into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backend.companies.service import CompanyService
from backend.push.store.deliveries import DELIVERED, Delivery, DeliveryStore, delivery_id
from backend.push.store.messages import Message, MessageStore
from backend.shared.caller import Caller, Role
from backend.shared.clock import Clock
from backend.shared.errors import ForbiddenError, NotFoundError
from backend.shared.paging import Page


@dataclass(frozen=True)
class InboxItem:
    """A message as it lies in one person's inbox."""

    message: Message
    delivery: Delivery


@dataclass(frozen=True)
class MessageView:
    """A message with its deliveries: the reader's own, or all of them for staff."""

    message: Message
    deliveries: tuple[Delivery, ...]


class Inbox:
    """A person sees what came for the firms it is bound to now."""

    def __init__(
        self, messages: MessageStore, deliveries: DeliveryStore, companies: CompanyService, clock: Clock
    ) -> None:
        self._messages = messages
        self._deliveries = deliveries
        self._companies = companies
        self._clock = clock

    def read_inbox(self, caller: Caller, limit: int, cursor: str | None) -> tuple[Page[InboxItem], int]:
        """A page of the caller's inbox, newest first, and how much of all is unread."""
        page = self._deliveries.inbox(caller.id, caller.firms, limit, cursor)
        messages = self._messages.get_many([delivery.message for delivery in page.items])
        items = [InboxItem(messages[delivery.message], delivery) for delivery in page.items]
        unread = self._deliveries.count_unread(caller.id, caller.firms)
        return Page(items, page.total, page.next_cursor), unread

    def read_message(self, message_id: str, caller: Caller) -> MessageView:
        """One message with its receipts, for its reader or for staff of the firm; else NotFoundError."""
        if caller.kind == "person":
            delivery = self._own(message_id, caller)
            return MessageView(self._messages.get(message_id), (delivery,))
        message = self._messages.get(message_id)
        self._companies.read_company(message.uscc, caller)
        return MessageView(message, tuple(self._deliveries.of_message(message_id)))

    def mark_read(self, message_id: str, caller: Caller) -> MessageView:
        """The caller has read it; a second time changes nothing."""
        self._deliveries.mark_read(self._own(message_id, caller).id, self._clock.now())
        return self.read_message(message_id, caller)

    def mark_not_relevant(self, message_id: str, reason: str, caller: Caller) -> MessageView:
        """The caller says why it should not have come."""
        self._deliveries.mark_not_relevant(self._own(message_id, caller).id, reason, self._clock.now())
        return self.read_message(message_id, caller)

    def list_messages(
        self, caller: Caller, limit: int, cursor: str | None, uscc: str | None, policy: str | None
    ) -> Page[Message]:
        """Messages for staff; without a firm only for those who may see every firm."""
        filters: dict[str, Any] = {"policy": policy} if policy else {}
        if uscc is not None:
            filters["uscc"] = self._companies.read_company(uscc, caller).uscc
        elif not caller.has(Role.EDITOR, Role.REVIEWER, Role.PUBLISHER):
            raise ForbiddenError("请指定您负责的企业。")
        return self._messages.page(filters, limit, cursor)

    def export_person(self, person_id: str) -> dict[str, Any]:
        """What was delivered to a person, for its own export."""
        deliveries = self._deliveries.of_person(person_id)
        messages = self._messages.get_many([delivery.message for delivery in deliveries])
        return {"messages": [_exported(delivery, messages) for delivery in deliveries]}

    def erase_person(self, person_id: str) -> dict[str, Any]:
        """Remove a person's deliveries; the firm's messages stay."""
        return {"deliveries": self._deliveries.erase_person(person_id)}

    def _own(self, message_id: str, caller: Caller) -> Delivery:
        delivery = self._deliveries.find(delivery_id(message_id, caller.id))
        if delivery is None or delivery.state != DELIVERED or delivery.uscc not in caller.firms:
            raise NotFoundError("消息", message_id)
        return delivery


def _exported(delivery: Delivery, messages: Mapping[str, Message]) -> dict[str, Any]:
    message = messages.get(delivery.message)
    return {
        "message": delivery.message,
        "title": message.title if message else "",
        "firm": delivery.uscc,
        "state": delivery.state,
        "delivered_at": delivery.delivered_at.isoformat() if delivery.delivered_at else None,
        "read_at": delivery.read_at.isoformat() if delivery.read_at else None,
        "not_relevant": delivery.not_relevant,
    }
