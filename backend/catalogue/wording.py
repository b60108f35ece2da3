"""A policy in words for everybody: what the picture and the plain page both say, said once."""

from __future__ import annotations

from datetime import date

from policies.conditions import Condition, threshold_text
from policies.facts.values import money_text
from policies.rules import Rule
from policies.sheet import Limit, Sheet, Support

LEVELS = {"national": "国家", "city": "市级", "district": "区级", "area": "片区"}
KINDS = {
    "plan": "行动计划",
    "title": "资质认定",
    "money": "资金支持",
    "tax": "税收优惠",
    "platform": "平台建设",
    "listing": "上市",
    "service": "服务",
    "internal": "内部规则",
}
STANDINGS = {
    "consultation": "征求意见中，尚未生效",
    "unconfirmed": "有效期没有查到，请先核实",
    "not_yet": "尚未施行",
    "in_force": "现行有效",
    "expired": "已到期，仅供参考",
}
MARKS = {
    "G": "依据政府网站",
    "P": "依据公开转述，以官方原文为准",
    "R": "依据公开数据集，以官方原文为准",
    "K": "一般了解，未经核对",
    "C": "来源说法不一，以官方原文为准",
    "?": "未经核对",
}


def rule_for(sheet: Sheet, today: date) -> Rule | None:
    """The version that judges a new application today, else the newest."""
    rules = [rule for rule in sheet.rules if rule.kind != "renewal"] or list(sheet.rules)
    current = [rule for rule in rules if rule.in_force(today)]
    return max(current or rules, key=lambda rule: rule.from_, default=None)


def condition_text(condition: Condition, today: date) -> str:
    """What a condition asks for, with its name."""
    # What is measured on the day of application is not a day of the policy's.
    asked = threshold_text(condition, today, _unknown).replace(today.isoformat(), "申请当日")
    plain = asked in (condition.label or "") or asked == "为“是”"
    return str(condition.label) if plain else f"{condition.label}：{asked}"


def support_text(support: Support) -> str:
    """How much a support is; what no source says is said to be not public."""
    if support.yuan is not None:
        return money_text(support.yuan)
    return f"最高{money_text(support.ceiling)}" if support.ceiling is not None else "金额未公布"


def limit_text(limit: Limit) -> str:
    """What several supports share."""
    if limit.kind == "best_of":
        return f"{limit.title}：从优享受，不重复"
    return f"{limit.title}：合计不超过{money_text(limit.yuan)}" if limit.yuan is not None else limit.title


def validity_text(sheet: Sheet) -> str:
    """From when to when it holds; empty when neither day is known."""
    start, end = sheet.validity.from_, sheet.validity.to
    if not (start or end):
        return ""
    first = day_text(start) if start else "起始日未公布"
    last = day_text(end) if end else "截止日未公布"
    return f"{first}至{last}" if start and end else f"{first}，至{last}"


def day_text(day: date) -> str:
    """A day as people write it."""
    return f"{day.year}年{day.month}月{day.day}日"


def _unknown(name: str) -> None:  # noqa: ARG001
    """No firm is looked at: every fact is open."""
