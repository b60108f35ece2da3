"""Settings of the pool: editable data, not code. What nobody has confirmed is marked so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from backend.companies.service import COMMISSION
from backend.pool.life import STEPS, TIERS, Stage
from backend.pool.store.settings import PoolSetting, PoolSettingStore
from backend.shared.caller import Caller
from backend.shared.clock import Clock
from backend.shared.errors import ForbiddenError, InvalidInputError, NotFoundError
from policies.vocabulary import INDUSTRIES

SERVICE_CLASSES: Mapping[str, str] = {"potential": "潜力企业", "key": "重点企业", "applying": "申报企业"}
LEADING = "三大先导产业"
CLASSES, INDUSTRY_CLASSES, GOALS = "service_classes", "industry_classes", "goals"
# How tiers and classes of service belong together is said nowhere: this is where staff begin, and edit.
# Of "3+5+X" only the three leading industries are established.
DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    CLASSES: {
        "in_pool/reserve": "potential",
        "in_pool/cultivate": "key",
        "in_pool/promote": "applying",
        "candidate": "potential",
        "applying": "applying",
        "renewal_due": "applying",
    },
    INDUSTRY_CLASSES: {
        entry.id: {"label": entry.label, "industries": [entry.id]}
        for entry in INDUSTRIES
        if entry.group == LEADING
    },
    GOALS: {"new_gaoqi_per_year": 2000},
}
_STAGES = {*STEPS, *(f"in_pool/{tier}" for tier in TIERS)}


class PoolSettings:
    """Read by everybody of staff, set by the commission."""

    def __init__(self, store: PoolSettingStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def read(self, name: str) -> PoolSetting:
        """The setting as it holds now; NotFoundError for a name there is not."""
        if name not in DEFAULTS:
            raise NotFoundError("培育库设置", name)
        return self._store.find(name) or PoolSetting(name, 0, DEFAULTS[name])

    def write(self, name: str, value: Mapping[str, Any], revision: int, caller: Caller) -> PoolSetting:
        """Set it anew, whole; InvalidInputError says which entry is wrong."""
        if not (caller.kind == "staff" and caller.has(*COMMISSION)):
            raise ForbiddenError
        self.read(name)
        if reason := _CHECKS[name](value):
            raise InvalidInputError.at("value", reason)
        return self._store.put(name, value, revision, caller.label, self._clock.now())

    def industries_of(self, name: str) -> tuple[str, ...]:
        """The industries of a class; NotFoundError."""
        found = self.read(INDUSTRY_CLASSES).value.get(name)
        if found is None:
            raise NotFoundError("产业类别", name)
        return tuple(found["industries"])

    def service_class(self, stage: Stage) -> str:
        """The class of service of a stage, "" where none is set."""
        return str(self.read(CLASSES).value.get(stage.key, ""))


def _wrong_classes(value: Mapping[str, Any]) -> str:
    for stage, name in value.items():
        if stage not in _STAGES or not isinstance(name, str) or name not in SERVICE_CLASSES:
            allowed = "、".join(SERVICE_CLASSES)
            return f"“{stage[:40]}: {str(name)[:40]}”不对：左边应为状态或层级，右边为 {allowed}。"
    return ""


def _wrong_industries(value: Mapping[str, Any]) -> str:
    for name, entry in value.items():
        if not re.fullmatch(r"[a-z0-9-]{1,60}", name):
            return f"“{name[:40]}”应为小写字母、数字和连字符。"
        label, words = (
            (entry.get("label"), entry.get("industries")) if isinstance(entry, Mapping) else (None, None)
        )
        if not isinstance(label, str) or not 0 < len(label) <= 60 or not words or not isinstance(words, list):
            return f"“{name}”应写明 label 和 industries。"
        if unknown := [word for word in words if not isinstance(word, str) or word not in INDUSTRIES]:
            return f"“{name}”中没有“{str(unknown[0])[:40]}”这个产业。"
    return ""


def _wrong_goals(value: Mapping[str, Any]) -> str:
    wrong = [
        name
        for name, goal in value.items()
        if name not in DEFAULTS[GOALS] or type(goal) is not int or goal < 0
    ]
    return f"“{wrong[0]}”应为已有的目标和不小于0的整数。" if wrong else ""


_CHECKS = {CLASSES: _wrong_classes, INDUSTRY_CLASSES: _wrong_industries, GOALS: _wrong_goals}
