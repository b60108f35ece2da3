"""One batch of rows into the firms: what is new, changed, the same, or refused, and why."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.companies.facts import KeptFact, Ranks, Said, beyond_better, grouped, refuse_conflicts, unpack
from backend.companies.particulars import beyond_better_words, news, particular_rows
from backend.companies.service import fact_news, file_fields
from backend.companies.store import Company, CompanyStore, Mark
from backend.companies.store.contacts import Contact, ContactStore
from backend.companies.store.imports import CHANGED, NEW, REFUSED, SAME, ImportRun
from backend.companies.table import RowReader, StatedRow, label_of
from backend.companies.table.twins import written_code
from backend.shared.errors import InvalidInputError, StaleRevisionError

TRIES = 5
SHOWN = 6


@dataclass(frozen=True)
class Outcome:
    """What became of a row."""

    number: int
    uscc: str
    name: str
    kind: str
    note: str = ""


@dataclass(frozen=True)
class _Given:
    """A row as it lies in the file, its mark, and the code as written."""

    number: int
    cells: Sequence[str]
    mark: str
    written: str


class Taking:
    """Takes batches of one run; in a dry run nothing is written."""

    def __init__(
        self,
        companies: CompanyStore,
        contacts: ContactStore,
        reader: RowReader,
        run: ImportRun,
        fingerprint: bytes,
        code: int,
        twins: Mapping[int, int],
        ranks: Ranks,
    ) -> None:
        self._companies = companies
        self._contacts = contacts
        self._reader = reader
        self._run = run
        self._print = fingerprint
        self._code = code
        self._twins = twins
        self._ranks = ranks

    def take(self, batch: Sequence[tuple[int, Sequence[str]]], now: datetime) -> list[Outcome]:
        """The outcome of every row, in the order given."""
        given = [self._given(number, cells) for number, cells in batch]
        marks = self._companies.marks([row.written for row in given])
        outcomes: dict[int, Outcome] = {}
        new: list[tuple[_Given, StatedRow]] = []
        known: list[tuple[_Given, StatedRow]] = []
        for row in given:
            if outcome := self._settled(row, marks.get(row.written)):
                outcomes[row.number] = outcome
                continue
            stated = self._reader.read(row.number, row.cells)
            if not stated.problems and row.written not in marks and not stated.particulars.get("name"):
                stated.problems.append("缺少企业名称。")
            if stated.problems:
                outcomes[row.number] = _refused(row, stated, "".join(stated.problems))
            else:
                (known if stated.uscc in marks else new).append((row, stated))
        taken = self._add(new, now)
        for row, stated in new:
            if stated.uscc in taken:
                name, note = stated.particulars["name"], _doubts(taken[stated.uscc])
                outcomes[row.number] = Outcome(row.number, stated.uscc, name, NEW, note)
            else:
                known.append((row, stated))
        outcomes |= {outcome.number: outcome for outcome in self._learn(known, now)}
        return [outcomes[row.number] for row in given]

    def _given(self, number: int, cells: Sequence[str]) -> _Given:
        text = "\x1f".join(cells).encode()
        mark = hashlib.blake2b(text, digest_size=8, key=self._print).hexdigest()
        written = written_code(cells[self._code]) if self._code < len(cells) else ""
        return _Given(number, cells, mark, written)

    def _settled(self, row: _Given, mark: Mark | None) -> Outcome | None:
        """Rows that need no reading: the same firm again, and what was read before."""
        if earlier := self._twins.get(row.number):
            return Outcome(row.number, row.written[:40], "", REFUSED, f"与第{earlier}行是同一家企业。")
        if mark is None or mark.mark != row.mark:
            return None
        if mark.run == self._run.id and not self._run.dry:  # a kill came between the writing and the cursor
            kind = NEW if mark.revision == 1 else CHANGED
            return Outcome(row.number, row.written, self._reader.name(row.cells), kind)
        return Outcome(row.number, row.written, self._reader.name(row.cells), SAME)

    def _add(self, rows: Sequence[tuple[_Given, StatedRow]], now: datetime) -> dict[str, list[str]]:
        """Write new firms: those that are this run's own now, and what of each no list knows."""
        if not rows:
            return {}
        codes = [stated.uscc for _, stated in rows]
        if self._run.dry:
            known = self._companies.marks(codes)
            return {
                stated.uscc: _flags(stated, self._words(stated))
                for _, stated in rows
                if stated.uscc not in known
            }
        by = self._run.by
        fields = [(stated.uscc, self._fields(row, stated)) for row, stated in rows]
        # Before the firms: once a firm carries the row's mark nobody reads that row again.
        self._put_contacts([stated for _, stated in rows], now)
        there = self._companies.add_rows(fields, by, now)
        # Of those that were there, some this run wrote itself before it was killed.
        before = self._companies.marks(sorted(there)) if there else {}
        ours = {row.mark for row, _ in rows}
        others = {
            uscc
            for uscc in there
            if (mark := before.get(uscc)) is None or mark.run != self._run.id or mark.mark not in ours
        }
        return {uscc: written["flags"] for uscc, written in fields if uscc not in others}

    def _put_contacts(self, rows: Sequence[StatedRow], now: datetime) -> None:
        """Keep the contacts the rows give, where they differ."""
        given = {stated.uscc: stated.contacts for stated in rows if stated.contacts}
        known = self._contacts.get_many(list(given)) if given and not self._run.dry else {}
        for uscc, fields in given.items():
            if not self._run.dry and _differ(fields, known.get(uscc)):
                self._contacts.put(uscc, fields, "", self._run.by, now)

    def _fields(self, row: _Given, stated: StatedRow) -> dict[str, Any]:
        """The fields of a new firm. All words come from one source, so the row itself is the best known."""
        words = self._words(stated)
        places = {said[0]: said[1] for said in stated.said if said[0] in ("area", "town")}
        return {
            **places,
            **{word["name"]: word["value"] for word in words},
            "facts": self._packed(stated.said),
            "particulars": words,
            "flags": _flags(stated, words),
            "mark": row.mark,
            "mark_run": self._run.id,
        }

    def _packed(self, said: Sequence[Said]) -> list[dict[str, Any]]:
        run = self._run
        return [grouped(said, run.source, run.created_at, run.by)] if said else []

    def _words(self, stated: StatedRow) -> list[dict[str, Any]]:
        return particular_rows(stated.particulars, self._run.source, self._run.created_at, self._run.by)

    def _learn(self, rows: Sequence[tuple[_Given, StatedRow]], now: datetime) -> list[Outcome]:
        if not rows:
            return []
        codes = [stated.uscc for _, stated in rows]
        companies, contacts = self._companies.get_many(codes), self._contacts.get_many(codes)
        outcomes = []
        for row, stated in rows:
            try:
                changes = self._learn_one(row, stated, companies[stated.uscc], now)
            except InvalidInputError as error:
                reasons = "；".join(problem.reason for problem in error.problems)
                outcomes.append(_refused(row, stated, f"与已知事实矛盾：{reasons}。"))
                continue
            if _differ(stated.contacts, contacts.get(stated.uscc)):
                changes.append("联系人")
            name = companies[stated.uscc].name
            note = "、".join(changes[:SHOWN]) + (f"等{len(changes)}项" if len(changes) > SHOWN else "")
            if changes and (doubts := _doubts(_flags(stated, self._words(stated)))):
                note += f"。{doubts}"
            outcomes.append(Outcome(row.number, stated.uscc, name, CHANGED if changes else SAME, note))
        return outcomes

    def _learn_one(self, row: _Given, stated: StatedRow, company: Company, now: datetime) -> list[str]:
        """Append what is new of a firm; what that was, in words."""
        for _ in range(TRIES):
            known = unpack(company.facts, self._ranks)
            facts = fact_news(known, unpack(self._packed(stated.said), self._ranks))
            facts = beyond_better(known, facts)
            words = news(company.particulars, self._words(stated))
            words = beyond_better_words(company.particulars, words)
            refuse_conflicts(known, facts, now)
            self._put_contacts([stated], now)
            if not facts and not words:
                return []
            changes = [label_of(fact.record.name, fact.record.period or "") for fact in facts]
            changes += [label_of(word["name"]) for word in words]
            if self._run.dry or self._written(row, stated, company, (known, facts, words), now):
                return changes
            company = self._companies.get(company.uscc)
        raise StaleRevisionError("企业", company.uscc, company.revision - 1, company.revision)

    def _written(
        self,
        row: _Given,
        stated: StatedRow,
        company: Company,
        learnt: tuple[list[KeptFact], list[KeptFact], list[dict[str, Any]]],
        now: datetime,
    ) -> bool:
        known, facts, words = learnt
        fresh = {(fact.record.name, fact.record.period) for fact in facts}
        packed = self._packed([said for said in stated.said if (said[0], said[2]) in fresh])
        fields = file_fields([*known, *facts], [*company.particulars, *words], now)
        fields |= {"mark": row.mark, "mark_run": self._run.id}
        try:
            self._companies.learn(company, packed, words, fields, self._run.by, now)
        except StaleRevisionError:
            return False  # somebody else added facts meanwhile: what contradicts is looked at again
        return True


def _flags(stated: StatedRow, words: Sequence[Mapping[str, Any]]) -> list[str]:
    """What is said in words no list knows: they are kept, and nobody is judged by them."""
    flags = {said[0] for said in stated.said if len(said) > 3}
    return sorted(flags | {word["name"] for word in words if word["flagged"]})


def _doubts(flags: Sequence[str]) -> str:
    return f"名录中没有，按原文保留：{'、'.join(map(label_of, flags))}。" if flags else ""


def _differ(given: Mapping[str, str], known: Contact | None) -> bool:
    return any(getattr(known, name, "") != text for name, text in given.items())


def _refused(row: _Given, stated: StatedRow, reason: str) -> Outcome:
    code = stated.uscc or row.written[:40]
    return Outcome(row.number, code, stated.particulars.get("name", "")[:120], REFUSED, reason)
