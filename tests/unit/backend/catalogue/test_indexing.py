"""Search documents of policies: one for the whole and one per measure, with the schema's fields."""

from __future__ import annotations

from datetime import date

from backend.catalogue.indexing import FIELDS, document_ids, search_documents
from backend.courses.indexing import FIELDS as COURSE_FIELDS
from backend.institutions.indexing import FIELDS as INSTITUTION_FIELDS
from search_index.schema import Schema

from .conftest import EDITOR, PUBLISHER, Room, sheet_of

PLAN = {
    "number": "示科经委〔2026〕8号",
    "validity": {"from": "2026-01-01"},
    "clauses": [
        {
            "anchor": "m1",
            "title": "用好优惠",
            "text": "宣讲加计扣除。",
            "lead": ["区科经委"],
            "support": ["示例办"],
        },
        {"anchor": "m2", "title": "另一条"},
    ],
}


def test_the_whole_and_each_measure_fit_the_schema(room: Room) -> None:
    room.publish("plan", **PLAN)
    published = room.catalogue.published("plan")
    found = search_documents(published)
    assert (
        [document.id for document in found] == document_ids(published.sheet) == ["plan", "plan#m1", "plan#m2"]
    )
    schema = Schema(FIELDS)
    for document in found:
        schema.check(document)
        assert document.revision == published.revision
        assert document.fields["area"] == ("*",)
        assert document.fields["valid_from"] == date(2026, 1, 1)
        assert "valid_to" not in document.fields
    assert found[1].fields["department"] == ("kejingwei", "示例办")
    assert "加计扣除" in found[1].text


def test_what_a_new_version_dropped_and_a_withdrawal_took_is_named(room: Room) -> None:
    done = room.publish("plan", **PLAN)
    assert room.catalogue.retired_documents("plan") == (done.revision, [])
    shorter = sheet_of("plan", clauses=PLAN["clauses"][:1])
    policy = room.catalogue.edit_policy("plan", shorter, done.revision, EDITOR)
    policy = room.catalogue.publish("plan", room.approved("plan", policy.revision).revision, PUBLISHER)
    assert room.catalogue.retired_documents("plan") == (policy.revision, ["plan#m2"])
    gone = room.catalogue.withdraw("plan", policy.revision, PUBLISHER, "有误")
    assert room.catalogue.retired_documents("plan") == (gone.revision, ["plan", "plan#m1", "plan#m2"])


def test_rooms_that_share_a_field_mean_the_same_by_it() -> None:
    by_name: dict[str, set[object]] = {}
    for field in (*FIELDS, *COURSE_FIELDS, *INSTITUTION_FIELDS):
        by_name.setdefault(field.name, set()).add(field)
    assert {name: fields for name, fields in by_name.items() if len(fields) > 1} == {}
