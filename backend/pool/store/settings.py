"""What the commission sets for the pool: service classes, industry classes, goals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import mongoengine as me

from backend.adapters.mongo import RecordDocument, change, insert


class PoolSettingDocument(RecordDocument):
    """One setting by its name."""

    meta = {"collection": "pool_settings"}
    label = "培育库设置"

    value = me.DictField()


@dataclass(frozen=True)
class PoolSetting:
    """A setting; revision 0: nobody has set it, this is what the house came with."""

    name: str
    revision: int
    value: Mapping[str, Any]


class PoolSettingStore:
    """Reads and writes settings."""

    def find(self, name: str) -> PoolSetting | None:
        """The setting, or None while nobody has set it."""
        document = PoolSettingDocument.objects(id=name).first()
        return None if document is None else PoolSetting(name, document.revision, dict(document.value))

    def put(self, name: str, value: Mapping[str, Any], revision: int, by: str, at: datetime) -> PoolSetting:
        """Set it: the first time from revision 0, then from the revision that was read."""
        if revision == 0:
            document = insert(PoolSettingDocument, name, by, at, value=dict(value))
        else:
            document = change(PoolSettingDocument, name, by, at, revision=revision, value=dict(value))
        return PoolSetting(name, document.revision, dict(document.value))
