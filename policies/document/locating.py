"""Gives every value that was read from joined lines its exact place in the file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from policies.document.model import Document, Found, Head, PlannedTarget, Provision, Row, Unit, Value
from policies.document.places import Places


def locate_values(document: Document) -> Document:
    """The document with line and span of its head, departments and targets; what stands nowhere together
    (a name glued from two cells) keeps the line it began on."""
    places = Places(document.lines)
    return replace(
        document,
        head=_head(document.head, places),
        provisions=tuple(_provision(item, places) for item in document.provisions),
        duties=tuple(
            replace(
                duty,
                lead=tuple(_units(duty.lead, places, duty.first, duty.last)),
                support=tuple(_units(duty.support, places, duty.first, duty.last)),
            )
            for duty in document.duties
        ),
        rows=tuple(_row(row, places) for row in document.rows),
        goals=tuple(_targets(document.goals, places, last=None)),
    )


def _head(head: Head, places: Places) -> Head:
    return replace(
        head,
        number=_found(head.number, places),
        issuers=tuple(found for issuer in head.issuers if (found := _found(issuer, places))),
        title=_found(head.title, places),
        signed=_found(head.signed, places),
        printed=_found(head.printed, places),
        published=_found(head.published, places),
        effective=_found(head.effective, places),
        expires=_found(head.expires, places),
        openness=_found(head.openness, places),
        index=_found(head.index, places),
        stage=_found(head.stage, places) or head.stage,
    )


def _found(found: Found[Value] | None, places: Places) -> Found[Value] | None:
    if found is None or not found.written:
        return found
    place = places.find(found.written, found.line, found.line)
    return replace(found, span=place.span) if place else found


def _provision(item: Provision, places: Places) -> Provision:
    # Departments stand at the end of a measure, after words that may name them too.
    return replace(
        item,
        lead=tuple(_units(item.lead, places, item.first, item.last)),
        support=tuple(_units(item.support, places, item.first, item.last)),
        targets=tuple(_targets(item.targets, places, item.last)),
    )


def _row(row: Row, places: Places) -> Row:
    return replace(
        row,
        units=tuple(_units(row.units, places, row.first, row.last)),
        targets=tuple(_targets(row.targets, places, row.last)),
    )


def _units(units: Iterable[Unit], places: Places, first: int, last: int) -> Iterable[Unit]:
    for unit in units:
        place = places.find(unit.written, first, last, from_end=True)
        # A name put together from two cells may be two names.
        sure = unit.sure and place is not None and place.whole
        yield (
            replace(unit, line=place.line, span=place.span, sure=sure) if place else replace(unit, sure=sure)
        )


def _targets(targets: Iterable[PlannedTarget], places: Places, last: int | None) -> Iterable[PlannedTarget]:
    for target in targets:
        place = places.find(target.text, target.line, last or target.line)
        yield replace(target, line=place.line, span=place.span) if place else target
