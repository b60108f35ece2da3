"""The carriers these settings allow: WeChat or its stand-in, mail, or none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import structlog

from backend.adapters.mail import MailClient
from backend.adapters.wechat import Envelope, StandInWechat, WechatClient
from backend.push.api import WechatCallback
from backend.push.service import PushService
from backend.push.service.carriers import Carrier, MailCarrier, WechatCarrier
from backend.settings import Settings
from backend.shared.clock import Clock
from backend.shared.errors import CarrierError
from backend.shared.writing import HELD, PASSED, REFUSED, UNCHECKED, CheckText

log = structlog.get_logger(__name__)

_SUGGESTED = {"pass": PASSED, "review": HELD, "risky": REFUSED}


def wechat_of(settings: Settings, clock: Clock) -> WechatClient | StandInWechat:
    if settings.wechat_stand_in:
        return StandInWechat()
    secret = settings.wechat_secret.get_secret_value() if settings.wechat_secret else ""
    return WechatClient(settings.wechat_appid, secret, clock, settings.wechat_api)


def content_check(
    settings: Settings,
    wechat: WechatClient | StandInWechat,
    openids_of: Callable[[Sequence[str]], Mapping[str, str]],
) -> CheckText:
    """How texts of persons are checked: by WeChat where it is configured; what it cannot check is held."""
    if not settings.wechat_appid and not settings.wechat_stand_in:
        return lambda _person, _text: UNCHECKED

    def check(person: str, text: str) -> str:
        openid = openids_of([person]).get(person)
        if openid is None:
            return HELD
        try:
            return _SUGGESTED[wechat.check_text(openid, text)]
        except CarrierError:
            log.warning("content_check_down")
            return HELD

    return check


def callback_of(settings: Settings) -> WechatCallback:
    """How WeChat's pushes are checked: by a token, and opened with a key once one is set."""
    token, *keys = (
        secret.get_secret_value() if secret else ""
        for secret in (
            settings.wechat_callback_token,
            settings.wechat_callback_key,
            settings.wechat_callback_key_before,
        )
    )
    given = [key for key in keys if key]
    names = {template: name for name, template in templates_of(settings).items()}
    return WechatCallback(token, Envelope(token, given, settings.wechat_appid) if given else None, names)


def templates_of(settings: Settings) -> dict[str, str]:
    """What the house calls a template -> its id with WeChat."""
    stand_in = {"policy": "stand-in-policy", "deadline": "stand-in-deadline"}
    return settings.wechat_templates or (stand_in if settings.wechat_stand_in else {})


def mail_of(settings: Settings) -> MailClient | None:
    if not settings.smtp_host:
        return None
    password = settings.smtp_password.get_secret_value() if settings.smtp_password else ""
    return MailClient(
        settings.smtp_host,
        settings.smtp_port,
        settings.mail_sender,
        settings.smtp_user,
        password,
        settings.smtp_tls,
    )


def carriers_of(
    settings: Settings, wechat: WechatClient | StandInWechat, mail: MailClient | None, push: PushService
) -> list[Carrier]:
    """The carriers these settings allow; without one the inbox works alone."""
    carriers: list[Carrier] = []
    templates = templates_of(settings)
    if templates:
        openids_of, wishes = push.world.openids_of, push.wishes
        carriers.append(WechatCarrier(wechat, templates, openids_of, wishes.void))
    if mail is not None:
        carriers.append(MailCarrier(mail, push.wishes.addresses_of, push.wishes.note_bounce))
    return carriers
