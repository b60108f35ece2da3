"""The sections of a document: every line in exactly one, every section with an anchor of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from policies.document.headings import Heading, ordinal
from policies.document.model import Line, Provision, Remark, Section

Start = tuple[Line, Heading]
_LONGEST_TITLE = 60


def make_outline(
    lines: Sequence[Line], starts: Sequence[Start], provisions: Sequence[Provision]
) -> tuple[tuple[Section, ...], list[Remark]]:
    """The sections in order, and numbers among them that repeat or skip. A section that is a provision has
    the provision's anchor; others are named by the way down to them (h2-1)."""
    if not lines:
        return (), []
    own = {item.first: item.anchor for item in provisions}
    final = lines[-1].number
    bounds = [line.number for line, _ in starts] + [final + 1]
    sections = []
    if bounds[0] > lines[0].number:
        sections.append(Section("head", 0, "", "", lines[0].number, bounds[0] - 1))
    names = _Names(set(own.values()))
    numbers = _Numbers()
    for place, (line, heading) in enumerate(starts):
        anchor = names.name(heading, own.get(line.number))
        numbers.check(line, heading, anchor)
        title = re.split("[。；;]", heading.rest)[0][:_LONGEST_TITLE]
        last = max(line.number, bounds[place + 1] - 1)
        sections.append(Section(anchor, heading.level, heading.number, title, line.number, last))
    return tuple(sections), numbers.remarks


def parts_of(outline: Sequence[Section]) -> list[tuple[Section, int]]:
    """The numbered parts of the two upper levels, each with the last line of what lies below it."""
    parts: list[tuple[Section, int]] = []
    for section in outline:
        if section.number and section.level <= 2:
            parts.append((section, section.last))
        elif parts and section.level > 2:
            parts[-1] = parts[-1][0], section.last
    return parts


class _Names:
    def __init__(self, reserved: set[str]) -> None:
        self._taken: dict[str, int] = {}
        self._reserved = reserved
        self._path: list[tuple[int, str]] = []

    def name(self, heading: Heading, own: str | None) -> str:
        """The anchor of the next section."""
        while self._path and self._path[-1][0] >= heading.level:
            self._path.pop()
        above = self._path[-1][1] if self._path else ""
        anchor = own or _named(heading, above)
        if not own:
            anchor = self._free(anchor)
        self._path.append((heading.level, anchor))
        return anchor

    def _free(self, anchor: str) -> str:
        count = self._taken[anchor] = self._taken.get(anchor, 0) + 1
        if anchor in self._reserved:
            count += 1
        return f"{anchor}-again{count}" if count > 1 else anchor


def _named(heading: Heading, above: str) -> str:
    """h1-2 for （二） under 一、; a7 for 第七条; annex1 for 附件1 and for a headed table."""
    prefix = {"article": "a", "annex": "annex"}.get(heading.kind, "")
    number = ordinal(re.sub(r"^(?:专题|附件)", "", heading.number) or "1") or 0
    if prefix:
        return f"{prefix}{number}"
    # An anchor is kept to a length an address can hold.
    return f"{above[:50]}-{number}" if above else f"h{number}"


class _Numbers:
    """Remarks numbers that repeat or skip among neighbours. A list may begin anew under a new heading, or
    go on counting from the one before."""

    def __init__(self) -> None:
        self.remarks: list[Remark] = []
        self._last: dict[tuple[str, int], int] = {}
        self._fresh: set[tuple[str, int]] = set()

    def check(self, line: Line, heading: Heading, anchor: str) -> None:
        number = ordinal(re.sub(r"^(?:专题|附件)", "", heading.number)) if heading.number else None
        if heading.kind != "article":
            # What is deeper may begin anew; articles count on through the chapters.
            self._fresh |= {key for key in self._last if key[1] > heading.level and key[0] != "article"}
        if number is None or heading.kind == "annex":
            return
        key = (heading.kind, heading.level)
        last = self._last.get(key, 0)
        fresh = key in self._fresh
        self._fresh.discard(key)
        self._last[key] = number
        shown = f"“{heading.number}”"
        if number == last + 1 or (number == 1 and (fresh or not last)):
            return
        if number == last and not fresh:
            message = f"编号{shown}重复，锚点为 {anchor}"
            self.remarks.append(Remark(line.number, "heading_repeated", message))
        else:
            self.remarks.append(Remark(line.number, "heading_skipped", f"编号{shown}与上文不连续"))
