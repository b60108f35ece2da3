"""Which titles a policy asks for before it grants its own: the steps of the growth ladder."""

from __future__ import annotations

from collections.abc import Mapping

from policies.conditions import Node as Logic
from policies.conditions.tree import Among, AtLeast
from policies.eligibility import conditions_of
from policies.graph.gathering import Gathering
from policies.graph.model import Period
from policies.sheet import Sheet
from policies.vocabulary import TITLES


def gather_titles(
    gather: Gathering, policy: str, sheet: Sheet, versions: Mapping[str, tuple[str, Period]]
) -> None:
    """Take in what each version asks for. What the sheet itself says is required holds on the days of the
    versions that ask for a title at all; without such a version, as long as the policy."""
    asking: dict[Period, None] = {}
    for rule in sheet.rules:
        version, period = versions[rule.id]
        mark = rule.source.mark if rule.confirmed else "?"
        for condition in conditions_of(sheet, rule):
            for title in sorted(titles_needed(condition.tree) or ()):
                node = gather.word("title", TITLES, title)
                anchor = condition.clause or str(condition.id)
                gather.link("requires_title", version, node, anchor, period, mark)
                if rule.kind != "renewal":
                    asking[period] = None
                    _lead_on(gather, sheet, node, anchor, period, mark)
    for title in sheet.requires:
        node = gather.word("title", TITLES, title)
        for period in asking or (gather.period,):
            gather.link("requires_title", policy, node, period=period)
            _lead_on(gather, sheet, node, "", period, gather.mark)


def titles_needed(logic: Logic) -> frozenset[str] | None:
    """Titles one of which must be held for this to come true; None where it may come true without any."""
    if isinstance(logic, Among) and logic.fact == "titles" and not logic.negated:
        return logic.members
    if not isinstance(logic, AtLeast):
        return None
    needs = [titles_needed(part) for part in logic.parts]
    asked = [titles for titles in needs if titles is not None]
    return frozenset().union(*asked) if len(needs) - len(asked) < logic.n else None


def _lead_on(gather: Gathering, sheet: Sheet, title: str, anchor: str, period: Period, mark: str) -> None:
    for granted in sheet.grants:
        target = gather.word("title", TITLES, granted)
        if target != title:
            gather.link("leads_on_to", title, target, anchor, period, mark)
