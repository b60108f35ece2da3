"""The same compiled rules for other engines: Polars on columns, zen-engine and json-logic on single firms."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import reduce
from itertools import combinations
from typing import Any

import numpy as np
import polars as pl

from bench.matching.pool import CATEGORIES, SETS, Columns
from policies.conditions.tree import Among, AtLeast, Is
from policies.eligibility.compiled import CompiledRules, Threshold
from policies.facts import fact_named

OPS = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<"}
OPPOSITE = {"ge": "<", "gt": "<=", "le": ">", "lt": ">="}
COMPARE = {"ge": operator.ge, "gt": operator.gt, "le": operator.le, "lt": operator.lt}
Leaf = Threshold | Among | Is


def frame(columns: Columns) -> pl.DataFrame:
    """The firms as a Polars frame; what is unknown is null."""
    data: dict[str, pl.Series] = {}
    for name, numbers in columns.numbers.items():
        data[name] = pl.Series(numbers).fill_nan(None)
    for name, codes in columns.codes.items():
        data[name] = pl.select(pl.when(pl.Series(codes) >= 0).then(pl.Series(codes))).to_series()
    for name, masks in columns.masks.items():
        data[name] = pl.select(pl.when(pl.Series(columns.known[name])).then(pl.Series(masks))).to_series()
    for name, flags in columns.flags.items():
        data[name] = pl.select(pl.when(pl.Series(flags) >= 0).then(pl.Series(flags == 1))).to_series()
    return pl.DataFrame(data).rechunk()


def whole(rules: CompiledRules) -> list[Any]:
    """Each policy as one tree."""
    return [AtLeast(len(p.readings[0]), p.readings[0]) for p in rules.programs]


Fold = Callable[[list[Any]], Any]


def fold(tree: Any, leaf: Callable[[Leaf], Any], both: Fold, either: Fold) -> Any:
    """A tree in another engine's words; "n of" is written out as the choice of all groups of n."""
    if not isinstance(tree, AtLeast):
        return leaf(tree)
    parts = [fold(part, leaf, both, either) for part in tree.parts]
    if tree.n == len(parts):
        return both(parts)
    if tree.n == 1:
        return either(parts)
    return either([both(list(group)) for group in combinations(parts, tree.n)])


def polars_leaf(leaf: Leaf) -> pl.Expr:
    column = pl.col(leaf.fact)
    if isinstance(leaf, Threshold):
        return COMPARE[leaf.op](column, leaf.value)
    if isinstance(leaf, Is):
        return column if leaf.value else ~column
    if fact_named(leaf.fact).kind == "set":
        mask = sum(1 << SETS[leaf.fact].index(member) for member in leaf.members)
        found = (column & mask) != 0
    else:
        codes = [CATEGORIES[leaf.fact].index(member) for member in leaf.members]
        found = column.is_in(pl.Series(codes, dtype=pl.Int16).implode())
    return ~found if leaf.negated else found


class Polars:
    """Plain expressions, or every leaf as a column first (its best form)."""

    def __init__(self, rules: CompiledRules, columns: Columns, leaves_first: bool) -> None:
        self.frame = frame(columns)
        self._leaves: dict[Leaf, pl.Expr] = {}
        make = self._named if leaves_first else polars_leaf
        both = lambda parts: reduce(lambda a, b: a & b, parts)  # noqa: E731
        either = lambda parts: reduce(lambda a, b: a | b, parts)  # noqa: E731
        trees = whole(rules)
        self.policies = [
            fold(tree, make, both, either).alias(slug)
            for tree, slug in zip(trees, rules.policies, strict=True)
        ]

    def _named(self, leaf: Leaf) -> pl.Expr:
        if leaf not in self._leaves:
            self._leaves[leaf] = polars_leaf(leaf).alias(f"leaf{len(self._leaves)}")
        return pl.col(f"leaf{list(self._leaves).index(leaf)}")

    def all(self) -> pl.DataFrame:
        return self.judge(self.frame)

    def judge(self, firms: pl.DataFrame) -> pl.DataFrame:
        if self._leaves:
            return firms.lazy().select(list(self._leaves.values())).select(self.policies).collect()
        return firms.select(self.policies)


