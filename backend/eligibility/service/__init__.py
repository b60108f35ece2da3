"""Questions of eligibility over the published rules and the known facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from backend.catalogue.service import CatalogueService, PublishedPolicy
from backend.companies.service import CompanyService
from backend.eligibility.service.changes import Changed, changed_answers
from backend.eligibility.service.helpers import Answer, FindHelpers, Helper, with_helpers
from backend.eligibility.service.impact import Impact
from backend.eligibility.service.impact_runs import ImpactRun, ImpactRuns
from backend.shared.caller import Caller
from backend.shared.clock import Clock
from backend.shared.errors import NotFoundError
from policies.eligibility import Question, Verdict, judge, rank_questions
from policies.facts import FactRecord, Facts, resolve
from policies.gap import Rung, climb, plan
from policies.rules import ApplicationKind

__all__ = [
    "Answer",
    "Answered",
    "Asked",
    "Changed",
    "EligibilityService",
    "Helper",
    "Impact",
    "ImpactRun",
    "ImpactRuns",
    "Page",
]


@dataclass(frozen=True)
class Asked:
    """What an answer is about: the application day, the instant of knowledge, the kind, one policy or all."""

    on: date | None = None
    known_at: datetime | None = None
    kind: ApplicationKind | None = None
    policy: str | None = None


@dataclass(frozen=True)
class Page:
    """Everything about one firm: an answer per policy, and what to ask it next, the most useful first."""

    facts: Facts
    answers: list[Answer]
    questions: list[Question]
    firm: str = ""


@dataclass(frozen=True)
class Answered:
    """What a new fact changed, and what to ask next."""

    changed: list[Changed]
    questions: list[Question]


class EligibilityService:
    """Judges by `policies.eligibility`; a missing fact stays unknown."""

    def __init__(
        self,
        catalogue: CatalogueService,
        companies: CompanyService,
        helpers: FindHelpers,
        clock: Clock,
        impacts: ImpactRuns,
    ) -> None:
        self.impacts = impacts
        self._catalogue = catalogue
        self._companies = companies
        self._helpers = helpers
        self._clock = clock

    def answers_for_firm(self, uscc: str, caller: Caller, asked: Asked = Asked()) -> list[Answer]:  # noqa: B008
        """Every published policy's answer for a firm; who may read the firm is the companies' decision."""
        return self.page_for_firm(uscc, caller, asked).answers

    def page_for_firm(self, uscc: str, caller: Caller, asked: Asked) -> Page:
        """Answers, ways and questions for a firm."""
        company = self._companies.read_company(uscc, caller)
        return self._page(self._companies.facts_of(company.uscc), asked, company.name)

    def assess(self, stated: Sequence[Mapping[str, Any]], asked: Asked) -> Page:
        """The same for facts stated in the request; nothing is kept. FactError names a wrong fact."""
        now = self._clock.now()
        return self._page([FactRecord(**fact, known_at=now) for fact in stated], asked)

    def answer_question(
        self, uscc: str, stated: Sequence[Mapping[str, Any]], caller: Caller, source: str = "self_declared"
    ) -> Answered:
        """Take in what a firm answers, and say which answers changed by it and what to ask next."""
        company = self._companies.read_company(uscc, caller)
        day = self._clock.today()
        before = self._judged(resolve(self._companies.facts_of(company.uscc), day), Asked())
        self._companies.record_facts(company.uscc, stated, source, caller)
        after = self._judged(resolve(self._companies.facts_of(company.uscc), day), Asked())
        changed = changed_answers([verdict for _, verdict in before], [verdict for _, verdict in after])
        return Answered(changed, self._questions(after))

    def ladder_for_firm(self, uscc: str, caller: Caller, on: date | None = None) -> list[Rung]:
        """The titles this firm can reach, in the order it can reach them."""
        company = self._companies.read_company(uscc, caller)
        day = on or self._clock.today()
        facts = resolve(self._companies.facts_of(company.uscc), day)
        return climb([policy.sheet for policy in self._with_rules(Asked())], facts, day)

    def _page(self, records: Sequence[FactRecord], asked: Asked, firm: str = "") -> Page:
        day = asked.on or self._clock.today()
        facts = resolve(records, day, asked.known_at)
        judged = self._judged(facts, asked)
        ways = {verdict.policy: plan(verdict, facts, day) for _, verdict in judged}
        answers = with_helpers(judged, ways, self._helpers)
        return Page(facts, answers, self._questions(judged), firm)

    def _judged(self, facts: Facts, asked: Asked) -> list[tuple[PublishedPolicy, Verdict]]:
        return [
            (policy, judge(policy.sheet, facts, facts.on, asked.kind)) for policy in self._with_rules(asked)
        ]

    def _questions(self, judged: Sequence[tuple[PublishedPolicy, Verdict]]) -> list[Question]:
        """A policy is worth more the more others ask for a title it grants."""
        sheets = [policy.sheet for policy, _ in judged]
        asked_for = [set(sheet.requires) for sheet in sheets if sheet.requires]
        worth = {
            sheet.slug: 1 + sum(not titles.isdisjoint(sheet.grants) for titles in asked_for)
            for sheet in sheets
        }
        return rank_questions([verdict for _, verdict in judged], worth)

    def _with_rules(self, asked: Asked) -> list[PublishedPolicy]:
        published = self._catalogue.published_as_of(asked.known_at)
        chosen = [
            policy for policy in published if policy.sheet.rules and asked.policy in (None, policy.slug)
        ]
        if asked.policy is not None and not chosen:
            raise NotFoundError("有条件可判断的政策", asked.policy)
        return chosen
