"""Several titles as one way: what comes first, and from which day."""

from datetime import date

import pytest

from policies.facts import records_from, resolve
from policies.gap import climb

ON = date(2026, 11, 23)


@pytest.fixture
def titles(sheet):
    """base → middle → top; middle also asks for sales."""

    def make(slug, grants, *conditions, **more):
        return sheet(*conditions, slug=slug, grants=[grants], **more)

    needs = lambda title: {"fact": "titles", "any_of": [title], "fix": False}  # noqa: E731
    sales = {"fact": "revenue_last_year", "at_least": "1000万"}
    return [
        make("top", "zhuanjingtexin", needs("gaoqi"), {"fact": "registered_on", "age_at_least": "3 years"}),
        make("middle", "gaoqi", needs("keji-zhongxiao"), sales),
        make("base", "keji-zhongxiao", {"fact": "class2_ip", "at_least": 1}),
    ]


def ladder(sheets, **facts):
    return climb(sheets, resolve(records_from(facts), ON), ON)


def shown(rungs):
    return [(rung.verdict.policy, rung.held, rung.after, rung.apply_on) for rung in rungs]


FIRM = {"titles": [], "class2_ip": 1, "revenue": {2025: "900万"}, "registered_on": "2020-01-01"}


def test_titles_come_in_the_order_they_ask_for_each_other(titles):
    assert shown(ladder(titles, **FIRM)) == [
        ("base", False, (), ON),
        ("middle", False, ("base",), date(2027, 1, 1)),
        # 高企 is held two weeks after the application at the earliest
        ("top", False, ("middle",), date(2027, 1, 15)),
    ]


def test_a_title_of_which_no_source_says_how_long_it_takes_is_named(titles):
    notes = [rung.note for rung in ladder(titles, **FIRM)]
    assert notes == ["", "《示例政策》从申请到取得要多久没有查到，未计入，实际会更晚。", ""]


def test_what_is_held_comes_first_and_shortens_the_way(titles):
    rungs = ladder(titles, **{**FIRM, "titles": ["keji-zhongxiao", "gaoqi"]})
    assert shown(rungs) == [("middle", True, (), None), ("base", True, (), None), ("top", False, (), ON)]


def test_a_rung_that_cannot_be_dated_leaves_those_above_undated(titles):
    without_base = ladder(titles[:2], **FIRM)
    assert [rung.apply_on for rung in without_base] == [None, None]


def test_titles_that_ask_for_each_other_end_without_a_day(sheet):
    one = sheet({"fact": "titles", "any_of": ["gaoqi"]}, slug="one", grants=["zhuanjingtexin"])
    two = sheet({"fact": "titles", "any_of": ["zhuanjingtexin"]}, slug="two", grants=["gaoqi"])
    assert [rung.apply_on for rung in ladder([one, two], titles=[])] == [None, None]


def test_the_quickest_of_several_ways_to_a_title_is_taken(sheet):
    window = {"windows": [{"open": "2027-06-01", "close": "2027-06-30"}]}
    slow = sheet({"declared": "声明"}, slug="slow", grants=["keji-zhongxiao"], rule=window)
    quick = sheet({"declared": "声明"}, slug="quick", grants=["chuangxin-zhongxiao"])
    above = sheet(
        {"fact": "titles", "any_of": ["keji-zhongxiao", "chuangxin-zhongxiao"]},
        slug="above",
        grants=["zhuanjingtexin"],
    )
    rungs = {rung.verdict.policy: rung for rung in ladder([above, slow, quick], titles=[])}
    assert (rungs["above"].after, rungs["above"].apply_on) == (("quick",), ON)
    assert rungs["slow"].apply_on == date(2027, 6, 1)


def test_the_window_of_the_upper_policy_counts_too(sheet):
    window = {
        "windows": [
            {"open": "2026-11-01", "close": "2026-11-30"},
            {"open": "2027-05-01", "close": "2027-05-31"},
        ]
    }
    base = sheet({"declared": "声明"}, slug="base", grants=["gaoqi"])
    above = sheet(
        {"fact": "titles", "any_of": ["gaoqi"]}, slug="above", grants=["zhuanjingtexin"], rule=window
    )
    rungs = {rung.verdict.policy: rung for rung in ladder([above, base], titles=[])}
    assert rungs["above"].apply_on == date(2027, 5, 1)
    assert rungs["above"].as_dict()["apply_on"] == "2027-05-01"
