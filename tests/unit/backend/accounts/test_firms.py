"""Invitations bind one person each, whatever happens meanwhile; bindings end at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from backend.accounts.service.notice import current_notice
from backend.accounts.service.tokens import CODE_ALPHABET, CODE_LENGTH
from backend.accounts.store.firms import InvitationStore
from backend.shared.caller import SYSTEM, Caller, Role
from backend.shared.errors import ForbiddenError, InvalidInputError, NotFoundError, WrongStateError

from .conftest import FIRM, OTHER_FIRM, Room


class Killed(BaseException):
    """The process died here."""


def test_a_code_holds_fifty_bits_without_look_alikes() -> None:
    assert len(CODE_ALPHABET) ** CODE_LENGTH >= 2**50
    assert not set("ILO01") & set(CODE_ALPHABET)


def test_a_code_binds_a_person_however_it_is_typed(room: Room) -> None:
    lin = room.person("lin")
    assert lin.firms == frozenset()
    binding = room.accounts.firms.redeem(" " + room.code().lower().replace("-", " "), lin)
    assert binding.id == f"{lin.id}:{FIRM}"
    assert room.person("lin").firms == {FIRM}
    assert [(e.kind, dict(e.data)) for e in room.heard] == [
        ("person.bound", {"person": lin.id, "uscc": FIRM})
    ]


def test_persons_and_firms_are_many_to_many(room: Room) -> None:
    lin, chen = room.person("lin"), room.person("chen")
    for person, uscc in ((lin, FIRM), (lin, OTHER_FIRM), (chen, FIRM)):
        room.accounts.firms.redeem(room.code(uscc), person)
    assert room.person("lin").firms == {FIRM, OTHER_FIRM}
    assert room.accounts.firms.persons_of(FIRM) == sorted([lin.id, chen.id])


def test_a_used_unknown_revoked_or_expired_code_is_refused(room: Room) -> None:
    lin, firms = room.person("lin"), room.accounts.firms
    used = room.code()
    firms.redeem(used, room.person("chen"))
    revoked, invitation = firms.issue_invitation(FIRM, SYSTEM)
    firms.revoke_invitation(invitation.id, SYSTEM)
    expired = room.code()
    room.clock.move(days=7)
    for code in (used, revoked, expired, "ABCD-EFGH-JKMN", "", '{"$gt": ""}'):
        with pytest.raises(InvalidInputError):
            firms.redeem(code, lin)
    assert room.accounts.firms.bindings_of(lin) == []


def test_twenty_redeem_at_once_and_one_is_bound(room: Room) -> None:
    code = room.code()
    persons = [room.person(f"p{number}") for number in range(20)]

    def redeem(person: Caller) -> bool:
        try:
            room.accounts.firms.redeem(code, person)
        except InvalidInputError:
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        bound = list(pool.map(redeem, persons))
    assert bound.count(True) == 1
    assert room.accounts.firms.persons_of(FIRM) == [persons[bound.index(True)].id]
    assert len(room.heard) == 1


def test_twenty_visitors_at_once_and_one_is_signed_in(room: Room) -> None:
    code = room.code()

    def enter(_: int) -> bool:
        try:
            room.accounts.sign_in_invited(code, current_notice().version)
        except InvalidInputError:
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(enter, range(20))).count(True) == 1
    assert len(room.accounts.firms.persons_of(FIRM)) == 1


def test_a_redemption_cut_off_is_finished_by_the_same_person_only(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    lin, chen, code = room.person("lin"), room.person("chen"), room.code()
    _die_before_binding(room, monkeypatch, lambda: room.accounts.firms.redeem(code, lin))
    with pytest.raises(InvalidInputError):
        room.accounts.firms.redeem(code, chen)
    room.accounts.firms.redeem(code, lin)
    assert room.person("lin").firms == {FIRM}


def test_a_visitor_cut_off_may_try_again_after_the_lease(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    code, notice = room.code(), current_notice().version
    _die_before_binding(room, monkeypatch, lambda: room.accounts.sign_in_invited(code, notice))
    with pytest.raises(InvalidInputError):
        room.accounts.sign_in_invited(code, notice)
    room.clock.move(seconds=61)
    session = room.accounts.sign_in_invited(code, notice)
    assert room.accounts.authenticate(session.access_token).firms == {FIRM}
    room.clock.move(seconds=61)
    with pytest.raises(InvalidInputError):
        room.accounts.sign_in_invited(code, notice)


def test_a_visitor_must_agree_to_the_notice_in_force(room: Room) -> None:
    code = room.code()
    with pytest.raises(InvalidInputError):
        room.accounts.sign_in_invited(code, "0")
    session = room.accounts.sign_in_invited(code, current_notice().version)
    consents = room.accounts.persons.consents(session.caller.id)
    assert [(c.notice, c.push, c.contact) for c in consents] == [(current_notice().version, False, False)]


def test_an_ended_binding_is_gone_at_once_and_its_code_does_not_revive_it(room: Room) -> None:
    session = room.accounts.sign_in_wechat("demo-lin")
    lin, code = session.caller, room.code()
    binding = room.accounts.firms.redeem(code, lin)
    assert room.accounts.authenticate(session.access_token).firms == {FIRM}
    room.accounts.firms.end_binding(binding.id, lin)
    room.accounts.firms.end_binding(binding.id, lin)
    assert room.accounts.authenticate(session.access_token).firms == frozenset()
    with pytest.raises(InvalidInputError):
        room.accounts.firms.redeem(code, lin)
    room.accounts.firms.redeem(room.code(), lin)
    assert room.accounts.authenticate(session.access_token).firms == {FIRM}
    assert [event.kind for event in room.heard] == ["person.bound", "person.unbound", "person.bound"]


def test_nobody_ends_the_binding_of_another_person(room: Room) -> None:
    binding = room.accounts.firms.redeem(room.code(), room.person("lin"))
    with pytest.raises(NotFoundError):
        room.accounts.firms.end_binding(binding.id, room.person("chen"))


def test_a_liaison_acts_within_the_scope(room: Room) -> None:
    liaison = room.staff("wang", Role.LIAISON, areas=("zhangjiang",))
    firms = room.accounts.firms
    _, invitation = firms.issue_invitation(FIRM, liaison)
    for refused in (
        lambda: firms.issue_invitation(OTHER_FIRM, liaison),
        lambda: firms.list_invitations(liaison, OTHER_FIRM, 20, None),
        lambda: firms.bindings_of_firm(OTHER_FIRM, liaison),
    ):
        with pytest.raises(ForbiddenError):
            refused()
    room.code(FIRM)
    assert [found.id for found in firms.list_invitations(liaison, None, 20, None).items] == [invitation.id]
    assert firms.list_invitations(liaison, FIRM, 20, None).total == 2


def test_an_unknown_firm_gets_no_invitation(room: Room) -> None:
    with pytest.raises(NotFoundError):
        room.accounts.firms.issue_invitation("91310115MA1K300035", SYSTEM)


def test_a_used_invitation_cannot_be_revoked_and_no_code_is_stored(room: Room) -> None:
    code, invitation = room.accounts.firms.issue_invitation(FIRM, SYSTEM)
    room.accounts.firms.redeem(code, room.person("lin"))
    with pytest.raises(WrongStateError):
        room.accounts.firms.revoke_invitation(invitation.id, SYSTEM)
    stored = InvitationStore().find(invitation.id)
    assert code not in str(stored)
    assert code.replace("-", "") not in str(stored)


def _die_before_binding(room: Room, monkeypatch: pytest.MonkeyPatch, act: object) -> None:
    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(room.accounts.firms._bindings, "bind", die)
        with pytest.raises(Killed):
            act()  # type: ignore[operator]
