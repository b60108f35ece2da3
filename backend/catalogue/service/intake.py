"""From a document's bytes to a draft, and to the next version of a policy; what a person must check in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from backend.adapters.files import OriginalStore, read_lines
from backend.catalogue.service.audit import left_open
from backend.catalogue.service.review import Review, review_of
from backend.catalogue.service.workflow import Workflow
from backend.catalogue.store.policies import Policy
from backend.catalogue.store.versions import VersionStore
from backend.shared.errors import AlreadyExistsError, InvalidInputError, NotFoundError, SameNumberError
from policies.document import Document, Remark, check_list, draft_sheet, keep_anchors, read_document
from policies.sheet import Clause, Relation, Sheet, TaskRow
from policies.sheet.model import SLUG

_MOST_WARNINGS, _LONGEST_WARNING, _LONGEST_NAME = 2000, 300, 200
# What a new text of the same document says anew; the rest is people's work and stays.
_FROM_DOCUMENT = (
    "title",
    "stage",
    "number",
    "issuers",
    "signed",
    "published",
    "validity",
    "clauses",
    "tasks",
)


@dataclass(frozen=True)
class Prepared:
    """A document that was read and not yet written; `known` is the policy its bytes made before."""

    data: bytes
    filename: str
    original: str
    known: Policy | None
    sheet: Sheet | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)

    def under(self, slug: str) -> Prepared:
        """The same under another slug."""
        return replace(self, sheet=self.sheet and self.sheet.model_copy(update={"slug": slug}))


class Intake:
    """Reads files into working copies."""

    def __init__(self, workflow: Workflow, versions: VersionStore, originals: OriginalStore) -> None:
        self._workflow = workflow
        self._policies = workflow.policies
        self._versions = versions
        self._originals = originals

    def import_document(
        self, data: bytes, filename: str, by: str, slug: str | None, separate: bool = False
    ) -> Policy:
        """The draft made of a document's bytes; the same bytes again give the same policy.

        UnreadableFileError says why a file cannot be read, SameNumberError that another policy has its
        number (unless it is to be `separate`), AlreadyExistsError that another policy has the slug.
        """
        return self.keep(self.prepare(data, filename, slug), by, separate)

    def prepare(self, data: bytes, filename: str, slug: str | None = None) -> Prepared:
        """Read a document without writing anything; what was imported before is not read again."""
        if slug is not None and not re.fullmatch(SLUG, slug):
            raise InvalidInputError.at("slug", "应为 2 至 63 个小写字母、数字或连字符。")
        original = self._originals.id_of(data)
        known = self._policies.find(slug) if slug else self._policies.find_by_original(original)
        if known is not None and known.original == original:
            return Prepared(data, filename, original, known)
        document, remarks = _read(data, filename)
        fields = _kept(document, remarks, original, filename)
        return Prepared(data, filename, original, None, draft_sheet(document, slug), fields)

    def keep_original(self, prepared: Prepared) -> None:
        """Write the original alone; one no record names yet does no harm."""
        self._originals.put(prepared.data)

    def keep(self, prepared: Prepared, by: str, separate: bool = False) -> Policy:
        """Write what was prepared: first the original, then the draft that names it."""
        if prepared.known is not None:
            return prepared.known
        assert prepared.sheet is not None
        if not separate:
            self._refuse_known_number(prepared.sheet, prepared.original)
        self.keep_original(prepared)
        why = f"导入 {prepared.filename[:_LONGEST_NAME]}"
        try:
            return self._workflow.add(prepared.sheet, by, why, **prepared.fields)
        except AlreadyExistsError:
            # Two imports of one file may run at once; the one that came second finds the first one's draft.
            known = self._policies.get(prepared.sheet.slug)
            if known.original != prepared.original:
                raise
            return known

    def import_version(self, slug: str, data: bytes, filename: str, revision: int, by: str) -> Policy:
        """A new text of a policy's document as its working copy: clauses keep their anchors, and what people
        wrote (rules, key points, cases) stays."""
        policy = self._policies.get(slug)
        document, remarks = _read(data, filename)
        drafted = keep_anchors(policy.sheet, draft_sheet(document, slug), self._anchors_of(policy))
        held = policy.sheet
        relations = {(link.kind, link.target): link for link in (*drafted.relations, *held.relations)}
        sheet = held.model_copy(
            update={name: getattr(drafted, name) for name in _FROM_DOCUMENT}
            | {"relations": tuple(relations.values())}
        )
        original = self._originals.put(data)
        return self._workflow.edit(
            slug,
            sheet,
            revision,
            by,
            f"导入新版本 {filename[:_LONGEST_NAME]}",
            **_kept(document, remarks, original, filename),
        )

    def review(self, policy: Policy) -> Review:
        """The original beside its reading; NotFoundError when the policy was not imported."""
        if policy.original is None:
            raise NotFoundError("原件", policy.slug)
        document, remarks = _read(self._originals.get(policy.original), policy.filename)
        return review_of(document, remarks)

    def to_check(self, policy: Policy) -> list[Remark]:
        """The check list of a working copy: what reading left unsure, and citations that lead nowhere."""
        kept = [Remark(item["line"], item["code"], item["message"]) for item in policy.warnings]
        sheet = policy.sheet
        return [*kept, *self._sharing_number(sheet), *self._unresolved(sheet.relations), *left_open(sheet)]

    def _refuse_known_number(self, sheet: Sheet, original: str) -> None:
        """Whether it is the same document or another one, people say: it is not written before."""
        mine = (sheet.slug, original)
        found = self._policies.with_number(sheet.number) if sheet.number else []
        others = [(slug, title, rev) for slug, title, rev, file in found if (slug, file) != mine]
        if others:
            raise SameNumberError(sheet.number, others)

    def _sharing_number(self, sheet: Sheet) -> list[Remark]:
        found = self._policies.with_number(sheet.number) if sheet.number else []
        return [
            Remark(0, "same_number", f"文号与《{title}》（{slug}）相同，请确认不是同一份文件")
            for slug, title, _, _ in found
            if slug != sheet.slug
        ]

    def _unresolved(self, relations: Sequence[Relation]) -> list[Remark]:
        wanted = {link.target: link for link in relations if link.kind != "routed_to"}
        known = self._policies.known(wanted)
        return [
            Remark(0, "citation_unresolved", f"“{target}”不在政策库中，链接暂无去处")
            for target in wanted
            if target not in known
        ]

    def _anchors_of(self, policy: Policy) -> set[str]:
        """Every anchor a published version ever had."""
        sheets = [version.sheet for version in self._versions.of_policy(policy.slug, policy.last_version)]
        return {part.anchor for sheet in sheets for part in _parts(sheet)}


def _read(data: bytes, filename: str) -> tuple[Document, list[Remark]]:
    file = read_lines(data, filename)
    document = read_document(file.lines, filename)
    return document, sorted((*file.warnings, *check_list(document)), key=lambda remark: remark.line)


def _kept(document: Document, remarks: Sequence[Remark], original: str, filename: str) -> dict[str, Any]:
    """What the working copy keeps of a file beside its sheet."""
    openness = document.head.openness
    return {
        "original": original,
        "filename": filename[:_LONGEST_NAME],
        "openness": openness.value if openness else "",
        "warnings": [
            {**asdict(remark), "message": remark.message[:_LONGEST_WARNING]}
            for remark in remarks[:_MOST_WARNINGS]
        ],
    }


def _parts(sheet: Sheet) -> Sequence[Clause | TaskRow]:
    return (*sheet.clauses, *sheet.tasks)
