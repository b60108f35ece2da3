"""One firm, one policy: the answer with its reasons."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from policies.conditions import Bounds, Condition, Evaluation, People, leaves, threshold_text
from policies.eligibility.answers import ConditionAnswer, Verdict
from policies.eligibility.scores import explain_score
from policies.eligibility.sentences import sentence_for
from policies.eligibility.versions import Choice, choose_rules, conditions_of, kind_for, next_window
from policies.facts import Facts
from policies.rules import ApplicationKind, Rule
from policies.sheet import Sheet, State, Status


def judge_all(
    sheets: Iterable[Sheet], facts: Facts, on: date, kind: ApplicationKind | None = None
) -> list[Verdict]:
    """A verdict for every sheet that has rules, in the order given."""
    return [judge(sheet, facts, on, kind) for sheet in sheets if sheet.rules]


def judge(sheet: Sheet, facts: Facts, on: date, kind: ApplicationKind | None = None) -> Verdict:
    """Whether the firm qualifies for an application made on `on`, and why.

    `kind` omitted: renewal if the firm holds the title the policy grants, else new. `facts` must be resolved
    for the same day. A sheet without rules raises ValueError: it says nothing about who qualifies.
    """
    if not sheet.rules:
        raise ValueError(f"sheet {sheet.slug} has no rules")
    if facts.on != on:
        raise ValueError(f"facts were resolved for {facts.on}, not for {on}")
    kind = kind or kind_for(sheet, facts)
    choice = choose_rules(sheet, on, kind)
    if not choice.rules:
        return _not_in_force(sheet, on, kind, choice)
    readings = [_by_rule(sheet, rule, facts, kind) for rule in choice.rules]
    first, bounds = readings[0]
    if len(readings) == 1:
        return first
    verdicts = tuple(verdict for verdict, _ in readings)
    return Verdict(
        **{**vars(first), "status": _agreed([bounds for _, bounds in readings]), "readings": verdicts},
    )


def status_of(bounds: Bounds) -> Status:
    """The four answers of a rule in force, from its bounds."""
    if bounds.certain:
        return "eligible"
    if not bounds.possible:
        return "ineligible"
    return "subject_to_review" if bounds.favourable else "unknown"


def _agreed(readings: list[Bounds]) -> Status:
    """What holds under every reading; unknown where the readings differ."""
    certain, favourable, possible = zip(*readings, strict=True)
    return status_of(Bounds(all(certain), all(favourable), any(possible)))


def explain(sheet: Sheet, rule: Rule, facts: Facts, known: Evaluation) -> tuple[ConditionAnswer, ...]:
    """How each condition of a version stands for a firm, whatever day the version is in force."""
    return tuple(
        _answer(condition, f"{sheet.slug}/{condition.id}", facts, rule, known)
        for condition in conditions_of(sheet, rule)
    )


def _by_rule(sheet: Sheet, rule: Rule, facts: Facts, kind: ApplicationKind) -> tuple[Verdict, Bounds]:
    conditions = conditions_of(sheet, rule)
    known = Evaluation(facts.value, facts.on)
    each = [known.bounds(condition.tree) for condition in conditions]
    bounds = Bounds(*(all(column) for column in zip(*each, strict=True)))
    inside = not rule.windows or any(window.holds(facts.on) for window in rule.windows)
    answers = explain(sheet, rule, facts, known)
    verdict = Verdict(
        policy=sheet.slug,
        title=sheet.title,
        status=status_of(bounds),
        on=facts.on,
        kind=kind,
        rule=rule,
        confirmed=rule.confirmed,
        conditions=answers,
        outside_window=not inside,
        next_window=next_window(rule, facts.on),
        confidence=sheet.confidence.mark,
        confidence_note=sheet.confidence.note,
        note=rule.note,
        sheet=sheet,
        known=known,
    )
    return verdict, bounds


def _answer(condition: Condition, path: str, facts: Facts, rule: Rule, known: Evaluation) -> ConditionAnswer:
    state = _state(condition, known.bounds(condition.tree))
    undecided = () if state in ("met", "unmet") else dict.fromkeys(known.undecided(condition.tree))
    wanted = dict.fromkeys(item for name in undecided for item in facts.wanted(name))
    threshold = threshold_text(condition, facts.on, facts.value)
    fact = condition.subject.fact if condition.subject else None
    parts = tuple(
        _answer(part, f"{path}.{part.id or position}", facts, rule, known)
        for position, part in enumerate(() if fact else condition.parts, 1)
    )
    score = explain_score(condition.score, facts, known) if condition.score else None
    sentence, details = sentence_for(condition, state, threshold, parts, facts, score)
    return ConditionAnswer(
        id=path,
        label=condition.label,
        state=state,
        sentence=sentence,
        details=details,
        threshold=threshold,
        fact=fact,
        known=facts.get(fact) if fact else None,
        clause=condition.clause,
        source=condition.source or rule.source.title,
        wanted=tuple(wanted),
        fix=condition.fix,
        help=condition.help,
        parts=parts,
        score=score,
    )


def _state(condition: Condition, bounds: Bounds) -> State:
    if bounds.certain:
        return "met"
    if not bounds.possible:
        return "unmet"
    if not bounds.favourable:
        return "unknown"
    kinds = {leaf.kind for leaf in leaves(condition.tree) if isinstance(leaf, People)}
    return "needs_person" if "needs_person" in kinds else "declared"


def _not_in_force(sheet: Sheet, on: date, kind: ApplicationKind, choice: Choice) -> Verdict:
    return Verdict(
        policy=sheet.slug,
        title=sheet.title,
        status="not_in_force",
        on=on,
        kind=kind,
        not_in_force_since=choice.since,
        not_in_force_until=choice.until,
        confidence=sheet.confidence.mark,
        confidence_note=sheet.confidence.note,
        note=choice.note or sheet.validity.note,
        sheet=sheet,
    )
