"""What WeChat reports later: whether a subscription message arrived. Reports may be late or doubled."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha1
from typing import Any

SENT_EVENT = "subscribe_msg_sent_event"
CONSENT_EVENTS = ("subscribe_msg_popup_event", "subscribe_msg_change_event")


@dataclass(frozen=True)
class Receipt:
    """Whether the message WeChat calls `ref` arrived; `code` is WeChat's error number as text."""

    ref: str
    arrived: bool
    code: str


def check_signature(token: str, signature: str, timestamp: str, nonce: str) -> bool:
    """Whether a call comes from whoever knows the token."""
    expected = sha1("".join(sorted((token, timestamp, nonce))).encode()).hexdigest()
    return hmac.compare_digest(expected, signature)


def read_receipts(event: Mapping[str, Any]) -> list[Receipt]:
    """The receipts in a pushed event; none in events of another kind."""
    if event.get("Event") != SENT_EVENT:
        return []
    return [
        Receipt(
            str(entry["MsgID"]), str(entry.get("ErrorCode", "0")) == "0", str(entry.get("ErrorCode", "0"))
        )
        for entry in _entries(event)
        if entry.get("MsgID")
    ]


def read_refusals(event: Mapping[str, Any]) -> list[str]:
    """The template ids a person refused, at the question or later in the settings.

    A consent is not read here: the page that asked reports it, and one tap must not count twice.
    """
    if event.get("Event") not in CONSENT_EVENTS:
        return []
    return [
        str(entry["TemplateId"])
        for entry in _entries(event)
        if entry.get("TemplateId") and entry.get("SubscribeStatusString") == "reject"
    ]


def _entries(event: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """One entry comes bare, several come as a list."""
    entries = event.get("List", event.get("SubscribeMsgSentEvent", []))
    listed = entries if isinstance(entries, list) else [entries]
    return [entry for entry in listed if isinstance(entry, Mapping)]
