"""The quality record: cases, success as reported and as known, complaints, ratings."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from backend.institutions.store import InstitutionStore
from backend.institutions.store.cases import Case, CaseCounts, CaseStore, Reported
from backend.institutions.store.opinions import COMPLAINTS, Complaint, OpinionStore
from backend.shared.caller import Caller
from backend.shared.clock import Clock
from backend.shared.errors import ForbiddenError, InvalidInputError, NotFoundError, WrongStateError
from backend.shared.events import Event
from backend.shared.paging import Page
from backend.shared.writing import CheckText, checked

DECIDED = "institution_complaint.decided"
# Fewer answers say nothing about an institution.
ENOUGH_ANSWERS = 5
MOST_OPEN_COMPLAINTS = 5
YEAR = timedelta(days=365)

# USCC -> the day the pool last saw the firm certified, None when it never did or does not know the firm.
CertifiedOn = Callable[[str], date | None]


@dataclass(frozen=True)
class Quality:
    """What is known of an institution; `average` only with enough answers, `upheld` of the last year."""

    counts: CaseCounts = field(default_factory=CaseCounts)
    upheld: int = 0
    upheld_lately: int = 0
    open_complaints: int = 0
    answers: int = 0
    average: str | None = None


class QualityRecords:
    """Staff enter cases, firms rate and complain, the pool says who was certified."""

    def __init__(
        self,
        institutions: InstitutionStore,
        cases: CaseStore,
        opinions: OpinionStore,
        certified_on: CertifiedOn,
        firm_exists: Callable[[str], bool],
        check_text: CheckText,
        record: Callable[..., None],
        clock: Clock,
        hand_on: Callable[[str, str], bool],
    ) -> None:
        self._institutions = institutions
        self._cases = cases
        self._opinions = opinions
        self._certified_on = certified_on
        self._firm_exists = firm_exists
        self._check_text = check_text
        self._record = record
        self._clock = clock
        self._hand_on = hand_on

    def of(self, institution_ids: Sequence[str]) -> dict[str, Quality]:
        """Institution -> its record."""
        counts, scores = self._cases.counts(institution_ids), self._opinions.scores(institution_ids)
        upheld = self._opinions.counts(institution_ids, "upheld", None)
        lately = self._opinions.counts(institution_ids, "upheld", self._clock.now() - YEAR)
        waiting = self._opinions.counts(institution_ids, "open", None)
        return {
            key: Quality(
                counts.get(key, CaseCounts()),
                upheld.get(key, 0),
                lately.get(key, 0),
                waiting.get(key, 0),
                scores.get(key, (0, 0))[0],
                average_of(*scores.get(key, (0, 0))),
            )
            for key in institution_ids
        }

    def add_case(
        self, institution_id: str, uscc: str, started_on: date, service: str, caller: Caller
    ) -> Case:
        """A firm the institution serves; whether it was certified since is asked of the pool."""
        institution = self._institutions.get(institution_id)
        if not self._firm_exists(uscc):
            raise NotFoundError("企业", uscc)
        if started_on > self._clock.today():
            raise InvalidInputError.at("started_on", "开始日期不能晚于今天。")
        known = _after(self._certified_on(uscc), started_on)
        now = self._clock.now()
        return self._cases.add(institution.id, uscc, started_on, service, known, caller.label, now)

    def report(
        self, institution_id: str, case_id: str, reported: Reported, revision: int, caller: Caller
    ) -> Case:
        """How the institution says the case ended."""
        case = self._cases.get(institution_id, case_id)
        return self._cases.report(case, reported, revision, caller.label, self._clock.now())

    def list_cases(self, institution_id: str, limit: int, cursor: str | None) -> Page[Case]:
        """An institution's cases; for staff."""
        return self._cases.page(self._institutions.get(institution_id).id, limit, cursor)

    def on_pool(self, event: Event) -> None:
        """Listens to pool.entered and pool.moved: what the pool knows now of the firm, taken back too."""
        for case in self._cases.of_firm(event.subject):
            known = _after(self._certified_on(case.uscc), case.started_on)
            if known != case.known_on:
                self._cases.set_known(case, known, self._clock.now())

    def rate(self, institution_id: str, uscc: str, score: int, caller: Caller) -> None:
        """A firm that was served rates the institution, one to five; the last answer counts."""
        institution = self._listed(institution_id)
        self._check_own(uscc, caller)
        if not self._cases.has_firm(institution, uscc):
            raise WrongStateError("没有这家机构服务贵企业的记录，只有服务过的企业可以评价。", uscc=uscc)
        self._opinions.rate(institution, uscc, caller.id, score, self._clock.now())

    def complain(self, institution_id: str, uscc: str, text: str, caller: Caller) -> Complaint:
        """A person complains for its firm; staff look into it and answer."""
        institution = self._listed(institution_id)
        self._check_own(uscc, caller)
        if self._opinions.count_open(caller.id) >= MOST_OPEN_COMPLAINTS:
            raise WrongStateError(f"您已有 {MOST_OPEN_COMPLAINTS} 件投诉在处理中，请等答复后再提交。")
        key = f"{int(self._clock.now().timestamp()):012}-{uuid.uuid4().hex[:12]}"
        said = checked(self._check_text, caller.id, text)
        return self._opinions.complain(key, institution, uscc, caller.id, text, said, self._clock.now())

    def release(self, complaint_id: str, caller: Caller) -> Complaint:
        """Staff have looked at a complaint the content check held."""
        self._opinions.get(complaint_id)
        try:
            released = self._opinions.release(complaint_id, caller.label, self._clock.now())
        except WrongStateError as error:
            raise WrongStateError("这件投诉没有被暂扣。", id=complaint_id) from error
        self._record(caller, "institution_complaint.released", f"institution_complaint:{complaint_id}")
        return released

    def decide(self, complaint_id: str, upheld: bool, answer: str, caller: Caller) -> Complaint:
        """Staff uphold or dismiss a complaint and say why; the person is told."""
        found, now = self._opinions.get(complaint_id), self._clock.now()
        data = {"uscc": found.uscc, "person": found.person, "institution": found.institution}
        event = Event(DECIDED, complaint_id, now, caller.label, {**data, "upheld": upheld, "answer": answer})
        state = "upheld" if upheld else "dismissed"
        done = self._opinions.decide(complaint_id, state, answer, caller.label, now, event)
        self._hand_on(COMPLAINTS, complaint_id)
        return done

    def complaints_about(
        self, institution_id: str, limit: int, cursor: str | None, state: str | None
    ) -> Page[Complaint]:
        """The complaints about an institution, oldest first; for staff."""
        institution = self._institutions.get(institution_id).id
        return self._opinions.page("institution", institution, limit, cursor, state)

    def my_complaints(self, caller: Caller, limit: int, cursor: str | None) -> Page[Complaint]:
        """The calling person's complaints, oldest first."""
        return self._opinions.page("person", caller.id, limit, cursor)

    def export_person(self, person: str) -> dict[str, Any]:
        """What a person said of institutions."""
        return {
            "complaints": [
                {
                    "institution": one.institution,
                    "firm": one.uscc,
                    "text": one.text,
                    "state": one.state,
                    "answer": one.answer,
                    "made_at": one.made_at.isoformat(),
                }
                for one in self._opinions.of_person(person)
            ],
            "ratings": self._opinions.ratings_of_person(person),
        }

    def erase_person(self, person: str) -> dict[str, Any]:
        """Strike the person and its words; the numbers of the institution stay true."""
        complaints = len(self._opinions.of_person(person))
        return {"complaints": complaints, **self._opinions.erase_person(person, self._clock.now())}

    def _listed(self, institution_id: str) -> str:
        found = self._institutions.get(institution_id)
        if not found.listed:
            raise NotFoundError("机构", institution_id)
        return found.id

    @staticmethod
    def _check_own(uscc: str, caller: Caller) -> None:
        if uscc not in caller.firms:
            raise ForbiddenError("您没有绑定这家企业。")


def average_of(answers: int, total: int) -> str | None:
    """The average to one decimal place, when enough firms answered."""
    if answers < ENOUGH_ANSWERS:
        return None
    return str((Decimal(total) / answers).quantize(Decimal("0.1"), ROUND_HALF_UP))


def _after(certified_on: date | None, started_on: date) -> date | None:
    return certified_on if certified_on and certified_on >= started_on else None
