"""In which order institutions are listed, and why: from what is known of them, and from nothing else.

There is no field anybody could set, or pay for, to move up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from backend.institutions.service import confirm_by
from backend.institutions.service.quality import ENOUGH_ANSWERS, Quality, QualityRecords
from backend.institutions.store import Institution, InstitutionStore
from backend.shared.clock import Clock
from backend.shared.errors import InvalidInputError
from backend.shared.paging import Page, decode_cursor, encode_cursor

RULES = (
    "查找某片区时，位于该片区的在前，服务全区的在后",
    "按期完成年度确认的在前，逾期的在后",
    "近一年没有查实投诉的在前，查实投诉少的在前",
    "培育库核实的成功案例多的在前（机构自报的不计入）",
    f"企业评分高的在前（不足{ENOUGH_ANSWERS}家评价的按3分计）",
    "以上都相同的按编号；不接受付费，任何人不能手工调整",
)
_NO_RATING = Decimal(3)


@dataclass(frozen=True)
class Placed:
    """An institution in its place, its record, and why it stands there."""

    institution: Institution
    quality: Quality
    overdue: bool
    why_here: tuple[str, ...]


class Listing:
    """Lists in the explained order."""

    def __init__(self, store: InstitutionStore, records: QualityRecords, clock: Clock) -> None:
        self._store = store
        self._records = records
        self._clock = clock

    def ranked(
        self, limit: int, cursor: str | None, kinds: Sequence[str] = (), area: str | None = None
    ) -> Page[Placed]:
        """A page of listed institutions; with `area`, those of that area and those bound to none."""
        start = _position(cursor)
        placed = self.placed(self._store.all_listed(kinds, area), area)
        more = encode_cursor([start + limit]) if len(placed) > start + limit else None
        return Page(placed[start : start + limit], len(placed), more)

    def placed(self, found: Sequence[Institution], area: str | None = None) -> list[Placed]:
        """These institutions in their order."""
        today = self._clock.today()
        records = self._records.of([institution.id for institution in found])
        ordered = sorted(found, key=lambda one: _rank(one, records[one.id], area, today))
        return [_place(one, records[one.id], area, today) for one in ordered]


def _rank(
    one: Institution, record: Quality, area: str | None, today: date
) -> tuple[bool, bool, int, int, Decimal, str]:
    rating = Decimal(record.average) if record.average else _NO_RATING
    return (
        bool(area) and one.area != area,
        today > confirm_by(one),
        record.upheld_lately,
        -record.counts.known_success,
        -rating,
        one.id,
    )


def _place(one: Institution, record: Quality, area: str | None, today: date) -> Placed:
    overdue = today > confirm_by(one)
    why = []
    if area:
        why.append("位于所查片区" if one.area == area else "服务全区")
    why.append("年度确认已逾期" if overdue else f"已确认，有效至{confirm_by(one).isoformat()}")
    lately = record.upheld_lately
    why.append(f"近一年查实投诉 {lately} 件" if lately else "近一年没有查实投诉")
    why.append(f"培育库核实成功 {record.counts.known_success} 家")
    rated = f"企业评分 {record.average}（{record.answers} 家）"
    why.append(rated if record.average else f"评价不足{ENOUGH_ANSWERS}家，按3分计")
    return Placed(one, record, overdue, tuple(why))


def _position(cursor: str | None) -> int:
    if cursor is None:
        return 0
    (position,) = decode_cursor(cursor)[:1]
    if type(position) is not int or not 0 <= position < 10**6:
        raise InvalidInputError.at("cursor", "翻页标记无效，请从第一页重新开始。")
    return position
