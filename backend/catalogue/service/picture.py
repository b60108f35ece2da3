"""一图读懂: one tall picture of a sheet's data, in which no number stands that is not in the data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from backend.adapters.pictures import Block, Picture, Poster, lay_out
from backend.catalogue.service.published import standing
from backend.catalogue.wording import (
    KINDS,
    LEVELS,
    MARKS,
    STANDINGS,
    condition_text,
    day_text,
    rule_for,
    support_text,
    validity_text,
)
from backend.shared.errors import InvalidInputError, Problem
from policies.proof import unproven
from policies.rules import Rule
from policies.sheet import Sheet


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
    kicker = f"一图读懂 · {LEVELS[sheet.level]}{KINDS[sheet.kind]}"
    rule = rule_for(sheet, today)
    blocks = [
        Block("谁可以申请", _lines(sheet.key_points.who)),
        Block("有什么支持", tuple(_supports(sheet))),
        Block("要满足什么条件", tuple(_conditions(rule, today)) if rule else ()),
        Block("怎么办理", tuple(_steps(sheet, rule))),
        Block("什么时候", tuple(_dates(sheet, rule))),
        Block("信息依据", (MARKS[sheet.confidence.mark], *_lines(_number_of(sheet)))),
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
    return STANDINGS[standing(sheet, today)]


def _supports(sheet: Sheet) -> Iterator[str]:
    if not sheet.supports:
        yield from _lines(sheet.key_points.what)
        yield from _lines(sheet.key_points.how_much)
    for support in sheet.supports:
        yield f"· {support.title}：{support_text(support)}"


def _conditions(rule: Rule, today: date) -> Iterator[str]:
    yield from (f"· {condition_text(condition, today)}" for condition in rule.conditions)


def _steps(sheet: Sheet, rule: Rule | None) -> Iterator[str]:
    """One step for each thing the sheet knows: conditions, materials, where to go."""
    points = sheet.key_points
    where, materials = _lines(points.where), [f"· {item}" for item in points.materials]
    steps = [["对照上面的条件自查"]] if rule else []
    steps += [["备齐材料", *materials]] if materials else []
    steps += [[f"办理入口：{where[0]}", *where[1:]]] if where else []
    for name, (first, *more) in zip(("第一步", "第二步", "第三步"), steps, strict=False):
        yield f"{name} {first}" if len(steps) > 1 else first
        yield from more


def _dates(sheet: Sheet, rule: Rule | None) -> Iterator[str]:
    yield from _lines(sheet.key_points.when)
    for window in rule.windows if rule else ():
        yield f"· 申报：{day_text(window.open)}至{day_text(window.close)}"
    if held := validity_text(sheet):
        yield f"· 有效期：{held}"


def _number_of(sheet: Sheet) -> str:
    return f"文号：{sheet.number}" if sheet.number else ""


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for line in text.split("\n") if line.strip())
