"""The figures of service are data: the commission edits them, and says whether they are confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from backend.guidance.promise import LABELS, Figures, Promise, Terms
from backend.guidance.service.access import COMMISSION
from backend.guidance.store.settings import GuidanceSetting, GuidanceSettingStore
from backend.shared.caller import Caller
from backend.shared.clock import Clock
from backend.shared.errors import ForbiddenError, InvalidInputError, NotFoundError, StaleRevisionError

PROMISES, TERMS = "promises", "terms"
# Name of a figure -> the least and the most it may be.
_BOUNDS: Mapping[str, tuple[int, int]] = {
    "answer_days": (1, 60),
    "remind_days": (0, 30),
    "remind_hour": (0, 23),
    "survey_after_months": (1, 24),
    "contact_within_days": (1, 1100),
    "follow_within_days": (1, 1100),
    "certified_visit_days": (1, 365),
}


class GuidanceSettings:
    """Read by staff, set by the commission; every version is kept."""

    def __init__(self, store: GuidanceSettingStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def now(self) -> Figures:
        """The figures that hold now."""
        found = {**_beginning(), **self._store.find((PROMISES, TERMS))}
        promises = {name: Promise(**row) for name, row in found[PROMISES].value.items()}
        return Figures(promises, Terms(**found[TERMS].value))

    def read(self, name: str) -> GuidanceSetting:
        """The setting as it holds now; NotFoundError for a name there is not."""
        if name not in _beginning():
            raise NotFoundError("服务口径", name)
        return self._store.find([name]).get(name, _beginning()[name])

    def write(
        self,
        name: str,
        value: Mapping[str, Any],
        confirmed: bool,
        source: str,
        revision: int,
        caller: Caller,
    ) -> GuidanceSetting:
        """Set it anew, whole; InvalidInputError says which figure is wrong."""
        if not (caller.kind == "staff" and caller.has(*COMMISSION)):
            raise ForbiddenError
        old = self.read(name)
        _check(value, _beginning()[name].value)
        if old.revision != revision:
            raise StaleRevisionError("服务口径", name, revision, old.revision)
        fields = {"value": dict(value), "confirmed": confirmed, "source": source}
        self._store.put(old, fields, caller.label, self._clock.now())
        return self.read(name)


@cache
def _beginning() -> Mapping[str, GuidanceSetting]:
    """What the house came with; confirmed by nobody."""
    text = files("backend.guidance").joinpath("promises.yaml").read_text("utf-8")
    given = yaml.safe_load(text)
    unset = GuidanceSetting("", 0, {}, False, given["source"])
    return {name: replace(unset, name=name, value=given[name]) for name in (PROMISES, TERMS)}


def _check(value: Mapping[str, Any], like: Mapping[str, Any], where: str = "") -> None:
    if value.keys() != like.keys():
        names = "、".join(LABELS.get(name, name) + f"（{name}）" if name in LABELS else name for name in like)
        raise InvalidInputError.at(f"value{where}", f"应写明且只写：{names}。")
    for name, figure in value.items():
        if isinstance(like[name], Mapping):
            if not isinstance(figure, Mapping):
                raise InvalidInputError.at(f"value.{name}", "应写明 answer_days 和 remind_days。")
            _check(figure, like[name], f".{name}")
            continue
        least, most = _BOUNDS[name]
        if type(figure) is not int or not least <= figure <= most:
            raise InvalidInputError.at(f"value{where}.{name}", f"应为 {least} 至 {most} 的整数。")
