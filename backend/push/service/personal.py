"""A person's rights over what this room holds of it: one exporter and one eraser per collection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from backend.push.service.wishes import exported
from backend.push.store import PushStores, deliveries, feeds, follows, permits, preferences
from backend.push.store.deliveries import Delivery
from backend.push.store.follows import Follow
from backend.push.store.messages import Message

Rights = tuple[Callable[[str], dict[str, Any]], Callable[[str], dict[str, Any]]]


class PersonalPush:
    """What wiring registers with the accounts room."""

    def __init__(self, stores: PushStores) -> None:
        self._stores = stores

    def rights(self) -> Mapping[str, Rights]:
        """Collection -> (exporter, eraser); erasing twice does no harm."""
        stores = self._stores
        return {
            deliveries.COLLECTION: (self._export_deliveries, self._erase_deliveries),
            follows.COLLECTION: (
                lambda person: {
                    "follows": [_followed(follow) for follow in stores.follows.of_person(person)]
                },
                lambda person: {"follows": stores.follows.erase_person(person)},
            ),
            preferences.COLLECTION: (
                lambda person: {"push": exported(stores.preferences.get(person))},
                lambda person: {"push_preferences": stores.preferences.erase_person(person)},
            ),
            permits.COLLECTION: (
                lambda person: {"permits": stores.permits.export(person)},
                lambda person: {"permits": stores.permits.erase_person(person)},
            ),
            permits.USES: (lambda _person: {}, lambda _person: {}),
            feeds.COLLECTION: (
                lambda person: {"calendar_feed": stores.feeds.since(person) is not None},
                lambda person: {"calendar_feeds": stores.feeds.erase_person(person)},
            ),
        }

    def _export_deliveries(self, person: str) -> dict[str, Any]:
        rows = self._stores.deliveries.of_person(person)
        messages = self._stores.messages.get_many([row.message for row in rows])
        return {"messages": [_exported(row, messages) for row in rows]}

    def _erase_deliveries(self, person: str) -> dict[str, Any]:
        digests = self._stores.messages.erase_cause(f"digest.{person}")
        return {"deliveries": self._stores.deliveries.erase_person(person), "digests": digests}


def _followed(follow: Follow) -> dict[str, Any]:
    return {
        "kind": follow.kind,
        "policy": follow.policy,
        "text": follow.text,
        "firm": follow.uscc,
        "agreed_at": follow.agreed_at.isoformat(),
        "consent": follow.consent,
        "active": follow.active,
    }


def _exported(delivery: Delivery, messages: Mapping[str, Message]) -> dict[str, Any]:
    message = messages.get(delivery.message)
    return {
        "message": delivery.message,
        "title": message.title if message else "",
        "firm": delivery.uscc,
        "carrier": delivery.carrier,
        "state": delivery.state,
        "delivered_at": delivery.delivered_at.isoformat() if delivery.delivered_at else None,
        "read_at": delivery.read_at.isoformat() if delivery.read_at else None,
        "not_relevant": delivery.not_relevant,
    }
