"""What a person may do with its own data, and what the audit keeps."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from backend.accounts.service import masked
from backend.accounts.service.notice import current_notice
from backend.shared.caller import SYSTEM, Caller, Role
from backend.shared.errors import ForbiddenError, InvalidInputError, UnauthenticatedError

from .conftest import FIRM, Room

PHONE = "13800001234"


@pytest.fixture
def lin(room: Room) -> Caller:
    person = room.person("lin")
    room.accounts.persons.consent(current_notice().version, True, False, person)
    room.accounts.persons.set_phone(PHONE, person)
    room.accounts.firms.redeem(room.code(), person)
    return person


def test_one_wechat_identity_is_one_person(room: Room) -> None:
    assert room.person("lin").id == room.person("lin").id != room.person("chen").id


def test_a_phone_needs_agreement_and_is_shown_masked(room: Room, lin: Caller) -> None:
    with pytest.raises(ForbiddenError):
        room.accounts.persons.set_phone(PHONE, room.person("chen"))
    assert masked(room.accounts.persons.read_profile(lin).person.phone) == "138****1234"


def test_consent_is_kept_with_version_and_history_and_can_be_withdrawn(room: Room, lin: Caller) -> None:
    persons = room.accounts.persons
    assert (persons.allows(lin.id, "push"), persons.allows(lin.id, "contact")) == (True, False)
    room.clock.move(days=1)
    persons.consent(current_notice().version, False, False, lin)
    assert not persons.allows(lin.id, "push")
    assert [(c.push, c.at.day) for c in persons.consents(lin.id)] == [(True, 6), (False, 7)]
    with pytest.raises(InvalidInputError):
        persons.consent("99", True, True, lin)


def test_the_full_phone_needs_reach_and_leaves_a_trace(room: Room, lin: Caller) -> None:
    inside = room.staff("wang", Role.LIAISON, areas=("zhangjiang",))
    outside = room.staff("zhao", Role.LIAISON, areas=("lingang",))
    with pytest.raises(ForbiddenError):
        room.accounts.persons.read_contact(lin.id, "回电", outside)
    assert room.accounts.persons.read_contact(lin.id, "回复预约", inside) == PHONE
    entries = room.accounts.audit.list_entries(20, None, action="contact.read").items
    assert [(e.actor, e.subject, e.details) for e in entries] == [
        ("staff:wang", f"person:{lin.id}", {"reason": "回复预约"})
    ]


def test_an_export_holds_everything_of_the_person(room: Room, lin: Caller) -> None:
    exported = room.accounts.persons.export(lin)["accounts"]
    assert exported["phone"] == PHONE
    assert exported["wechat_openids"] == ["stand-in-lin"]
    assert exported["firms"][0]["uscc"] == FIRM
    assert exported["consents"][0]["push"] is True


def test_deletion_erases_in_every_room_signs_out_and_may_run_twice(room: Room, lin: Caller) -> None:
    token = room.accounts.sign_in_wechat("demo-lin").access_token
    asked: list[str] = []

    def erase(person_id: str) -> dict[str, Any]:
        asked.append(person_id)
        return {"rows": 1}

    for collection in ("requests", "visits"):
        room.personal_data.register("guidance", collection, lambda _: {}, erase)
    room.accounts.persons.delete(lin)
    assert asked == [lin.id]
    with pytest.raises(UnauthenticatedError):
        room.accounts.authenticate(token)
    kept = room.accounts.persons.export_person(lin.id)
    assert (kept["phone"], kept["wechat_openids"], kept["firms"]) == ("", [], [])
    assert room.heard[-1].kind == "person.unbound"
    room.accounts.persons.delete(lin)
    assert room.person("lin").id != lin.id


def test_a_deletion_cut_off_is_finished_by_the_sweep(room: Room, lin: Caller) -> None:
    broken = True

    def erase(_: str) -> dict[str, Any]:
        if broken:
            raise ConnectionError
        return {"rows": 1}

    room.personal_data.register("guidance", "requests", lambda _: {}, erase)
    token = room.accounts.sign_in_wechat("demo-lin").access_token
    with pytest.raises(ConnectionError):
        room.accounts.persons.delete(lin)
    with pytest.raises(UnauthenticatedError):
        room.accounts.authenticate(token)
    broken = False
    assert room.accounts.persons.resume_deletions() == 1
    assert room.accounts.persons.resume_deletions() == 0


def test_the_audit_names_acts_but_no_secrets(room: Room, lin: Caller) -> None:
    room.accounts.persons.delete(lin)
    entries = room.accounts.audit.list_entries(100, None).items
    assert {"invitation.issued", "binding.made", "phone.changed", "person.erased"} <= {
        e.action for e in entries
    }
    assert PHONE not in str(entries)
    assert "stand-in-lin" not in str(entries)
    assert [e.at for e in entries] == sorted((e.at for e in entries), reverse=True)


def test_the_audit_is_purged_by_age(room: Room) -> None:
    room.accounts.audit.record(SYSTEM, "old", "x", at=room.clock.now() - timedelta(days=400))
    room.accounts.audit.record(SYSTEM, "new", "x")
    assert room.accounts.audit.purge_audit(room.clock.now() - timedelta(days=365)) == 1
    assert [entry.action for entry in room.accounts.audit.list_entries(20, None).items] == ["new"]
