"""Does push's work until nothing is left, or kills itself at a chosen write; a nursery forks one per order.

The nursery imports everything once and holds no connection. It reads one JSON order per line:
{"settings": {...}, "at": "2026-03-02T10:00:00", "do": "setup" | "round" | "work", "round": 1,
 "kill": null | {"stage": "...", "nth": 3, "after": true}}
and answers with how the child ended: "done", "killed" or what went wrong.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx
import structlog
from pymongo.collection import Collection

from backend.adapters.embedded_store.collection import EmbeddedCollection
from backend.adapters.queue import TaskQueue
from backend.companies.service import Firm
from backend.demo.firms import made_up_code
from backend.pool.life import Stage
from backend.settings import Settings
from backend.shared.caller import SYSTEM, Caller, Role
from backend.shared.clock import Clock
from backend.wiring import House, build_house
from policies.sheet import parse_sheet
from tests.unit.backend.push.room import SHEET

FIRMS = 8
# Firm 1 has two persons, persons 1 and 2 act for two firms.
BOUND = {1: (1, 9), 2: (2,), 3: (1,), 4: (4,), 5: (2,), 6: (6,), 7: (7,)}
WRITES = ("insert_one", "insert_many", "update_one", "update_many", "find_one_and_update", "delete_many")
STAGES = ("run", "row", "delivery", "answer", "inbox", "permit", "claim", "send", "receipt", "digest")
_COLLECTIONS = {
    "match_runs": "run",
    "match_turns": "run",
    "messages": "row",
    "answers": "answer",
    "firm_changes": "answer",
    "permit_uses": "permit",
    "delivery_batches": "receipt",
}


def main() -> None:
    """Serve orders until stdin ends."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _child(json.loads(line))
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            print("killed" if os.WTERMSIG(status) == signal.SIGKILL else f"signal {status}", flush=True)
        else:
            print("done" if status == 0 else "failed", flush=True)


def _child(order: dict[str, Any]) -> None:
    code = 1
    try:
        at = datetime.fromisoformat(order["at"])
        if order.get("kill"):
            _arm(**order["kill"])
        house = build_house(Settings(**order["settings"]), Clock.starting_at(at), cheap_passwords=True)
        doing: dict[str, Callable[[House, int], None]] = {"setup": _setup, "round": _round, "work": _work}
        doing[order["do"]](house, order.get("round", 0))
        house.close()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _setup(house: House, _round: int) -> None:
    for number in range(1, FIRMS + 1):
        facts = ({"name": "invention_patents", "value": number},)
        uscc = made_up_code(number)
        house.companies.add_company(Firm(uscc, f"示例企业{number}", facts=facts), SYSTEM)
        house.pool.enter(uscc, Stage("candidate"), SYSTEM, "测试")
    for number, persons in BOUND.items():
        for person in persons:
            session = house.accounts.sign_in_wechat(f"person-{person}")
            caller = house.accounts.authenticate(session.access_token)
            code, _ = house.accounts.firms.issue_invitation(made_up_code(number), SYSTEM)
            house.accounts.firms.redeem(code, caller)
            house.accounts.persons.consent("1", push=True, contact=False, caller=caller)
    _tap(house, 0)


def _round(house: House, number: int) -> None:
    """What happens in a week: a policy, an edit, a fact, a withdrawal, a notice; all of it only as events."""
    _tap(house, number)
    _publish(house, f"policy-{number}", 4)
    if number % 2 == 0:
        gone = f"gone-{number}"
        house.catalogue.withdraw(gone, _publish(house, gone, 2), _staff("p", Role.PUBLISHER), "有误")
        facts = [{"name": "invention_patents", "value": 10 + number}]
        house.companies.record_facts(made_up_code(1 + number % 3), facts, "registry", SYSTEM)
    else:
        campaign = house.push.campaigns.write(f"通知{number}", "示例", {}, _staff("e", Role.EDITOR))
        submitted = house.push.campaigns.submit(campaign.id, campaign.revision, _staff("e", Role.EDITOR))
        house.push.campaigns.approve(campaign.id, submitted.revision, _staff("p", Role.PUBLISHER))
    for person in (6, 7):
        caller = house.accounts.authenticate(house.accounts.sign_in_wechat(f"person-{person}").access_token)
        house.push.wishes.change(caller, rhythm=dict.fromkeys(caller.firms, "daily"))


def _work(house: House, _round: int) -> None:
    """As the worker does in a few minutes."""
    for _ in range(2):
        house.relay.sweep()
        house.push.resume_runs()
        house.push.match_changed()
        house.queue.drain()
        house.push.deliver_due()
        house.push.write_digests()
        house.push.deliver_due()


def _publish(house: House, slug: str, least: int) -> int:
    sheet = parse_sheet(SHEET.format(slug=slug, title=f"示例{slug}", least=least, more="", windows=""), slug)
    editor = _staff("e", Role.EDITOR)
    policy = house.catalogue.write_policy(sheet, editor)
    policy = house.catalogue.submit(slug, policy.revision, editor)
    policy = house.catalogue.approve(slug, policy.revision, _staff("r", Role.REVIEWER))
    return house.catalogue.publish(slug, policy.revision, _staff("p", Role.PUBLISHER)).revision


def _tap(house: House, number: int) -> None:
    """Every person consents to some more messages."""
    for person in {person for persons in BOUND.values() for person in persons}:
        caller = house.accounts.authenticate(house.accounts.sign_in_wechat(f"person-{person}").access_token)
        for tap in range(8):
            house.push.wishes.grant("policy", f"tap-{number:04}-{tap}", caller)


def _staff(name: str, role: Role) -> Caller:
    return Caller("staff", name, roles=frozenset({role}))


def _arm(stage: str, nth: int, after: bool) -> None:
    """Count the writes of a stage (or all) and die at the nth, before or after it is done."""
    left = [nth]

    def step(found: str, act: Callable[[], Any]) -> Any:
        if stage not in ("any", found):
            return act()
        left[0] -= 1
        if left[0] == 0 and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        done = act()
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    for owner in (Collection, EmbeddedCollection):
        for name in WRITES:
            setattr(owner, name, _counted(getattr(owner, name), name, step))
    send, enqueue = httpx.Client.request, TaskQueue.enqueue
    httpx.Client.request = lambda self, *a, **k: step("send", lambda: send(self, *a, **k))  # type: ignore
    TaskQueue.enqueue = lambda self, *a, **k: step("queue", lambda: enqueue(self, *a, **k))  # type: ignore


def _counted(real: Any, name: str, step: Callable[[str, Callable[[], Any]], Any]) -> Any:
    def write(self: Any, *args: Any, **kwargs: Any) -> Any:
        return step(_stage(self.name, name, args), lambda: real(self, *args, **kwargs))

    return write


def _stage(collection: str, name: str, args: Any) -> str:
    if collection != "deliveries":
        return _COLLECTIONS.get(collection, "other")
    if name == "insert_many":
        return "delivery"
    changed = args[1].get("$set", {}) if len(args) > 1 else {}
    if "digest" in changed:
        return "digest"
    return {"delivered": "inbox", "sending": "claim", "sent": "receipt"}.get(
        changed.get("state", ""), "inbox"
    )


if __name__ == "__main__":
    main()
