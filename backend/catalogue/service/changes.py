"""What changed from one version of a policy to another: fields before and after, clauses side by side."""

from __future__ import annotations

from dataclasses import dataclass

from policies.document import Difference, compare_sheets
from policies.sheet import FieldChange, Sheet, field_changes


@dataclass(frozen=True)
class PolicyChanges:
    """From version `old` to version `new` (0: the working copy); `material` is the editor's mark."""

    slug: str
    old: int
    new: int
    note: str
    material: bool | None
    fields: tuple[FieldChange, ...]
    clauses: tuple[Difference, ...]


def changes_between(
    old: Sheet, new: Sheet, old_number: int, new_number: int, note: str, material: bool | None
) -> PolicyChanges:
    """The changes from one sheet to another of the same policy."""
    clauses = compare_sheets(old, new)
    return PolicyChanges(new.slug, old_number, new_number, note, material, field_changes(old, new), clauses)
