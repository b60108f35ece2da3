"""Mail by a real SMTP server on loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backend.adapters.mail import (
    MailClient,
    MailDownError,
    MailRefusedError,
    MailUnclearError,
    read_bounce,
)
from tests.servers.processes import free_port
from tests.standins.mail import MailServer, bounce_of, mail_server

LIN = "lin@example.org"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture
def mail(server: MailServer) -> MailClient:
    return MailClient("127.0.0.1", server.port, "policy@example.org")


def test_a_message_arrives_whole_with_its_number(mail: MailClient, server: MailServer) -> None:
    number = mail.send(LIN, "您符合\n《示例》的条件", "正文第一行\n第二行", "d1")
    (arrived,) = server.arrived
    assert arrived["Message-ID"] == number
    assert "正文第一行\n第二行" in server.texts()[0].replace("\r\n", "\n")
    assert (arrived["To"], arrived["From"]) == (LIN, "policy@example.org")


def test_a_refused_address_a_busy_server_and_a_broken_line_are_three_different_things(
    mail: MailClient, server: MailServer
) -> None:
    server.refused, server.busy, server.dropping = {"no@example.org"}, {"later@example.org"}, {LIN}
    with pytest.raises(MailRefusedError):
        mail.send("no@example.org", "t", "x", "d1")
    with pytest.raises(MailDownError):
        mail.send("later@example.org", "t", "x", "d1")
    assert server.arrived == []
    with pytest.raises(MailUnclearError):
        mail.send(LIN, "t", "x", "d1")
    assert len(server.arrived) == 1


def test_without_a_server_mail_is_down() -> None:
    with pytest.raises(MailDownError):
        MailClient("127.0.0.1", free_port(), "policy@example.org").send(LIN, "t", "x", "d1")


@pytest.mark.parametrize(("status", "permanent"), [("5.1.1", True), ("4.2.2", False)])
def test_a_bounce_names_the_message_that_came_back(status: str, permanent: bool) -> None:
    found = read_bounce(bounce_of("<1.policymap@example.org>", status))
    assert found is not None
    assert (found.ref, found.status, found.permanent) == ("<1.policymap@example.org>", status, permanent)


@pytest.mark.parametrize("raw", [b"", b"Subject: hello\n\nhello", b"\xff\xfe\x00", bounce_of("nonsense")])
def test_other_mail_is_no_bounce(raw: bytes) -> None:
    assert read_bounce(raw) is None
