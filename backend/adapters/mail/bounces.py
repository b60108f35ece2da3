"""Reading a delivery status notification (RFC 3464): which message came back, and whether for good."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message

_ID = re.compile(r"<[^<>\s]{1,300}>")


@dataclass(frozen=True)
class Bounce:
    """The message that came back, by its Message-ID; `permanent` when trying again is useless."""

    ref: str
    status: str
    permanent: bool


def read_bounce(raw: bytes) -> Bounce | None:
    """What a returned mail says; None when it is no bounce of a message of ours."""
    mail = message_from_bytes(raw, policy=policy.compat32)
    if mail.get_content_type() != "multipart/report":
        return None
    status = ref = ""
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            status = status or _field(part, "Status")
        elif part.get_content_type() in {"message/rfc822", "text/rfc822-headers"}:
            ref = ref or _field(part, "Message-ID")
    found = _ID.search(ref)
    if not found or not status:
        return None
    return Bounce(found[0], status, status.startswith("5"))


def _field(part: Message, name: str) -> str:
    """A header of the part itself, of the messages inside it, or in its text."""
    for inner in part.walk():
        if inner is not part and inner.get(name):
            return str(inner[name]).strip()
    payload = part.get_payload(decode=True)
    text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    found = re.search(rf"(?im)^{name}:\s*(.{{1,400}})$", text)
    return found[1].strip() if found else ""
