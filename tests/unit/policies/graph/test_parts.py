"""What one record contributes to the map."""

from datetime import date

from policies.graph import Link, part_of_policy
from policies.sheet import Sheet

SHEET = Sheet.model_validate(
    {
        "slug": "sample-title",
        "title": "示例资质认定",
        "kind": "title",
        "level": "city",
        "rules": [
            {
                "id": "text-2026",
                "from": "2026-04-01",
                "to": "2027-03-31",
                "source": {"title": "示例文件", "mark": "P"},
                "all": [
                    {
                        "id": "rd",
                        "label": "研发费用",
                        "fact": "rd_expense_2y",
                        "at_least": 100,
                        "help": ["rd-accounting"],
                    },
                    {
                        "id": "ip",
                        "label": "知识产权",
                        "any": [
                            {"fact": "class1_ip", "at_least": 1},
                            {"not": {"fact": "listed", "is": False}},
                        ],
                    },
                    {"id": "clean", "label": "无违法", "declared": "近一年无重大违法"},
                ],
            }
        ],
    }
)


def test_a_condition_asks_for_the_facts_it_tests_while_its_rule_is_in_force():
    links = part_of_policy(SHEET, {"class1_ip": "Ⅰ类知识产权"}).links
    asked = {(link.source, link.target) for link in links if link.kind == "asks"}
    assert asked == {
        ("condition:sample-title/rd", "fact:rd_expense_2y"),
        ("condition:sample-title/ip", "fact:class1_ip"),
        ("condition:sample-title/ip", "fact:listed"),
    }
    assert {(link.since, link.until) for link in links if link.kind == "asks"} == {
        (date(2026, 4, 1), date(2027, 4, 1))
    }
    assert (
        Link(
            "needs_help",
            "condition:sample-title/rd",
            "help:rd-accounting",
            date(2026, 4, 1),
            date(2027, 4, 1),
            mark="?",
        )
        in links
    )
