"""Who acts for which firm: invitations issued by staff, and the bindings they make."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from backend.accounts.service.audit import AuditLog
from backend.accounts.service.tokens import Tokens, new_code, person_of_invitation, plain_code
from backend.accounts.store.firms import BINDINGS, Binding, BindingStore, Invitation, InvitationStore
from backend.accounts.store.persons import PersonStore
from backend.shared.caller import Caller, Role
from backend.shared.clock import Clock
from backend.shared.errors import ForbiddenError, InvalidInputError, NotFoundError
from backend.shared.events import Event
from backend.shared.paging import Page

BOUND = "person.bound"
UNBOUND = "person.unbound"
# A web visitor's claim that was not finished by then may be taken up again with the same code.
CLAIM_LEASE = timedelta(minutes=1)

# Who works with firms; the other roles have no business with who acts for one.
_FOR_FIRMS = (Role.LIAISON, Role.COUNSELLOR)

# USCC -> (area id, town id) of a firm, None when there is no such firm.
FirmPlace = Callable[[str], tuple[str, str] | None]


class FirmAccess:
    """Issues invitations, redeems them, ends bindings."""

    def __init__(
        self,
        invitations: InvitationStore,
        bindings: BindingStore,
        persons: PersonStore,
        firm_place: FirmPlace,
        tokens: Tokens,
        audit: AuditLog,
        clock: Clock,
        hand_on: Callable[[str, str], bool],
        invitation_days: int,
    ) -> None:
        self._invitations = invitations
        self._bindings = bindings
        self._persons = persons
        self._firm_place = firm_place
        self._tokens = tokens
        self._audit = audit
        self._clock = clock
        self._hand_on = hand_on
        self._lifetime = timedelta(days=invitation_days)

    def issue_invitation(self, uscc: str, caller: Caller) -> tuple[str, Invitation]:
        """A one-time code for a firm in the caller's scope, shown only now."""
        self._check_scope(uscc, caller)
        code = new_code()
        now = self._clock.now()
        invitation = self._invitations.add(self._hash(code), uscc, caller.label, now, now + self._lifetime)
        self._audit.record(caller, "invitation.issued", f"company:{uscc}", invitation=invitation.id)
        return code, invitation

    def list_invitations(
        self, caller: Caller, uscc: str | None, limit: int, cursor: str | None
    ) -> Page[Invitation]:
        """A firm's invitations; without a firm all for an admin, else those the caller issued."""
        if uscc is not None:
            self._check_scope(uscc, caller)
            return self._invitations.listed({"uscc": uscc}, limit, cursor)
        filters = {} if Role.ADMIN in caller.roles else {"issued_by": caller.label}
        return self._invitations.listed(filters, limit, cursor)

    def revoke_invitation(self, invitation_id: str, caller: Caller) -> Invitation:
        """Close an invitation nobody has used; WrongStateError when it was used."""
        invitation = self._invitations.find(invitation_id)
        if invitation is None:
            raise NotFoundError("邀请码", invitation_id)
        self._check_scope(invitation.uscc, caller)
        revoked = self._invitations.revoke(invitation_id, caller.label, self._clock.now())
        self._audit.record(
            caller, "invitation.revoked", f"company:{invitation.uscc}", invitation=invitation_id
        )
        return revoked

    def redeem(self, code: str, caller: Caller) -> Binding:
        """Bind the calling person to the invitation's firm; repeating it finishes what was cut off."""
        invitation_id = self._hash(code)
        invitation = self._invitations.claim(invitation_id, caller.id, self._clock.now())
        if invitation is None:
            invitation = self._invitations.find(invitation_id)
            if invitation is None or invitation.revoked or invitation.redeemed_by != caller.id:
                raise _bad_code()
        return self._bind(invitation, caller)

    def redeem_as_visitor(self, code: str) -> Caller:
        """Make a person of a web visitor and bind it.

        The code opens this door once: a second try is refused, but for one whose first try was cut off
        before the binding was written (after CLAIM_LEASE).
        """
        invitation_id = self._hash(code)
        person_id = person_of_invitation(invitation_id)
        now = self._clock.now()
        invitation = self._invitations.claim(invitation_id, person_id, now)
        if invitation is None:
            invitation = self._unfinished(invitation_id, person_id)
        self._persons.add(person_id, "web", now)
        person = Caller("person", person_id, firms=frozenset({invitation.uscc}))
        self._bind(invitation, person)
        return person

    def bindings_of(self, caller: Caller) -> list[Binding]:
        """The calling person's firms."""
        return self._bindings.of_person(caller.id)

    def bindings_of_firm(self, uscc: str, caller: Caller) -> list[Binding]:
        """Who acts for a firm, for staff in whose scope it lies."""
        self._check_scope(uscc, caller)
        return self._bindings.of_firm(uscc)

    def persons_of(self, uscc: str) -> list[str]:
        """The persons who act for a firm, for jobs that write to them."""
        return [binding.person for binding in self._bindings.of_firm(uscc)]

    def persons_of_firms(self, usccs: Sequence[str]) -> dict[str, list[str]]:
        """Code -> the persons who act for the firm, of the firms that have any."""
        found: dict[str, list[str]] = {}
        for binding in self._bindings.of_firms(usccs):
            found.setdefault(binding.uscc, []).append(binding.person)
        return found

    def firms_of(self, person_id: str) -> list[str]:
        """The firms a person acts for, for jobs that write to it."""
        return [binding.uscc for binding in self._bindings.of_person(person_id)]

    def end_binding(self, binding_id: str, caller: Caller) -> None:
        """End a binding: the person itself, or staff in whose scope the firm lies. Twice does no harm."""
        binding = self._bindings.find(binding_id)
        if binding is None or (caller.kind == "person" and binding.person != caller.id):
            raise NotFoundError("绑定", binding_id)
        if caller.kind != "person":
            self._check_scope(binding.uscc, caller)
        self._end(binding, caller)

    def end_all_bindings(self, person_id: str, caller: Caller) -> int:
        """End all bindings of a person who leaves: how many."""
        bindings = self._bindings.of_person(person_id)
        for binding in bindings:
            self._end(binding, caller)
        return len(bindings)

    def check_reach(self, person_id: str, caller: Caller) -> None:
        """ForbiddenError unless a firm of this person lies in the staff caller's scope."""
        places = (self._firm_place(binding.uscc) for binding in self._bindings.of_person(person_id))
        if not _unbounded(caller) and not any(place and caller.scope.covers(*place) for place in places):
            raise ForbiddenError

    def purge(self, now: datetime) -> int:
        """Remove expired invitations."""
        return self._invitations.purge(now)

    def _bind(self, invitation: Invitation, person: Caller) -> Binding:
        data = {"person": person.id, "uscc": invitation.uscc}
        event = Event(BOUND, f"{person.id}:{invitation.uscc}", self._clock.now(), person.label, data)
        binding = self._bindings.bind(person.id, invitation.uscc, invitation.id, event)
        if not binding.active:
            raise _bad_code()
        self._audit.record(person, "binding.made", f"company:{invitation.uscc}", invitation=invitation.id)
        self._hand_on(BINDINGS, binding.id)
        return binding

    def _end(self, binding: Binding, caller: Caller) -> None:
        data = {"person": binding.person, "uscc": binding.uscc}
        event = Event(UNBOUND, binding.id, self._clock.now(), caller.label, data)
        if self._bindings.end(binding.id, event):
            self._audit.record(caller, "binding.ended", f"company:{binding.uscc}", person=binding.person)
        self._hand_on(BINDINGS, binding.id)

    def _unfinished(self, invitation_id: str, person_id: str) -> Invitation:
        now = self._clock.now()
        invitation = self._invitations.take_over(invitation_id, person_id, now - CLAIM_LEASE, now)
        if invitation is None or now >= invitation.expires_at:
            raise _bad_code()
        binding = self._bindings.find(f"{person_id}:{invitation.uscc}")
        if binding is not None:
            raise _bad_code()
        return invitation

    def _check_scope(self, uscc: str, caller: Caller) -> None:
        if caller.kind != "system" and not caller.has(*_FOR_FIRMS):
            raise ForbiddenError
        place = self._firm_place(uscc)
        if place is None:
            raise NotFoundError("企业", uscc)
        if not _unbounded(caller) and not caller.scope.covers(*place):
            raise ForbiddenError("该企业不在您的工作范围内。")

    def _hash(self, code: str) -> str:
        return self._tokens.keyed_hash("invitation", plain_code(code))


def _unbounded(caller: Caller) -> bool:
    return caller.kind == "system" or Role.ADMIN in caller.roles


def _bad_code() -> InvalidInputError:
    # One answer for unknown, used, revoked and expired: nothing is learnt by guessing.
    return InvalidInputError.at("code", "邀请码无效、已使用或已过期，请向您的联络员索取新的邀请码。")
