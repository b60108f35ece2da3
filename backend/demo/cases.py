"""Made-up firms served by made-up institutions; who was certified since is known from the pool."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from backend.demo.walk import Walk
from backend.shared.caller import Caller
from backend.shared.errors import AlreadyExistsError

SERVED = {"demo-finance-agency": 8, "demo-patent-agency": 5, "demo-incubator": 3}
BEGUN = timedelta(days=90)


def add_cases(walk: Walk, editor: Caller) -> None:
    """The cases that are not there yet."""
    house, records = walk.house, walk.house.institution_room.records
    firms = house.pool.members(batch=max(SERVED.values()))
    known = records.of(list(SERVED))
    for institution, wanted in SERVED.items():
        missing = firms[:wanted] if not known[institution].counts.cases else []
        for uscc in missing:
            with suppress(AlreadyExistsError):  # a run that was cut off added it
                day = house.clock.today() - BEGUN
                records.add_case(institution, uscc, day, "申报辅导（示例）", editor)
    counts = [record.counts for record in records.of(list(SERVED)).values()]
    proved = sum(count.known_success for count in counts)
    walk.step("服务案例", sum(count.cases for count in counts), f"件，其中培育库核实成功 {proved} 件")
