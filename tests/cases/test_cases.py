"""Every worked example of the rules, in sheets and in this folder, under its own words."""

from pathlib import Path

import pytest

from policies.loader import load_library
from policies.proof import case_failures
from policies.sheet import Case, read_yaml

SHEETS = {sheet.slug: sheet for sheet in load_library()[0]}


def cases_in_files():
    for path in sorted(Path(__file__).parent.glob("*.yaml")):
        for entry in read_yaml(path.read_text(encoding="utf-8"), path.name)[0]:
            policy = entry.pop("policy")
            yield policy, Case.model_validate(entry)


CASES = [(slug, case) for slug, sheet in SHEETS.items() for case in sheet.cases] + list(cases_in_files())


@pytest.mark.parametrize(
    ("policy", "case"), [pytest.param(*pair, id=f"{pair[0]} {pair[1].name}") for pair in CASES]
)
def test_case(policy, case):
    assert case_failures(SHEETS[policy], case) == []


def test_no_two_cases_of_a_policy_carry_the_same_name():
    names = [(policy, case.name) for policy, case in CASES]
    assert len(names) == len(set(names))
