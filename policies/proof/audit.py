"""What is wrong with rules before anybody is judged by them: impossible, unasked, unproven, unsourced."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from urllib.parse import urlsplit

from policies.conditions import Condition, People, leaves
from policies.eligibility import conditions_of, judge
from policies.facts import Fact, FactError, fact_named
from policies.proof.cases import case_failures, facts_of
from policies.proof.satisfiable import can_hold
from policies.rules import ApplicationKind, Rule, Source
from policies.sheet import Case, Sheet
from policies.vocabulary import HELP_KINDS


@dataclass(frozen=True)
class Finding:
    """One thing wrong with a sheet's rules: where, and why (Chinese).

    `open`: something is not proven or not said yet; people may know better. What is not open is wrong.
    """

    policy: str
    where: str
    text: str
    open: bool = False

    def __str__(self) -> str:
        return f"{self.policy} {self.where}：{self.text}"


def audit_sheets(sheets: Iterable[Sheet], more_cases: Iterable[tuple[str, Case]] = ()) -> list[Finding]:
    """Everything wrong with the rules of these sheets; `more_cases` are proof kept outside the sheets."""
    cases = list(more_cases)
    return [
        finding
        for sheet in sheets
        if sheet.rules or sheet.cases
        for finding in audit_sheet(sheet, [case for slug, case in cases if slug == sheet.slug])
    ]


def audit_sheet(sheet: Sheet, more_cases: Sequence[Case] = ()) -> list[Finding]:
    """Everything wrong with the rules of one sheet."""
    cases = [*sheet.cases, *more_cases]
    wrong = [*_failing(sheet, cases), *impossible(sheet)]
    # Some official platforms stand outside .gov.cn: staff know.
    left_open = [*_unproven(sheet, cases), *_links(sheet)]
    for rule in sheet.rules:
        wrong += [(rule.id, text) for text in _unsourced(rule)]
        left_open += [(rule.id, text) for text in (*_endless(sheet, rule), *_unasked(rule))]
    return [
        Finding(sheet.slug, where, text, found is left_open)
        for found in (wrong, left_open)
        for where, text in dict.fromkeys(found)
    ]


def impossible(sheet: Sheet) -> Iterator[tuple[str, str]]:
    """Where (version or season) conditions stand that no firm can meet, alone or together, and which."""
    for rule in sheet.rules:
        for text in _impossible(sheet, rule, rule.to or rule.from_):
            yield rule.id, text
        for season in rule.seasons:
            kind: ApplicationKind = "renewal" if season.kind == "renewal" else "new"
            for text in _impossible(sheet, rule.in_season(season.from_, kind), season.from_):
                yield f"{rule.id}/{season.id}", text


def _failing(sheet: Sheet, cases: Sequence[Case]) -> Iterator[tuple[str, str]]:
    if cases and not sheet.rules:
        yield "cases", "写了验证案例，但没有规则。"
        return
    for case in cases:
        for reason in case_failures(sheet, case):
            yield f"案例“{case.name}”", reason


def _unproven(sheet: Sheet, cases: Sequence[Case]) -> Iterator[tuple[str, str]]:
    """Versions no example is judged by."""
    judged: set[str] = set()
    for case in cases if sheet.rules else ():
        try:
            verdict = judge(sheet, facts_of(case), case.on, case.kind)
        except FactError:
            continue  # named among the failing examples
        judged |= {reading.rule.id for reading in verdict.readings or (verdict,) if reading.rule}
    for rule in sheet.rules:
        if rule.id not in judged:
            yield rule.id, "没有案例验证这个版本。"


def _impossible(sheet: Sheet, rule: Rule, on: date) -> Iterator[str]:
    """Conditions no firm can meet, alone or together."""
    conditions = conditions_of(sheet, rule)
    alone = [condition for condition in conditions if not can_hold([condition.tree], on)]
    yield from (f"没有企业能满足条件“{condition.label}”。" for condition in alone)
    met = {condition.id: _facts(condition) for condition in conditions if condition not in alone}
    related = [c for c in conditions if c.id in met and any(met[c.id] & met[o] for o in met if o != c.id)]
    if can_hold([condition.tree for condition in related], on):
        return
    pairs = [pair for pair in combinations(related, 2) if not can_hold([part.tree for part in pair], on)]
    for one, other in pairs:
        yield f"条件“{one.label}”与“{other.label}”互相矛盾。"
    if not pairs:
        yield "各条件合在一起没有企业能满足。"


def _facts(condition: Condition) -> set[str]:
    return {leaf.fact for leaf in leaves(condition.tree) if not isinstance(leaf, People)}


def _endless(sheet: Sheet, rule: Rule) -> Iterator[str]:
    ends = rule.to or sheet.validity.to
    if ends is None and not (rule.note or sheet.validity.note):
        yield "规则没有截止日，也没有说明为什么。"


def _unsourced(rule: Rule) -> Iterator[str]:
    if not rule.source.title.strip():
        yield "规则没有写明来源。"
    for condition in rule.conditions:
        for kind in condition.help:
            if kind not in HELP_KINDS:
                yield f"条件“{condition.label}”的 help 里没有“{kind}”这种帮助。"


def _unasked(rule: Rule) -> Iterator[str]:
    """Facts a rule needs that nobody is ever asked for."""
    trees = [condition.tree for condition in rule.conditions]
    trees += [condition.tree for season in rule.seasons for condition in season.all_]
    names = {leaf.fact for tree in trees for leaf in leaves(tree) if not isinstance(leaf, People)}
    for name in sorted(names):
        for fact in _asked_for(fact_named(name)):
            if not fact.question:
                yield f"用到的事实“{fact.label}”没有登记提问。"


def _asked_for(fact: Fact) -> list[Fact]:
    return [fact_named(name) for name in fact.derived.inputs] if fact.derived else [fact]


def _links(sheet: Sheet) -> Iterator[tuple[str, str]]:
    """Links that do not lead to an official site."""
    sources: list[tuple[str, Source]] = [("sources", source) for source in sheet.sources]
    for rule in sheet.rules:
        sources += [(rule.id, rule.source), *((season.id, season.source) for season in rule.seasons)]
    for where, source in sources:
        parts = urlsplit(source.url)
        official = parts.scheme == "https" and f".{parts.hostname or ''}".endswith(".gov.cn")
        if source.url and not official:
            yield where, f"链接不是官方网址：{source.url}"
