"""Who may still get a message, asked before each step: not withdrawn, bound, willing, in the pool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from backend.push.limits import kind_named, limits
from backend.push.service.carriers import MAIL, WECHAT
from backend.push.service.world import World
from backend.push.store import PushStores
from backend.push.store.deliveries import Delivery
from backend.push.store.messages import Message
from backend.push.store.preferences import AT_ONCE, Preferences

STAFF = "staff"
UNBOUND = "人员已不再代表该企业"
MUTED = "您已关闭此类消息"
NOT_PERSONALISED = "您选择了不接收个性化消息"
OUT_OF_POOL = "企业已不在培育库"
HAS_APPLIED = "企业已申报，不再提醒"
GONE = "消息已不存在"


class Readers:
    """Looks at many deliveries at once."""

    def __init__(self, stores: PushStores, world: World) -> None:
        self._stores = stores
        self._world = world

    def refusals(self, rows: Sequence[Delivery], messages: Mapping[str, Message]) -> dict[str, str]:
        """Delivery -> why it may not be sent, of those that may not."""
        firms = [row for row in rows if row.uscc != STAFF]
        usccs = sorted({row.uscc for row in firms})
        bound = self._world.persons_of(usccs) if usccs else {}
        reached = set(self._world.pool.reached(usccs)) if usccs else set()
        reminded = sorted({row.uscc for row in firms if row.kind == "deadline" and row.policy})
        over = self._world.reminders_over(reminded) if reminded else set()
        wishes = self._stores.preferences.get_many(sorted({row.person for row in firms}))
        found = {row.id: _gone(messages.get(row.message)) for row in rows}
        for row in firms:
            found[row.id] = (
                found[row.id]
                or (UNBOUND if row.person not in bound.get(row.uscc, ()) else "")
                or _unwanted(row.kind, wishes[row.person])
                or (HAS_APPLIED if row.kind == "deadline" and (row.uscc, row.policy) in over else "")
                or (OUT_OF_POOL if row.uscc not in reached and not asked_for(messages[row.message]) else "")
            )
        return {delivery: reason for delivery, reason in found.items() if reason}

    def carriers_for(self, persons: Sequence[str], first: str = WECHAT) -> dict[str, str]:
        """Person -> the carrier that reaches it outside the inbox: the first where it can, else the other."""
        wishes = self._stores.preferences.get_many(persons)
        agreed = self._world.allows_carriers(persons)
        openids = self._world.openids_of(sorted(agreed))
        ways = {
            MAIL: {person: MAIL for person in persons if person in agreed and wishes[person].mail_address},
            WECHAT: dict.fromkeys(openids, WECHAT),
        }
        return {**ways[WECHAT if first == MAIL else MAIL], **ways[first]}

    def wishes(self, persons: Sequence[str]) -> dict[str, Preferences]:
        """What each wants."""
        return self._stores.preferences.get_many(persons)


def asked_for(message: Message) -> bool:
    """Whether a firm outside the pool gets it too: what somebody asked for, and corrections of it."""
    return message.addressed or message.kind in ("request", "correction", "digest")


def worth_to(message: Message, wishes: Preferences) -> int:
    """What the message is worth to this person: each "not relevant" to its kind makes it less."""
    return message.worth // (1 + wishes.marks(message.kind))


def at_once(message: Message, wishes: Preferences) -> bool:
    """Whether it may leave the inbox by itself, now."""
    disliked = wishes.dislikes(message.policy) or wishes.marks(message.kind) >= limits().not_relevant_stops
    fixed = kind_named(message.kind).fixed
    return (
        message.carried
        and (fixed or not disliked)
        and (message.kind == "digest" or wishes.rhythm_for(message.uscc) == AT_ONCE)
    )


def _gone(message: Message | None) -> str:
    if message is None:
        return GONE
    return str(message.withdrawn["reason"]) if message.withdrawn else ""


def _unwanted(kind: str, wishes: Preferences) -> str:
    if kind in wishes.muted:
        return MUTED
    return NOT_PERSONALISED if kind_named(kind).personal and not wishes.personalised else ""
