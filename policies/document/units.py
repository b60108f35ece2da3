"""Responsible departments: short forms take the level before them, cut names get an unsure proposal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from policies.document.model import Remark, Unit
from policies.vocabulary import DEPARTMENTS, Entry, find

_LEVEL = re.compile(r"^(区|市|县)(?!场|政府)")
_WHOLE = re.compile(r"(?:局|委|办|部|会|镇|街道|协会?|院|中心|政府|公司|厅|署|机构|单位|部门)$")
_ENDINGS = "委局办"
# No two names together are longer: what is, is no cut name and is not searched for one.
_LONGEST = 30


class UnitReader:
    """Reads the unit lists of one document and collects remarks; `level` is what bare names belong to."""

    def __init__(self, level: str = "区") -> None:
        self._home = level
        self.remarks: list[Remark] = []

    def read(self, text: str, line: int, level: str = "") -> tuple[Unit, ...]:
        """The units of a list like 区科经委、财政局; a name printed twice counts once."""
        self._level = level or self._home
        units: dict[str, Unit] = {}
        for chunk in re.split(r"[、，,；;/]", text):
            for unit in self._chunk(chunk.strip(), line):
                units.setdefault(unit.label, unit)
        if re.search(r"[、，,]\s*$", text):
            self._remark(line, "cell_cut", f"责任单位“{text.strip()}”末尾是顿号，可能还有单位未印出")
        return tuple(units.values())

    def level_of(self, text: str) -> str:
        """The level a list leaves behind for the next one."""
        levels = [match[1] for part in text.split("、") if (match := _LEVEL.match(part.strip()))]
        return levels[-1] if levels else ""

    def _chunk(self, chunk: str, line: int) -> Iterator[Unit]:
        parts = chunk.split()
        if not parts:
            return
        whole = "".join(parts)
        if entry := self._known(whole):
            if len(parts) > 1:
                self._remark(line, "space_in_name", f"“{chunk}”中间有空格，读作“{whole}”")
            yield Unit(chunk, entry.label, line, entry.id)
            return
        while parts:
            part = parts.pop(0)
            if entry := self._known(part):
                yield Unit(part, entry.label, line, entry.id)
            elif parts and (joined := _joined(part, parts[0])):
                yield self._proposed(f"{part} {parts.pop(0)}", [joined], line)[0]
            else:
                yield from self._unclear(part, line)

    def _known(self, name: str) -> Entry | None:
        """The entry of a name as written, at the level the list has reached."""
        match = _LEVEL.match(name)
        if match:
            self._level = match[1]
        if match or self._level == "区":
            return find(DEPARTMENTS, name)
        return find(DEPARTMENTS, self._level + name) or _outside(find(DEPARTMENTS, name))

    def _unclear(self, part: str, line: int) -> Iterator[Unit]:
        if self._level != "区" or len(part) > _LONGEST:
            yield self._kept(part, line)
        elif len(candidates := _completions(part)) == 1:
            yield from self._proposed(part, candidates, line)
        elif pair := _merged(part):
            yield from self._proposed(part, pair, line, "names_merged")
        elif variant := _variant(part):
            yield from self._proposed(part, [variant], line, "name_variant")
        else:
            yield self._kept(part, line)

    def _kept(self, part: str, line: int) -> Unit:
        """A name nobody knows, as written; unsure when it does not look whole."""
        whole = bool(_WHOLE.search(part))
        code, what = ("unknown_department", "不在部门名录中") if whole else ("cell_cut", "可能不完整")
        self._remark(line, code, f"“{part}”{what}，照原文保留")
        return Unit(part, part, line, None, whole)

    def _proposed(
        self, written: str, entries: Iterable[Entry], line: int, code: str = "cell_cut"
    ) -> list[Unit]:
        labels = [entry.label for entry in entries]
        self._remark(line, code, f"“{written}”可能是“{'、'.join(labels)}”，请核对")
        return [Unit(written, entry.label, line, entry.id, sure=False) for entry in entries]

    def _remark(self, line: int, code: str, message: str) -> None:
        self.remarks.append(Remark(line, code, message))


def _outside(entry: Entry | None) -> Entry | None:
    """The entry unless it belongs to the district, whose bare names mean nothing at another level."""
    return entry if entry and entry.group != "district" else None


@cache
def _names() -> tuple[tuple[str, Entry], ...]:
    """Labels and bare labels of the district's departments: what a cut name may have been."""
    local = [entry for entry in DEPARTMENTS if entry.group in ("district", "several")]
    bare = [(entry.label[1:], entry) for entry in local if _LEVEL.match(entry.label)]
    return tuple([(entry.label, entry) for entry in local] + bare)


@lru_cache(maxsize=4096)
def _completions(part: str) -> tuple[Entry, ...]:
    """Departments whose name begins with the part, or else ends with it (two characters at least)."""
    begins = {entry: None for name, entry in _names() if name.startswith(part)}
    ends = {entry: None for name, entry in _names() if len(part) > 1 and name.endswith(part)}
    return tuple(begins or ends)


def _joined(first: str, second: str) -> Entry | None:
    """The one name of which `first` is the beginning and `second` the end (自 … 理局)."""
    found = {
        entry: None
        for name, entry in _names()
        if name.startswith(first) and name.endswith(second) and len(first) + len(second) <= len(name)
    }
    return next(iter(found)) if len(found) == 1 else None


def _merged(part: str) -> list[Entry] | None:
    """Two names run together with their middle lost (金融区各管理局), if only two names fit."""
    pairs = {
        (first[0], second[0])
        for cut in range(2, len(part) - 2)
        if len(first := _starting(part[:cut])) == 1 and len(second := _ending(part[cut:])) == 1
    }
    return list(next(iter(pairs))) if len(pairs) == 1 else None


def _starting(text: str) -> list[Entry]:
    return list({entry: None for name, entry in _names() if name.startswith(text)})


def _ending(text: str) -> list[Entry]:
    return list({entry: None for name, entry in _names() if name.endswith(text)})


def _variant(part: str) -> Entry | None:
    """The department with another last character (发改局 for 发改委)."""
    if part[-1:] not in _ENDINGS or len(part) < 3:
        return None
    found = {entry: None for name, entry in _names() if name[:-1] == part[:-1] and name[-1] in _ENDINGS}
    return next(iter(found)) if len(found) == 1 else None
