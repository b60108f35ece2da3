"""What a person wants: rhythm, kinds, the non-personal option, an address for mail, WeChat permits."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from backend.push.limits import limits
from backend.push.service.carriers import WECHAT
from backend.push.service.outbox import NO_PERMIT
from backend.push.store import PushStores
from backend.push.store.deliveries import INBOX, PENDING
from backend.push.store.preferences import Preferences
from backend.shared.caller import Caller
from backend.shared.clock import Clock
from backend.shared.errors import InvalidInputError, NotFoundError, NotReadyError

# address, subject, text -> anything; raises a CarrierError.
SendMail = Callable[[str, str, str], object]


@dataclass(frozen=True)
class PermitCount:
    """What the ledger holds for one template."""

    template: str
    left: int


class Wishes:
    """Every switch is the person's own; none is set for it."""

    def __init__(
        self, stores: PushStores, clock: Clock, send_mail: SendMail | None, public_url: str = ""
    ) -> None:
        self._stores = stores
        self._clock = clock
        self._send_mail = send_mail
        self._public_url = public_url

    def read(self, caller: Caller) -> tuple[Preferences, list[PermitCount]]:
        """The person's wishes and the permits it has left, by template."""
        free = self._stores.permits.free([caller.id])
        counts = [
            PermitCount(template, len(free.get((caller.id, template), ()))) for template in limits().templates
        ]
        return self._stores.preferences.get(caller.id), counts

    def to_send(self, caller: Caller) -> int:
        """What WeChat could bring: unread messages that wait or found no permit, and what is followed."""
        rows = [row for row in self._stores.deliveries.of_person(caller.id) if row.uscc in caller.firms]
        read = {row.message for row in rows if row.carrier == INBOX and row.read_at}
        waiting = [
            row for row in rows if row.carrier == WECHAT and (row.state == PENDING or row.reason == NO_PERMIT)
        ]
        followed = [follow for follow in self._stores.follows.of_person(caller.id) if follow.active]
        return sum(row.message not in read for row in waiting) + len(followed)

    def change(
        self,
        caller: Caller,
        rhythm: Mapping[str, str] | None = None,
        muted: Sequence[str] | None = None,
        personalised: bool | None = None,
    ) -> Preferences:
        """What is given is set, the rest stays; a rhythm is per firm of the person."""
        known = self._stores.preferences.get(caller.id)
        fields: dict[str, Any] = {}
        if rhythm is not None:
            if foreign := set(rhythm) - caller.firms:
                raise NotFoundError("企业", sorted(foreign)[0])
            fields["rhythm"] = {**known.rhythm, **rhythm}
        if muted is not None:
            fixed = [name for name in muted if name not in limits().kinds or limits().kinds[name].fixed]
            if fixed:
                raise InvalidInputError.at("muted", f"不能关闭：{fixed[0]}")
            fields["muted"] = sorted(set(muted))
        if personalised is not None:
            fields["personalised"] = personalised
        return self._stores.preferences.set(caller.id, self._clock.now(), **fields) if fields else known

    def set_email(self, address: str, caller: Caller) -> Preferences:
        """A new address ("" removes it); it is used once the person has confirmed the code sent there."""
        now = self._clock.now()
        code = f"{secrets.randbelow(10**8):08}" if address else ""
        fields = {"email": address, "email_confirmed": False, "email_bounced": ""}
        if address:
            if self._send_mail is None:
                raise NotReadyError("尚未配置邮件服务。", retry_after=3600)
            self._send_mail(address, "确认接收政策消息的邮箱", self._confirmation(code))
        hashed = _hash(caller.id, code) if code else ""
        return self._stores.preferences.set(caller.id, now, email_hash=hashed, **fields)

    def _confirmation(self, code: str) -> str:
        # The code stands behind the #: it is sent to no server until the person taps there, signed in.
        way = (
            f"也可以打开网页确认：{self._public_url}/#/pages/email?code={code}\n" if self._public_url else ""
        )
        return f"确认码：{code}\n{way}如果不是您本人操作，请忽略。"

    def confirm_email(self, code: str, caller: Caller) -> Preferences:
        """InvalidInputError for a wrong code."""
        if not self._stores.preferences.confirm_email(caller.id, _hash(caller.id, code), self._clock.now()):
            raise InvalidInputError.at("code", "确认码不正确。")
        return self._stores.preferences.get(caller.id)

    def grant(self, template: str, nonce: str, caller: Caller) -> int:
        """One tap on WeChat's consent: how many permits of its template are left. A tap counts once."""
        self._stores.permits.grant(caller.id, template, nonce, self._clock.now())
        return len(self._stores.permits.free([caller.id]).get((caller.id, template), ()))

    def decline(self, template: str, caller: Caller) -> int:
        """WeChat said reject or ban: what the ledger holds is worth nothing."""
        return self._stores.permits.void(caller.id, template, self._clock.now())

    def void(self, person: str, template: str) -> int:
        """The same, learnt from a refused send."""
        return self._stores.permits.void(person, template, self._clock.now())

    def note_bounce(self, person: str, reason: str) -> None:
        """Mail to this person comes back."""
        self._stores.preferences.bounced(person, reason, self._clock.now())

    def addresses_of(self, persons: Sequence[str]) -> dict[str, str]:
        """Person -> confirmed address, of those that have one mail reaches."""
        wishes = self._stores.preferences.get_many(persons)
        return {person: wish.mail_address for person, wish in wishes.items() if wish.mail_address}


def exported(wishes: Preferences) -> dict[str, Any]:
    """A person's wishes for its own export."""
    marks = [{**mark, "at": _text(mark.get("at"))} for mark in wishes.irrelevant]
    return {
        "rhythm": dict(wishes.rhythm),
        "muted": sorted(wishes.muted),
        "personalised": wishes.personalised,
        "email": wishes.email,
        "email_confirmed": wishes.email_confirmed,
        "not_relevant": marks,
    }


def _text(at: object) -> str:
    return at.isoformat() if isinstance(at, datetime) else ""


def _hash(person: str, code: str) -> str:
    return sha256(f"{person}:{code}".encode()).hexdigest()
