"""What the database says of the hits of a page: the index may lag, what is shown may not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from backend.catalogue.indexing import question_id
from backend.catalogue.service import Explanation, PublishedPolicy, Row
from backend.search.service.following import Content
from search_index.query import SearchHit


@dataclass(frozen=True)
class Answer:
    """A question firms ask with its answer, and the policy and clause it is about."""

    question: str
    answer: str
    anchor: str | None
    policy: PublishedPolicy


# A course, an institution or a mentor is shown by its name alone.
Record = PublishedPolicy | Answer | str


class Stand(NamedTuple):
    """How the database stands to what a page shows: equal ones give equal records."""

    policies: list[Row]
    explanations: list[Explanation]
    names: dict[str, str]

    def records(self, content: Content) -> dict[str, Record]:
        """What the public may see, by the name `named` gives; what it may not is missing."""
        policies = {policy.slug: policy for policy in content.catalogue.policies_of(self.policies)}
        answers = {
            question_id(one.id, number): Answer(
                item["question"], item["answer"], one.anchor or None, policies[one.slug]
            )
            for one in self.explanations
            if one.slug in policies
            for number, item in enumerate(one.content["items"])
        }
        return {**self.names, **answers, **policies}


@dataclass(frozen=True)
class Shown:
    """Whose records a page shows: policies by slug, explanations by id, others by kind and id."""

    slugs: tuple[str, ...]
    explanations: tuple[str, ...]
    others: Mapping[str, tuple[str, ...]]

    def stand(self, content: Content) -> Stand:
        """What the database says of them now: one narrow read for each kind."""
        catalogue = content.catalogue
        asked = catalogue.explanations.published_questions(self.explanations) if self.explanations else []
        slugs = (*self.slugs, *(one.slug for one in asked))
        names = {
            f"{kind}:{key}": name
            for kind, ids in self.others.items()
            for key, name in _names(content, kind)(ids).items()
        }
        return Stand(catalogue.live_rows(slugs) if slugs else [], asked, names)


def shown_by(hits: Iterable[SearchHit]) -> Shown:
    """Whose records these hits are."""
    slugs: dict[str, None] = {}
    explanations: dict[str, None] = {}
    others: dict[str, dict[str, None]] = {}
    for hit in hits:
        if hit.kind in ("policy", "measure"):
            slugs[named(hit)] = None
        elif hit.kind == "question":
            explanations[hit.id.partition(":")[2].partition("#")[0]] = None
        else:
            others.setdefault(hit.kind, {})[hit.id.partition(":")[2]] = None
    return Shown(tuple(slugs), tuple(explanations), {kind: tuple(ids) for kind, ids in others.items()})


def named(hit: SearchHit) -> str:
    """What the record of a hit is called: a measure's is its policy."""
    return hit.id.partition("#")[0] if hit.kind in ("policy", "measure") else hit.id


def _names(content: Content, kind: str) -> Callable[[tuple[str, ...]], dict[str, str]]:
    return {
        "course": content.courses.listed_names,
        "institution": content.institutions.listed_names,
        "mentor": content.people.listed_names,
    }[kind]
