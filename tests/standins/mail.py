"""A real SMTP server on a loopback port: it keeps what it takes, and refuses or drops what it is told to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from typing import Any

from aiosmtpd.controller import Controller

from tests.servers.processes import free_port


@dataclass
class MailServer:
    """What arrived; `refused` addresses get 550, `busy` ones 451, a body for `dropping` breaks the line."""

    port: int
    arrived: list[Message] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    busy: set[str] = field(default_factory=set)
    dropping: set[str] = field(default_factory=set)

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return "550 5.1.1 no such mailbox"
        if address in self.busy:
            return "451 4.3.2 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.arrived.append(message_from_bytes(envelope.content))
        if set(envelope.rcpt_tos) & self.dropping:
            server.transport.abort()
        return "250 OK"

    def texts(self) -> list[str]:
        """The bodies that arrived."""
        found = []
        for mail in self.arrived:
            payload = mail.get_payload(decode=True)
            assert isinstance(payload, bytes)
            found.append(payload.decode())
        return found


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A running server."""
    state = MailServer(free_port())
    controller = Controller(state, hostname="127.0.0.1", port=state.port)
    controller.start()
    try:
        yield state
    finally:
        controller.stop()


def bounce_of(message_id: str, status: str = "5.1.1") -> bytes:
    """A delivery status notification for a message (RFC 3464)."""
    return f"""From: MAILER-DAEMON@example.org
To: sender@example.org
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It did not arrive.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; example.org

Final-Recipient: rfc822; lin@example.org
Action: failed
Status: {status}

--b
Content-Type: message/rfc822

Message-ID: {message_id}
From: sender@example.org
To: lin@example.org

text
--b--
""".encode()
