"""Staff sign in by password; sign-ins are renewed, ended, and read anew each time."""

from __future__ import annotations

import jwt
import pytest
from argon2 import PasswordHasher

from backend.accounts.service import Passwords
from backend.accounts.store.staff import StaffStore
from backend.shared.caller import SYSTEM, Role
from backend.shared.errors import (
    AlreadyExistsError,
    ForbiddenError,
    InvalidInputError,
    StaleRevisionError,
    TooManyRequestsError,
    UnauthenticatedError,
    WrongStateError,
)

from .conftest import PASSWORD, Room


def test_a_right_password_opens_a_session(room: Room) -> None:
    room.staff("wang", Role.LIAISON, areas=("zhangjiang",))
    session = room.accounts.sign_in_staff("wang", PASSWORD)
    caller = room.accounts.authenticate(session.access_token)
    assert (caller.kind, caller.id, caller.roles) == ("staff", "wang", {Role.LIAISON})
    assert caller.scope.areas == {"zhangjiang"}


@pytest.mark.parametrize("name", ["wang", "nobody"])
def test_a_wrong_password_and_an_unknown_name_answer_alike(room: Room, name: str) -> None:
    room.staff("wang", Role.EDITOR)
    with pytest.raises(UnauthenticatedError) as refused:
        room.accounts.sign_in_staff(name, "wrong-horse-battery")
    assert refused.value.message == "用户名或密码不正确。"


def test_an_unknown_name_costs_one_verification_too() -> None:
    checked = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            checked.append(hash)
            return super().verify(hash, password)

    assert not Passwords(Counting(1, 8, 1)).verify(None, "nobody has this password")
    assert len(checked) == 1


@pytest.mark.parametrize("name", ["wang", "nobody"])
def test_failures_in_a_row_slow_a_name_down(room: Room, name: str) -> None:
    room.staff("wang", Role.EDITOR)
    for _ in range(5):
        with pytest.raises(UnauthenticatedError):
            room.accounts.sign_in_staff(name, "wrong-horse-battery")
    with pytest.raises(TooManyRequestsError):
        room.accounts.sign_in_staff(name, PASSWORD)


def test_a_slowed_name_signs_in_after_the_wait(room: Room) -> None:
    room.staff("wang", Role.EDITOR)
    for _ in range(5):
        with pytest.raises(UnauthenticatedError):
            room.accounts.sign_in_staff("wang", "wrong-horse-battery")
    room.clock.move(seconds=2)
    assert room.accounts.sign_in_staff("wang", PASSWORD).caller.id == "wang"


def test_a_hash_of_older_parameters_is_renewed(room: Room) -> None:
    room.staff("wang", Role.EDITOR)
    older = Passwords(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)).hash(PASSWORD)
    StaffStore().rehash("wang", StaffStore().password_of("wang") or "", older)
    room.accounts.sign_in_staff("wang", PASSWORD)
    assert "t=1" in (StaffStore().password_of("wang") or "")


def test_short_passwords_taken_names_and_unknown_places_are_refused(room: Room) -> None:
    add = room.accounts.add_staff
    with pytest.raises(InvalidInputError):
        add("wang", "elevenchars", frozenset({Role.EDITOR}), SYSTEM)
    with pytest.raises(InvalidInputError):
        add("wang", PASSWORD, frozenset({Role.EDITOR}), SYSTEM, areas=["atlantis"])
    room.staff("wang", Role.EDITOR)
    with pytest.raises(AlreadyExistsError):
        room.staff("wang", Role.EDITOR)


def test_changes_to_an_account_act_at_once(room: Room) -> None:
    room.staff("wang", Role.EDITOR)
    token = room.accounts.sign_in_staff("wang", PASSWORD).access_token
    room.accounts.staff.change_staff("wang", {"roles": [Role.REVIEWER]}, 1, SYSTEM)
    assert room.accounts.authenticate(token).roles == {Role.REVIEWER}
    with pytest.raises(StaleRevisionError):
        room.accounts.staff.change_staff("wang", {"disabled": True}, 1, SYSTEM)
    room.accounts.staff.change_staff("wang", {"disabled": True}, 2, SYSTEM)
    with pytest.raises(UnauthenticatedError):
        room.accounts.authenticate(token)
    room.accounts.staff.change_staff("wang", {"disabled": False}, 3, SYSTEM)
    with pytest.raises(UnauthenticatedError):
        room.accounts.authenticate(token)


