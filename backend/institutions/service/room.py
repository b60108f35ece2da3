"""The services of this room, put together for the doors and for whoever wires the house."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from backend.institutions.service import InstitutionService
from backend.institutions.service.listing import Listing
from backend.institutions.service.quality import CertifiedOn, QualityRecords
from backend.institutions.store import InstitutionStore
from backend.institutions.store.cases import CaseStore
from backend.institutions.store.opinions import OpinionStore
from backend.shared.clock import Clock
from backend.shared.writing import CheckText


@dataclass(frozen=True)
class InstitutionRoom:
    """Everything the doors of institutions call."""

    institutions: InstitutionService
    records: QualityRecords
    listing: Listing


def open_institution_room(
    institutions: InstitutionService,
    certified_on: CertifiedOn,
    firm_exists: Callable[[str], bool],
    check_text: CheckText,
    record: Callable[..., None],
    clock: Clock,
    hand_on: Callable[[str, str], bool],
) -> InstitutionRoom:
    """The room over its own stores."""
    store = InstitutionStore()
    records = QualityRecords(
        store, CaseStore(), OpinionStore(), certified_on, firm_exists, check_text, record, clock, hand_on
    )
    return InstitutionRoom(institutions, records, Listing(store, records, clock))
