"""Questions of eligibility over the published rules and the known facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from backend.catalogue.service import PublishedPolicy
from backend.companies.service import CompanyService
from backend.shared.caller import Caller
from backend.shared.clock import Clock
from backend.shared.errors import NotFoundError
from policies.eligibility import Verdict, judge
from policies.facts import FactRecord, resolve
from policies.rules import ApplicationKind


@dataclass(frozen=True)
class Helper:
    """Who helps with a condition: a course or an institution, and what it is attached to."""

    kind: str
    id: str
    title: str
    helps: tuple[str, ...]
    help_kinds: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """One policy's answer for one firm, with the helpers of each condition that is not met."""

    policy: PublishedPolicy
    verdict: Verdict
    helpers: dict[str, list[Helper]]


Firm = tuple[str, Sequence[FactRecord]]


class EligibilityService:
    """Judges by `policies.eligibility`; a missing fact stays unknown."""

    def __init__(
        self,
        published: Callable[[], Sequence[PublishedPolicy]],
        companies: CompanyService,
        helpers: Callable[[list[str], list[str]], Sequence[Helper]],
        clock: Clock,
    ) -> None:
        self._published = published
        self._companies = companies
        self._helpers = helpers
        self._clock = clock

    def answers_for_firm(
        self,
        uscc: str,
        caller: Caller,
        on: date | None = None,
        known_at: datetime | None = None,
        kind: ApplicationKind | None = None,
        slug: str | None = None,
    ) -> list[Answer]:
        """Every published policy's answer for a firm; who may read the firm is the companies' decision."""
        company = self._companies.read_company(uscc, caller)
        records = self._companies.facts_of(company.uscc)
        return self.answers(records, on, known_at, kind, slug)

    def answers(
        self,
        records: Sequence[FactRecord],
        on: date | None = None,
        known_at: datetime | None = None,
        kind: ApplicationKind | None = None,
        slug: str | None = None,
    ) -> list[Answer]:
        """The answers for these facts on the application day `on` (default today), as known at `known_at`."""
        day = on or self._clock.today()
        facts = resolve(records, day, known_at)
        judged = [(policy, judge(policy.sheet, facts, day, kind)) for policy in self._with_rules(slug)]
        return self._with_helpers(judged)

    def assess(
        self,
        stated: Sequence[Mapping[str, Any]],
        on: date | None = None,
        kind: ApplicationKind | None = None,
        slug: str | None = None,
    ) -> list[Answer]:
        """The answers for facts stated in the request; nothing is kept. FactError names a wrong fact."""
        return self.answers([FactRecord(**fact) for fact in stated], on, None, kind, slug)

    def judge_firms(
        self, policies: Sequence[PublishedPolicy], firms: Sequence[Firm], on: date
    ) -> list[tuple[str, list[Verdict]]]:
        """For each firm its verdicts, in the order of `policies`; for the push."""
        with_rules = [policy.sheet for policy in policies]
        judged = []
        for uscc, records in firms:
            facts = resolve(records, on)
            judged.append((uscc, [judge(sheet, facts, on, None) for sheet in with_rules]))
        return judged

    def _with_rules(self, slug: str | None) -> list[PublishedPolicy]:
        chosen = [
            policy for policy in self._published() if policy.sheet.rules and slug in (None, policy.slug)
        ]
        if slug is not None and not chosen:
            raise NotFoundError("有条件可判断的政策", slug)
        return chosen

    def _with_helpers(self, judged: list[tuple[PublishedPolicy, Verdict]]) -> list[Answer]:
        wanted = {
            condition.id: condition
            for _, verdict in judged
            for condition in verdict.conditions
            if condition.state != "met"
        }
        kinds = sorted({kind for condition in wanted.values() for kind in condition.help})
        found = self._helpers(sorted(wanted), kinds)
        by_condition = {
            condition.id: [
                helper
                for helper in found
                if condition.id in helper.helps or set(condition.help) & set(helper.help_kinds)
            ]
            for condition in wanted.values()
        }
        return [
            Answer(
                policy,
                verdict,
                {c.id: by_condition[c.id] for c in verdict.conditions if by_condition.get(c.id)},
            )
            for policy, verdict in judged
        ]
