"""Shapes of messages and runs on the wire."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import Field

from backend.adapters.http import Body, Query
from backend.adapters.http.fields import Slug, Uscc
from backend.push.service import Delivery, InboxItem, MatchRun, Message, MessageView
from backend.shared.clock import in_shanghai


class PageQuery(Query):
    """A page, newest first."""

    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=300)


class MessageQuery(PageQuery):
    """Which messages staff look into."""

    uscc: Uscc | None = None
    policy: Slug | None = None


class NotRelevant(Body):
    """Why a message should not have come."""

    reason: str = Field(min_length=1, max_length=200)


class StartMatch(Body):
    """The day to judge by; today if none is given."""

    day: date | None = None


def message_json(message: Message) -> dict[str, Any]:
    """A message without its reasons."""
    gone = message.withdrawn
    return {
        "id": message.id,
        "uscc": message.uscc,
        "policy": message.policy,
        "version": message.version,
        "cause": message.cause,
        "day": message.day,
        "title": message.title,
        "text": message.text,
        "withdrawn": gone["reason"] if gone else None,
        "mark": "已撤回" if gone else "",
        "created_at": message.created_at.isoformat(),
    }


def inbox_json(item: InboxItem) -> dict[str, Any]:
    """A message in an inbox."""
    delivery = item.delivery
    return {
        **message_json(item.message),
        "read_at": delivery.read_at.isoformat() if delivery.read_at else None,
        "not_relevant": delivery.not_relevant or None,
    }


def view_json(view: MessageView) -> dict[str, Any]:
    """A message with why it came and what became of it; the inbox needs no permit."""
    return {
        **message_json(view.message),
        "why": dict(view.message.why),
        "permit": None,
        "receipts": [_receipt_json(delivery) for delivery in view.deliveries],
    }


def run_json(run: MatchRun, messages: int) -> dict[str, Any]:
    """A run with how far it came."""
    return {
        "id": run.id,
        "policy": run.policy or None,
        "version": run.version or None,
        "change": run.change,
        "day": run.day.isoformat(),
        "state": run.state,
        "firms": run.firms,
        "messages": messages,
        "note": run.note,
        "created_at": in_shanghai(run.created_at).isoformat(),
        "updated_at": in_shanghai(run.updated_at).isoformat(),
    }


def _receipt_json(delivery: Delivery) -> dict[str, Any]:
    return {
        "carrier": delivery.carrier,
        "state": delivery.state,
        "reason": delivery.reason,
        "delivered_at": delivery.delivered_at.isoformat() if delivery.delivered_at else None,
        "read_at": delivery.read_at.isoformat() if delivery.read_at else None,
        "not_relevant": delivery.not_relevant or None,
    }
