"""What WeChat reports later: whether a subscription message arrived. Reports may be late or doubled."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha1
from typing import Any

SENT_EVENT = "subscribe_msg_sent_event"


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
    entries = event.get("List", event.get("SubscribeMsgSentEvent", []))
    if isinstance(entries, Mapping):
        entries = [entries]
    if not isinstance(entries, list):
        return []
    return [
        Receipt(
            str(entry["MsgID"]), str(entry.get("ErrorCode", "0")) == "0", str(entry.get("ErrorCode", "0"))
        )
        for entry in entries
        if isinstance(entry, Mapping) and entry.get("MsgID")
    ]
