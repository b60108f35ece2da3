"""Sentences of combinations: what decides, and nothing twice."""

from datetime import date

import pytest

from policies.eligibility import judge
from policies.eligibility.sentences import LONGEST
from policies.facts import resolve
from policies.loader import LIBRARY, load_library
from policies.proof.cases import facts_of

ON = date(2026, 5, 1)
STAFF = {"fact": "staff", "at_least": 10}
LISTED = {"fact": "listed", "is": False}
BOTH = {"all": [STAFF, LISTED]}
EITHER = {"any": [STAFF, {"label": "例外", "all": [LISTED, {"needs_person": "专家评审"}]}]}


@pytest.mark.parametrize(
    ("condition", "known", "said"),
    [
        (BOTH, {"staff": 9, "listed": False}, "职工总数为9人（企业自述），要求不低于10人，不符合。"),
        (BOTH, {"staff": 12}, "还不知道已上市，要求为“否”，暂时无法判断。"),
        (BOTH, {}, "要求以下全部：职工总数不低于10人；已上市为“否”，暂时无法判断。"),
        (EITHER, {"staff": 12, "listed": False}, "职工总数为12人（企业自述），要求不低于10人，符合。"),
        (EITHER, {"staff": 9, "listed": False}, "专家评审，需要人工评审。"),
        (EITHER, {}, "要求以下任一：职工总数不低于10人；例外，暂时无法判断。"),
        (EITHER, {"staff": 9, "listed": True}, "要求以下任一：职工总数不低于10人；例外，不符合。"),
        (
            {"any": [STAFF, {"declared": "另有声明"}]},
            {"staff": 9},
            "要求以下任一：职工总数不低于10人；另有声明，需要企业自行声明。",
        ),
    ],
)
def test_a_combination_is_told_by_what_decides_it(sheet, facts, condition, known, said):
    (answer,) = judge(sheet(condition), facts(ON, **known), ON).conditions
    assert answer.sentence.replace("（2025，", "（") == said


@pytest.mark.parametrize(
    ("known", "lacking"),
    [
        ({}, "缺2023-2025年研发费用（高企口径）、2023-2025年销售收入"),
        ({"rd_expense": {2024: 1}}, "缺2023、2025年研发费用（高企口径）、2023-2025年销售收入"),
        ({"rd_expense": {2024: 1, 2025: 1}}, "缺2023年研发费用（高企口径）、2023-2025年销售收入"),
    ],
)
def test_each_missing_fact_is_named_once_with_its_years(sheet, facts, known, lacking):
    policy = sheet({"fact": "rd_ratio_3y", "at_least": "5%"})
    (answer,) = judge(policy, facts(ON, **known), ON).conditions
    assert lacking in (answer.sentence, *answer.details)[-1]


def _judged():
    return [sheet for sheet in load_library(LIBRARY)[0] if sheet.rules]


def _all(answers):
    for answer in answers:
        yield answer
        yield from _all(answer.parts)


@pytest.mark.parametrize("sheet", _judged(), ids=lambda sheet: sheet.slug)
def test_every_sentence_of_the_library_fits_a_phone_and_says_the_rest_beside_it(sheet):
    verdicts = [judge(sheet, facts_of(case), case.on, case.kind) for case in sheet.cases]
    verdicts += [judge(sheet, resolve((), day), day) for day in (ON, date(2024, 5, 1))]
    for verdict in verdicts:
        for answer in _all([a for one in (verdict, *verdict.readings) for a in one.conditions]):
            assert len(answer.sentence) <= LONGEST, answer.sentence
            assert answer.sentence.count("。") == 1
            assert all(answer.details)
