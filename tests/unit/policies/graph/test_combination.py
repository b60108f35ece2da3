"""The best combination on the map: who says what excludes what, reasons, caps, unknown amounts."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.graph import PolicyMap, part_of_policy
from policies.graph.combination import Combination, best_combination
from policies.sheet import Sheet

DAY = date(2026, 5, 1)


def policy(slug: str, *supports: dict[str, Any], **more: Any) -> Sheet:
    given_ = [{"title": support["id"].upper(), **support} for support in supports]
    data = {
        "slug": slug,
        "title": f"示例{slug}",
        "kind": "money",
        "level": "city",
        "supports": given_,
        **more,
    }
    return Sheet.model_validate(data)


def best(*sheets: Sheet, on: date = DAY) -> Combination:
    there = PolicyMap(part_of_policy(sheet, {}) for sheet in sheets)
    return best_combination(there, [node.id for node in there.of_kind("support")], on)


def taken(found: Combination) -> dict[str, int]:
    return {paid.support.label: paid.paid for paid in found.taken}


def test_of_a_best_of_group_only_the_best_is_taken_and_the_other_says_why() -> None:
    group = {"id": "best", "title": "从优不重复", "kind": "best_of"}
    money = policy(
        "money", {"id": "a", "amount": "20万", "best_of": ["#best"]}, {"id": "c", "amount": 5}, limits=[group]
    )
    other = policy("other", {"id": "b", "amount": "25万", "best_of": ["money#best"]})
    found = best(money, other)
    assert (taken(found), found.total) == ({"B": 250_000, "C": 5}, 250_005)
    (left,) = found.left_out
    assert left.support.label == "A"
    assert "《示例other》的“B”" in left.reason and "从优不重复" in left.reason
    assert [node.label for node in left.because] == ["B"]


def test_the_largest_gives_way_to_two_that_are_worth_more() -> None:
    found = best(
        policy(
            "money",
            {"id": "a", "amount": 50, "excludes": ["#b", "#c"]},
            {"id": "b", "amount": 30},
            {"id": "c", "amount": 30},
        )
    )
    assert taken(found) == {"B": 30, "C": 30}
    assert {node.label for node in found.left_out[0].because} == {"B", "C"}


def test_a_cap_within_a_cap_cuts_what_is_paid_and_what_adds_nothing_is_left_out() -> None:
    limits = [
        {"id": "year", "title": "年度限额", "kind": "cap", "amount": 100},
        {"id": "tech", "title": "科技限额", "kind": "cap", "amount": 60, "within": "#year"},
    ]
    found = best(
        policy(
            "money",
            {"id": "a", "amount": 50, "cap": "#tech"},
            {"id": "b", "amount": 40, "cap": "#tech"},
            {"id": "c", "amount": 40, "cap": "#year"},
            {"id": "d", "amount": 3, "cap": "#tech"},
            limits=limits,
        )
    )
    assert (taken(found), found.total) == ({"A": 50, "C": 40, "B": 10}, 100)
    assert "已达限额" in found.left_out[0].reason
    assert {node.label for node in found.left_out[0].because} == {"科技限额", "年度限额"}


def test_unknown_amounts_and_ceilings_are_listed_apart_with_what_they_clash_with() -> None:
    found = best(
        policy(
            "money",
            {"id": "a", "amount": 10},
            {"id": "b", "excludes": ["#a"]},
            {"id": "c", "at_most": "100万"},
        )
    )
    assert taken(found) == {"A": 10}
    assert [(item.support.label, [node.label for node in item.clashes]) for item in found.unpriced] == [
        ("B", ["A"]),
        ("C", []),
    ]


def test_a_shared_limit_of_unknown_amount_is_named() -> None:
    limit = {"id": "year", "title": "年度限额", "kind": "cap"}
    two = [{"id": "a", "amount": 1, "cap": "#year"}, {"id": "b", "amount": 2, "cap": "#year"}]
    assert best(policy("money", *two, limits=[limit])).unsure_limits == ("“年度限额”的金额未知",)
    together = policy(
        "one", {"id": "a", "amount": 1}, relations=[{"kind": "capped_together", "target": "two"}]
    )
    found = best(together, policy("two", {"id": "b", "amount": 1}))
    assert found.unsure_limits == ("《示例one》与《示例two》合并限额，金额未知",)


@pytest.mark.parametrize(
    ("of_policy", "of_support", "both"),
    [
        ("excludes", None, False),
        ("stacks_with", None, True),
        ("excludes", {"stacks_with": ["two"]}, True),
        ("excludes", {"stacks_with": ["two#b"]}, True),
        ("stacks_with", {"excludes": ["two"]}, False),
        ("stacks_with", {"excludes": ["two#b"], "stacks_with": ["two"]}, False),
        (None, {"excludes": ["two#b"], "stacks_with": ["two#b"]}, False),
    ],
)
def test_the_closer_statement_counts_and_of_equal_ones_the_exclusion(of_policy, of_support, both) -> None:
    relations = [{"kind": of_policy, "target": "two"}] if of_policy else []
    one = policy("one", {"id": "a", "amount": 2, **(of_support or {})}, relations=relations)
    found = best(one, policy("two", {"id": "b", "amount": 1}))
    assert taken(found) == ({"A": 2, "B": 1} if both else {"A": 2})


def test_an_exclusion_counts_on_its_days_only() -> None:
    one = policy("one", {"id": "a", "amount": 2, "excludes": ["two"]}, validity={"to": "2026-04-30"})
    two = policy("two", {"id": "b", "amount": 1})
    assert len(best(one, two, on=date(2026, 4, 30)).taken) == 1
    assert len(best(one, two, on=DAY).taken) == 2


def test_what_is_no_support_is_an_error() -> None:
    with pytest.raises(KeyError):
        best_combination(PolicyMap(), ["support:none"], DAY)


@st.composite
def sheets(draw: st.DrawFn) -> list[Sheet]:
    slugs = ["one", "two", "three"]
    places = ["one", "two", "three", "one#a", "two#a", "three#a", "two#b"]
    made = []
    for slug in slugs:
        supports = []
        for support in ("a", "b"):
            clashes = draw(st.lists(st.sampled_from(places), max_size=2, unique=True))
            amount = draw(st.one_of(st.none(), st.integers(0, 50)))
            supports.append(
                {
                    "id": support,
                    "amount": amount,
                    "excludes": [place for place in clashes if place != f"{slug}#{support}"],
                    "best_of": draw(st.sampled_from([[], ["one#g"]])),
                    "cap": draw(st.sampled_from([None, "one#c"])),
                }
            )
        limits = [
            {"id": "g", "title": "组", "kind": "best_of"},
            {"id": "c", "title": "限", "kind": "cap", "amount": draw(st.integers(0, 80))},
        ]
        made.append(policy(slug, *supports, limits=limits))
    return made


@settings(deadline=None, max_examples=60)
@given(sheets())
def test_every_support_is_taken_left_out_with_a_reason_or_unpriced(made: list[Sheet]) -> None:
    found = best(*made)
    assert found.total == sum(paid.paid for paid in found.taken)
    grouped = [
        paid.support
        for paid in found.taken
        for sheet in made
        for support in sheet.supports
        if paid.support.id == f"support:{sheet.slug}#{support.id}" and support.best_of
    ]
    assert len(grouped) <= 1
    assert all(left.reason for left in found.left_out)
    names = [paid.support.id for paid in found.taken] + [left.support.id for left in found.left_out]
    names += [item.support.id for item in found.unpriced]
    assert sorted(names) == sorted(f"support:{slug}#{s}" for slug in ("one", "two", "three") for s in "ab")
