"""A published policy as search documents: one for the whole, one for each measure or clause."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from backend.catalogue.store.explanations import Explanation
from backend.catalogue.store.policies import ANY_AREA, Policy
from backend.catalogue.store.versions import PublishedPolicy
from policies.sheet import Clause, Sheet, plain_body
from policies.vocabulary import DEPARTMENTS, TITLES, find
from search_index.document import FieldValue, SearchDocument
from search_index.schema import Field, FieldKind

FIELDS = (
    Field("policy", FieldKind.KEYWORDS),
    Field("policy_kind", FieldKind.KEYWORDS),
    Field("level", FieldKind.KEYWORDS),
    Field("area", FieldKind.KEYWORDS),
    Field("industry", FieldKind.KEYWORDS),
    Field("department", FieldKind.KEYWORDS),
    Field("title_id", FieldKind.KEYWORDS),
    Field("help", FieldKind.KEYWORDS),
    Field("valid_from", FieldKind.DAY),
    Field("valid_to", FieldKind.DAY),
    Field("issued", FieldKind.DAY),
    Field("year", FieldKind.KEYWORDS),
    Field("number", FieldKind.WORDS, weight=8.0),
    Field("summary", FieldKind.WORDS, weight=3.0),
    Field("context", FieldKind.WORDS, weight=0.5),
)


def is_findable(policy: Policy) -> bool:
    """Whether the public may find it."""
    return policy.live_version is not None


def search_documents(published: PublishedPolicy) -> list[SearchDocument]:
    """The documents of a published policy; ids are `slug` and `slug#anchor`."""
    sheet = published.sheet
    return [
        _whole(published),
        *(_part(published, clause) for clause in sheet.clauses),
    ]


def document_ids(sheet: Sheet) -> list[str]:
    """The ids of the same."""
    return [sheet.slug, *(f"{sheet.slug}#{clause.anchor}" for clause in sheet.clauses)]


def question_id(explanation_id: str, number: int) -> str:
    """The id of one question among those of an explanation."""
    return f"question:{explanation_id}#{number}"


def question_documents(held: Explanation, published: PublishedPolicy, revision: int) -> list[SearchDocument]:
    """A document for each question firms ask; it holds as long as its policy does."""
    fields = {**_shared(published.sheet), "context": published.sheet.title}
    # What stands beside a policy is neither found nor counted as a part of it.
    del fields["policy"]
    return [
        replace(
            _document(
                published,
                question_id(held.id, number),
                "question",
                item["question"],
                [item["answer"]],
                fields,
            ),
            revision=revision,
        )
        for number, item in enumerate(held.content["items"])
    ]


def _whole(published: PublishedPolicy) -> SearchDocument:
    sheet = published.sheet
    points = sheet.key_points
    conditions = [condition for rule in sheet.rules for condition in rule.conditions]
    titles = (*sheet.grants, *sheet.requires)
    text = [
        *(points.who, points.what, points.how_much, points.when, points.where, *points.materials),
        *dict.fromkeys(condition.label for condition in conditions),
        plain_body(sheet.body),
    ]
    fields = {
        **_shared(sheet),
        "department": _departments(sheet.issuers),
        "title_id": titles,
        "help": tuple(dict.fromkeys(kind for condition in conditions for kind in condition.help)),
        "number": sheet.number,
        "summary": sheet.summary,
        "context": " ".join((*(_title_words(title) for title in titles), *sheet.issuers)),
    }
    return _document(published, sheet.slug, "policy", sheet.title, text, fields)


def _part(published: PublishedPolicy, clause: Clause) -> SearchDocument:
    sheet = published.sheet
    fields = {
        **_shared(sheet),
        "department": _departments((*clause.lead, *clause.support)),
        "context": f"{sheet.title} {clause.group}",
    }
    # As people ask for it: 知识产权局牵头.
    led = (*(f"{name}牵头" for name in clause.lead), *(f"{name}配合" for name in clause.support))
    text = [clause.text, "、".join(led)]
    return _document(published, f"{sheet.slug}#{clause.anchor}", "measure", clause.title, text, fields)


def _document(
    published: PublishedPolicy,
    document_id: str,
    kind: str,
    title: str,
    text: Iterable[str],
    fields: dict[str, FieldValue],
) -> SearchDocument:
    return SearchDocument(
        id=document_id,
        kind=kind,
        revision=published.revision,
        status="consultation" if published.sheet.stage == "consultation" else "published",
        title=title,
        text="\n".join(line for line in text if line),
        fields={name: value for name, value in fields.items() if value not in ("", ())},
    )


def _shared(sheet: Sheet) -> dict[str, FieldValue]:
    """What a measure shares with its policy; no area named means every area, unknown days stay absent."""
    fields: dict[str, FieldValue] = {
        "policy": sheet.slug,
        "policy_kind": sheet.kind,
        "level": sheet.level,
        "area": sheet.areas or (ANY_AREA,),
        "industry": sheet.industries,
    }
    if issued := sheet.signed or sheet.published:
        fields |= {"issued": issued, "year": str(issued.year)}
    if sheet.validity.from_:
        fields["valid_from"] = sheet.validity.from_
    if sheet.validity.to:
        fields["valid_to"] = sheet.validity.to
    return fields


def _departments(names: Iterable[str]) -> tuple[str, ...]:
    """Ids where the vocabulary knows the name, else the name as written."""
    found = ((find(DEPARTMENTS, name), name) for name in names)
    return tuple(dict.fromkeys(entry.id if entry else name for entry, name in found))


def _title_words(title: str) -> str:
    entry = find(TITLES, title)
    return entry.label if entry else title
