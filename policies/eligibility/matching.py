"""All firms by all policies in one pass over packed bits.

Per policy and firm: certain, favourable (certain if people agree), possible. They combine by the same AND and
OR as ordinary bits, so three values cost bit rows and nothing else; where people have no say, favourable is
certain and is not kept twice. A rule that is not in force is written as the combination that cannot occur
otherwise: favourable without possible.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from policies.conditions.tree import Among, AtLeast, Is, People, Points, leaves
from policies.eligibility.columns import FactTable, Words
from policies.eligibility.compiled import CompiledRules, Program, Threshold, Tree
from policies.facts import fact_named
from policies.sheet import Status

Change = tuple[str, str, Status, Status]
STATUSES: tuple[Status, ...] = ("ineligible", "unknown", "subject_to_review", "eligible", "not_in_force")
# certain + 2 x favourable + 4 x possible -> position in STATUSES
_STATUS_OF_BITS = np.array([0, 0, 4, 0, 1, 0, 2, 3], np.uint8)
_BLOCK = 1 << 17
_COMPARE: Mapping[str, Any] = {
    "ge": np.greater_equal,
    "gt": np.greater,
    "le": np.less_equal,
    "lt": np.less,
}
_ONE = np.uint64(1)
_ALL = np.uint64(0xFFFF_FFFF_FFFF_FFFF)


@dataclass(frozen=True)
class Answers:
    """Per policy the rows [certain, possible] or [certain, favourable, possible] over the firms in `keys`.

    `near[policy]`: firms short of exactly one condition, everything else met or left to people.
    `ask[policy]`: firms for which exactly one condition is unknown and nothing unmet. Of competing readings
    each must say so that is not met. Both only where they were asked for.
    """

    policies: tuple[str, ...]
    keys: Sequence[str]
    rows: tuple[Words, ...]
    near: Words | None = None
    ask: Words | None = None

    def statuses(self, policy: str) -> NDArray[np.uint8]:
        """The status of every firm for one policy, as positions in STATUSES."""
        return self._statuses(self.policies.index(policy))

    def firms(self, policy: str, status: Status) -> list[str]:
        """The firms with this answer."""
        return self._named(self.statuses(policy) == STATUSES.index(status))

    def near_misses(self, policy: str) -> list[str]:
        """The firms that are short of exactly one condition."""
        assert self.near is not None
        return self._named(unpacked(self.near[self.policies.index(policy)], len(self.keys)))

    def one_question_left(self, policy: str) -> list[str]:
        """The firms for which one condition is unknown and nothing else stands in the way."""
        assert self.ask is not None
        return self._named(unpacked(self.ask[self.policies.index(policy)], len(self.keys)))

    def changed(self, before: Answers) -> Iterator[Change]:
        """(policy, firm, status before, status now) wherever the answer differs; same policies and firms."""
        for position, policy in enumerate(self.policies):
            rows, old = self.rows[position], before.rows[position]
            if len(rows) != len(old) or not np.array_equal(rows, old):
                now, then = self._statuses(position), before._statuses(position)
                for row in np.flatnonzero(now != then).tolist():
                    yield policy, self.keys[row], STATUSES[then[row]], STATUSES[now[row]]

    def merge(self, newer: Answers, places: NDArray[np.intp]) -> Iterator[Change]:
        """Write the newer answers of some firms over theirs, at these rows: what turned."""
        words, shifts = places >> 6, (places & 63).astype(np.uint64)
        for position, policy in enumerate(self.policies):
            own, fresh = self.rows[position], newer.rows[position]
            old = ((own[:, words] >> shifts) & _ONE).astype(np.uint8)
            new = np.stack([unpacked(row, len(places)) for row in fresh])
            turned = np.flatnonzero((old != new).any(axis=0))
            if not turned.size:
                continue
            for row, was, now in zip(own, old, new, strict=True):
                at = turned[was[turned] != now[turned]]
                np.bitwise_xor.at(row, words[at], _ONE << shifts[at])
            then, now = (_STATUS_OF_BITS[side[0] + 2 * side[-2] + 4 * side[-1]] for side in (old, new))
            for at in turned.tolist():
                yield policy, newer.keys[at], STATUSES[then[at]], STATUSES[now[at]]

    def _statuses(self, position: int) -> NDArray[np.uint8]:
        rows = [unpacked(row, len(self.keys)) for row in self.rows[position]]
        return _STATUS_OF_BITS[rows[0] + 2 * rows[-2] + 4 * rows[-1]]

    def _named(self, flags: NDArray[Any]) -> list[str]:
        return [self.keys[row] for row in np.flatnonzero(flags).tolist()]


def judge_many(
    rules: CompiledRules, table: FactTable, near: bool = False, into: Answers | None = None
) -> Answers:
    """The status of every firm of the table for every policy; the same answers `judge` gives one by one.

    `near`: near misses and open questions too. `into`: answers of an earlier run of the same rules over as
    many firms, whose memory is written over.
    """
    if table.on != rules.on:
        raise ValueError(f"rules are compiled for {rules.on}, the table is for {table.on}")
    size = len(table)
    answers = into if into is not None else _blank(rules, table, near)
    for start in range(0, size, _BLOCK):
        stop = min(start + _BLOCK, size)
        block = _Block(table, start, stop)
        words = slice(start // 64, -(-stop // 64))
        for position, program in enumerate(rules.programs):
            judged = answers.rows[position][:, words]
            block.judge(program, judged)
            if answers.near is not None and answers.ask is not None:
                block.near(program, judged, answers.near[position, words], answers.ask[position, words])
    if size % 64:
        mask = np.uint64((1 << size % 64) - 1)
        for rows in (*answers.rows, *(r for r in (answers.near, answers.ask) if r is not None)):
            rows[:, -1] &= mask
    return answers


def _blank(rules: CompiledRules, table: FactTable, near: bool) -> Answers:
    words = -(-len(table) // 64)
    rows = tuple(
        np.zeros((3 if _needs_three(program) else 2, words), np.uint64) for program in rules.programs
    )
    extra = [np.zeros((len(rows), words), np.uint64) if near else None for _ in range(2)]
    return Answers(rules.policies, tuple(table.keys), rows, *extra)


def _needs_three(program: Program) -> bool:
    """Whether people have a say in it, or it may be out of force."""
    readings = [program.readings, *([program.renewal_readings] if program.renewal_titles else [])]
    trees = [tree for some in readings for reading in some for tree in reading]
    return not all(readings) or any(_asks_people(tree) for tree in trees)


def _asks_people(tree: Tree) -> bool:
    return any(isinstance(leaf, People) for leaf in leaves(tree))  # type: ignore[arg-type]


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
        # Equal trees of compiled rules are one object, so that looking one up costs next to nothing.
        self._rows: dict[int, Words] = {}
        self._unknowns: dict[str, Words] = {}

    def judge(self, program: Program, out: Words) -> None:
        """Write the bit rows of one policy."""
        self._judge_readings(program.readings, out)
        if program.renewal_titles:
            renewal = np.empty_like(out)
            self._judge_readings(program.renewal_readings, renewal)
            holds = self._table.holds("titles", program.renewal_titles, self._start, self._stop)
            out ^= (out ^ renewal) & holds

    def near(self, program: Program, judged: Words, near: Words, ask: Words) -> None:
        """Write who is short of one condition, and who is one unknown condition away; `judged` are its rows.

        Where several readings compete, it must be so under each of them that is not met yet. A firm that
        holds the title is looked at by the version for renewals.
        """
        if len(program.readings) == 1 and not program.renewal_titles:
            self._one_short(program.readings[0], judged[-1], near, ask)
            return
        self._short(program.readings, near, ask)
        if program.renewal_titles:
            again = np.empty_like(near), np.empty_like(ask)
            self._short(program.renewal_readings, *again)
            holds = self._table.holds("titles", program.renewal_titles, self._start, self._stop)
            near ^= (near ^ again[0]) & holds
            ask ^= (ask ^ again[1]) & holds

    def _short(self, readings: tuple[tuple[Tree, ...], ...], near: Words, ask: Words) -> None:
        """The same over competing readings."""
        near[:] = ask[:] = 0
        near_all, ask_all = np.full_like(near, _ALL), np.full_like(ask, _ALL)
        for trees in readings:
            possible = np.bitwise_and.reduce([self.row(tree)[-1] for tree in trees])
            one_near, one_ask = np.empty_like(near), np.empty_like(ask)
            met = ~self._one_short(trees, possible, one_near, one_ask)
            near |= one_near
            ask |= one_ask
            near_all &= one_near | met
            ask_all &= one_ask | met
        near &= near_all
        ask &= ask_all

    def _one_short(self, trees: tuple[Tree, ...], possible: Words, near: Words, ask: Words) -> Words:
        """Write who is short of exactly one of these; returns who is short of any."""
        rows = [self.row(tree) for tree in trees]
        short = ~rows[0][-2]
        several, more, both = np.zeros_like(short), np.empty_like(short), np.empty_like(short)
        for row in rows[1:]:
            np.invert(row[-2], out=more)
            np.bitwise_and(short, more, out=both)
            several |= both
            short |= more
        one = short & np.invert(several, out=several)
        np.bitwise_and(one, possible, out=ask)
        np.bitwise_xor(one, ask, out=near)
        return short

    def _judge_readings(self, readings: tuple[tuple[Tree, ...], ...], out: Words) -> None:
        if not readings:
            out[0], out[1], out[2] = 0, _ALL, 0
            return
        self._judge_reading(readings[0], out)
        for reading in readings[1:]:
            other = np.empty_like(out)
            self._judge_reading(reading, other)
            out[:-1] &= other[:-1]
            out[-1] |= other[-1]

    def _judge_reading(self, trees: tuple[Tree, ...], out: Words) -> None:
        rows = [self.row(tree) for tree in trees]
        full = [row for row in rows if len(row) == len(out)]
        if len(full) > 1:
            np.bitwise_and(full[0], full[1], out=out)
        elif full:
            out[:] = full[0]
        else:
            out[:] = _ALL
        for row in full[2:]:
            out &= row
        for row in rows if len(full) < len(rows) else ():
            if len(row) < len(out):
                out[:2] &= row[0]
                out[2] &= row[1]

    def row(self, tree: Tree) -> Words:
        """The bounds of a tree for the firms of this block, worked out once."""
        row = self._rows.get(id(tree))
        if row is None:
            row = self._rows[id(tree)] = self._worked_out(tree)
        return row

    def _worked_out(self, tree: Tree) -> Words:
        if isinstance(tree, AtLeast):
            return self._combined(tree)
        if isinstance(tree, Points):
            reached = self._scored(tree)[1]
            return reached if _asks_people(tree) else reached[[0, 2]]
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
        if tree.n not in (1, len(rows)):
            return _at_least(tree.n, rows)
        join = np.bitwise_or if tree.n == 1 < len(rows) else np.bitwise_and
        joined = join(rows[0], rows[-1])
        for row in rows[1:-1]:
            join(joined, row, out=joined)
        return joined

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
        np.bitwise_or(row[0], self._unknown(leaf.fact), out=row[1])
        return row

    def _members(self, fact: str, members: frozenset[str], negated: bool, complete: bool) -> Words:
        row = np.empty((2, self._words), np.uint64)
        row[0] = self._table.holds(fact, members, self._start, self._stop)
        if negated:
            np.invert(row[0], out=row[1])
            row[0] = row[1] & ~self._unknown(fact) if complete else 0
        elif complete:
            np.bitwise_or(row[0], self._unknown(fact), out=row[1])
        else:
            row[1] = _ALL
        return row

    def _unknown(self, fact: str) -> Words:
        """The firms of which nobody has told this fact."""
        row = self._unknowns.get(fact)
        if row is None:
            if fact_named(fact).kind in ("number", "date"):
                row = np.zeros(self._words, np.uint64)
                _pack(np.isnan(self._table.numbers(fact, self._start, self._stop)), row)
            else:
                row = ~self._table.known(fact, self._start, self._stop)
            self._unknowns[fact] = row
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
