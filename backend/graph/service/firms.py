"""Questions a firm asks of the map; who may know the firm is the companies' decision."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from backend.companies.service import CompanyService
from backend.eligibility.service import Asked, EligibilityService
from backend.shared.caller import Caller
from backend.shared.errors import UnauthenticatedError
from policies.eligibility import Verdict
from policies.facts import resolve
from policies.gap import plan
from policies.graph import PolicyMap
from policies.graph.combination import Combination, best_combination
from policies.graph.ladder import FirmRung, Outlook, climb

_QUALIFIED = ("eligible", "subject_to_review")


@dataclass(frozen=True)
class FirmLadder:
    """The rungs as the firm sees them; `held` is None while nobody knows which titles it holds."""

    on: date
    held: tuple[str, ...] | None
    rungs: tuple[FirmRung, ...]


@dataclass(frozen=True)
class FirmCombination:
    """The best combination; `to_review` are the policies whose answer people still have to confirm."""

    on: date
    best: Combination
    to_review: tuple[str, ...]


class FirmQuestions:
    """Joins the map with the firm's answers and the plans of what is missing."""

    def __init__(
        self,
        current: Callable[[], PolicyMap],
        eligibility: EligibilityService,
        companies: CompanyService,
    ) -> None:
        self._current = current
        self._eligibility = eligibility
        self._companies = companies

    def ladder(self, uscc: str, caller: Caller, on: date) -> FirmLadder:
        """Titles held, reachable now and next, by which conditions and from which day."""
        verdicts = self._verdicts(uscc, caller, on)
        facts = resolve(self._companies.facts_of(uscc), on)
        titles = facts.value("titles")
        held = tuple(sorted(titles)) if isinstance(titles, frozenset) else None
        outlooks = {verdict.policy: Outlook(verdict, plan(verdict, facts, on)) for verdict in verdicts}
        return FirmLadder(on, held, climb(self._current(), on, held, outlooks))

    def combination(self, uscc: str, caller: Caller, on: date) -> FirmCombination:
        """The supports of the policies the firm qualifies for, the best that go together."""
        policy_map = self._current()
        qualified = [v for v in self._verdicts(uscc, caller, on) if v.status in _QUALIFIED]
        supports = {support for verdict in qualified for support in _offered(policy_map, verdict, on)}
        best = best_combination(policy_map, supports, on)
        to_review = tuple(verdict.policy for verdict in qualified if verdict.status == "subject_to_review")
        return FirmCombination(on, best, to_review)

    def open_conditions(self, uscc: str, caller: Caller, on: date) -> frozenset[str]:
        """The conditions (slug/condition) the firm does not surely meet."""
        verdicts = self._verdicts(uscc, caller, on)
        return frozenset(
            answer.id for verdict in verdicts for answer in verdict.conditions if answer.state != "met"
        )

    def _verdicts(self, uscc: str, caller: Caller, on: date) -> list[Verdict]:
        if caller.kind == "anonymous":
            raise UnauthenticatedError
        return [answer.verdict for answer in self._eligibility.answers_for_firm(uscc, caller, Asked(on=on))]


def _offered(policy_map: PolicyMap, verdict: Verdict, on: date) -> set[str]:
    """What the policy gives to all, and what the version that judged gives; of several readings only what
    each of them gives."""
    readings = verdict.readings or (verdict,)
    versions = [f"version:{verdict.policy}@{reading.rule.id}" for reading in readings if reading.rule]
    by_version = [
        {link.target for link in policy_map.ahead(version, "offers", on=on)} for version in versions
    ]
    to_all = {link.target for link in policy_map.ahead(f"policy:{verdict.policy}", "offers", on=on)}
    return to_all | (set.intersection(*by_version) if by_version else set())
