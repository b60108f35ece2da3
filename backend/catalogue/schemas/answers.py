"""What the doors of policies answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any, Literal

from typing_extensions import TypedDict

from backend.adapters.http.answers import DumpOf, ProblemJson, problem_json
from backend.catalogue.service import (
    LibraryReport,
    LinkState,
    PolicyChanges,
    PublishedPolicy,
    Review,
    WithdrawnPolicy,
)
from backend.catalogue.service.published import Standing
from backend.catalogue.service.review import ReadValue
from backend.catalogue.store.history import Step
from backend.catalogue.store.links import LinkWord
from backend.catalogue.store.policies import Policy, PolicyStatus
from backend.catalogue.store.versions import PolicyVersion
from backend.shared.clock import in_shanghai
from backend.shared.errors import Problem
from policies.document import Difference, Line, Remark, Section, Span
from policies.sheet import Confidence, FieldChange, Sheet, Validity
from policies.sheet.model import Level, PolicyKind, Stage

# Dumped whole from the cellar's own objects, so described by them.
SheetJson = Annotated[dict[str, Any], DumpOf(Sheet)]
ValidityJson = Annotated[dict[str, Any], DumpOf(Validity)]
ConfidenceJson = Annotated[dict[str, Any], DumpOf(Confidence)]
RemarkJson = Annotated[dict[str, Any], DumpOf(Remark)]
LineJson = Annotated[dict[str, Any], DumpOf(Line)]
SectionJson = Annotated[dict[str, Any], DumpOf(Section)]
FieldChangeJson = Annotated[dict[str, Any], DumpOf(FieldChange)]
DifferenceJson = Annotated[dict[str, Any], DumpOf(Difference)]
LibraryReportJson = Annotated[dict[str, Any], DumpOf(LibraryReport)]


class PolicyLine(TypedDict):
    """A line of a list."""

    slug: str
    title: str
    kind: PolicyKind
    level: Level
    stage: Stage
    number: str
    issuers: list[str]
    areas: list[str]
    industries: list[str]
    validity: ValidityJson
    confidence: ConfidenceJson
    summary: str
    grants: list[str]
    standing: Standing
    version: int


class OfficialLink(TypedDict):
    """An official link: fine, uncertain, broken, or not yet checked."""

    url: str
    state: LinkWord | Literal["unchecked"]
    reason: str
    checked_at: str | None


class PolicyJson(TypedDict):
    """A policy as the public reads it."""

    slug: str
    status: Literal["published"]
    standing: Standing
    version: int
    published_at: str
    sheet: SheetJson
    replaced_by: list[str]
    links: list[OfficialLink]


class WithdrawnJson(TypedDict):
    """What is still said of a policy that is not public any more."""

    slug: str
    status: Literal["withdrawn"]
    title: str
    withdrawn_at: str
    reason: str
    replaced_by: str | None


class VersionJson(TypedDict):
    """A published version, without its text; who published is not for the public."""

    version: int
    published_at: str
    note: str
    material: bool


class VersionText(VersionJson):
    """The same with its text."""

    slug: str
    sheet: SheetJson


# `to` 0 is the working copy. Written so because "from" is a word of Python's own.
ChangesJson = TypedDict(
    "ChangesJson",
    {
        "slug": str,
        "from": int,
        "to": int,
        "note": str,
        "material": bool | None,
        "fields": list[FieldChangeJson],
        "clauses": list[DifferenceJson],
    },
)


class WorkingLine(TypedDict):
    """A line of the staff's list."""

    slug: str
    title: str
    status: PolicyStatus
    revision: int
    live_version: int | None
    updated_at: str
    updated_by: str
    owner: str
    confirm_by: str | None


class WithdrawalJson(TypedDict):
    """Why a policy is not public any more."""

    at: str
    why: str
    replaced_by: str | None


class WorkingJson(WorkingLine):
    """The working copy with all staff need: what to check, what fails, where it stands."""

    authors: list[str]
    last_version: int
    scheduled_for: str | None
    withdrawal: WithdrawalJson | None
    has_original: bool
    filename: str
    warnings: list[RemarkJson]
    problems: list[ProblemJson]
    sheet: SheetJson


class PlacedValue(TypedDict):
    """One value that was read: where it goes, how and where it is written, whether it is sure."""

    path: str
    label: str
    value: str
    written: str
    line: int
    page: int | None
    span: Span | None
    sure: bool


class ReviewJson(TypedDict):
    """Original and reading side by side; places are line, page and stretch of characters."""

    filename: str
    lines: list[LineJson]
    outline: list[SectionJson]
    values: list[PlacedValue]
    warnings: list[RemarkJson]
    unread: list[int]


HistoryStep = TypedDict(
    "HistoryStep",
    {"by": str, "at": str, "why": str, "from": str | None, "to": str, "revision": int},
)


class PreviewLinkJson(TypedDict):
    """An address that shows a working copy, until a moment."""

    url: str
    until: str


