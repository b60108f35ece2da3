"""The growth ladder: its order, and where a firm stands on it before and after 2026-04-01."""

from datetime import date

import pytest

from policies.eligibility import judge_all
from policies.facts import FactRecord, resolve
from policies.gap import plan
from policies.graph import Link, Node, Part, PolicyMap, part_of_policy
from policies.graph.ladder import FirmRung, Outlook, Rung, climb, ladder
from policies.loader import load_library
from policies.sheet import Sheet

BEFORE, CHANGE = date(2026, 3, 31), date(2026, 4, 1)


def sheet(slug: str, grants: str, *conditions: dict, **more: object) -> Sheet:
    rule = {"id": "r", "from": "2022-01-01", "source": {"title": "示例"}, "all": list(conditions)}
    return Sheet.model_validate(
        {
            "slug": slug,
            "title": f"示例{slug}",
            "kind": "title",
            "level": "city",
            "grants": [grants],
            "rules": [rule],
            **more,
        }
    )


def needs(*titles: str) -> dict:
    return {"id": "title", "label": "资质", "fact": "titles", "any_of": list(titles)}


def spends(least: str, fix: bool = True) -> dict:
    return {"id": "rd", "label": "研发", "fact": "class1_ip", "at_least": least, "fix": fix}


LOW = sheet("low", "keji-zhongxiao", spends("1"), relations=[{"kind": "leads_on_to", "target": "middle"}])
MIDDLE = sheet("middle", "gaoqi", spends("2"))
UPPER = sheet("upper", "keji-xiaojuren", needs("gaoqi"), spends("5"))
TOP = sheet("top", "jishu-xianjin", needs("keji-xiaojuren"), spends("1"))
SHEETS = (LOW, MIDDLE, UPPER, TOP)


def firm(sheets: tuple[Sheet, ...], on: date = CHANGE, **facts: object) -> dict[str, FirmRung]:
    known = resolve([FactRecord(name=name, value=value) for name, value in facts.items()], on)
    there = PolicyMap(part_of_policy(sheet, {}) for sheet in sheets)
    outlooks = {
        verdict.policy: Outlook(verdict, plan(verdict, known, on)) for verdict in judge_all(sheets, known, on)
    }
    held = known.value("titles")
    return {rung.rung.title.key: rung for rung in climb(there, on, held, outlooks)}


def states(found: dict[str, FirmRung]) -> dict[str, str]:
    return {title: rung.state for title, rung in found.items()}


def test_rungs_stand_above_what_leads_to_them_by_rule_or_by_custom() -> None:
    rungs = {
        rung.title.key: rung for rung in ladder(PolicyMap(part_of_policy(s, {}) for s in SHEETS), CHANGE)
    }
    assert [rungs[t].height for t in ("keji-zhongxiao", "gaoqi", "keji-xiaojuren", "jishu-xianjin")] == [
        0,
        1,
        2,
        3,
    ]
    assert [(step.below.key, step.required) for step in rungs["gaoqi"].steps] == [("keji-zhongxiao", False)]
    assert [title.key for title in rungs["keji-xiaojuren"].required] == ["gaoqi"]
    assert [policy.key for policy in rungs["gaoqi"].granted_by] == ["middle"]


def test_a_firm_sees_what_it_holds_what_it_reaches_and_what_comes_after() -> None:
    found = firm(SHEETS, titles=["keji-zhongxiao"], class1_ip=3)
    assert states(found) == {
        "keji-zhongxiao": "held",
        "gaoqi": "now",
        "keji-xiaojuren": "next",
        "jishu-xianjin": "later",
    }
    upper = found["keji-xiaojuren"]
    assert [title.key for title in upper.missing] == ["gaoqi"]
    assert {step.id: step.state for step in upper.ways[0].plan.steps} == {
        "upper/title": "unmet",
        "upper/rd": "unmet",
    }
    assert upper.ways[0].plan.steps[0].sentence


