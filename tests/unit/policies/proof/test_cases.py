import pytest

from policies.proof import case_failures, read_cases
from policies.sheet import Case, SheetError


def failures(policy, written):
    return case_failures(policy, Case.model_validate(written))


def test_every_difference_is_told(sheet, case):
    facts = {"staff": {2025: 9}}
    written = case("eligible", facts=facts, conditions={"staff": "met", "nobody": "met"}, rule="other")
    assert failures(sheet(), written) == [
        "应为“符合”，实为“不符合”。",
        "应由规则 other 判断，实为 text。",
        "条件 staff 应为“满足”，实为“不满足”。",
        "条件 nobody 不在适用的规则中。",
    ]
    right = case("ineligible", facts=facts, conditions={"staff": "unmet", "nobody": "absent"}, rule="text")
    assert failures(sheet(), right) == []


def test_points_are_compared_with_the_range_wherever_the_score_stands(sheet, case):
    part = {"id": "a", "label": "甲", "evidence": "材料", "bands": [{"points": [2, 5]}]}
    score = {"any": [{"score": {"least": 4, "sum": [part]}}, {"fact": "listed", "is": True}]}
    policy = sheet({"id": "score", "label": "得分", **score})
    assert failures(policy, case("subject_to_review", points={"a": [2, 5], "total": [2, 5]})) == []
    assert failures(policy, case("subject_to_review", points={"a": 2, "b": 1})) == [
        "得分项 a 应为2分，实为2至5分。",
        "得分项 b 不在适用的规则中。",
    ]


def test_facts_that_contradict_each_other_are_told(sheet, case):
    written = case("unknown", facts={"staff": {2025: 1}, "tech_staff": {2025: 2}})
    assert failures(sheet(), written) == ["案例中的事实相互矛盾：2025科技人员数大于职工总数"]


@pytest.mark.parametrize(
    "text",
    [
        "- {name: 甲}",
        "- 甲",
        "- {policy: a, name: 甲, on: 昨天, facts: {}, expect: eligible}",
        "- {policy: a",
    ],
)
def test_a_broken_case_file_is_named(tmp_path, text):
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(SheetError, match="a.yaml"):
        read_cases(tmp_path)
    assert read_cases(tmp_path / "nowhere") == []
