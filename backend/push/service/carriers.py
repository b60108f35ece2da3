"""The promise every carrier keeps, and the two that keep it: WeChat and e-mail."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from backend.adapters.mail import MailClient, MailRefusedError
from backend.adapters.wechat import DAY_QUOTA, NO_PERMIT, StandInWechat, WechatClient, WechatError, fit
from backend.push.limits import kind_named, limits
from backend.push.store.messages import Message
from backend.shared.clock import end_of, in_shanghai
from backend.shared.errors import CarrierDownError, CarrierRefusedError

WECHAT, MAIL = "wechat", "mail"
LABELS: Mapping[str, str] = {"inbox": "站内消息", WECHAT: "微信订阅消息", MAIL: "电子邮件"}
SHORT_WAIT = timedelta(minutes=1)


@dataclass(frozen=True)
class Parcel:
    """One delivery on its way: to whose address, from which firm's messages."""

    delivery: str
    person: str
    address: str
    firm: str
    message: Message


class Carrier(Protocol):
    """Sends one parcel, and says what an error means for it."""

    name: str
    needs_permit: bool

    def addresses(self, persons: Sequence[str]) -> Mapping[str, str]:
        """Person -> where to send; who is missing cannot be reached."""

    def send(self, parcel: Parcel) -> str:
        """The carrier's own number. CarrierDownError, CarrierRefusedError or CarrierUnclearError."""

    def wait_until(self, error: CarrierDownError, now: datetime, /) -> datetime:
        """When to try again what surely was not sent."""

    def refused(self, parcel: Parcel, error: CarrierRefusedError) -> bool:
        """Note what a refusal says about the person's address or permits; True: its permit is gone."""


class WechatCarrier:
    """One consent is one message; template fields are cut to what WeChat takes."""

    name = WECHAT
    needs_permit = True

    def __init__(
        self,
        client: WechatClient | StandInWechat,
        templates: Mapping[str, str],
        openids_of: Callable[[Sequence[str]], Mapping[str, str]],
        void_permits: Callable[[str, str], object],
        page: str = "pages/message",
    ) -> None:
        self._client = client
        self.templates = templates
        self._openids_of = openids_of
        self._void_permits = void_permits
        self._page = page

    def addresses(self, persons: Sequence[str]) -> Mapping[str, str]:
        return self._openids_of(persons)

    def send(self, parcel: Parcel) -> str:
        message = parcel.message
        template = kind_named(message.kind).template
        page = f"{self._page}?id={message.id}"
        values = template_values(template, parcel)
        return self._client.send_subscribe_message(parcel.address, self.templates[template], values, page)

    def wait_until(self, error: CarrierDownError, now: datetime) -> datetime:
        if isinstance(error, WechatError) and error.errcode == DAY_QUOTA:
            return end_of(in_shanghai(now).date())
        return now + SHORT_WAIT

    def refused(self, parcel: Parcel, error: CarrierRefusedError) -> bool:
        if not isinstance(error, WechatError) or error.errcode != NO_PERMIT:
            return False
        self._void_permits(parcel.person, kind_named(parcel.message.kind).template)
        return True


class MailCarrier:
    """Whole texts; an address that is refused is not used again."""

    name = MAIL
    needs_permit = False

    def __init__(
        self,
        client: MailClient,
        addresses_of: Callable[[Sequence[str]], Mapping[str, str]],
        note_bounce: Callable[[str, str], object],
    ) -> None:
        self._client = client
        self._addresses_of = addresses_of
        self._note_bounce = note_bounce

    def addresses(self, persons: Sequence[str]) -> Mapping[str, str]:
        return self._addresses_of(persons)

    def send(self, parcel: Parcel) -> str:
        message = parcel.message
        foot = f"消息编号：{message.id}\n可在“消息”中查看理由，或关闭此类消息。"
        text = f"{parcel.firm}：\n\n{message.text}\n\n{foot}\n"
        return self._client.send(parcel.address, message.title, text, ref="policymap")

    def wait_until(self, _error: CarrierDownError, now: datetime) -> datetime:
        return now + 5 * SHORT_WAIT

    def refused(self, parcel: Parcel, error: CarrierRefusedError) -> bool:
        if isinstance(error, MailRefusedError):
            self._note_bounce(parcel.person, error.message)
        return False


def template_values(template: str, parcel: Parcel) -> dict[str, str]:
    """The fields of a template, each cut to its limit."""
    message = parcel.message
    shown = {
        "title": message.title,
        "firm": parcel.firm,
        "reason": kind_named(message.kind).label,
        "day": in_shanghai(message.created_at).date().isoformat(),
        "target": message.day,
    }
    return {key: fit(key, shown[what]) for key, what in limits().templates[template].items()}
