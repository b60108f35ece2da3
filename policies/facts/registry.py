"""The registry: every fact the product knows how to ask for, read once from registry.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import yaml

from policies.facts.errors import FactError
from policies.facts.formulas import Formula, read_formula

Kind = Literal["number", "date", "category", "set", "yes_no"]
Period = Literal["year", "standing", "application"]
Sensitivity = Literal["public", "internal", "confidential"]

RATIO = "比例"
_ORDER: tuple[Sensitivity, ...] = ("public", "internal", "confidential")


@dataclass(frozen=True)
class Fact:
    """One kind of knowledge about a firm; `members` is a vocabulary's name or the members themselves."""

    name: str
    label: str
    kind: Kind = "number"
    unit: str = ""
    period: Period = "application"
    sensitivity: Sensitivity = "internal"
    question: str = ""
    complete: bool = False
    share: bool = False
    signed: bool = False
    most: int | None = None
    at_most: str = ""
    members: str | Mapping[str, str] = field(default_factory=dict)
    derived: Formula | None = None

    @property
    def is_ratio(self) -> bool:
        return self.unit == RATIO


def read_registry(entries: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Fact]:
    """The facts by name, with unit and sensitivity of derived ones worked out; raises FactError on a
    formula that names an unknown fact or runs in a circle."""
    facts = {name: _fact(name, dict(entry)) for name, entry in entries.items()}
    for name in _in_order(facts):
        if facts[name].derived:
            facts[name] = _completed(facts[name], facts)
    return MappingProxyType({name: facts[name] for name in entries})


def _fact(name: str, entry: dict[str, Any]) -> Fact:
    formula = entry.pop("derived", None)
    try:
        return Fact(name=name, derived=read_formula(name, formula) if formula else None, **entry)
    except TypeError as wrong:
        raise FactError(name, f"登记项有误：{wrong}") from wrong


def _in_order(facts: Mapping[str, Fact]) -> list[str]:
    needs = {name: fact.derived.inputs if fact.derived else () for name, fact in facts.items()}
    for name, inputs in needs.items():
        for wanted in inputs:
            if wanted not in facts:
                raise FactError(name, f"计算公式引用了未登记的事实“{wanted}”")
    try:
        return list(TopologicalSorter(needs).static_order())
    except CycleError as cycle:
        raise FactError(cycle.args[1][0], f"计算公式循环引用：{' → '.join(cycle.args[1])}") from cycle


def _completed(fact: Fact, facts: Mapping[str, Fact]) -> Fact:
    formula = fact.derived
    assert formula is not None
    sources = [facts[name] for name in formula.inputs]
    return Fact(
        name=fact.name,
        label=fact.label,
        unit=RATIO if formula.gives_ratio else sources[0].unit,
        sensitivity=max((source.sensitivity for source in sources), key=_ORDER.index),
        signed=formula.may_be_negative or sources[0].signed,
        share=formula.gives_ratio and len(sources) == 2 and sources[0].at_most == sources[1].name,
        derived=formula,
    )


@cache
def registry() -> Mapping[str, Fact]:
    """All registered facts by name, in the order people are asked for them."""
    text = Path(__file__).with_name("registry.yaml").read_text(encoding="utf-8")
    return read_registry(yaml.safe_load(text))


@cache
def fact_named(name: str) -> Fact:
    """The registered fact; raises FactError for a name nobody registered."""
    found = registry().get(name)
    if found is None:
        raise FactError(str(name)[:80], "没有登记这项事实")
    return found
