"""The rules of many policies for one application day, as one program over shared leaves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from policies.conditions.tree import Among, AtLeast, Compare, Cutoff, Is, Node, People, Points, leaves
from policies.eligibility.exact import threshold_number
from policies.eligibility.versions import Choice, choose_rules, conditions_of
from policies.rules import ApplicationKind
from policies.sheet import Sheet


@dataclass(frozen=True)
class Threshold:
    """A number or day column against one float; the fact alone decides, so equal tests are shared."""

    fact: str
    op: str
    value: float


Test = Threshold | Among | Is | People
Tree = Test | AtLeast | Points


@dataclass(frozen=True)
class Program:
    """One policy: the trees of each reading for new applications and for renewals; empty = not in force.

    `renewal_titles`: holders of any of these are judged as renewals; empty = the two do not differ.
    """

    slug: str
    readings: tuple[tuple[Tree, ...], ...]
    renewal_readings: tuple[tuple[Tree, ...], ...] = ()
    renewal_titles: frozenset[str] = frozenset()


@dataclass(frozen=True)
class CompiledRules:
    """What `judge_many` runs; `facts` are the columns it reads."""

    on: date
    programs: tuple[Program, ...]
    facts: tuple[str, ...]

    @property
    def policies(self) -> tuple[str, ...]:
        """The slugs in the order of the answers' rows."""
        return tuple(program.slug for program in self.programs)


def compile_rules(sheets: Iterable[Sheet], on: date, kind: ApplicationKind | None = None) -> CompiledRules:
    """The sheets that have rules, ready for many firms; `kind` omitted: per firm from the titles it holds."""
    shared = _Shared(on)
    programs = tuple(_program(sheet, on, kind, shared) for sheet in sheets if sheet.rules)
    facts = dict.fromkeys(
        leaf.fact
        for program in programs
        for reading in (*program.readings, *program.renewal_readings)
        for tree in reading
        for leaf in leaves(tree)  # type: ignore[arg-type]
        if not isinstance(leaf, People)
    )
    if any(program.renewal_titles for program in programs):
        facts["titles"] = None
    return CompiledRules(on, programs, tuple(facts))


def _program(sheet: Sheet, on: date, kind: ApplicationKind | None, shared: _Shared) -> Program:
    new = shared.readings(sheet, choose_rules(sheet, on, kind or "new"))
    if kind is not None or not sheet.grants or not any(rule.serves("renewal") for rule in sheet.rules):
        return Program(sheet.slug, new)
    renewal = shared.readings(sheet, choose_rules(sheet, on, "renewal"))
    if renewal == new:
        return Program(sheet.slug, new)
    return Program(sheet.slug, new, renewal, frozenset(sheet.grants))


class _Shared:
    """Trees with every threshold a plain float for one day; equal ones are made one object."""

    def __init__(self, on: date) -> None:
        self._on = on
        self._trees: dict[Tree, Tree] = {}

    def readings(self, sheet: Sheet, choice: Choice) -> tuple[tuple[Tree, ...], ...]:
        """The conditions of each version that judges."""
        return tuple(
            tuple(self._tree(condition.tree) for condition in conditions_of(sheet, rule))
            for rule in choice.rules
        )

    def _tree(self, node: Node) -> Tree:
        made = self._on_day(node)
        return self._trees.setdefault(made, made)

    def _on_day(self, node: Node) -> Tree:
        if isinstance(node, Points):
            bands = tuple((worth, self._tree(band)) for worth, band in node.bands)
            parts = tuple(self._tree(part) for part in node.parts)
            return replace(node, bands=bands, parts=parts)  # type: ignore[arg-type]
        if isinstance(node, AtLeast):
            return AtLeast(node.n, tuple(self._tree(part) for part in node.parts))  # type: ignore[misc]
        if isinstance(node, Compare):
            return Threshold(node.fact, node.op, _plain_threshold(node.value, self._on))
        return node


def _plain_threshold(value: Fraction | Cutoff, on: date) -> float:
    return float(value.on(on).toordinal()) if isinstance(value, Cutoff) else threshold_number(value)
