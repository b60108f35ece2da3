"""A condition as a sheet writes it: one fact with one operator, a combination, or a matter for people."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_serializer, model_validator

from policies.conditions.checks import COMBINATIONS, OPERATORS, PEOPLE, problem_of
from policies.conditions.tree import Node, tree_of


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

    @model_serializer(mode="wrap")
    def _compact(self, write: Any) -> dict[str, Any]:
        written = write(self)
        written["tiers"] = [{k: v for k, v in tier.items() if v is not None} for tier in written["tiers"]]
        return dict(written)


Threshold = Tiers | Written


class Condition(Frozen):
    """One condition; `id` and `label` are required where it stands directly under a rule's `all`."""

    id: str | None = Field(default=None, pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    label: str = ""
    clause: str = ""
    source: str = ""
    fix: bool = False
    help: tuple[str, ...] = ()
    fact: str | None = None
    at_least: Threshold | None = None
    more_than: Threshold | None = None
    at_most: Threshold | None = None
    less_than: Threshold | None = None
    between: tuple[Written, Written] | None = None
    on_or_after: Written | None = None
    on_or_before: Written | None = None
    age_at_least: str | None = None
    age_at_most: str | None = None
    in_: tuple[str, ...] | None = Field(default=None, alias="in")
    any_of: tuple[str, ...] | None = None
    all_of: tuple[str, ...] | None = None
    is_: bool | None = Field(default=None, alias="is")
    any_: tuple[Condition, ...] | None = Field(default=None, alias="any", min_length=1)
    all_: tuple[Condition, ...] | None = Field(default=None, alias="all", min_length=1)
    not_: Condition | None = Field(default=None, alias="not")
    at_least_n: int | None = Field(default=None, ge=1)
    of: tuple[Condition, ...] | None = Field(default=None, min_length=1)
    declared: str | None = Field(default=None, min_length=1)
    needs_person: str | None = Field(default=None, min_length=1)

    @property
    def operator(self) -> str:
        """The one operator, combination or matter for people this condition carries (field name)."""
        return next(name for name in OPERATORS + COMBINATIONS + PEOPLE if getattr(self, name) is not None)

    @cached_property
    def tree(self) -> Node:
        """The logic of this condition, worked out once."""
        return tree_of(self)

    @property
    def subject(self) -> Condition | None:
        """The single test this condition is about: itself, or the one thing that must not be."""
        if self.not_ is not None and self.not_.fact is not None:
            return self.not_
        return self if self.fact is not None else None

    @property
    def parts(self) -> tuple[Condition, ...]:
        """The conditions a combination is made of."""
        if self.not_ is not None:
            return (self.not_,)
        return self.any_ or self.all_ or self.of or ()

    @model_validator(mode="after")
    def _check(self) -> Condition:
        problem = problem_of(self)
        if problem:
            raise ValueError(problem)
        return self

    @model_serializer(mode="wrap")
    def _compact(self, write: Any) -> dict[str, Any]:
        written = write(self)
        empty: tuple[Any, ...] = (None, "", [], (), False)
        return {k: v for k, v in written.items() if k == "is" and v is not None or v not in empty}
