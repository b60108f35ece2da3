"""Sending mail by SMTP: one connection per message, so a refusal is always that message's own."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from backend.shared.errors import CarrierDownError, CarrierRefusedError, CarrierUnclearError

TIMEOUT = 15.0
TEMPORARY, PERMANENT = 400, 500


class MailDownError(CarrierDownError):
    """The mail server surely did not take it now, and may take it later."""

    code = "mail_down"


class MailRefusedError(CarrierRefusedError):
    """The mail server will not take mail for this address: it is noted as bounced."""

    code = "mail_refused"


class MailUnclearError(CarrierUnclearError):
    """The line broke while the message was handed over."""

    code = "mail_unclear"


class MailClient:
    """Safe in threads: nothing is shared between two sends."""

    def __init__(
        self, host: str, port: int, sender: str, user: str = "", password: str = "", tls: bool = False
    ) -> None:
        self._host, self._port, self._sender = host, port, sender
        self._user, self._password, self._tls = user, password, tls

    def send(self, address: str, subject: str, text: str, ref: str) -> str:
        """Hand one message over and return its Message-ID; `ref` is in it, so a bounce finds its way back.

        Raises MailDownError, MailRefusedError or MailUnclearError.
        """
        domain = self._sender.rpartition("@")[2]
        message = EmailMessage()
        message["From"], message["To"] = self._sender, address
        message["Subject"] = " ".join(subject.split())
        message["Date"] = formatdate(localtime=True)
        message["Message-ID"] = make_msgid(idstring=ref, domain=domain)
        message.set_content(text)
        handed_over = False
        try:
            with smtplib.SMTP(self._host, self._port, timeout=TIMEOUT) as server:
                self._greet(server)
                _accepted(*server.mail(self._sender))
                _accepted(*server.rcpt(address))
                # From here on the server may have the message although we never hear of it.
                handed_over = True
                _accepted(*server.data(message.as_bytes()))
        except (MailDownError, MailRefusedError):
            raise
        except smtplib.SMTPServerDisconnected as error:
            raise _lost(handed_over) from error
        except smtplib.SMTPResponseException as error:
            raise _answered(error.smtp_code, error.smtp_error) from None
        except (smtplib.SMTPException, OSError) as error:
            raise _lost(handed_over) from error
        return str(message["Message-ID"])

    def write(self, address: str, subject: str, text: str) -> str:
        """A letter about nothing that is kept: a code, a greeting."""
        return self.send(address, subject, text, "letter")

    def _greet(self, server: smtplib.SMTP) -> None:
        if self._tls:
            server.starttls()
        server.ehlo()
        if self._user:
            server.login(self._user, self._password)


def _accepted(code: int, text: bytes) -> None:
    if code >= TEMPORARY:
        raise _answered(code, text)


def _answered(code: int, text: bytes | str) -> MailDownError | MailRefusedError:
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    if code >= PERMANENT:
        return MailRefusedError(f"邮件被拒收（{code}）。", code=code, answer=said[:200])
    return MailDownError(f"邮件服务器暂时不收（{code}）。", code=code)


def _lost(handed_over: bool) -> MailUnclearError | MailDownError:
    if handed_over:
        return MailUnclearError("邮件服务器没有给出明确的回复。")
    return MailDownError("邮件服务器无法连接。")
