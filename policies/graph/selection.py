"""Choosing from things with amounts, pairs that exclude each other, and caps within caps: the exact best."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import networkx as nx


@dataclass(frozen=True)
class Caps:
    """`chains` names for each thing its caps from the narrowest to the widest; an unknown limit is none."""

    chains: Mapping[str, Sequence[str]]
    limits: Mapping[str, int | None]

    def paid(self, chosen: Collection[str], amounts: Mapping[str, int]) -> dict[str, int]:
        """What is paid of each under the caps, largest amounts first; no other order gives more."""
        left = {cap: limit for cap, limit in self.limits.items() if limit is not None}
        paid = {}
        for key in sorted(chosen, key=lambda key: (-amounts[key], key)):
            bounds = [cap for cap in self.chains.get(key, ()) if cap in left]
            paid[key] = min([amounts[key], *(left[cap] for cap in bounds)])
            for cap in bounds:
                left[cap] -= paid[key]
        return paid

    def is_full(self, cap: str, paid: Mapping[str, int]) -> bool:
        """Whether what is paid has used a cap up."""
        limit = self.limits.get(cap)
        used = sum(amount for key, amount in paid.items() if cap in self.chains.get(key, ()))
        return limit is not None and used >= limit


def best_selection(
    amounts: Mapping[str, int], excluded: Collection[tuple[str, str]], caps: Caps
) -> frozenset[str]:
    """The set without excluded pairs that is paid most in all; always the same one of equals."""
    bounds = nx.Graph()
    bounds.add_nodes_from(amounts)
    bounds.add_edges_from(pair for pair in excluded if pair[0] in amounts and pair[1] in amounts)
    # Things under one widest cap depend on each other as excluded ones do; the rest falls apart.
    bounds.add_edges_from((key, ("cap", caps.chains[key][-1])) for key in amounts if caps.chains.get(key))
    chosen: set[str] = set()
    for component in nx.connected_components(bounds):
        keys = [key for key in component if key in amounts]
        chosen |= _Search(keys, amounts, excluded, caps).best()
    return frozenset(chosen)


class _Search:
    """Branch and bound over one component; sets of things are bits of an integer, largest amount lowest."""

    def __init__(
        self,
        keys: Sequence[str],
        amounts: Mapping[str, int],
        excluded: Collection[tuple[str, str]],
        caps: Caps,
    ) -> None:
        self._keys = sorted(keys, key=lambda key: (-amounts[key], key))
        self._amounts = [amounts[key] for key in self._keys]
        self._all_amounts, self._caps = amounts, caps
        place = {key: number for number, key in enumerate(self._keys)}
        self._rivals = [0] * len(keys)
        for one, other in excluded:
            if one in place and other in place:
                self._rivals[place[one]] |= 1 << place[other]
                self._rivals[place[other]] |= 1 << place[one]
        self._chains = [tuple(c for c in caps.chains.get(key, ()) if self._limit(c)) for key in self._keys]
        self._best, self._best_value = 0, -1

    def best(self) -> set[str]:
        """The things of the best set."""
        self._branch(0, (1 << len(self._keys)) - 1)
        return {self._keys[number] for number in _bits(self._best)}

    def _limit(self, cap: str) -> bool:
        return self._caps.limits.get(cap) is not None

    def _branch(self, chosen: int, open_: int) -> None:
        """`open_` are those that may still be added to `chosen`."""
        # One that excludes nothing still open can only add.
        for number in _bits(open_):
            if not self._rivals[number] & open_:
                chosen |= 1 << number
        open_ &= ~chosen
        if not open_:
            value = self._value(_bits(chosen))
            if value > self._best_value:
                self._best, self._best_value = chosen, value
            return
        if self._bound(chosen, open_) <= self._best_value:
            return
        at = max(_bits(open_), key=lambda number: ((self._rivals[number] & open_).bit_count(), -number))
        bit = 1 << at
        self._branch(chosen | bit, open_ & ~bit & ~self._rivals[at])
        self._branch(chosen, open_ & ~bit)

    def _value(self, numbers: Iterator[int]) -> int:
        chosen = [self._keys[number] for number in numbers]
        return sum(self._caps.paid(chosen, self._all_amounts).values())

    def _bound(self, chosen: int, open_: int) -> int:
        """No set reaches more: of each clique of rivals under the same caps only the largest counts."""
        counted = chosen
        while open_:
            clique_first = (open_ & -open_).bit_length() - 1
            counted |= 1 << clique_first
            open_ ^= 1 << clique_first
            shared = open_ & self._rivals[clique_first]
            while shared:
                number = (shared & -shared).bit_length() - 1
                shared ^= 1 << number
                if self._chains[number] == self._chains[clique_first]:
                    open_ ^= 1 << number
                    shared &= self._rivals[number]
        return self._value(_bits(counted))


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
