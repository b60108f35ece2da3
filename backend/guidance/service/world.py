"""What guidance knows of the rest of the house, handed in by wiring; and the names of what it announces."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from backend.adapters.files import OriginalStore
from backend.catalogue.service import PublishedPolicy
from backend.companies.service import CompanyService
from backend.guidance.routing import Candidate
from backend.people.service import PeopleService
from backend.shared.clock import Clock
from backend.shared.writing import CheckText

OPENED, OFFERED = "request.opened", "request.offered"
ANSWERED, ASKED, REPLIED = "request.answered", "request.asked", "request.replied"
REMINDED, ESCALATED = "request.reminded", "request.escalated"
HANDED_OVER, ENDED_EVENT, SURVEYED = "request.handed_over", "request.ended", "request.surveyed"
NOTED = "request.noted"
PASSED_ON = "firm.passed_on"
FEEDBACK_GIVEN, FEEDBACK_PUBLISHED = "feedback.given", "feedback.published"


@dataclass(frozen=True)
class World:
    """The collaborators of this room.

    `service_class` gives a firm's class (潜力, 重点, 申报) or ""; `firms_by_class` all firms of each class;
    `check_text` asks the content check about a person's text; `record` writes to the audit; `tried` says
    how many firms applied for a policy and how many obtained it; `posts` are accounts in a post of a place
    that no adviser is described for, as routing takes them.
    """

    clock: Clock
    companies: CompanyService
    people: PeopleService
    originals: OriginalStore
    hand_on: Callable[[str, str], bool]
    record: Callable[..., None]
    published: Callable[[Sequence[str]], Sequence[PublishedPolicy]]
    carrier_kind: Callable[[str], str]
    service_class: Callable[[str], str]
    firms_by_class: Callable[[], Mapping[str, Sequence[str]]]
    check_text: CheckText
    tried: Callable[[str], tuple[int, int]]
    posts: Callable[[], Sequence[Candidate]]