def test_what_can_never_be_made_good_is_said_and_the_unknown_is_not_held_against_a_firm() -> None:
    hopeless = sheet("middle", "gaoqi", spends("2", fix=False))
    assert states(firm((hopeless,), titles=[], class1_ip=1)) == {"gaoqi": "blocked"}
    assert states(firm((hopeless,), titles=[])) == {"gaoqi": "unclear"}
    assert states(firm((MIDDLE,), titles=[], class1_ip=1)) == {"gaoqi": "next"}


def test_while_nobody_knows_its_titles_nothing_is_put_off_to_later() -> None:
    assert states(firm((MIDDLE, UPPER), class1_ip=5)) == {"gaoqi": "now", "keji-xiaojuren": "unclear"}


def test_a_policy_that_was_repealed_grants_nothing_any_more() -> None:
    repealing = sheet(
        "repealing", "gaoqi", spends("9"), validity={"from": "2026-04-01"},
        relations=[{"kind": "repeals", "target": "middle"}],
    )  # fmt: skip
    there = PolicyMap(part_of_policy(s, {}) for s in (MIDDLE, repealing))
    for day, granted_by in ((BEFORE, ["middle"]), (CHANGE, ["repealing"])):
        (rung,) = ladder(there, day)
        assert [policy.key for policy in rung.granted_by] == granted_by


def test_a_title_whose_rules_have_run_out_is_not_promised() -> None:
    ended = sheet("middle", "gaoqi", spends("2"), validity={"to": "2026-03-31"})
    assert states(firm((ended,), BEFORE, titles=[], class1_ip=2)) == {"gaoqi": "now"}
    assert states(firm((ended,), CHANGE, titles=[], class1_ip=2)) == {"gaoqi": "no_rules"}


def test_titles_that_lead_to_each_other_in_a_circle_stand_level() -> None:
    nodes = tuple(Node.of("title", key, key) for key in "abc")
    pairs = (("a", "b"), ("b", "a"), ("b", "c"))
    links = tuple(Link("leads_on_to", f"title:{one}", f"title:{other}") for one, other in pairs)
    rungs = ladder(PolicyMap([Part("policy:x", nodes, links)]), CHANGE)
    assert [(rung.title.key, rung.height) for rung in rungs] == [("a", 0), ("b", 0), ("c", 1)]


def test_an_alternative_without_a_title_asks_for_none() -> None:
    free = {"id": "way", "label": "任一", "any": [needs("gaoqi"), {"fact": "class1_ip", "at_least": 9}]}
    both = {"id": "way", "label": "任一", "any": [needs("gaoqi"), needs("keji-zhongxiao")]}
    for condition, asked in ((free, set()), (both, {"title:gaoqi", "title:keji-zhongxiao"})):
        part = part_of_policy(sheet("one", "jishu-xianjin", condition), {})
        assert {link.target for link in part.links if link.kind == "requires_title"} == asked


@pytest.fixture(scope="module")
def library() -> PolicyMap:
    sheets, broken = load_library()
    assert not broken
    return PolicyMap(part_of_policy(sheet, {}) for sheet in sheets)


def test_the_library_asks_for_the_base_tier_since_the_first_of_april_2026(library: PolicyMap) -> None:
    def rung(title: str, day: date) -> Rung:
        return next(rung for rung in ladder(library, day) if rung.title.key == title)

    assert rung("zhuanjingtexin", BEFORE).required == ()
    assert {title.key for title in rung("zhuanjingtexin", CHANGE).required} == {
        "keji-zhongxiao",
        "chuangxin-zhongxiao",
        "keji-he-chuangxin",
    }
    for day in (BEFORE, CHANGE):
        assert [title.key for title in rung("xiaojuren-guojia", day).required] == ["zhuanjingtexin"]
        heights = [rung(key, day).height for key in ("keji-zhongxiao", "zhuanjingtexin", "xiaojuren-guojia")]
        assert heights == sorted(set(heights))
