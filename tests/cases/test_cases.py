"""Every worked example of the rules, in sheets and in this folder, under its own words."""

from pathlib import Path

import pytest

from policies.loader import load_library
from policies.proof import audit_sheets, case_failures, known_equivalents, read_cases, surviving

SHEETS = {sheet.slug: sheet for sheet in load_library()[0]}
MORE = read_cases(Path(__file__).parent)
CASES = [(slug, case) for slug, sheet in SHEETS.items() for case in sheet.cases] + MORE
JUDGED = [slug for slug, sheet in SHEETS.items() if sheet.rules]


@pytest.mark.parametrize(
    ("policy", "case"), [pytest.param(*pair, id=f"{pair[0]} {pair[1].name}") for pair in CASES]
)
def test_case(policy, case):
    assert case_failures(SHEETS[policy], case) == []


def test_no_two_cases_of_a_policy_carry_the_same_name():
    names = [(policy, case.name) for policy, case in CASES]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("policy", JUDGED)
def test_every_change_of_a_rule_is_noticed_by_a_case(policy):
    cases = [case for slug, case in CASES if slug == policy]
    survivors = surviving(SHEETS[policy], cases, known_equivalents().get(policy))
    assert [survivor.key for survivor in survivors if not survivor.reason] == []


def test_the_audit_finds_nothing_in_the_library():
    assert [str(finding) for finding in audit_sheets(SHEETS.values(), MORE)] == []


def test_every_equivalent_belongs_to_a_policy():
    assert set(known_equivalents()) <= set(JUDGED)
