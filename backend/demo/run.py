"""The demo: one complete walk over made-up firms, with a short readable summary at the end."""

from __future__ import annotations

import os
import secrets
from importlib.resources import files
from pathlib import Path

import yaml

from backend.accounts.service import current_notice
from backend.catalogue.service import Policy
from backend.demo.cases import add_cases
from backend.demo.firms import demo_firms
from backend.demo.people import add_people, tell_a_request
from backend.demo.plan_rule import rule_for_plan
from backend.demo.sessions import add_sessions, sign_up_persons
from backend.demo.summary import show
from backend.demo.walk import Say, Walk
from backend.shared.caller import SYSTEM, Caller, Role
from backend.shared.errors import AlreadyExistsError, SameNumberError
from backend.wiring import House

STAFF = {
    "demo-editor": frozenset({Role.EDITOR}),
    "demo-reviewer": frozenset({Role.REVIEWER}),
    "demo-publisher": frozenset({Role.PUBLISHER}),
    "demo-admin": frozenset({Role.ADMIN}),
    "demo-liaison": frozenset({Role.LIAISON}),
    "demo-mentor": frozenset({Role.MENTOR}),
}
PERSONS = 12


def serve_wanted() -> bool:
    """Whether the demo goes on to serve; DEMO_SERVE=0 stops after the summary."""
    return os.environ.get("DEMO_SERVE", "1") != "0"


def run_demo(house: House, plan: Path | None, say: Say) -> None:
    """Load, import, publish, match, push, and show; a second run reuses what is there. Raises DemoError."""
    walk = Walk(house, say)
    say("政策导图示例（企业、人员、课程、机构均为虚构）")
    staff = _add_staff(house, say)
    report = house.load_library()
    walk.step("政策库", len(house.catalogue.published_sheets()), "项已发布")
    for problem in report.problems:
        say(f"    未装入：{problem}")
    _add_helpers(walk, staff["demo-editor"])
    _add_firms(walk)
    _add_persons(walk)
    sign_up_persons(walk)
    tell_a_request(walk, *(staff[name] for name in ("demo-editor", "demo-liaison", "demo-mentor")))
    add_cases(walk, staff["demo-editor"])
    _publish_plan(walk, plan, staff)
    _match_and_deliver(walk)
    show(house, staff["demo-publisher"], say)


def _add_staff(house: House, say: Say) -> dict[str, Caller]:
    passwords = {}
    for name, roles in STAFF.items():
        password = secrets.token_urlsafe(12)
        try:
            house.accounts.add_staff(name, password, roles, SYSTEM)
        except AlreadyExistsError:
            continue
        passwords[name] = password
    path = house.settings.data_dir / "demo-accounts.txt"
    if passwords:
        path.touch(mode=0o600)
        path.write_text("".join(f"{name} {password}\n" for name, password in passwords.items()))
    say(f"  工作人员账号与口令：{path}")
    return {name: house.accounts.staff_caller(name) for name in STAFF}


def _add_helpers(walk: Walk, editor: Caller) -> None:
    for name, add in (
        ("courses", walk.house.courses.add_course),
        ("institutions", walk.house.institutions.add_institution),
    ):
        entries = yaml.safe_load(files("backend.demo").joinpath(f"{name}.yaml").read_text("utf-8"))
        for entry in entries:
            key = entry.pop("id")
            try:
                add(key, entry, editor)
            except AlreadyExistsError:
                continue
    walk.step("课程", walk.house.courses.list_courses(1, None).total, "门")
    add_sessions(walk, editor)
    add_people(walk, editor)
    # What they announce is heard before there are firms: nobody is told of a course that was always there.
    walk.house.queue.drain()
    walk.step("服务机构", walk.house.institutions.list_institutions(1, None).total, "家")


def _add_firms(walk: Walk) -> None:
    house = walk.house
    firms = list(demo_firms())
    house.companies.add_companies(firms, SYSTEM)
    house.pool.enter_many([(firm.uscc, firm.stage) for firm in firms], SYSTEM, "示例数据")
    walk.step("示例企业", house.companies.count(), "家")
    walk.step("培育库", house.pool.count(), "家在库")


def _add_persons(walk: Walk) -> None:
    """A made-up person for each of a few firms, bound by an invitation as any visitor is."""
    house = walk.house
    for uscc in house.pool.members(batch=PERSONS):
        if not house.accounts.firms.persons_of(uscc):
            code, _ = house.accounts.firms.issue_invitation(uscc, SYSTEM)
            house.accounts.sign_in_invited(code, current_notice().version)
    bound = sum(len(house.accounts.firms.persons_of(uscc)) for uscc in house.pool.members(batch=PERSONS))
    walk.step("企业人员", bound, "人")


def _publish_plan(walk: Walk, plan: Path | None, staff: dict[str, Caller]) -> None:
    house = walk.house
    name = plan.name if plan else "made_up_plan.txt"
    data = plan.read_bytes() if plan else files("backend.demo").joinpath(name).read_bytes()
    policy = _imported(house, data, name, staff["demo-editor"])
    sheet = policy.sheet
    walk.say(f"  读入公文：{sheet.title} {sheet.number}")
    walk.step("条款", len(sheet.clauses), "条")
    walk.step("任务分解", len(sheet.tasks), "行")
    walk.say(f"    读文提示 {len(policy.warnings)} 条，例如：")
    for warning in policy.warnings[:3]:
        walk.say(f"      第 {warning['line']} 行 {warning['message']}")
    if policy.status != "published":
        ruled = rule_for_plan(sheet)
        policy = house.catalogue.edit_policy(
            policy.slug, ruled, policy.revision, staff["demo-editor"], "写明适用条件"
        )
        policy = house.catalogue.submit(policy.slug, policy.revision, staff["demo-editor"])
        policy = house.catalogue.approve(policy.slug, policy.revision, staff["demo-reviewer"])
        house.catalogue.publish(policy.slug, policy.revision, staff["demo-publisher"], note="示例发布")
        walk.say("    已审核并发布")


def _imported(house: House, data: bytes, name: str, editor: Caller) -> Policy:
    """A draft; where the library knows the number, the next version of that policy."""
    try:
        return house.catalogue.import_document(data, name, editor)
    except SameNumberError as error:
        first = error.details["policies"][0]
        return house.catalogue.import_version(first["slug"], data, name, first["revision"], editor)


def _match_and_deliver(walk: Walk) -> None:
    house = walk.house
    report = house.push.match_all(house.clock.today())
    walk.step("匹配", report.firms, "家企业")
    house.queue.drain()
    house.push.deliver_due()
