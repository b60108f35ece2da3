"""Time of the walk: a document is imported, published and matched, its messages written and delivered."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from backend.adapters.logs import configure_logs
from backend.adapters.mongo import collection_of
from backend.demo.firms import DemoFirm, demo_firms
from backend.demo.plan_rule import rule_for_plan
from backend.settings import Settings
from backend.shared.caller import SYSTEM, Caller, Role
from backend.wiring import House, build_house
from bench import Row, write_rows

SIZES = (1_000, 10_000)
PERSONS = 100
PLAN = "made_up_plan.txt"


class Watch:
    """Seconds of each step, in the order they were taken."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time what is done inside."""
        started = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - started


def main() -> None:
    """Each size in a house of its own, over the embedded store."""
    configure_logs("error")
    rows = []
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            watch, messages, delivered = walk(Path(folder), size)
        total = sum(seconds for name, seconds in watch.seconds.items() if not name.startswith("("))
        label = f"{size} firms, {messages} messages, {delivered} delivered"
        rows += [
            Row(f"s, {size} firms: {name}", took, None, None, "printed", None)
            for name, took in watch.seconds.items()
        ]
        rows.append(Row(f"s, the walk: {label}", total, None, None, "printed", None))
    write_rows("walk", rows)


def walk(folder: Path, size: int) -> tuple[Watch, int, int]:
    """The steps with their times, how many messages were written and how many delivered."""
    settings = Settings(data_dir=folder, clock_start="2026-05-06T09:30:00+08:00", wechat_stand_in=True)
    house, watch = build_house(settings, cheap_passwords=True), Watch()
    try:
        firms = list(demo_firms(size))
        concerned = {firm.uscc for firm in firms if _concerned(firm)}
        with watch.step("(firms into the pool)"):
            house.companies.add_companies(firms, SYSTEM)
            house.pool.enter_many([(firm.uscc, firm.stage) for firm in firms], SYSTEM, "示例")
        _bind(house, sorted(concerned)[:PERSONS])
        with watch.step("import"):
            draft = house.catalogue.import_document(
                files("backend.demo").joinpath(PLAN).read_bytes(), PLAN, _staff("editor")
            )
        with watch.step("edit, review, publish, index, map"):
            _publish(house, draft.slug)
        with watch.step("match and write the rows"):
            house.queue.drain()
        # Firms that lack one fact are asked for it besides; that is no answer to compare.
        caused = {"cause": f"{draft.slug}.published"}
        told = {row["uscc"]: row["_id"] for row in collection_of("messages").find(caused)}
        if told.keys() != concerned:
            raise RuntimeError(f"{len(told)} firms were told, {len(concerned)} are concerned")
        reached = collection_of("deliveries").find({"state": "delivered"}, {"message": 1})
        delivered = len({row["message"] for row in reached} & set(told.values()))
        if delivered != min(PERSONS, len(concerned)):
            raise RuntimeError(f"{delivered} messages were delivered")
        with watch.step("match again, nothing new"):
            if house.push.match_all(house.clock.today()).messages:
                raise RuntimeError("matching again wrote new messages")
        return watch, len(told), delivered
    finally:
        house.close()


def _concerned(firm: DemoFirm) -> bool:
    """The rule of the plan's measure 19 by hand, for firms whose stage is one that is told."""
    facts = {fact["name"]: fact["value"] for fact in firm.facts}
    new = facts.get("gaoqi_first_time") or facts.get("newly_introduced")
    return (
        bool(facts.get("pudong_registered") and "gaoqi" in facts.get("titles", ()) and new)
        and firm.stage.step != "tracked"
    )


def _bind(house: House, usccs: list[str]) -> None:
    for number, uscc in enumerate(usccs):
        person = house.accounts.sign_in_wechat(f"demo-{number}").caller
        code, _ = house.accounts.firms.issue_invitation(uscc, SYSTEM)
        house.accounts.firms.redeem(code, person)


def _publish(house: House, slug: str) -> None:
    catalogue, editor = house.catalogue, _staff("editor")
    policy = catalogue.read_working(slug)
    policy = catalogue.edit_policy(slug, rule_for_plan(policy.sheet), policy.revision, editor)
    policy = catalogue.submit(slug, policy.revision, editor)
    policy = catalogue.approve(slug, policy.revision, _staff("reviewer"))
    catalogue.publish(slug, policy.revision, _staff("publisher"))


def _staff(role: str) -> Caller:
    return Caller("staff", f"bench-{role}", roles=frozenset({Role(role)}))


if __name__ == "__main__":
    main()