def line_json(sheet: Sheet, standing: Standing, version: int) -> PolicyLine:
    """A line of a list."""
    return {
        "slug": sheet.slug,
        "title": sheet.title,
        "kind": sheet.kind,
        "level": sheet.level,
        "stage": sheet.stage,
        "number": sheet.number,
        "issuers": list(sheet.issuers),
        "areas": list(sheet.areas),
        "industries": list(sheet.industries),
        "validity": sheet.validity.model_dump(mode="json"),
        "confidence": sheet.confidence.model_dump(mode="json"),
        "summary": sheet.summary,
        "grants": list(sheet.grants),
        "standing": standing,
        "version": version,
    }


def policy_json(
    policy: PublishedPolicy,
    sheet: SheetJson,
    standing: Standing,
    replaced_by: list[str],
    links: Sequence[tuple[str, LinkState | None]],
) -> PolicyJson:
    """A policy as the public reads it; `sheet` is its dump, which is made once."""
    return {
        "slug": policy.slug,
        "status": "published",
        "standing": standing,
        "version": policy.version,
        "published_at": in_shanghai(policy.published_at).isoformat(),
        "sheet": sheet,
        "replaced_by": replaced_by,
        "links": [_link_json(url, state) for url, state in links],
    }


def withdrawn_json(policy: WithdrawnPolicy) -> WithdrawnJson:
    """What is still said of a policy that is not public any more."""
    return {
        "slug": policy.slug,
        "status": "withdrawn",
        "title": policy.title,
        "withdrawn_at": in_shanghai(policy.withdrawn_at).isoformat(),
        "reason": policy.reason,
        "replaced_by": policy.replaced_by,
    }


def version_json(version: PolicyVersion) -> VersionJson:
    """A published version, without its text."""
    return {
        "version": version.number,
        "published_at": in_shanghai(version.published_at).isoformat(),
        "note": version.note,
        "material": version.material,
    }


def version_text_json(version: PolicyVersion) -> VersionText:
    """A published version with its text."""
    sheet = version.sheet.model_dump(mode="json")
    return {"slug": version.slug, **version_json(version), "sheet": sheet}


def changes_json(changes: PolicyChanges) -> ChangesJson:
    """What a version changed."""
    return {
        "slug": changes.slug,
        "from": changes.old,
        "to": changes.new,
        "note": changes.note,
        "material": changes.material,
        "fields": [asdict(change) for change in changes.fields],
        "clauses": [asdict(difference) for difference in changes.clauses],
    }


def working_line_json(policy: Policy) -> WorkingLine:
    """A line of the staff's list."""
    return {
        "slug": policy.slug,
        "title": policy.title,
        "status": policy.status,
        "revision": policy.revision,
        "live_version": policy.live_version,
        "updated_at": in_shanghai(policy.updated_at).isoformat(),
        "updated_by": policy.updated_by,
        "owner": policy.owner,
        "confirm_by": policy.confirm_by or None,
    }


def working_json(policy: Policy, problems: list[Problem], to_check: Sequence[Remark]) -> WorkingJson:
    """The working copy with all staff need."""
    return {
        **working_line_json(policy),
        "authors": list(policy.authors),
        "last_version": policy.last_version,
        "scheduled_for": in_shanghai(policy.scheduled_for).isoformat() if policy.scheduled_for else None,
        "withdrawal": _withdrawal_json(policy),
        "has_original": policy.original is not None,
        "filename": policy.filename,
        "warnings": [asdict(remark) for remark in to_check],
        "problems": [problem_json(problem) for problem in problems],
        "sheet": policy.sheet.model_dump(mode="json"),
    }


def review_json(review: Review) -> ReviewJson:
    """Original and reading side by side."""
    pages = {line.number: line.page for line in review.lines}
    return {
        "filename": review.filename,
        "lines": [asdict(line) for line in review.lines],
        "outline": [asdict(section) for section in review.outline],
        "values": [_value_json(value, pages.get(value.line)) for value in review.values],
        "warnings": [asdict(remark) for remark in review.remarks],
        "unread": list(review.unread),
    }


def _value_json(value: ReadValue, page: int | None) -> PlacedValue:
    return {
        "path": value.path,
        "label": value.label,
        "value": value.value,
        "written": value.written,
        "line": value.line,
        "page": page,
        "span": value.span,
        "sure": value.sure,
    }


def step_json(step: Step) -> HistoryStep:
    """A step of the history."""
    return {
        "by": step.by,
        "at": in_shanghai(step.at).isoformat(),
        "why": step.why,
        "from": step.source or None,
        "to": step.target,
        "revision": step.revision,
    }


def library_json(report: LibraryReport) -> LibraryReportJson:
    """What loading did."""
    return asdict(report)


def _link_json(url: str, state: LinkState | None) -> OfficialLink:
    return {
        "url": url,
        "state": state.state if state else "unchecked",
        "reason": state.reason if state else "",
        "checked_at": in_shanghai(state.checked_at).isoformat() if state else None,
    }


def _withdrawal_json(policy: Policy) -> WithdrawalJson | None:
    """None when it is public, or never was."""
    if not policy.withdrawal:
        return None
    gone = policy.withdrawal
    return {"at": in_shanghai(gone["at"]).isoformat(), "why": gone["why"], "replaced_by": gone["replaced_by"]}