def polars_statuses(column: pl.Series) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """0 no, 1 unknown, 3 yes, as the product numbers them."""
    return (column.cast(pl.UInt8) * 3).fill_null(1).to_numpy()


def plain_rows(columns: Columns, count: int) -> list[dict[str, Any]]:
    """The first firms as plain mappings; what is unknown is None."""
    rows = []
    for place in range(count):
        row: dict[str, Any] = {}
        for name, numbers in columns.numbers.items():
            row[name] = None if np.isnan(numbers[place]) else float(numbers[place])
        for name, codes in columns.codes.items():
            row[name] = None if codes[place] < 0 else CATEGORIES[name][codes[place]]
        for name, masks in columns.masks.items():
            held = [member for n, member in enumerate(SETS[name]) if int(masks[place]) >> n & 1]
            row[name] = held if columns.known[name][place] else None
        for name, flags in columns.flags.items():
            row[name] = None if flags[place] < 0 else bool(flags[place])
        rows.append(row)
    return rows


class Zen:
    """Every policy a compiled expression: 3 certainly, 0 certainly not, else 1."""

    def __init__(self, rules: CompiledRules) -> None:
        import zen

        both = lambda parts: "(" + " and ".join(parts) + ")"  # noqa: E731
        either = lambda parts: "(" + " or ".join(parts) + ")"  # noqa: E731
        self._policies = []
        for tree in whole(rules):
            yes = fold(tree, lambda leaf: self._leaf(leaf, True), both, either)
            maybe = fold(tree, lambda leaf: self._leaf(leaf, False), both, either)
            self._policies.append(zen.compile_expression(f"{yes} ? 3 : ({maybe} ? 1 : 0)"))

    def judge(self, row: dict[str, Any]) -> list[int]:
        return [int(policy.evaluate(row)) for policy in self._policies]

    def _leaf(self, leaf: Leaf, certain: bool) -> str:
        """Certainly true, or possibly (true or unknown)."""
        name = leaf.fact
        if isinstance(leaf, Threshold):
            test = f"{name} {OPS[leaf.op]} {leaf.value!r}"
        elif isinstance(leaf, Is):
            test = f"{name} == {str(leaf.value).lower()}"
        else:
            members = "[" + ", ".join(f"'{member}'" for member in sorted(leaf.members)) + "]"
            kind_of = ("none" if leaf.negated else "some") if fact_named(name).kind == "set" else ""
            test = f"{kind_of}({name}, # in {members})" if kind_of else f"{name} in {members}"
            test = f"not ({test})" if leaf.negated and not kind_of else test
        return f"({name} != null and {test})" if certain else f"({name} == null or {test})"


class JsonLogic:
    """Two rules per policy, certainly and possibly, for json-logic-qubit."""

    def __init__(self, rules: CompiledRules) -> None:
        from json_logic import jsonLogic

        self._run = jsonLogic
        self._policies = [(self._rule(tree, True), self._rule(tree, False)) for tree in whole(rules)]

    def _rule(self, tree: Any, certain: bool) -> Any:
        leaf = lambda part: self._leaf(part, certain)  # noqa: E731
        return fold(tree, leaf, lambda parts: {"and": parts}, lambda parts: {"or": parts})

    def judge(self, row: dict[str, Any]) -> list[int]:
        run = self._run
        return [3 if run(yes, row) else 1 if run(maybe, row) else 0 for yes, maybe in self._policies]

    def _leaf(self, leaf: Leaf, certain: bool) -> dict[str, Any]:
        value = {"var": leaf.fact}
        if isinstance(leaf, Threshold):
            test: dict[str, Any] = {OPS[leaf.op]: [value, leaf.value]}
        elif isinstance(leaf, Is):
            test = {"===": [value, leaf.value]}
        elif fact_named(leaf.fact).kind == "set":
            test = {"or": [{"in": [member, value]} for member in sorted(leaf.members)]}
        else:
            test = {"in": [value, sorted(leaf.members)]}
        if isinstance(leaf, Among) and leaf.negated:
            test = {"!": [test]}
        unknown = {"===": [value, None]}
        return {"and": [{"!": [unknown]}, test]} if certain else {"or": [unknown, test]}
