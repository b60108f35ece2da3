"""Stored rows read without records between, one firm judged alone, and a snapshot changed in place."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from policies.eligibility import (
    STATUSES,
    FactTable,
    SingleJudge,
    StandingAnswers,
    StoredReader,
    compile_rules,
    judge,
    judge_many,
    row_of,
)
from policies.facts import FactRecord, registry, resolve, value_json

ON = date(2026, 5, 1)
AT = datetime(2026, 1, 1, tzinfo=UTC)
NUMBERS = [
    "staff",
    "tech_staff",
    "revenue",
    "rd_expense",
    "net_assets",
    "conversions",
    "equity_raised",
    "liabilities",
    "assets",
]
YEARLY = st.builds(
    lambda name, year, value: (name, year, abs(value) if name != "net_assets" else value),
    st.sampled_from(NUMBERS),
    st.sampled_from(["2022", "2023", "2024", "2025", "2026"]),
    st.one_of(st.integers(-5, 30), st.integers(0, 10**9)),
)
WORDS = {
    "registered_on": ([None], ["2020-01-01", "2024-06-01", "2025-02-01", "2026-02-01"]),
    "class1_ip": ([None, "2024", "2026-04-30", "2026-05-02"], [0, 1, 2, 3]),
    "class1_ip_self": ([None], [0, 1, 2, 3]),
    "titles": ([None], [[], ["gaoqi"], ["gaoqi", "srdi"]]),
    "listed": ([None], [True, False]),
    "tech_field": ([None], ["energy", "none"]),
    "market_share": ([None], ["0.1", "10%", "0.123456789"]),
    "tech_staff_share": ([None, "2025", "2024"], ["9.99%", "10%"]),
}
STANDING = st.sampled_from(list(WORDS)).flatmap(
    lambda name: st.tuples(st.just(name), st.sampled_from(WORDS[name][0]), st.sampled_from(WORDS[name][1]))
)
RECORDS = st.lists(
    st.builds(
        lambda fact, source, hours: FactRecord(
            fact[0], fact[2], fact[1], source, AT + timedelta(hours=hours)
        ),
        st.one_of(YEARLY, YEARLY, STANDING),
        st.sampled_from(["tax", "self_declared", "staff_verified"]),
        st.integers(0, 3),
    ),
    max_size=30,
)


def stored(record, *flagged):
    """The word as a store keeps it: ratios as fractions in text."""
    value = record.value
    kept = value_json(value) if isinstance(value, (bool, int, date, str, frozenset)) else str(value)
    said = [record.name, kept, record.period, *flagged]
    return {"source": record.source, "known_at": record.known_at, "by": "", "said": [said]}


@settings(max_examples=300, deadline=None)
@given(RECORDS)
def test_stored_rows_come_to_what_their_records_resolve_to(records):
    expected = row_of(registry(), resolve(records, ON).value)
    assert StoredReader(ON, registry()).read(map(stored, records)) == expected


@settings(max_examples=100, deadline=None)
@given(RECORDS, st.permutations(["tax", "self_declared", "staff_verified", "registry"]))
def test_an_order_of_sources_settled_by_staff_counts(records, order):
    ranks = {"staff": order, "class1_ip": order, "titles": order}
    ranked = [
        replace(record, rank=order.index(record.source)) if record.name in ranks else record
        for record in records
    ]
    expected = row_of(registry(), resolve(ranked, ON).value)
    assert StoredReader(ON, registry(), ranks).read(map(stored, records)) == expected


def test_flagged_words_wrong_kinds_and_names_nobody_knows_count_for_nothing():
    staff = FactRecord("staff", 5, "2025")
    strange = {**stored(staff), "said": [["nobody", 5, "2025"], ["staff", [5], "2025"]]}
    assert StoredReader(ON, registry()).read([stored(staff, True), strange]) == ({}, {})


def firms(chance, count):
    for number in range(count):
        facts = {"staff": chance.choice([None, 5, 10, 15]), "titles": chance.choice([None, [], ["gaoqi"]])}
        facts["area"] = chance.choice([None, "zhangjiang", "lingang"])
        yield f"firm-{number}", {name: value for name, value in facts.items() if value is not None}


def policies(sheet):
    ten, fifteen = ({"id": "a", "label": "甲", "fact": "staff", "at_least": n} for n in (10, 15))
    readings = [{"all": [ten], "confirmed": False}, {"id": "b", "all": [fifteen], "confirmed": False}]
    kinds = [{"kind": "new", "all": [ten]}, {"id": "b", "kind": "renewal", "all": [fifteen]}]
    return [
        sheet(ten, slug="p1"),
        sheet({"any": [ten, {"declared": "声明"}]}, {"fact": "area", "in": ["zhangjiang"]}, slug="p2"),
        sheet(rules=readings, slug="p3"),
        sheet(rules=kinds, grants=["gaoqi"], slug="p4"),
        sheet(rules=[{"to": "2025-12-31"}], slug="p5"),
        sheet({"fact": "titles", "any_of": ["gaoqi"]}, slug="p6"),
    ]  # fmt: skip


def row_for(names, facts):
    return row_of(names, resolve([FactRecord(*pair) for pair in facts.items()], ON).value)


def test_one_firm_alone_gets_the_answers_it_gets_among_many(sheet):
    sheets, chance = policies(sheet), random.Random(3)
    for kind in (None, "new", "renewal"):
        rules = compile_rules(sheets, ON, kind)
        single = SingleJudge(rules)
        for _, facts in firms(chance, 60):
            known = resolve([FactRecord(*pair) for pair in facts.items()], ON)
            codes = single.statuses(row_of(rules.facts, known.value))
            assert [STATUSES[code] for code in codes] == [judge(s, known, ON, kind).status for s in sheets]


def test_a_night_changes_the_snapshot_in_place_and_tells_what_turned(sheet):
    rules, chance = compile_rules(policies(sheet), ON), random.Random(4)
    before = {key: row_for(rules.facts, facts) for key, facts in firms(chance, 500)}
    table = FactTable(ON, rules.facts)
    for key, known in before.items():
        table.put_row(key, known)
    standing = StandingAnswers(rules, table)
    old = judge_many(rules, table)
    changed = {key: row_for(rules.facts, facts) for key, facts in firms(chance, 500) if chance.random() < 0.2}
    told = standing.update([*changed.items(), ("new-firm", row_for(rules.facts, {"staff": 10}))])
    anew = FactTable(ON, rules.facts)
    for key, known in {**before, **changed}.items():
        anew.put_row(key, known)
    assert sorted(told) == sorted(judge_many(rules, anew).changed(old))
    assert told
    anew.put_row("new-firm", row_for(rules.facts, {"staff": 10}))
    again = judge_many(rules, anew)
    for policy in rules.policies:
        assert standing.answers.statuses(policy).tolist() == again.statuses(policy).tolist()
    assert standing.update([]) == []
    assert standing.update(changed.items()) == []
