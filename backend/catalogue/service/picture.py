"""一图读懂: one tall picture of a sheet's data, in which no number stands that is not in the data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from backend.adapters.pictures import Block, Picture, Poster, lay_out
from backend.catalogue.service.published import standing
from backend.shared.errors import InvalidInputError, Problem
from policies.conditions import threshold_text
from policies.facts.values import money_text
from policies.proof import unproven
from policies.rules import Rule
from policies.sheet import Sheet, Support

_LEVELS = {"national": "国家", "city": "市级", "district": "区级", "area": "片区"}
_KINDS = {
    "plan": "行动计划",
    "title": "资质认定",
    "money": "资金支持",
    "tax": "税收优惠",
    "platform": "平台建设",
    "listing": "上市",
    "service": "服务",
}
_STANDINGS = {
    "consultation": "征求意见中，尚未生效",
    "unconfirmed": "有效期没有查到，请先核实",
    "not_yet": "尚未施行",
    "in_force": "现行有效",
    "expired": "已到期，仅供参考",
}
_MARKS = {
    "G": "依据政府网站",
    "P": "依据公开转述，以官方原文为准",
    "R": "依据公开数据集，以官方原文为准",
    "K": "一般了解，未经核对",
    "C": "来源说法不一，以官方原文为准",
    "?": "未经核对",
}


def draw_picture(sheet: Sheet, today: date, link: str) -> Picture:
    """The picture of a sheet as of today; InvalidInputError names numbers that are not in the data."""
    poster = poster_of(sheet, today, link)
    said = "\n".join((poster.badge, *(line for block in poster.blocks for line in block.lines)))
    # The document's own number is a name, whatever digits it is made of.
    if missing := unproven(said.replace(sheet.number, "") if sheet.number else said, sheet):
        problems = [
            Problem("picture", f"“{number}”在政策数据中没有，请先核对文字或补上数据。") for number in missing
        ]
        raise InvalidInputError(problems)
    return lay_out(poster)


def poster_of(sheet: Sheet, today: date, link: str) -> Poster:
    """What the picture says; what is not known is said to be not known, never left to be guessed."""
    kicker = f"一图读懂 · {_LEVELS[sheet.level]}{_KINDS[sheet.kind]}"
    rule = _rule_for(sheet, today)
    blocks = [
        Block("谁可以申请", _lines(sheet.key_points.who)),
        Block("有什么支持", tuple(_supports(sheet))),
        Block("要满足什么条件", tuple(_conditions(rule, today)) if rule else ()),
        Block(
            "怎么办理",
            (*_lines(sheet.key_points.where), *(f"· {item}" for item in sheet.key_points.materials)),
        ),
        Block("什么时候", tuple(_dates(sheet, rule))),
        Block("信息依据", (_MARKS[sheet.confidence.mark], *_lines(_number_of(sheet)))),
    ]
    return Poster(
        kicker,
        sheet.title,
        _badge(sheet, today),
        tuple(block for block in blocks if block.lines),
        link,
        "扫码查看全文、来源和最新状态",
        "本图按政策数据自动生成，以官方原文为准",
    )


def _badge(sheet: Sheet, today: date) -> str:
    """Where it stands today; nothing is called current whose days nobody knows."""
    return _STANDINGS[standing(sheet, today)]


def _rule_for(sheet: Sheet, today: date) -> Rule | None:
    """The version that judges a new application today, else the newest."""
    rules = [rule for rule in sheet.rules if rule.kind != "renewal"] or list(sheet.rules)
    current = [rule for rule in rules if rule.in_force(today)]
    return max(current or rules, key=lambda rule: rule.from_, default=None)


def _supports(sheet: Sheet) -> Iterator[str]:
    if not sheet.supports:
        yield from _lines(sheet.key_points.what)
        yield from _lines(sheet.key_points.how_much)
    for support in sheet.supports:
        yield f"· {support.title}：{_amount(support)}"


def _amount(support: Support) -> str:
    if support.yuan is not None:
        return money_text(support.yuan)
    return f"最高{money_text(support.ceiling)}" if support.ceiling is not None else "金额未公布"


def _conditions(rule: Rule, today: date) -> Iterator[str]:
    for condition in rule.conditions:
        # What is measured on the day of application is not a day of the policy's.
        asked = threshold_text(condition, today, _unknown).replace(today.isoformat(), "申请当日")
        plain = asked in condition.label or asked == "为“是”"
        yield f"· {condition.label}" if plain else f"· {condition.label}：{asked}"


def _unknown(name: str) -> None:  # noqa: ARG001
    """No firm is looked at: every fact is open."""


def _dates(sheet: Sheet, rule: Rule | None) -> Iterator[str]:
    yield from _lines(sheet.key_points.when)
    for window in rule.windows if rule else ():
        yield f"· 申报：{_day(window.open)}至{_day(window.close)}"
    start, end = sheet.validity.from_, sheet.validity.to
    if start or end:
        first = _day(start) if start else "起始日未公布"
        last = _day(end) if end else "截止日未公布"
        yield f"· 有效期：{first}，至{last}" if not (start and end) else f"· 有效期：{first}至{last}"


def _number_of(sheet: Sheet) -> str:
    return f"文号：{sheet.number}" if sheet.number else ""


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for line in text.split("\n") if line.strip())
