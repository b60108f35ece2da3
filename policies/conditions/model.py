"""A condition as a sheet writes it: one fact with one operator, a combination, or a matter for people."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from pydantic import Field, model_serializer, model_validator

from policies.conditions.checks import KINDS, check_test
from policies.conditions.tree import Node, build
from policies.conditions.written import Frozen, Threshold, Written
from policies.facts import FactError

COMBINATIONS = ("any_", "all_", "not_", "at_least_n")
PEOPLE = ("declared", "needs_person")
CARRIED = (*KINDS, *COMBINATIONS, *PEOPLE)


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
    def carried(self) -> list[str]:
        """Which operators, combinations or matters for people are written here; rightly exactly one."""
        return [name for name in CARRIED if getattr(self, name) is not None]

    @cached_property
    def operator(self) -> str:
        """The one operator, combination or matter for people (field name)."""
        return self.carried[0]

    @cached_property
    def tree(self) -> Node:
        """The logic of this condition, worked out once."""
        parts = [part.tree for part in self.parts]
        return build(self.operator, self.fact or "", getattr(self, self.operator), parts)

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
        carried = self.carried
        names = "、".join(name.rstrip("_") for name in carried)
        if len(carried) != 1:
            raise ValueError(f"应当恰好写一个运算符或组合，现有：{names or '无'}")
        if (self.of is not None) != (carried[0] == "at_least_n"):
            raise ValueError("at_least_n 与 of 必须一起写")
        if self.of is not None and (self.at_least_n or 0) > len(self.of):
            raise ValueError(f"at_least_n 是 {self.at_least_n}，但 of 只有 {len(self.of)} 项")
        if (self.fact is not None) != (carried[0] in KINDS):
            raise ValueError(f"{names} 缺少 fact" if self.fact is None else f"{names} 不能与 fact 一起写")
        if self.fact is not None:
            _check_fact(self.fact, carried[0], getattr(self, carried[0]))
        return self

    @model_serializer(mode="wrap")
    def _compact(self, write: Any) -> dict[str, Any]:
        # A threshold of 0 and a yes/no of "no" are something; only what was not written is left out.
        return {
            name: value
            for name, value in write(self).items()
            if value is not None and value not in ("", [], ()) and (value is not False or name == "is")
        }


def _check_fact(fact: str, operator: str, written: Any) -> None:
    try:
        check_test(fact, operator, written)
    except FactError as wrong:
        raise ValueError(str(wrong)) from wrong
