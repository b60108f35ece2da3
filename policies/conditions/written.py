"""The smallest pieces of a sheet: plain values, and thresholds that depend on another fact."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    model_serializer,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

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

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Its fields, also where `_compact` writes it: then those with a default may be left out."""
        compact = cls.__pydantic_decorators__.model_serializers
        shape = handler(_uncompacted(core_schema) if compact else core_schema)
        if compact:
            needed = [field.alias or name for name, field in cls.model_fields.items() if field.is_required()]
            handler.resolve_ref_schema(shape)["required"] = needed
        return shape


def _uncompacted(schema: Any) -> Any:
    """The schema without its serializer, which may stand below validators."""
    inner = {"schema": _uncompacted(schema["schema"])} if schema["type"].startswith("function") else {}
    return {key: part for key, part in schema.items() if key != "serialization"} | inner


class Tier(Frozen):
    """A threshold up to and including `up_to` of the deciding fact; the last tier has no `up_to`."""

    up_to: Written | None = None
    value: Written

    @model_serializer(mode="wrap")
    def _compact(self, write: Any) -> dict[str, Any]:
        return {name: value for name, value in write(self).items() if value is not None}


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


Threshold = Tiers | Written
