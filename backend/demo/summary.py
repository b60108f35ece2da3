"""What the demo shows at its end: the map, one search, one firm's answers and one message with its why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from backend.demo.walk import DemoError, Say, Walk
from backend.eligibility.service import Answer
from backend.push.service import Message
from backend.push.service.answer_wording import STATUS_LABELS
from backend.search.service import Wanted
from backend.shared.caller import SYSTEM, Caller
from backend.shared.paging import LARGEST_PAGE, Page
from backend.wiring import House
from policies.facts import resolve
from policies.gap import plan
from search_index.query import Piece

QUESTION = "高企 加计扣除"
SHOWN = 3


def show(house: House, publisher: Caller, say: Say) -> None:
    """Print the summary; DemoError when a part of it is empty."""
    nodes, links = house.graph.rebuild()
    Walk(house, say).step("导图", nodes, f"个节点、{links} 条关系")
    Walk(house, say).step("消息", _messages(house, publisher).total, "条（每条都写明原因）")
    _show_search(house, say)
    told = _delivered(house, publisher)
    _show_firm(house, told.uscc, say)
    _show_message(told, say)


def _show_search(house: House, say: Say) -> None:
    found = house.search.search(Wanted(QUESTION, limit=SHOWN))
    if not found.total:
        raise DemoError(f"检索“{QUESTION}”：没有得到结果")
    say(f"\n检索“{QUESTION}”：{found.total} 条")
    for item in found.items:
        say(f"  {_marked(item.hit.title_highlight)}　[{item.hit.id}]")
        for snippet in item.hit.snippets[:1]:
            say(f"    …{_marked(snippet)}…".replace("\n", " "))


def _messages(house: House, publisher: Caller, uscc: str | None = None) -> Page[Message]:
    return house.push.inbox.list_messages(publisher, LARGEST_PAGE, None, uscc, None)


def _delivered(house: House, publisher: Caller) -> Message:
    """The newest message that lies in an inbox: of the firms that somebody acts for, the first with one."""
    for uscc in house.pool.members():
        for message in (
            _messages(house, publisher, uscc).items if house.accounts.firms.persons_of(uscc) else ()
        ):
            if house.push.inbox.read_message(message.id, SYSTEM).deliveries:
                return message
    raise DemoError("消息：没有一条送达收件箱")


def _show_firm(house: House, uscc: str, say: Say) -> None:
    answers = house.eligibility.answers_for_firm(uscc, SYSTEM)
    company = house.companies.read_company(uscc, SYSTEM)
    counts = Counter(answer.verdict.status for answer in answers)
    counted = "，".join(f"{STATUS_LABELS[status]} {count}" for status, count in counts.most_common())
    say(f"\n{company.name}（{uscc}）：{counted}")
    for answer in answers:
        say(f"  {answer.verdict.title}：{STATUS_LABELS[answer.verdict.status]}")
    short = [answer for answer in answers if answer.verdict.status == "ineligible"]
    if short:
        _show_gap(house, uscc, min(short, key=_unmet), say)


def _unmet(answer: Answer) -> int:
    return sum(condition.state == "unmet" for condition in answer.verdict.conditions)


def _show_gap(house: House, uscc: str, answer: Answer, say: Say) -> None:
    day = house.clock.today()
    facts = resolve(house.companies.facts_of(uscc), day)
    say(f"\n离《{answer.verdict.title}》还差：")
    for step in plan(answer.verdict, facts, day).steps[:SHOWN]:
        say(f"  {step.sentence}")
        when = f"最早 {step.earliest.isoformat()}" if step.earliest else ""
        helpers = "、".join(helper.title for helper in answer.helpers.get(step.id, ())[:2])
        for line in filter(None, (step.way.text, when, helpers and f"可以找：{helpers}")):
            say(f"    {line}")


def _show_message(message: Message, say: Say) -> None:
    say(f"\n一条消息（{message.id}）：{message.title}")
    say(f"  {message.text}")
    why = message.why
    # A question or a deadline comes without an answer that changed.
    turned = f"答复由“{why['old_label']}”变为“{why['new_label']}”" if "old_label" in why else ""
    source = f"依据：{why['rule_source']}" if why.get("rule_source") else ""
    if reasons := "；".join(filter(None, (why.get("change_label"), turned, source))):
        say(f"  为什么：{reasons}")
    for condition in why.get("conditions", ())[:SHOWN]:
        say(f"    {condition['sentence']}")


def _marked(pieces: Iterable[Piece]) -> str:
    return "".join(f"【{piece.text}】" if piece.is_hit else piece.text for piece in pieces)
