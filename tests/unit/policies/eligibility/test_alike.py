"""Firms of which the same is known share a judgement: in every word the one each would have had alone."""

from datetime import UTC, date, datetime, timedelta

import pytest

from policies.eligibility import AlikeFirms, compile_rules, judge, names_to_judge
from policies.facts import FactError, FactRecord, names_behind, records_from, resolve
from policies.loader import LIBRARY, load_library

ON = date(2026, 5, 1)
AT = datetime(2026, 1, 1, tzinfo=UTC)
SHEETS = {sheet.slug: sheet for sheet in load_library(LIBRARY)[0] if sheet.rules}


def firms_of(sheet):
    """Every firm of the sheet's cases three times: the same known later, and from another source."""
    for number, case in enumerate(sheet.cases):
        for source, days in (("tax", 0), ("tax", 9), ("self_declared", 0)):
            try:
                records = records_from(case.facts, source)
            except FactError:
                continue
            at = AT + timedelta(days=days)
            known = [FactRecord(r.name, r.value, r.period, r.source, at) for r in records]
            yield f"{number}-{source}-{days}", [*known, FactRecord("town", "gaodong", source=source)]


def without_times(found):
    if isinstance(found, dict):
        return {name: without_times(part) for name, part in found.items() if name != "value_known_at"}
    return [without_times(part) for part in found] if isinstance(found, list) else found


@pytest.mark.parametrize("slug", SHEETS)
def test_a_shared_verdict_is_that_of_each_firm_by_everything_known(slug):
    sheet = SHEETS[slug]
    rules = compile_rules([sheet], ON)
    names = names_to_judge(rules, [sheet])
    batch, whole = AlikeFirms(rules), {}
    for uscc, records in firms_of(sheet):
        whole[uscc] = resolve(records, ON)
        batch.put(uscc, resolve([record for record in records if record.name in names], ON))
    for firm, status in batch.statuses()[slug]:
        alone, shared = judge(sheet, whole[firm.uscc], ON), batch.verdict(sheet, firm)
        assert status == alone.status
        assert without_times(shared.as_dict()) == without_times(alone.as_dict())
        used = [answer.fact for answer in alone.conditions if answer.fact]
        assert [firm.facts.get(name) for name in used] == [whole[firm.uscc].get(name) for name in used]


def test_what_is_known_decides_who_is_alike_and_since_when_does_not():
    staff = {"name": "staff", "value": 5, "period": "2025", "source": "tax"}
    later = FactRecord(**staff, known_at=AT)
    patterns = {
        resolve([record], ON).pattern
        for record in (FactRecord(**staff), later, FactRecord(**{**staff, "source": "registry"}))
    }
    assert len(patterns) == 2


def test_a_derived_fact_needs_its_inputs_their_wholes_and_when_the_firm_began():
    behind = names_behind(["rd_ratio_3y"])
    assert {"rd_ratio_3y", "rd_expense", "revenue", "registered_on"} <= behind
    assert "staff" in names_behind(["rd_staff"])  # more R&D staff than staff: neither is believed
    assert "rd_staff" in names_behind(["staff"])
    assert "titles" not in behind
