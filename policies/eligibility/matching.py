"""All firms by all policies in one pass over packed bits.

Per policy and firm three bits: certain, favourable (certain if people agree), possible. They combine by the
same AND and OR as ordinary bits, so three values cost three bit rows and nothing else. A rule that is not in
force is written as the combination that cannot occur otherwise: favourable without possible.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from policies.conditions.tree import Among, AtLeast, Is, People, Points
from policies.eligibility.columns import FactTable, Words
from policies.eligibility.compiled import CompiledRules, Program, Threshold, Tree
from policies.facts import fact_named
from policies.sheet import Status

STATUSES: tuple[Status, ...] = ("ineligible", "unknown", "subject_to_review", "eligible", "not_in_force")
# certain + 2 x favourable + 4 x possible -> position in STATUSES
_STATUS_OF_BITS = np.array([0, 0, 4, 0, 1, 0, 2, 3], np.uint8)
_BLOCK = 1 << 16
_COMPARE: Mapping[str, Any] = {
    "ge": np.greater_equal,
    "gt": np.greater,
    "le": np.less_equal,
    "lt": np.less,
}
_ALL = np.uint64(0xFFFF_FFFF_FFFF_FFFF)


@dataclass(frozen=True)
class Answers:
    """`bits[policy, certain | favourable | possible, word]` over the firms in `keys`."""

    policies: tuple[str, ...]
    keys: Sequence[str]
    bits: NDArray[np.uint64]

    def statuses(self, policy: str) -> NDArray[np.uint8]:
        """The status of every firm for one policy, as positions in STATUSES."""
        rows = self.bits[self.policies.index(policy)]
        certain, favourable, possible = (unpacked(row, len(self.keys)) for row in rows)
        return _STATUS_OF_BITS[certain + 2 * favourable + 4 * possible]

    def firms(self, policy: str, status: Status) -> list[str]:
        """The firms with this answer."""
        found = np.flatnonzero(self.statuses(policy) == STATUSES.index(status))
        return [self.keys[row] for row in found.tolist()]

    def changed(self, before: Answers) -> Iterator[tuple[str, str, Status, Status]]:
        """(policy, firm, status before, status now) wherever the answer differs; same policies and firms."""
        for position, policy in enumerate(self.policies):
            differing = np.bitwise_or.reduce(self.bits[position] ^ before.bits[position])
            if differing.any():
                now, then = self.statuses(policy), before.statuses(policy)
                for row in np.flatnonzero(now != then).tolist():
                    yield policy, self.keys[row], STATUSES[then[row]], STATUSES[now[row]]


def judge_many(rules: CompiledRules, table: FactTable) -> Answers:
    """The status of every firm of the table for every policy; the same answers `judge` gives one by one."""
    if table.on != rules.on:
        raise ValueError(f"rules are compiled for {rules.on}, the table is for {table.on}")
    size = len(table)
    bits = np.zeros((len(rules.programs), 3, -(-size // 64)), np.uint64)
    for start in range(0, size, _BLOCK):
        stop = min(start + _BLOCK, size)
        block = _Block(table, start, stop)
        for program, rows in zip(rules.programs, bits[:, :, start // 64 : -(-stop // 64)], strict=True):
            block.judge(program, rows)
    if size % 64 and size:
        bits[:, :, -1] &= np.uint64((1 << size % 64) - 1)
    return Answers(rules.policies, table.keys, bits)


def unpacked(words: Words, size: int) -> NDArray[np.uint8]:
    """One 0/1 byte per firm."""
    return np.unpackbits(np.ascontiguousarray(words).view(np.uint8), count=size, bitorder="little")


class _Block:
    """Some thousand firms at a time, so that shared rows stay in the processor's cache.

    A row is [certain, possible], or [certain, favourable, possible] once people have a say in it.
    """

    def __init__(self, table: FactTable, start: int, stop: int) -> None:
        self._table, self._start, self._stop = table, start, stop
        self._words = -(-(stop - start) // 64)
        self._rows: dict[Tree, Words] = {}

    def judge(self, program: Program, out: Words) -> None:
        """Write the three bit rows of one policy."""
        self._judge_readings(program.readings, out)
        if program.renewal_titles:
            renewal = np.empty_like(out)
            self._judge_readings(program.renewal_readings, renewal)
            holds = self._table.holds("titles", program.renewal_titles, self._start, self._stop)
            out ^= (out ^ renewal) & holds

    def _judge_readings(self, readings: tuple[tuple[Tree, ...], ...], out: Words) -> None:
        if not readings:
            out[0], out[1], out[2] = 0, _ALL, 0
            return
        self._judge_reading(readings[0], out)
        for reading in readings[1:]:
            other = np.empty_like(out)
            self._judge_reading(reading, other)
            out[:2] &= other[:2]
            out[2] |= other[2]

    def _judge_reading(self, trees: tuple[Tree, ...], out: Words) -> None:
        out[:] = _ALL
        for tree in trees:
            row = self.row(tree)
            if len(row) == 3:
                out &= row
            else:
                out[:2] &= row[0]
                out[2] &= row[1]

    def row(self, tree: Tree) -> Words:
        """The bounds of a tree for the firms of this block, worked out once."""
        row = self._rows.get(tree)
        if row is None:
            row = self._rows[tree] = self._worked_out(tree)
        return row

    def _worked_out(self, tree: Tree) -> Words:
        if isinstance(tree, AtLeast):
            return self._combined(tree)
        if isinstance(tree, Points):
            return self._scored(tree)[1]
        return self._leaf(tree)

    def _scored(self, points: Points) -> tuple[NDArray[np.uint16], Words]:
        """The three ends of the range of points for every firm, and where all that must be reached is."""
        total = np.zeros((3, 64 * self._words), np.uint16)
        reached = np.full((3, self._words), _ALL)
        for worth, node in points.bands:
            held = _three(self.row(node))  # type: ignore[arg-type]
            flags = np.unpackbits(held.view(np.uint8), axis=1, bitorder="little")
            np.maximum(total, np.uint16(worth) * flags, out=total)
        parts = [self._scored(part) for part in points.parts]
        for scored, fine in parts:
            reached &= fine
            total = np.maximum(total, scored) if points.best else total + scored
        if points.most is not None:
            np.minimum(total, points.most, out=total)
        enough = np.packbits(total >= points.least, axis=1, bitorder="little").view(np.uint64)
        return total, reached & enough

    def _combined(self, tree: AtLeast) -> Words:
        rows = [self.row(part) for part in tree.parts]  # type: ignore[arg-type]
        if any(len(row) == 3 for row in rows):
            rows = [_three(row) for row in rows]
        if not rows:
            return np.full((2, self._words), _ALL)
        if tree.n == len(rows):
            return np.bitwise_and.reduce(rows)
        if tree.n == 1:
            return np.bitwise_or.reduce(rows)
        return _at_least(tree.n, rows)

    def _leaf(self, leaf: Tree) -> Words:
        if isinstance(leaf, People):
            row = np.full((3, self._words), _ALL)
            row[0] = 0
            return row
        if isinstance(leaf, Threshold):
            return self._threshold(leaf)
        if isinstance(leaf, Is):
            return self._members(leaf.fact, frozenset(["true" if leaf.value else "false"]), False, True)
        assert isinstance(leaf, Among)
        fact = fact_named(leaf.fact)
        return self._members(leaf.fact, leaf.members, leaf.negated, fact.kind != "set" or fact.complete)

    def _threshold(self, leaf: Threshold) -> Words:
        column = self._table.numbers(leaf.fact, self._start, self._stop)
        row = np.zeros((2, self._words), np.uint64)
        _pack(_COMPARE[leaf.op](column, leaf.value), row[0])
        _pack(np.isnan(column), row[1])
        row[1] |= row[0]
        return row

    def _members(self, fact: str, members: frozenset[str], negated: bool, complete: bool) -> Words:
        held = self._table.holds(fact, members, self._start, self._stop)
        known = self._table.known(fact, self._start, self._stop)
        row = np.empty((2, self._words), np.uint64)
        if negated:
            row[0] = known & ~held if complete else 0
            row[1] = ~held
        else:
            row[0] = held
            row[1] = held | ~known if complete else _ALL
        return row


def _three(row: Words) -> Words:
    """A row with its favourable bits written out."""
    return row if len(row) == 3 else row[[0, 0, 1]]


def _at_least(n: int, rows: list[Words]) -> Words:
    """At least n of the rows, firm by firm: `reached[k]` holds where k+1 of those seen so far hold."""
    reached = [np.zeros_like(rows[0]) for _ in range(n)]
    for row in rows:
        for k in range(n - 1, 0, -1):
            reached[k] |= reached[k - 1] & row
        reached[0] |= row
    return reached[-1]


def _pack(flags: NDArray[np.bool_], out: Words) -> None:
    packed = np.packbits(flags, bitorder="little")
    out.view(np.uint8)[: packed.size] = packed
