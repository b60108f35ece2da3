"""The smallest pieces of a sheet: plain values, and thresholds that depend on another fact."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_serializer

from policies.facts.values import read_number


def _as_text(value: object) -> object:
    """Days and decimals stay text, so that a sheet is the same in file and database."""
    if isinstance(value, float):
        return repr(value)
    return value.isoformat() if isinstance(value, date) else value


Written = Annotated[int | str, BeforeValidator(_as_text)]


class Frozen(BaseModel):
    """Base of everything written in a sheet: unknown fields refused, never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True, serialize_by_alias=True)


class Tier(Frozen):
    """A threshold up to and including `up_to` of the deciding fact; the last tier has no `up_to`."""

    up_to: Written | None = None
    value: Written


class Tiers(Frozen):
    """A threshold that depends on another fact."""

    by: str
    tiers: tuple[Tier, ...] = Field(min_length=1)

    def tier_for(self, deciding: object) -> Tier:
        """The tier that applies to this value of the deciding fact; an `up_to` includes its own value."""
        amount = read_number(deciding)
        limits = (tier.up_to for tier in self.tiers)
        fits = (limit is None or amount <= read_number(limit) for limit in limits)
        return next(tier for tier, fit in zip(self.tiers, fits, strict=True) if fit)

    @model_serializer(mode="wrap")
    def _compact(self, write: Any) -> dict[str, Any]:
        written = write(self)
        written["tiers"] = [{k: v for k, v in tier.items() if v is not None} for tier in written["tiers"]]
        return dict(written)


Threshold = Tiers | Written
