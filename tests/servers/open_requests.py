"""Many made-up requests written at once, as the service would have written them one by one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from random import Random

from backend.adapters.mongo.bulk import insert_absent_rows, new_row
from backend.guidance.store.looks import LookStore
from backend.guidance.store.requests import RequestDocument, hour_of

AREAS = ("zhangjiang", "lingang", "jinqiao", "baoshuiqu", "lujiazui")
KINDS = ("ip-planning", "rd-accounting", "finance-tax", "application", "listing")
BATCH = 2000


def write_requests(usccs: list[str], count: int, due: int, now: datetime, owners: int = 0) -> None:
    """`count` live requests, of which `due` were to be answered by yesterday; the others within two weeks."""
    chance, looks = Random(11), LookStore()
    numbers = iter(range(count))
    while batch := list(islice(numbers, BATCH)):
        rows, moments = [], []
        for number in batch:
            at = now - timedelta(days=1) if number < due else now + timedelta(days=1 + number % 14)
            opened = now - timedelta(days=10 + number % 40, minutes=number % 600)
            request_id = f"{int(opened.timestamp() * 1000):015}-{number:08}"
            owner = f"shili-{number % owners:04}" if owners and number % 3 else ""
            rows.append(
                new_row(
                    request_id,
                    "person:shili",
                    opened,
                    uscc=usccs[number % len(usccs)],
                    area=AREAS[number % len(AREAS)],
                    title=f"示例诉求{number}",
                    text="示例文字",
                    policy="gaoqi-rending" if number % 4 else "",
                    help_kind=chance.choice(KINDS),
                    opened_on=opened.date().isoformat(),
                    state="working" if owner else "open",
                    level="liaison",
                    owner=owner,
                    offered=[],
                    service_class="key",
                    due_on=(at - timedelta(days=1)).date().isoformat(),
                    look_at=at,
                    reminded=True,
                    changed_hour=hour_of(opened),
                )
            )
            moments.append((at, request_id))
        looks.put(moments, "person:shili", now)
        insert_absent_rows(RequestDocument, rows)


def request_ids(count: int, now: datetime) -> Iterator[str]:
    """The ids of the first so many requests."""
    for number in range(count):
        opened = now - timedelta(days=10 + number % 40, minutes=number % 600)
        yield f"{int(opened.timestamp() * 1000):015}-{number:08}"
