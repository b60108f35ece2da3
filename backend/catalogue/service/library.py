"""Seed content: sheets of the library go through the same steps as everybody's; staff's edits always win."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from backend.catalogue.service.workflow import Workflow
from backend.catalogue.store.contents import write_content
from backend.catalogue.store.policies import APPROVED, IN_REVIEW, PUBLISHED, Policy
from backend.shared.errors import InvalidInputError
from policies.sheet import Sheet, SheetError

LIBRARY, LIBRARY_REVIEW = "library", "library-review"


@dataclass
class LibraryReport:
    """What loading did: slugs published now, unchanged, and kept as staff have them (with the fields)."""

    published: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept: dict[str, tuple[str, ...]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """The report for people."""
        return [
            f"新发布 {len(self.published)} 项，无变化 {len(self.unchanged)} 项。",
            *(f"已发布：{slug}" for slug in self.published),
            *(
                f"保留工作人员的内容：{slug}（与政策库不同：{'、'.join(fields) or '状态'}）"
                for slug, fields in self.kept.items()
            ),
            *(f"未装入：{problem}" for problem in self.problems),
        ]


def load(workflow: Workflow, sheets: Sequence[Sheet], broken: Sequence[SheetError]) -> LibraryReport:
    """Bring the database up to the library's sheets; killed anywhere, the next run goes on from there."""
    report = LibraryReport(problems=[str(error) for error in broken])
    for sheet in sheets:
        try:
            _load_one(workflow, sheet, report)
        except InvalidInputError as error:
            report.problems += [
                f"{sheet.slug} {problem.where}：{problem.reason}" for problem in error.problems
            ]
    return report


def _load_one(workflow: Workflow, sheet: Sheet, report: LibraryReport) -> None:
    content = write_content(sheet)
    policy = workflow.policies.find(sheet.slug)
    if policy is None:
        policy = workflow.add(sheet, LIBRARY, "装入政策库", library_content=content)
    elif policy.content != content:
        if policy.content != policy.library_content or not _is_librarys(policy):
            report.kept[sheet.slug] = _differing(policy.sheet, sheet)
            return
        policy = _edited(workflow, policy, sheet, content)
    elif policy.status == PUBLISHED:
        report.unchanged.append(sheet.slug)
        return
    if not _is_librarys(policy):
        report.kept[sheet.slug] = ()
        return
    workflow.release(policy, LIBRARY, LIBRARY_REVIEW, LIBRARY, "政策库")
    workflow.hand_on(policy.slug)
    report.published.append(sheet.slug)


def _edited(workflow: Workflow, policy: Policy, sheet: Sheet, content: str) -> Policy:
    """The library's own working copy with its new text, from wherever an earlier run left it."""
    if policy.status in (IN_REVIEW, APPROVED):
        policy = workflow.request_changes(policy.slug, policy.revision, LIBRARY_REVIEW, "政策库有更新")
    return workflow.edit(policy.slug, sheet, policy.revision, LIBRARY, "政策库更新", library_content=content)


def _is_librarys(policy: Policy) -> bool:
    """Whether the last step was the library's own; a step of staff (a withdrawal, say) is theirs to undo."""
    return policy.step.get("by") in (LIBRARY, LIBRARY_REVIEW)


def _differing(ours: Sheet, librarys: Sheet) -> tuple[str, ...]:
    mine, theirs = ours.model_dump(mode="json"), librarys.model_dump(mode="json")
    return tuple(name for name in {**mine, **theirs} if mine.get(name) != theirs.get(name))
