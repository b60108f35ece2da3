"""Where deadlines come from: a policy's windows, a firm's titles, the duties of the year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from policies.deadlines.model import Deadline, table
from policies.facts import Facts
from policies.sheet import Sheet


def policy_deadlines(sheet: Sheet, today: date) -> list[Deadline]:
    """The windows of a policy that open or close from today on, each named once."""
    found: dict[tuple[str, date], Deadline] = {}
    for rule in sheet.rules:
        for window in rule.windows:
            for kind, word, day in (
                ("window_open", "开始申报", window.open),
                ("window_close", "申报截止", window.close),
            ):
                if day >= today:
                    source = window.source or rule.source.title
                    deadline = Deadline(
                        kind, kind, f"{sheet.title}{word}", day, source, window.mark, sheet.slug
                    )
                    found[kind, day] = deadline
    return sorted(found.values(), key=lambda deadline: (deadline.day, deadline.kind))


def firm_deadlines(facts: Facts, today: date) -> list[Deadline]:
    """What the firm itself must watch: ends of its titles, and the duties of this year and the next."""
    found = [*_title_ends(facts, today), *_duties(facts, today)]
    return sorted(found, key=lambda deadline: (deadline.day, deadline.key))


def duty_days(today: date) -> set[date]:
    """The last days of all yearly duties, this year and the next."""
    dues = [duty["due"] for duty in table()["duties"].values() if duty["due"]]
    return {date(year, *map(int, due.split("-"))) for due in dues for year in (today.year, today.year + 1)}


def open_duties() -> list[tuple[str, str]]:
    """Duties whose day nobody has told us: (label, where it will be announced)."""
    return [(duty["label"], duty["source"]) for duty in table()["duties"].values() if not duty["due"]]


def _title_ends(facts: Facts, today: date) -> Iterator[Deadline]:
    for fact, label in table()["titles"].items():
        known = facts.get(fact)
        if known is not None and isinstance(known.value, date) and known.value >= today:
            yield Deadline("title_end", fact.replace("_", "-"), label, known.value, "企业档案", "K")


def _duties(facts: Facts, today: date) -> Iterator[Deadline]:
    held = facts.value("titles")
    for key, duty in table()["duties"].items():
        wanted = frozenset(duty.get("titles", ()))
        if not duty["due"] or (wanted and not (isinstance(held, frozenset) and wanted & held)):
            continue
        month, day = map(int, duty["due"].split("-"))
        for year in (today.year, today.year + 1):
            if date(year, month, day) >= today:
                due = date(year, month, day)
                yield Deadline("duty", key, f"{year}年{duty['label']}", due, duty["source"], duty["mark"])
                break
