"""The services of this room, put together for the doors and for whoever wires the house."""

from __future__ import annotations

from dataclasses import dataclass

from backend.companies.service import CompanyService
from backend.companies.service.applications import ApplicationService
from backend.companies.service.contacts import ContactService
from backend.companies.service.disputes import DisputeService
from backend.companies.service.exporting import ExportService
from backend.companies.service.fact_sources import FactSources
from backend.companies.service.grid import ServiceGrid
from backend.companies.service.importing import ImportService


@dataclass(frozen=True)
class CompanyRoom:
    """Everything the doors of firms call."""

    companies: CompanyService
    sources: FactSources
    imports: ImportService
    exports: ExportService
    disputes: DisputeService
    contacts: ContactService
    grid: ServiceGrid
    applications: ApplicationService
