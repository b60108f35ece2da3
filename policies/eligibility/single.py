"""One firm by all policies, without reasons: the same compiled rules as a flat program over small numbers.

A value is 0 (cannot hold), 1 (possible), 2 (holds if people agree) or 3 (certain), so "all" is the least and
"any" the greatest of the parts, and a rule's value is the position of its status in STATUSES.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from math import comb
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from policies.conditions.tree import Among, AtLeast, Is, People, Points
from policies.eligibility.compiled import CompiledRules, Program, Threshold, Tree
from policies.eligibility.row import Row
from policies.facts import fact_named

NO, POSSIBLE, FAVOURABLE, CERTAIN = 0, 1, 2, 3
NOT_IN_FORCE = 4
FEW = 12
_HOLDS: Mapping[str, Callable[[float, float], bool]] = {
    "ge": lambda value, edge: value >= edge,
    "gt": lambda value, edge: value > edge,
    "le": lambda value, edge: value <= edge,
    "lt": lambda value, edge: value < edge,
}
Values = NDArray[np.uint8]


class _Numbers(NamedTuple):
    """All tests of one number: their values are the same between two neighbouring thresholds."""

    fact: str
    places: NDArray[np.intp]
    edges: list[float]
    rows: Values


class _Words(NamedTuple):
    """All tests of a category or yes/no fact, by its member; `other` for members no test names."""

    fact: str
    places: NDArray[np.intp]
    rows: Mapping[str, Values]
    other: Values


class _Sets(NamedTuple):
    """Tests of a set fact: the members each asks for as bits, its value where one is held and where none."""

    fact: str
    places: NDArray[np.intp]
    bits: Mapping[str, int]
    masks: NDArray[np.uint64]
    held: Values
    absent: Values


class _Level(NamedTuple):
    """Combinations whose parts are all worked out: least or greatest of runs of values."""

    reduce: Callable[[Values, NDArray[np.intp]], Values]
    parts: NDArray[np.intp]
    starts: NDArray[np.intp]
    first: int
    end: int


class SingleJudge:
    """Judges one firm after the other; not to be shared between threads."""

    def __init__(self, rules: CompiledRules) -> None:
        self.rules = rules
        self._place: dict[Tree, int] = {}
        self._odd: dict[int, list[tuple[int, Tree]]] = defaultdict(list)
        leaves: dict[Tree, None] = {}
        depths: dict[Tree, int] = {}
        for program in rules.programs:
            for reading in (*program.readings, *program.renewal_readings):
                _visit(_whole(reading), depths, leaves)
        self._number_tests, self._word_tests, self._set_tests = self._leaf_tables(list(leaves))
        self._levels = self._combinations(depths)
        self._values = np.full(len(self._place), POSSIBLE, np.uint8)
        for leaf in leaves:
            if isinstance(leaf, People):
                self._values[self._place[leaf]] = FAVOURABLE
        self._start = self._values.copy()
        self._plain, self._roots, self._special = self._programs(rules.programs)

    def statuses(self, row: Row) -> Values:
        """The status of every policy, as positions in STATUSES."""
        values = self._values
        values[:] = self._start
        self._judge_leaves(row, values)
        for depth, level in enumerate(self._levels, 1):
            if level is not None:
                for part in level:
                    values[part.first : part.end] = part.reduce(values[part.parts], part.starts)
            for place, tree in self._odd.get(depth, ()):
                values[place] = self._odd_value(tree, values)
        out = np.empty(len(self.rules.programs), np.uint8)
        out[self._plain] = values[self._roots]
        for position, program in self._special:
            out[position] = self._special_value(program, values, row)
        return out

    def _judge_leaves(self, row: Row, values: Values) -> None:
        numbers, members = row.numbers, row.members
        for tests in self._number_tests:
            value = numbers.get(tests.fact)
            if value is not None:
                at = bisect_left(tests.edges, value)
                on_edge = at < len(tests.edges) and tests.edges[at] == value
                values[tests.places] = tests.rows[2 * at + on_edge]
        for words in self._word_tests:
            held = members.get(words.fact)
            if held is not None:
                values[words.places] = words.rows.get(next(iter(held), ""), words.other)
        for sets in self._set_tests:
            held = members.get(sets.fact)
            if held is not None:
                mask = np.uint64(sum(sets.bits.get(member, 0) for member in held))
                values[sets.places] = np.where(sets.masks & mask, sets.held, sets.absent)

    def _leaf_tables(self, leaves: Sequence[Tree]) -> tuple[list[_Numbers], list[_Words], list[_Sets]]:
        by_fact: dict[str, list[Tree]] = defaultdict(list)
        for leaf in leaves:
            self._place[leaf] = len(self._place)
            if not isinstance(leaf, People):
                by_fact[leaf.fact].append(leaf)  # type: ignore[union-attr]
        numbers: list[_Numbers] = []
        words: list[_Words] = []
        sets: list[_Sets] = []
        for fact, tests in by_fact.items():
            places = np.array([self._place[test] for test in tests])
            kind = fact_named(fact).kind
            if kind in ("number", "date"):
                numbers.append(_number_table(fact, places, tests))  # type: ignore[arg-type]
            elif kind == "set":
                sets += self._set_tables(fact, tests)  # type: ignore[arg-type]
            else:
                words.append(_word_table(fact, places, tests))  # type: ignore[arg-type]
        return numbers, words, sets

    def _set_tables(self, fact: str, tests: Sequence[Among]) -> Iterator[_Sets]:
        """Tests over at most 64 members together; more of them make another table."""
        complete = fact_named(fact).complete
        waiting = list(tests)
        while waiting:
            members: dict[str, int] = {}
            taken = []
            for test in waiting:
                if len(members.keys() | test.members) <= 64:
                    taken.append(test)
                    for member in sorted(test.members):
                        members.setdefault(member, 1 << len(members))
            if not taken:
                raise ValueError(f"a condition on {fact} names more than 64 members")
            waiting = [test for test in waiting if test not in taken]
            yield _Sets(
                fact,
                np.array([self._place[test] for test in taken]),
                members,
                np.array([sum(members[m] for m in test.members) for test in taken], np.uint64),
                np.array([NO if test.negated else CERTAIN for test in taken], np.uint8),
                np.array([CERTAIN if test.negated else NO for test in taken], np.uint8)
                if complete
                else np.full(len(taken), POSSIBLE, np.uint8),
            )

    def _combinations(self, depths: Mapping[Tree, int]) -> list[list[_Level] | None]:
        """Level by level; all "all"s of a level lie side by side, and so do its "any"s."""
        levels: list[list[_Level] | None] = []
        for depth in range(1, max(depths.values(), default=0) + 1):
            here = [tree for tree, at in depths.items() if at == depth]
            level = []
            for reduce, wanted in ((np.minimum.reduceat, True), (np.maximum.reduceat, False)):
                trees = [tree for tree in here if _is_plain(tree) and _is_all(tree) == wanted]  # type: ignore[arg-type]
                if trees:
                    level.append(self._level(reduce, trees))
            levels.append(level or None)
            for tree in here:
                if not _is_plain(tree):
                    self._place[tree] = len(self._place)
                    self._odd[depth].append((self._place[tree], tree))
        return levels

    def _level(self, reduce: Callable[..., Values], trees: Sequence[Tree]) -> _Level:
        parts: list[int] = []
        starts = []
        first = len(self._place)
        for tree in trees:
            starts.append(len(parts))
            parts += [self._place[part] for part in tree.parts]  # type: ignore[union-attr, index]
            self._place[tree] = len(self._place)
        return _Level(reduce, np.array(parts), np.array(starts), first, len(self._place))

    def _programs(
        self, programs: Iterable[Program]
    ) -> tuple[NDArray[np.intp], NDArray[np.intp], list[tuple[int, Program]]]:
        plain, roots, special = [], [], []
        for position, program in enumerate(programs):
            if len(program.readings) == 1 and not program.renewal_titles:
                plain.append(position)
                roots.append(self._root(program.readings[0]))
            else:
                special.append((position, program))
        return np.array(plain, np.intp), np.array(roots, np.intp), special

    def _root(self, reading: tuple[Tree, ...]) -> int:
        return self._place[_whole(reading)]

    def _special_value(self, program: Program, values: Values, row: Row) -> int:
        """Several readings, none, or a version by the titles held."""
        readings = program.readings
        if program.renewal_titles and not program.renewal_titles.isdisjoint(row.members.get("titles", ())):
            readings = program.renewal_readings
        if not readings:
            return NOT_IN_FORCE
        found = [int(values[self._root(reading)]) for reading in readings]
        least = min(found)
        return least if least >= FAVOURABLE else POSSIBLE if max(found) else NO

    def _odd_value(self, tree: Tree, values: Values) -> int:
        if isinstance(tree, Points):
            levels = (CERTAIN, FAVOURABLE, POSSIBLE)
            return next((level for level in levels if _scored(tree, level, self._place, values)[1]), NO)
        assert isinstance(tree, AtLeast)
        if not tree.parts:
            return CERTAIN
        parts = sorted((int(values[self._place[part]]) for part in tree.parts), reverse=True)  # type: ignore[index]
        return parts[tree.n - 1]


def _scored(points: Points, level: int, place: Mapping[Tree, int], values: Values) -> tuple[int, bool]:
    """The points of what holds at least this surely, and whether all that must be reached is."""
    held = [worth for worth, node in points.bands if values[place[node]] >= level]  # type: ignore[index]
    parts = [_scored(part, level, place, values) for part in points.parts]
    gather = max if points.best else sum
    total = max(held, default=0) + (gather(scored for scored, _ in parts) if parts else 0)
    total = total if points.most is None else min(total, points.most)
    return total, total >= points.least and all(fine for _, fine in parts)


def _whole(reading: tuple[Tree, ...]) -> Tree:
    """A version as one tree."""
    return AtLeast(len(reading), tuple(map(_spelled_out, reading)))  # type: ignore[arg-type]


def _spelled_out(tree: Tree) -> Tree:
    """Some of a few written as the choice between groups: plain combinations are worked out all at once."""
    if not isinstance(tree, AtLeast):
        return tree
    parts = tuple(_spelled_out(part) for part in tree.parts)  # type: ignore[arg-type]
    if tree.n in (1, len(parts)) or comb(len(parts), tree.n) > FEW:
        return AtLeast(tree.n, parts)  # type: ignore[arg-type]
    return AtLeast(1, tuple(AtLeast(tree.n, group) for group in combinations(parts, tree.n)))  # type: ignore[arg-type]


def _visit(tree: Tree, depths: dict[Tree, int], leaves: dict[Tree, None]) -> int:
    """How deep a tree is; every leaf and every combination is noted once."""
    if tree in depths:
        return depths[tree]
    if not isinstance(tree, AtLeast | Points):
        leaves[tree] = None
        return 0
    parts = tree.parts if isinstance(tree, AtLeast) else tree.nodes()
    depth = 1 + max((_visit(part, depths, leaves) for part in parts), default=0)  # type: ignore[arg-type]
    depths[tree] = depth
    return depth


def _is_plain(tree: Tree) -> bool:
    return isinstance(tree, AtLeast) and bool(tree.parts) and tree.n in (1, len(tree.parts))


def _is_all(tree: AtLeast) -> bool:
    return tree.n == len(tree.parts)


def _number_table(fact: str, places: NDArray[np.intp], tests: Sequence[Threshold]) -> _Numbers:
    """A row of values below, at and above each threshold."""
    edges = sorted({test.value for test in tests})
    samples = []
    for edge in edges:
        samples += [np.nextafter(edge, -np.inf), edge]
    samples.append(np.nextafter(edges[-1], np.inf))
    rows = [[CERTAIN if _HOLDS[t.op](value, t.value) else NO for t in tests] for value in samples]
    return _Numbers(fact, places, edges, np.array(rows, np.uint8))


def _word_table(fact: str, places: NDArray[np.intp], tests: Sequence[Among | Is]) -> _Words:
    def row(member: str) -> Values:
        found = []
        for test in tests:
            if isinstance(test, Is):
                holds = member == ("true" if test.value else "false")
            else:
                holds = (member in test.members) != test.negated
            found.append(CERTAIN if holds else NO)
        return np.array(found, np.uint8)

    named = {member for test in tests if isinstance(test, Among) for member in test.members}
    return _Words(fact, places, {member: row(member) for member in named | {"true", "false"}}, row(""))
