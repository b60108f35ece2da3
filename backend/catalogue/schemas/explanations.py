"""Shapes of explanations on the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from backend.adapters.http import Body
from backend.adapters.http.answers import DumpOf
from backend.adapters.http.fields import Uscc
from backend.adapters.http.requests import validated
from backend.catalogue.service import Explanation
from backend.catalogue.store.explanations import ExplanationKind, ExplanationStatus
from backend.shared.clock import in_shanghai
from backend.shared.errors import InvalidInputError

Sentence = Annotated[str, StringConstraints(min_length=2, max_length=500)]


class KeyPoints(Body):
    """Points in plain words."""

    points: list[Sentence] = Field(min_length=1, max_length=12)


class Question(Body):
    """A question firms ask, and its answer."""

    question: Sentence
    answer: Annotated[str, StringConstraints(min_length=2, max_length=2000)]


class Questions(Body):
    """Questions and answers."""

    items: list[Question] = Field(min_length=1, max_length=30)


class Media(Body):
    """A link to a video or an article."""

    medium: Literal["video", "article"]
    url: str = Field(pattern=r"^https://[^\s<>\"']{4,500}$")
    source: str = Field(min_length=2, max_length=100)


class Story(Body):
    """How a firm used the policy, as the firm agreed."""

    firm: str = Field(min_length=2, max_length=100)
    text: str = Field(min_length=10, max_length=5000)


class NoContent(Body):
    """A picture is drawn from the policy's data and takes no words of its own."""


_CONTENTS: dict[str, type[Body]] = {
    "key_points": KeyPoints,
    "questions": Questions,
    "media": Media,
    "story": Story,
    "picture": NoContent,
}


# What was checked by one of these is kept as it dumps.
Content = Annotated[dict[str, Any], DumpOf(KeyPoints | Questions | Media | Story | NoContent)]


class EditedExplanation(Body):
    """What an explanation says, and of which clause ("" for the whole policy)."""

    anchor: str = Field(default="", pattern=r"^([a-z0-9][a-z0-9-]{0,62})?$")
    title: str = Field(min_length=2, max_length=100)
    content: dict[str, Any] = Field(default={}, max_length=10)

    def content_for(self, kind: str) -> dict[str, Any]:
        """The content checked for its kind."""
        return validated(_CONTENTS[kind], self.content).model_dump()


class WrittenExplanation(EditedExplanation):
    """A new explanation; `uscc` names the firm whose story it is."""

    kind: ExplanationKind
    uscc: Uscc | None = None

    def firm(self) -> str:
        """The firm of a story; InvalidInputError where it is missing or given for another kind."""
        if (self.kind == "story") != (self.uscc is not None):
            raise InvalidInputError.at("uscc", "企业案例须写明企业的统一社会信用代码，其他解读不写。")
        return self.uscc or ""


class ExplanationJson(TypedDict):
    """An explanation as the public reads it; `outdated`: what it explains has changed since."""

    id: str
    slug: str
    anchor: str
    clause: str
    kind: ExplanationKind
    title: str
    content: Content
    published_at: str | None
    outdated: bool


class StoryJson(ExplanationJson):
    """A story as its firm reads it before it agrees; `agreed` null: not answered yet."""

    status: ExplanationStatus
    agreed: bool | None


class WorkingExplanation(StoryJson):
    """An explanation as staff see it."""

    revision: int
    authors: list[str]
    uscc: str | None
    why: str


class ConsentGiven(Body):
    """Whether the firm agrees that its story is public as it stands."""

    agreed: bool


def explanation_json(held: Explanation, outdated: bool) -> ExplanationJson:
    """An explanation as the public reads it."""
    return {
        "id": held.id,
        "slug": held.slug,
        "anchor": held.anchor,
        "clause": f"{held.slug}#{held.anchor}" if held.anchor else held.slug,
        "kind": held.kind,
        "title": held.title,
        "content": dict(held.content),
        "published_at": in_shanghai(held.published_at).isoformat() if held.published_at else None,
        "outdated": outdated,
    }


def story_json(held: Explanation, outdated: bool = False) -> StoryJson:
    """An explanation with where it stands and whether the firm agreed."""
    agreed = held.consent.get("agreed")
    return {**explanation_json(held, outdated), "status": held.status, "agreed": agreed}


def working_explanation_json(held: Explanation, outdated: bool = False) -> WorkingExplanation:
    """An explanation as staff see it."""
    return {
        **story_json(held, outdated),
        "revision": held.revision,
        "authors": list(held.authors),
        "uscc": held.uscc or None,
        "why": held.why,
    }
