"""Made-up mentors, counsellors and liaisons, and the story of one request they answer."""

from __future__ import annotations

from contextlib import suppress
from importlib.resources import files

import yaml

from backend.demo.walk import DemoError, Walk
from backend.guidance.service.requests import Asked
from backend.people.schemas import NewAdviser
from backend.shared.caller import Caller
from backend.shared.errors import AlreadyExistsError

HELP_KIND = "ip-planning"


def add_people(walk: Walk, editor: Caller) -> None:
    """Those who are not there yet."""
    people = walk.house.people
    for entry in yaml.safe_load(files("backend.demo").joinpath("people.yaml").read_text("utf-8")):
        adviser = NewAdviser.model_validate(entry)
        with suppress(AlreadyExistsError):  # an earlier run added it
            people.add_adviser(adviser.id, adviser.fields(), editor)
    walk.step("服务队伍", people.list_advisers(1, None).total, "人（联络员、辅导员、导师）")


def tell_a_request(walk: Walk, editor: Caller, liaison: Caller, mentor: Caller) -> None:
    """A firm asks, its liaison takes it up and brings a mentor in, who answers; the firm says how it was."""
    room = walk.house.guidance
    uscc, person = _somebody(walk)
    firm = Caller("person", person, firms=frozenset({uscc}))
    page, _ = room.requests.listed(firm, 1, None)
    if not page.items:
        text = "示例：我们有一项新产品，还没有专利，应当先做什么？"
        request = room.requests.open_request(Asked(uscc, "示例：第一件专利怎样申请", text, HELP_KIND), firm)
        room.requests.assign(request.id, "demo-liaison-west", "示例：片区联络员", editor)
        room.requests.join(request.id, "demo-mentor-ip", liaison)
        room.talking.say(request.id, "示例：先做查新检索，再确定申请范围。", mentor)
        room.requests.end(request.id, "helped", "示例：已约好检索", liaison)
        room.satisfaction.rate(request.id, 5, "示例：很快", firm)
        page, _ = room.requests.listed(firm, 1, None)
    walk.step("企业诉求", page.total, "件（已答复、已评价）")


def _somebody(walk: Walk) -> tuple[str, str]:
    house = walk.house
    for uscc in house.pool.members():
        for person in house.accounts.firms.persons_of(uscc):
            return uscc, person
    raise DemoError("企业诉求：没有企业人员")
