"""Proof of delivery: what should have arrived and did not; and the call list of those no carrier reached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from backend.push.limits import limits
from backend.push.service.outbox import NO_ADDRESS, NO_PERMIT, WEEK_FULL
from backend.push.service.telling import Teller, Telling
from backend.push.service.wording import plain_message
from backend.push.service.world import World
from backend.push.store import PushStores
from backend.push.store.deliveries import (
    FAILED,
    INBOX,
    NOT_SENT,
    PENDING,
    SENDING,
    SENT,
    UNKNOWN,
    Delivery,
    Wanted,
)
from backend.shared.caller import Caller
from backend.shared.clock import in_shanghai
from backend.shared.errors import NotFoundError
from backend.shared.events import Event

SHOWN = 500


@dataclass(frozen=True)
class Missing:
    """Something that should have arrived: what it is, and since when it is waited for."""

    what: str
    subject: str
    detail: str


@dataclass(frozen=True)
class Call:
    """A firm to ring up: no carrier took the message; it lies unread in the inbox."""

    uscc: str
    message: str
    title: str
    reason: str


class Checking:
    """Looks only; nothing is sent again."""

    def __init__(self, stores: PushStores, world: World, teller: Teller) -> None:
        self._stores = stores
        self._world = world
        self._teller = teller

    def missing(self) -> list[Missing]:
        """Everything that is late, lost in doubt, or given up."""
        now, deliveries = self._world.clock.now(), self._stores.deliveries
        late = now - timedelta(minutes=limits().late_after_minutes)
        silent = now - timedelta(hours=limits().unconfirmed_after_hours)
        found = [
            *(
                Missing("站内消息未送达", row.id, _since(row))
                for row in deliveries.iterate_in_state(PENDING, carrier=INBOX)
                if row.history[-1]["at"] < late
            ),
            *(
                Missing("发送中断", row.id, _since(row))
                for row in deliveries.in_state(SENDING, SHOWN)
                if row.history[-1]["at"] < late
            ),
            *(Missing("发送结果未知", row.id, _since(row)) for row in deliveries.in_state(UNKNOWN, SHOWN)),
            *(Missing("未送达", row.id, row.reason) for row in deliveries.in_state(FAILED, SHOWN)),
            *(
                Missing("没有回执", row.id, _since(row))
                for row in deliveries.in_state(SENT, SHOWN, carrier="wechat")
                if row.sent_at is not None and row.sent_at < silent
            ),
            *(Missing("匹配任务失败", run.id, run.note) for run in self._stores.runs.failed()),
        ]
        return found[:SHOWN]

    def report(self) -> bool:
        """Tell those who publish what is missing and was not yet told today; whether there was something."""
        day = self._world.clock.today()
        run = f"check@{day.isoformat()}"
        readers = tuple(f"staff:{name}" for name in self._world.publishers())
        reports = self._stores.messages.of_run(run)
        # A report whose deliveries a kill cut off is handed out now; nothing else changes.
        handed = [Wanted(report, reader) for report in reports for reader in readers]
        self._stores.deliveries.put_many(handed, "check", self._world.clock.now())
        told = {(item["what"], item["subject"]) for report in reports for item in report.why["items"]}
        found = [item for item in self.missing() if (item.what, item.subject) not in told]
        if not found:
            return False
        lines = [f"{item.what}：{item.subject}" for item in found[:20]]
        message = plain_message(
            "staff",
            "staff",
            f"missing.{len(told)}" if told else "missing",
            day,
            f"有 {len(found)} 项投递需要查看",
            "\n".join(lines),
            {"because": "送达检查", "items": [vars(item) for item in found]},
            run,
        )
        self._teller.tell([Telling(message, readers)], "check")
        return True

    def ask_owner(self, event: Event) -> None:
        """A policy has stood unconfirmed for the set time: its owner is asked, else all who publish."""
        slug, owner = event.subject, str(event.data["owner"])
        title = next((p.sheet.title for p in self._world.published() if p.slug == slug), slug)
        message = plain_message(
            "staff",
            "staff",
            f"confirm.{slug}",
            in_shanghai(event.at).date(),
            f"请确认《{title}》是否仍有效",
            "这项政策发布或上次确认后已满规定时间。仍有效请在工作稿中确认，有变化请修改后发布，已失效请撤回。",
            {"because": "到期确认", "policy": slug, "version": event.data["version"]},
            f"confirm.{slug}",
        )
        publishers = [f"staff:{name}" for name in self._world.publishers()]
        readers = [owner] if owner.startswith("staff:") else publishers
        self._teller.tell([Telling(message, tuple(readers))], event.by)

    def call_list(self, caller: Caller) -> list[Call]:
        """Firms in the caller's scope with an unread message that no carrier took."""
        rows = [
            row
            for reason in (NO_PERMIT, NO_ADDRESS, WEEK_FULL)
            for row in self._stores.deliveries.in_state(NOT_SENT, SHOWN, reason=reason)
        ]
        inbox = {
            (row.message, row.person)
            for row in self._stores.deliveries.of_messages(sorted({row.message for row in rows}))
            if row.carrier == INBOX and row.read_at is not None
        }
        waiting = [row for row in rows if (row.message, row.person) not in inbox]
        messages = self._stores.messages.get_many([row.message for row in waiting])
        seen: set[str] = set()
        calls = []
        for row in waiting:
            message = messages.get(row.message)
            if (
                message is None
                or message.withdrawn
                or row.message in seen
                or not self._sees(row.uscc, caller)
            ):
                continue
            seen.add(row.message)
            calls.append(Call(row.uscc, row.message, message.title, row.reason))
        return calls

    def _sees(self, uscc: str, caller: Caller) -> bool:
        try:
            self._world.companies.read_company(uscc, caller)
        except NotFoundError:
            return False
        return True


def _since(row: Delivery) -> str:
    return str(row.history[-1]["at"].isoformat()) if row.history else ""