def test_a_new_password_ends_the_old_sign_ins(room: Room) -> None:
    room.staff("wang", Role.EDITOR)
    token = room.accounts.sign_in_staff("wang", PASSWORD).access_token
    room.accounts.staff.change_staff("wang", {"password": "another-horse-battery"}, 1, SYSTEM)
    with pytest.raises(UnauthenticatedError):
        room.accounts.authenticate(token)
    assert room.accounts.sign_in_staff("wang", "another-horse-battery")


def test_an_admin_cannot_shut_itself_out(room: Room) -> None:
    admin = room.accounts.ensure_admin("root", PASSWORD).caller()
    assert room.accounts.ensure_admin("root", "other-password-123").revision == 1
    with pytest.raises(WrongStateError):
        room.accounts.staff.change_staff("root", {"disabled": True}, 1, admin)


def test_a_caller_by_name_needs_the_role(room: Room) -> None:
    room.staff("wang", Role.EDITOR)
    assert room.accounts.staff_caller("wang", Role.EDITOR).id == "wang"
    with pytest.raises(ForbiddenError):
        room.accounts.staff_caller("wang", Role.PUBLISHER)


def test_an_access_token_ends_by_the_house_clock(room: Room) -> None:
    room.staff("wang", Role.EDITOR)
    session = room.accounts.sign_in_staff("wang", PASSWORD)
    room.clock.move(seconds=session.access_expires_in - 1)
    assert room.accounts.authenticate(session.access_token)
    room.clock.move(seconds=1)
    with pytest.raises(UnauthenticatedError):
        room.accounts.authenticate(session.access_token)


@pytest.mark.parametrize("token", ["", "a.b.c", jwt.encode({"sub": "root"}, "x" * 40, algorithm="HS256")])
def test_tokens_of_others_are_refused(room: Room, token: str) -> None:
    with pytest.raises(UnauthenticatedError):
        room.accounts.authenticate(token)


def test_a_refresh_token_works_once_and_its_reuse_ends_the_sign_in(room: Room) -> None:
    room.staff("wang", Role.EDITOR)
    first = room.accounts.sign_in_staff("wang", PASSWORD)
    second = room.accounts.sessions.refresh(first.refresh_token)
    assert room.accounts.authenticate(second.access_token)
    with pytest.raises(UnauthenticatedError):
        room.accounts.sessions.refresh(first.refresh_token)
    for stop in (
        lambda: room.accounts.authenticate(second.access_token),
        lambda: room.accounts.sessions.refresh(second.refresh_token),
    ):
        with pytest.raises(UnauthenticatedError):
            stop()


def test_signing_out_ends_all_tokens_of_this_sign_in_only(room: Room) -> None:
    room.staff("wang", Role.EDITOR)
    here, there = (room.accounts.sign_in_staff("wang", PASSWORD) for _ in range(2))
    room.accounts.sessions.end(here.access_token)
    with pytest.raises(UnauthenticatedError):
        room.accounts.authenticate(here.access_token)
    with pytest.raises(UnauthenticatedError):
        room.accounts.sessions.refresh(here.refresh_token)
    assert room.accounts.authenticate(there.access_token)


def test_expired_things_are_removed_and_the_rest_stays(room: Room) -> None:
    room.staff("wang", Role.EDITOR)
    old = room.accounts.sign_in_staff("wang", PASSWORD)
    code = room.code()
    room.clock.move(days=8)
    new = room.accounts.sign_in_staff("wang", PASSWORD)
    room.clock.move(days=7)
    counts = room.accounts.purge_expired(room.clock.now())
    assert counts == {"sessions": 2, "invitations": 1, "attempts": 0}
    with pytest.raises(UnauthenticatedError):
        room.accounts.sessions.refresh(old.refresh_token)
    assert room.accounts.sessions.refresh(new.refresh_token)
    with pytest.raises(InvalidInputError):
        room.accounts.firms.redeem(code, room.person("lin"))
