"""What reading a document yields. Every value names the line it stands on and whether it is sure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Generic, Literal, TypeVar

Value = TypeVar("Value")
Stage = Literal["consultation", "final", "interpretation", "name_list", "notice"]
Role = Literal["based_on", "implements", "amends", "repeals", "replaces", "interprets", "cites"]
Comparator = Literal["at_least", "more_than", "about", "at_most"]
# Where in the text of its line a value stands: first character, and the one after the last.
Span = tuple[int, int]


@dataclass(frozen=True)
class Line:
    """One line of a file; `number` counts from 1, `page` is known for paged formats only."""

    number: int
    text: str
    page: int | None = None


@dataclass(frozen=True)
class Remark:
    """Something a person should look at: the line, a stable code, and a Chinese sentence."""

    line: int
    code: str
    message: str


@dataclass(frozen=True)
class Found(Generic[Value]):
    """A value, the line it was read from, whether the text says it beyond doubt, and how it says it."""

    value: Value
    line: int
    sure: bool = True
    written: str = ""
    span: Span | None = None


@dataclass(frozen=True)
class Unit:
    """A responsible department: as written, its full name, and its id when the vocabulary knows it.

    An unsure unit is a proposal for a name that is cut or misprinted in the text.
    """

    written: str
    label: str
    line: int
    id: str | None = None
    sure: bool = True
    span: Span | None = None


@dataclass(frozen=True)
class PlannedTarget:
    """A number the document promises: `quantity` in `unit`, 万 and 亿 worked out, 30% as 30.

    `upto` is the upper end of a range; `of` says of a percentage whether it is a share or a rate of growth
    or success, where the words tell.
    """

    text: str
    quantity: int | float
    unit: str
    line: int
    comparator: Comparator | None = None
    year: int | None = None
    per: Literal["year", "total"] | None = None
    upto: int | float | None = None
    of: Literal["share", "rate"] | None = None
    sure: bool = True
    span: Span | None = None


@dataclass(frozen=True)
class Amount:
    """Money or a percentage of money: `yuan` or `percent`, and whether it is the most that is given.

    `role` is what the sentence says it is for: support that is given, a threshold firms must reach, or
    other; only the first two are sure.
    """

    written: str
    line: int
    span: Span
    role: Literal["support", "threshold", "other"]
    yuan: int | None = None
    percent: float | None = None
    cap: bool = False
    sure: bool = True


@dataclass(frozen=True)
class Period:
    """A stretch of time or a last day that firms or departments must keep, as written.

    Days the text leaves open (no year, 20 天内) stay None and the period is not sure.
    """

    kind: Literal[
        "application", "public_notice", "consultation", "deadline", "duration", "every_year", "other"
    ]
    written: str
    line: int
    span: Span
    first: date | None = None
    last: date | None = None
    sure: bool = True


@dataclass(frozen=True)
class Term:
    """A word of the vocabulary: its list, its id, where it stands first and how often it comes.

    A word that names several entries is listed for each and is not sure.
    """

    words: str
    id: str
    label: str
    written: str
    line: int
    span: Span
    count: int
    sure: bool = True


@dataclass(frozen=True)
class Section:
    """A stretch of lines under one heading, `first` to `last`; the head of the document has anchor `head`."""

    anchor: str
    level: int
    number: str
    title: str
    first: int
    last: int


@dataclass(frozen=True)
class Provision:
    """A measure (m1), safeguard (s1) or article (a1): what is to be done, and by whom."""

    anchor: str
    kind: Literal["measure", "safeguard", "article"]
    number: str
    title: str
    text: str
    group: str
    first: int
    last: int
    lead: tuple[Unit, ...] = ()
    support: tuple[Unit, ...] = ()
    targets: tuple[PlannedTarget, ...] = ()


@dataclass(frozen=True)
class PartDuty:
    """Who leads and supports a part of a document that has neither measures nor articles."""

    anchor: str
    first: int
    last: int
    lead: tuple[Unit, ...]
    support: tuple[Unit, ...]


@dataclass(frozen=True)
class Row:
    """A row of the table of tasks; `number` is what the paper prints, `cell` the units as written, `due` the
    time limit as written."""

    anchor: str
    position: int
    number: str
    group: str
    topic: str
    text: str
    cell: str
    first: int
    last: int
    units: tuple[Unit, ...] = ()
    measure: str = ""
    targets: tuple[PlannedTarget, ...] = ()
    due: str = ""


@dataclass(frozen=True)
class Citation:
    """Another document that is named, and in what role; `target` is its number, or its title where no
    number is given, which is not sure."""

    kind: Role
    target: str
    line: int
    title: str = ""
    written: str = ""
    sure: bool = True
    span: Span | None = None


@dataclass(frozen=True)
class Head:
    """What stands above the text, and what a page says of it (index number, day of publication)."""

    number: Found[str] | None = None
    issuers: tuple[Found[str], ...] = ()
    title: Found[str] | None = None
    signed: Found[date] | None = None
    printed: Found[date] | None = None
    published: Found[date] | None = None
    effective: Found[date] | None = None
    expires: Found[date] | None = None
    openness: Found[str] | None = None
    index: Found[str] | None = None
    stage: Found[Stage] = Found("final", 0, False)


@dataclass(frozen=True)
class Document:
    """An official document as read; `goals` are the promised numbers outside the provisions, `unread` the
    numbers of lines nothing could be made of."""

    name: str
    lines: tuple[Line, ...]
    head: Head
    outline: tuple[Section, ...]
    provisions: tuple[Provision, ...]
    duties: tuple[PartDuty, ...]
    rows: tuple[Row, ...]
    goals: tuple[PlannedTarget, ...]
    citations: tuple[Citation, ...]
    amounts: tuple[Amount, ...]
    periods: tuple[Period, ...]
    terms: tuple[Term, ...]
    remarks: tuple[Remark, ...]
    unread: tuple[int, ...]

    def of_kind(self, kind: str) -> tuple[Provision, ...]:
        """The measures, safeguards or articles."""
        return tuple(item for item in self.provisions if item.kind == kind)

    def text_of(self, section: Section) -> str:
        """The section's lines as they are in the file."""
        return "\n".join(line.text for line in self.lines if section.first <= line.number <= section.last)
