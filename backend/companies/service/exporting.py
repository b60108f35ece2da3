"""Firms as a table in the form imports read, safe to open in Excel."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from fractions import Fraction

from backend.adapters.tables import Form, table_bytes
from backend.companies.facts import Ranks, judged, unpack
from backend.companies.particulars import PARTICULARS, shown_particular
from backend.companies.service import COMMISSION
from backend.companies.store import Company, CompanyStore
from backend.companies.table import label_of
from backend.companies.table.columns import CODE
from backend.shared.caller import Caller
from backend.shared.clock import Clock
from backend.shared.errors import ForbiddenError, InvalidInputError
from policies.facts import FactRecord, fact_named, members_of, registry, resolve
from policies.facts.values import decimal_text
from policies.vocabulary import WORD_LISTS

BATCH = 200
Key = tuple[str, str]


class ExportService:
    """Every export is written down: it leaves the house."""

    def __init__(
        self, store: CompanyStore, ranks: Callable[[], Ranks], record: Callable[..., None], clock: Clock
    ) -> None:
        self._store = store
        self._ranks = ranks
        self._record = record
        self._clock = clock

    def export(self, form: Form, years: Sequence[int], names: Sequence[str], caller: Caller) -> bytes:
        """All firms with the best known value of these facts (default: all that are stated)."""
        if caller.kind != "system" and not (caller.kind == "staff" and caller.has(*COMMISSION)):
            raise ForbiddenError
        keys = self._keys(years, names)
        self._record(caller, "companies.exported", "companies", form=form, columns=len(keys))
        return table_bytes(form, self._rows(keys), "企业")

    def _keys(self, years: Sequence[int], names: Sequence[str]) -> list[Key]:
        known = registry()
        if unknown := [name for name in names if name not in known]:
            raise InvalidInputError.at("facts", f"没有登记这项事实：{unknown[0][:60]}。")
        this_year = self._clock.today().year
        spans = [str(year) for year in sorted(years or range(this_year - 3, this_year))]
        chosen = names or [name for name, fact in known.items() if fact.derived is None]
        return [
            (name, period)
            for name in chosen
            for period in (spans if fact_named(name).period == "year" else [""])
        ]

    def _rows(self, keys: Sequence[Key]) -> Iterator[tuple[object, ...]]:
        money = {name: "元" for name, _ in keys if fact_named(name).unit == "元"}
        heads = [label_of(name, period, money.get(name, "")) for name, period in keys]
        yield label_of(CODE), *PARTICULARS.values(), *heads
        # From the first day of the next year on, the facts of every year known today are looked at.
        on, ranks = date(self._clock.today().year + 1, 1, 1), self._ranks()
        for companies in self._store.iterate_companies(BATCH):
            yield from (_row(company, keys, on, ranks) for company in companies)


def _row(company: Company, keys: Sequence[Key], on: date, ranks: Ranks) -> tuple[object, ...]:
    best = resolve(judged(unpack(company.facts, ranks)), on).records
    values = [_shown(best.get((name, period or None))) for name, period in keys]
    return company.uscc, *(shown_particular(name, getattr(company, name)) for name in PARTICULARS), *values


def _shown(record: FactRecord | None) -> object:
    """The value as people write it in a table, so that it reads back the same."""
    if record is None:
        return ""
    fact, value = fact_named(record.name), record.value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Fraction):
        return f"{decimal_text(value * 100)}%" if fact.is_ratio else decimal_text(value)
    if isinstance(value, int):
        return f"{value * 100}%" if fact.is_ratio else value
    if isinstance(value, date):
        return value.isoformat()
    words = WORD_LISTS[fact.members].labels() if isinstance(fact.members, str) else members_of(fact) or {}
    if isinstance(value, frozenset):
        return "、".join(words.get(word, word) for word in sorted(value)) or "无"
    return words.get(value, value)
