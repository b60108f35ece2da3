"""Two versions of a document, clause by clause: added, removed, moved, changed words, numbers and dates."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from policies.document.dates import DAY
from policies.document.model import Document, Provision, Row
from policies.sheet import Clause, Sheet, TaskRow

Change = Literal["added", "removed", "moved", "changed"]
_ALIKE = 0.6
_QUANTITY = re.compile(rf"{DAY}|\d+(?:\.\d+)?\s*(?:[万亿]?[\u4e00-\u9fff%％]{{1,2}})?")


@dataclass(frozen=True)
class Difference:
    """One clause that differs: its anchors in both versions ("" where it is not), and what changed.

    `words` are (old, new) stretches of text; `quantities` the numbers and days gone and those come;
    `departments` those gone (-) and come (+). Whether it matters is for an editor to say.
    """

    change: Change
    old: str
    new: str
    title: str
    words: tuple[tuple[str, str], ...] = ()
    quantities: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    departments: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Side:
    anchor: str
    title: str
    text: str
    units: tuple[str, ...]


def compare(old: Document, new: Document) -> tuple[Difference, ...]:
    """What changed from `old` to `new`, in the order of `new`, removed clauses last. Clauses are the same
    when their titles or words are; the number they carry does not decide."""
    provisions = _compare(_sides(old.provisions), _sides(new.provisions))
    return (*provisions, *_compare(_sides(old.rows), _sides(new.rows)))


def compare_sheets(old: Sheet, new: Sheet) -> tuple[Difference, ...]:
    """The same for two versions of a sheet: its clauses and its table of tasks."""
    clauses = _compare(
        [_clause_side(item) for item in old.clauses], [_clause_side(item) for item in new.clauses]
    )
    tasks = _compare([_task_side(item) for item in old.tasks], [_task_side(item) for item in new.tasks])
    return (*clauses, *tasks)


def keep_anchors(old: Sheet, new: Sheet, taken: Iterable[str] = ()) -> Sheet:
    """The new sheet with the old anchors on the clauses and rows that are the same, so that what points to
    them still does. `taken` are anchors of still older versions, which must not come to mean another clause.
    """
    used = {*taken, *(item.anchor for item in old.clauses), *(row.anchor for row in old.tasks)}
    clauses = _anchors([_clause_side(i) for i in old.clauses], [_clause_side(i) for i in new.clauses], used)
    tasks = _anchors([_task_side(i) for i in old.tasks], [_task_side(i) for i in new.tasks], used)
    return new.model_copy(
        update={
            "clauses": tuple(
                clause.model_copy(update={"anchor": clauses[clause.anchor]}) for clause in new.clauses
            ),
            "tasks": tuple(
                row.model_copy(
                    update={"anchor": tasks[row.anchor], "measure": clauses.get(row.measure, row.measure)}
                )
                for row in new.tasks
            ),
        }
    )


def _anchors(before: list[_Side], after: list[_Side], used: set[str]) -> dict[str, str]:
    """New anchor to the one it shall have: its old one, its own where that is free, else the next free."""
    pairs = _paired(before, after)
    anchors: dict[str, str] = {}
    for side in after:
        anchor = pairs[side].anchor if side in pairs else side.anchor
        if side not in pairs and anchor in used:
            letter = re.match("[a-z]*", anchor)[0]  # type: ignore[index]
            number = max(
                (int(n[1]) for name in used if (n := re.fullmatch(rf"{letter}(\d{{1,9}})", name))), default=0
            )
            anchor = f"{letter}{number + 1}"
        used.add(anchor)
        anchors[side.anchor] = anchor
    return anchors


def _sides(items: Sequence[Provision] | Sequence[Row]) -> list[_Side]:
    return [_row_side(item) if isinstance(item, Row) else _provision_side(item) for item in items]


def _clause_side(item: Clause) -> _Side:
    units = [f"牵头:{label}" for label in item.lead] + [f"配合:{label}" for label in item.support]
    return _Side(item.anchor, item.title, item.text, tuple(units))


def _task_side(item: TaskRow) -> _Side:
    return _Side(item.anchor, item.topic, item.text, item.units)


def _provision_side(item: Provision) -> _Side:
    units = [f"牵头:{unit.label}" for unit in item.lead] + [f"配合:{unit.label}" for unit in item.support]
    return _Side(item.anchor, item.title, item.text, tuple(units))


def _row_side(row: Row) -> _Side:
    return _Side(row.anchor, row.topic, row.text, tuple(unit.label for unit in row.units))


def _compare(before: list[_Side], after: list[_Side]) -> list[Difference]:
    pairs = _paired(before, after)
    moved = _moved([before.index(pairs[side]) for side in after if side in pairs])
    found: list[Difference] = []
    place = 0
    for side in after:
        if side not in pairs:
            found.append(Difference("added", "", side.anchor, side.title, (("", side.text),)))
            continue
        if difference := _difference(pairs[side], side, moved[place]):
            found.append(difference)
        place += 1
    kept = set(pairs.values())
    found += [
        Difference("removed", side.anchor, "", side.title, ((side.text, ""),))
        for side in before
        if side not in kept
    ]
    return found


def _paired(before: list[_Side], after: list[_Side]) -> dict[_Side, _Side]:
    """New side to old side: the same words first, then the same anchor and title, then words much alike."""
    pairs: dict[_Side, _Side] = {}
    free = dict.fromkeys(before)
    for key in (lambda side: (side.title, side.text), lambda side: (side.anchor, side.title)):
        known: dict[object, list[_Side]] = {}
        for side in free:
            known.setdefault(key(side), []).append(side)
        for side in after:
            if side not in pairs and known.get(key(side)):
                pairs[side] = known[key(side)].pop(0)
                del free[pairs[side]]
    for side in after:
        if side not in pairs and free:
            likeness, best = max(
                ((_likeness(side, other), other) for other in free), key=lambda pair: pair[0]
            )
            if likeness >= _ALIKE:
                pairs[side] = best
                del free[best]
    return pairs


def _likeness(one: _Side, other: _Side) -> float:
    matcher = SequenceMatcher(None, one.title + one.text, other.title + other.text, autojunk=False)
    # The cheap upper bounds spare most of the full comparisons.
    if matcher.real_quick_ratio() < _ALIKE or matcher.quick_ratio() < _ALIKE:
        return 0.0
    return matcher.ratio()


def _moved(places: list[int]) -> list[bool]:
    """Which of the old places left the common order: all outside a longest rising run."""
    ends: list[int] = []
    tails: list[int] = []
    before: list[int] = []
    for index, place in enumerate(places):
        length = bisect_left(ends, place)
        ends[length : length + 1] = [place]
        tails[length : length + 1] = [index]
        before.append(tails[length - 1] if length else -1)
    kept: set[int] = set()
    index = tails[-1] if tails else -1
    while index >= 0:
        kept.add(index)
        index = before[index]
    return [index not in kept for index in range(len(places))]


def _difference(old: _Side, new: _Side, moved: bool) -> Difference | None:
    words = _words(f"{old.title}。{old.text}", f"{new.title}。{new.text}")
    gone = tuple(f"-{unit}" for unit in old.units if unit not in new.units)
    come = tuple(f"+{unit}" for unit in new.units if unit not in old.units)
    if not words and not gone and not come and not moved:
        return None
    change: Change = "changed" if words or gone or come else "moved"
    quantities = (_gone(old.text, new.text), _gone(new.text, old.text))
    return Difference(change, old.anchor, new.anchor, new.title, words, quantities, gone + come)


def _words(old: str, new: str) -> tuple[tuple[str, str], ...]:
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return tuple((old[a:b], new[c:d]) for step, a, b, c, d in steps if step != "equal")


def _gone(text: str, other: str) -> tuple[str, ...]:
    """The numbers and days of a text that the other does not hold."""
    held = _quantities(other)
    return tuple(quantity for quantity in _quantities(text) if quantity not in held)


def _quantities(text: str) -> list[str]:
    return [re.sub(r"\s", "", match) for match in _QUANTITY.findall(text)]
