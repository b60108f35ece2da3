"""The carriers these settings allow: WeChat or its stand-in, mail, or none."""

from __future__ import annotations

from backend.adapters.mail import MailClient
from backend.adapters.wechat import StandInWechat, WechatClient
from backend.push.service import PushService
from backend.push.service.carriers import Carrier, MailCarrier, WechatCarrier
from backend.settings import Settings
from backend.shared.clock import Clock


def wechat_of(settings: Settings, clock: Clock) -> WechatClient | StandInWechat:
    if settings.wechat_stand_in:
        return StandInWechat()
    secret = settings.wechat_secret.get_secret_value() if settings.wechat_secret else ""
    return WechatClient(settings.wechat_appid, secret, clock, settings.wechat_api)


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
    templates = settings.wechat_templates
    if settings.wechat_stand_in and not templates:
        templates = {"policy": "stand-in-policy", "deadline": "stand-in-deadline"}
    if templates:
        openids_of, wishes = push.world.openids_of, push.wishes
        carriers.append(WechatCarrier(wechat, templates, openids_of, wishes.void))
    if mail is not None:
        carriers.append(MailCarrier(mail, push.wishes.addresses_of, push.wishes.note_bounce))
    return carriers
