"""The exact choice against trying everything."""

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.graph.selection import Caps, best_selection

Problem = tuple[dict[str, int], list[tuple[str, str]], Caps]
# "a" and "b" lie within "wide", which lies within "widest"; "alone" lies in none.
CHAINS = ((), ("alone",), ("a", "wide", "widest"), ("b", "wide", "widest"), ("wide", "widest"), ("widest",))
NO_LIMIT = 10**6


@st.composite
def problems(draw: st.DrawFn, least: int = 0, most: int = 9) -> Problem:
    keys = [f"s{number:02}" for number in range(draw(st.integers(least, most)))]
    amounts = {key: draw(st.integers(0, 60)) for key in keys}
    pairs = list(combinations(keys, 2))
    excluded = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    names = ("alone", "a", "b", "wide", "widest")
    limits = {name: draw(st.one_of(st.none(), st.integers(0, 120))) for name in names}
    return amounts, excluded, Caps({key: draw(st.sampled_from(CHAINS)) for key in keys}, limits)


def by_trying(amounts: dict[str, int], excluded: list[tuple[str, str]], caps: Caps) -> int:
    """All sets at once, one a row: what the caps leave is worked out from the inside outwards."""
    keys = list(amounts)
    sets = (np.arange(1 << len(keys))[:, None] >> np.arange(len(keys)) & 1).astype(bool)
    allowed = np.ones(len(sets), bool)
    for one, other in excluded:
        allowed &= ~(sets[:, keys.index(one)] & sets[:, keys.index(other)])
    worth = sets * np.array([amounts[key] for key in keys], int)

    def directly(chain: tuple[str, ...]) -> np.ndarray:
        return worth[:, [caps.chains[key] == chain for key in keys]].sum(axis=1)

    def within(name: str, inside: np.ndarray) -> np.ndarray:
        limit = caps.limits[name]
        return np.minimum(inside, NO_LIMIT if limit is None else limit)

    free, alone, in_a, in_b, in_wide, in_widest = (directly(chain) for chain in CHAINS)
    wide = within("wide", within("a", in_a) + within("b", in_b) + in_wide)
    total = free + within("alone", alone) + within("widest", wide + in_widest)
    return int(total[allowed].max())


def check(problem: Problem) -> None:
    amounts, excluded, caps = problem
    chosen = best_selection(amounts, excluded, caps)
    assert not any(one in chosen and other in chosen for one, other in excluded)
    assert sum(caps.paid(chosen, amounts).values()) == by_trying(amounts, excluded, caps)
    assert chosen == best_selection(dict(reversed(amounts.items())), excluded[::-1], caps)


@settings(deadline=None, max_examples=150)
@given(problems())
def test_it_is_the_best_there_is(problem: Problem) -> None:
    check(problem)


@settings(deadline=None, max_examples=15)
@given(problems(least=12, most=18))
def test_it_is_the_best_of_up_to_eighteen(problem: Problem) -> None:
    check(problem)
