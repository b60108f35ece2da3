"""Measures, safeguards and articles: their words, who leads and supports, what they promise."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from policies.document.duties import find_duties, read_duties, without
from policies.document.headings import Heading, ordinal
from policies.document.model import Line, Provision, Remark
from policies.document.targets import find_targets
from policies.document.units import UnitReader

_TITLE = re.compile(r"^([^。，,；;]{2,40})。(.*)$", re.DOTALL)
Kind = Literal["measure", "safeguard", "article"]


@dataclass
class ProvisionDraft:
    """A provision whose lines are still being gathered."""

    kind: Kind
    heading: Heading
    group: str
    first: int
    last: int
    parts: list[tuple[int, str]] = field(default_factory=list)

    def add(self, line: Line, text: str) -> None:
        """One more line of its text."""
        self.parts.append((line.number, text))
        self.last = line.number


def finish(drafts: Sequence[ProvisionDraft], units: UnitReader) -> tuple[tuple[Provision, ...], list[Remark]]:
    """The provisions with anchors, departments and targets, and what to look at."""
    remarks: list[Remark] = []
    made: list[Provision] = []
    for kind, letter in (("measure", "m"), ("safeguard", "s"), ("article", "a")):
        chosen = [draft for draft in drafts if draft.kind == kind]
        made += [
            _provision(draft, anchor, units, remarks) for draft, anchor in _anchored(chosen, letter, remarks)
        ]
    return tuple(made), remarks


def _anchored(
    drafts: list[ProvisionDraft], letter: str, remarks: list[Remark]
) -> list[tuple[ProvisionDraft, str]]:
    """The printed number is the anchor where all are different, so that it survives a lost neighbour."""
    numbers = [ordinal(draft.heading.number) for draft in drafts]
    unique = None not in numbers and len(set(numbers)) == len(numbers)
    if not unique and letter != "s":
        first = drafts[0].first
        remarks.append(Remark(first, "numbers_restart", "条目序号有重复，锚点按出现顺序编排"))
    return [
        (draft, f"{letter}{number if unique else place}")
        for place, (draft, number) in enumerate(zip(drafts, numbers, strict=True), 1)
    ]


def _provision(draft: ProvisionDraft, anchor: str, units: UnitReader, remarks: list[Remark]) -> Provision:
    whole = _joined(draft, remarks)
    title, body = _title(draft, whole)
    duties = find_duties(body)
    text = without(body, duties)
    lead, support = read_duties(duties, draft.last, units)
    if draft.kind != "article" and not lead:
        remarks.append(Remark(draft.first, "no_lead", f"“{title or anchor}”没有读到牵头部门"))
    promised = find_targets(text, draft.first)
    number = draft.heading.number
    return Provision(
        anchor, draft.kind, number, title, text, draft.group, draft.first, draft.last, lead, support, promised
    )


def _joined(draft: ProvisionDraft, remarks: list[Remark]) -> str:
    """Its lines as one text: a line that ends in mid-sentence is glued to the next and remarked."""
    text = ""
    for line, part in draft.parts:
        if text and not re.search(r"[。；：:;！？）)]\s*$", text):
            text += part
            remarks.append(Remark(line, "paragraph_split", "段落在句中断开，已与上文接上"))
        else:
            text += ("\n" if text else "") + part
            if line != draft.parts[0][0] and draft.kind == "measure":
                remarks.append(Remark(line, "paragraph_split", "同一条目分为几段，已归入同一条"))
    return text


def _title(draft: ProvisionDraft, whole: str) -> tuple[str, str]:
    if draft.kind == "safeguard":
        return draft.heading.rest, whole
    if draft.kind == "article":
        match = re.match(r"^[（(]([^）)]{2,30})[）)]\s*(.*)$", whole, re.DOTALL)
        return (match[1], match[2]) if match else ("", whole)
    match = _TITLE.match(whole)
    return (match[1], match[2]) if match else (whole[:30], whole)
