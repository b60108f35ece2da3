"""The table of tasks: rows by position, topics carried down, rows split over lines and pages joined."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from policies.document.headings import bare, marks_in, read_heading
from policies.document.model import Line, Remark, Row, Unit
from policies.document.targets import find_targets
from policies.document.units import UnitReader

_NUMBERED = re.compile(r"^[（(]\s*(\d{1,3})\s*[）)]\s*(.*)$", re.DOTALL)
_RULER = re.compile(r"^[\s|:：\-—]+$")
_STRAY = re.compile(r"(?<=[\u4e00-\u9fff]) *\b(and|or|the|of)\b *(?=[\u4e00-\u9fff])")
_COLUMNS = ("专项任务", "工作内容", "责任单位")
_LONGEST_HEAD = 12
# What a column holds, by the name at its head.
_ROLES: dict[str, str] = {
    "number": r"序号|编号",
    "topic": r"专项任务|任务类别|任务名称|专项|类别|板块|领域",
    "text": r"(?:主要|重点|具体|工作)?(?:任务|内容|举措|措施)(?:内容|举措)?",
    "lead": r"牵头(?:单位|部门)",
    "support": r"(?:配合|协同|参与)(?:单位|部门)",
    "units": r"(?:责任|负责|实施|承办)(?:单位|部门)",
    "due": r"(?:完成|办理)?(?:时限|时间|期限)(?:要求|节点)?|时间节点|时间要求",
}


@dataclass
class _Draft:
    number: str
    group: str
    topic: str
    text: str
    cell: str
    first: int
    last: int
    due: str = ""
    support: str = ""


def cells_of(text: str) -> list[str] | None:
    """The cells of a table line (tabs or pipes); None when it is not one."""
    if "\t" in text.strip(" \r\n"):
        return [bare(cell) for cell in text.strip(" \r\n").split("\t")]
    if text.count("|") >= 2 and text.strip().startswith("|"):
        return [bare(cell) for cell in text.strip().strip("|").split("|")]
    return None


class TableReader:
    """Takes table lines one by one; `unread` are those nothing could be made of."""

    def __init__(self, units: UnitReader) -> None:
        self._units = units
        self._drafts: list[_Draft] = []
        self._group = self._topic = ""
        self.remarks: list[Remark] = []
        self.unread: list[int] = []
        self.groups: dict[str, tuple[str, int]] = {}
        self._roles: dict[str, int] = {}

    def take(self, line: Line, cells: Sequence[str]) -> None:
        """One line of the table."""
        filled = [cell for cell in cells if cell]
        if not filled or _RULER.match(line.text):
            return
        if roles := _roles(cells):
            # The head of a table is printed again on every page.
            self._roles = roles if set(roles) - {"topic", "text", "units"} else {}
            return
        if marks_in(line.text)[1]:
            self._remark(line, "markup", "表格中夹有 HTML 标记，已去掉")
        heading = read_heading(filled[0])
        if len(filled) == 1 and heading and heading.level <= 2 and heading.kind == "part":
            self._group, self._topic = heading.rest, ""
            self.groups.setdefault(heading.rest, (heading.number, line.number))
            return
        if self._roles:
            self._take_by_roles(line, cells)
            return
        place = next((place for place, cell in enumerate(cells) if _NUMBERED.match(cell)), None)
        if place is None:
            self._continue(line, cells)
        else:
            self._start(line, cells, place)

    def _start(self, line: Line, cells: Sequence[str], place: int) -> None:
        number, text = _NUMBERED.match(cells[place]).groups()  # type: ignore[union-attr]
        topic = "".join(cells[:place])
        self._topic = topic or self._topic
        if not self._topic:
            self._remark(line, "no_topic", f"({number}) 没有专项任务名称")
        cell = " ".join(filter(None, cells[place + 1 :]))
        self._drafts.append(_Draft(number, self._group, self._topic, text, cell, line.number, line.number))

    def _take_by_roles(self, line: Line, cells: Sequence[str]) -> None:
        """A line of a table whose head says what its columns hold."""
        found = {role: cells[place] for role, place in self._roles.items() if place < len(cells)}
        text = found.get("text", "")
        printed = _NUMBERED.match(text)
        counted = re.fullmatch(r"[（(]?\s*(\d{1,4})\s*[）)]?[.、]?", found.get("number", ""))
        number = counted[1] if counted else printed[1] if printed else ""
        lead = found.get("lead") or found.get("units", "")
        starts = bool(number) if "number" in self._roles else bool(text and (lead or found.get("topic")))
        if starts and text:
            self._topic = found.get("topic") or self._topic
            text = printed[2] if printed else text
            draft = _Draft(number, self._group, self._topic, text, lead, line.number, line.number)
            draft.due, draft.support = found.get("due", ""), found.get("support", "")
            self._drafts.append(draft)
        elif self._drafts and not number:
            last = self._drafts[-1]
            last.text += text
            last.cell += lead
            last.support += found.get("support", "")
            last.due += found.get("due", "")
            last.last = line.number
            self._remark(line, "row_split", f"({last.number}) 分在多行（第 {last.first} 行起），已接上")
        else:
            self.unread.append(line.number)

    def _continue(self, line: Line, cells: Sequence[str]) -> None:
        if not self._drafts or len(cells) < 2 or cells[0]:
            self.unread.append(line.number)
            return
        last = self._drafts[-1]
        last.text += cells[1]
        last.cell = " ".join(filter(None, (last.cell, *cells[2:])))
        last.last = line.number
        self._remark(line, "row_split", f"({last.number}) 分在多行（第 {last.first} 行起），已接上")

    def rows(self) -> tuple[Row, ...]:
        """The rows in order, with repeated and missing numbers remarked."""
        self._check_numbers()
        return tuple(self._row(position, draft) for position, draft in enumerate(self._drafts, 1))

    def _row(self, position: int, draft: _Draft) -> Row:
        if match := _STRAY.search(draft.text):
            self.remarks.append(
                Remark(
                    draft.first, "stray_word", f"({draft.number}) 中夹有“{match[1]}”，照原文保留，疑为“和”"
                )
            )
        if not draft.cell and not draft.support:
            self.remarks.append(Remark(draft.first, "no_units", f"({draft.number}) 没有责任单位"))
        return Row(
            anchor=f"r{position}",
            position=position,
            number=draft.number,
            group=draft.group,
            topic=draft.topic,
            text=draft.text,
            cell="；".join(filter(None, (draft.cell, draft.support))),
            first=draft.first,
            last=draft.last,
            units=self._read_units(draft),
            targets=find_targets(draft.text, draft.first),
            due=draft.due,
        )

    def _read_units(self, draft: _Draft) -> tuple[Unit, ...]:
        lead = self._units.read(draft.cell, draft.first)
        level = self._units.level_of(draft.cell)
        support = self._units.read(draft.support, draft.first, level) if draft.support else ()
        return tuple({unit.label: unit for unit in (*lead, *support)}.values())

    def _check_numbers(self) -> None:
        seen: set[int] = set()
        before = 0
        for draft in self._drafts:
            if not draft.number:
                continue
            number = int(draft.number)
            if number in seen:
                message = f"序号 ({number}) 重复，按出现顺序编号"
                self.remarks.append(Remark(draft.first, "number_repeated", message))
            elif number > before + 1:
                gone = "、".join(f"({missing})" for missing in range(before + 1, number)[:20])
                self.remarks.append(Remark(draft.first, "number_missing", f"此前缺序号 {gone}"))
            elif number < before:
                self.remarks.append(Remark(draft.first, "number_disorder", f"序号 ({number}) 次序颠倒"))
            seen.add(number)
            before = max(before, number)

    def _remark(self, line: Line, code: str, message: str) -> None:
        self.remarks.append(Remark(line.number, code, message))


def _roles(cells: Sequence[str]) -> dict[str, int]:
    """Role to column where the line is the head of a table of tasks; {} when it is not."""
    roles: dict[str, int] = {}
    if max(map(len, cells)) > _LONGEST_HEAD:
        return roles
    for place, cell in enumerate(cells):
        name = re.sub(r"\s", "", cell)
        role = next((role for role, words in _ROLES.items() if re.fullmatch(words, name)), "")
        if role and role not in roles:
            roles[role] = place
    whole = "text" in roles and roles.keys() & {"lead", "units"}
    return roles if whole or any(name in cells for name in _COLUMNS) else {}
