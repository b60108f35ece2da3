"""A self-check as a document: what a founder understands and an accountant can check."""

from __future__ import annotations

from collections.abc import Iterator

from backend.adapters.printing import PrintedDocument, Section, Table
from backend.eligibility.service import Answer, Page
from policies.conditions import value_text
from policies.eligibility import ConditionAnswer, PartAnswer
from policies.facts import SOURCES, Facts, fact_named, registry

STATUS = {
    "eligible": "符合",
    "subject_to_review": "数据条件都已满足，尚有需要企业声明或由人评审的事项",
    "ineligible": "不符合",
    "unknown": "还不能判断",
    "not_in_force": "现在没有适用的规则",
}
STATE = {
    "met": "满足",
    "unmet": "不满足",
    "unknown": "待补充",
    "declared": "待企业声明",
    "needs_person": "待人工评审",
}
OPEN = {"settled": "已确定", "needs_evidence": "需备材料，由人评定", "unknown": "缺数据"}
KIND = {"new": "新申请", "renewal": "复核（续期）"}
FOOTER = "本报告按所填数据和公开规则自动计算，供自查参考，不是认定结果。"


def report_of(page: Page) -> PrintedDocument:
    """The report on the first (and only) policy of a page."""
    answer = page.answers[0]
    verdict = answer.verdict
    source = verdict.rule.source.title if verdict.rule else ""
    lines = (
        *([f"企业：{page.firm}"] if page.firm else []),
        f"申请日：{verdict.on.isoformat()}（{KIND[verdict.kind]}）",
        f"依据：{source}" if source else "",
        f"结论：{STATUS[verdict.status]}",
        f"可信程度：{verdict.confidence_note}" if verdict.confidence_note else "",
        verdict.note,
    )
    sections = (
        *_readings(answer),
        _conditions(verdict.conditions),
        *(_score(part) for part in _scores(verdict.conditions)),
        _way(answer),
        _figures(page.facts),
    )
    kept = tuple(section for section in sections if section.paragraphs or section.table)
    return PrintedDocument(f"{verdict.title} 自测报告", tuple(filter(None, lines)), kept, FOOTER)


def _readings(answer: Answer) -> Iterator[Section]:
    readings = answer.verdict.readings
    if readings:
        texts = tuple(f"{r.note or (r.rule.id if r.rule else '')}：{STATUS[r.status]}" for r in readings)
        yield Section("没有来源说明适用哪一版，各种理解如下", texts)


def _conditions(answers: tuple[ConditionAnswer, ...]) -> Section:
    rows = tuple(
        (a.label, STATE[a.state], "\n".join((a.sentence, *a.details)), a.clause or a.source) for a in answers
    )
    return Section(
        "逐项条件", (), Table(("条件", "结果", "说明", "出处"), rows, (22, 10, 50, 18)) if rows else None
    )


def _scores(answers: tuple[ConditionAnswer, ...]) -> Iterator[PartAnswer]:
    for answer in answers:
        if answer.score is not None:
            yield answer.score
        yield from _scores(answer.parts)


def _score(score: PartAnswer) -> Section:
    """Every part with its range, indented by depth."""
    rows = tuple(
        (
            f"{'　' * depth}{part.label}",
            part.range_text,
            f"{part.top}分",
            OPEN[part.open],
            _ground(part),
        )
        for depth, part in _parts(score)
    )
    asked = f"合计{score.range_text}，要求不少于{score.least}分（满分{score.top}分）。"
    text = asked + "区间是可能的得分，不是通过的概率。"
    return Section(
        "评分", (text,), Table(("项目", "得分", "满分", "情况", "依据或所需材料"), rows, (28, 14, 9, 15, 34))
    )


def _ground(part: PartAnswer) -> str:
    """What a part rests on, and what people will want to see where they judge."""
    judged = part.evidence if part.open == "needs_evidence" else ""
    return "；".join(filter(None, (part.basis, judged)))


def _parts(score: PartAnswer, depth: int = 0) -> Iterator[tuple[int, PartAnswer]]:
    for part in score.parts:
        yield depth, part
        yield from _parts(part, depth + 1)


def _way(answer: Answer) -> Section:
    plan = answer.plan
    if plan is None or not plan.steps:
        return Section("还差什么")
    rows = tuple(
        (
            step.label,
            step.way.text,
            "无法弥补" if step.blocked else step.earliest.isoformat() if step.earliest else "－",
            "、".join(helper.title for helper in answer.helpers.get(step.id, ())) or "－",
        )
        for step in plan.steps
    )
    table = Table(("条件", "要做什么", "最早", "可以找谁"), rows, (20, 46, 14, 20))
    return Section("还差什么", (plan.outlook,), table)


def _figures(facts: Facts) -> Section:
    """The figures as they were stated, so that somebody can check them against the books."""
    order = {name: place for place, name in enumerate(registry())}
    slots = sorted(facts.records, key=lambda slot: (order[slot[0]], slot[1] or ""))
    rows = []
    for name, period in slots:
        record, fact = facts.records[name, period], fact_named(name)
        rows.append((fact.label, period or "－", value_text(fact, record.value), SOURCES[record.source]))
    return Section(
        "所用数据",
        (),
        Table(("数据", "年度", "数值", "来源"), tuple(rows), (40, 12, 30, 18)) if rows else None,
    )
