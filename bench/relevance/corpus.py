"""The documents searched: the known items, and made-up ones about forty topics around them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from policies.vocabulary import INDUSTRIES, TOWNS
from search_index.document import SearchDocument
from search_index.schema import Field, FieldKind, Schema

HERE = Path(__file__).parent
SCHEMA = Schema(
    (
        Field("department", FieldKind.KEYWORDS),
        Field("number", FieldKind.WORDS, weight=8.0),
        Field("summary", FieldKind.WORDS, weight=3.0),
        Field("context", FieldKind.WORDS, weight=0.5),
    )
)
KINDS = "通知 实施细则 管理办法 行动计划 若干措施 若干意见 申报指南 操作办法 实施方案".split()  # noqa: SIM905
TITLES = (
    "关于印发《{name}{kind}》的通知",
    "关于印发《{phrase}{kind}（{year}年版）》的通知",
    "关于开展{year}年度{phrase}申报工作的通知",
    "促进{industry}产业{phrase}{kind}",
    "{town}关于支持{phrase}的若干意见",
    "关于公布{year}年第{n}批{phrase}名单的通知",
    "《{phrase}{kind}》政策解读",
    "{industry}领域{phrase}三年行动计划",
    "关于{phrase}有关事项的公告",
    "{phrase}专题培训班（第{n}期）",
    "{phrase}名师堂（{town}专场）",
)
SENTENCES = (
    "对符合条件的{industry}企业开展{phrase}，按照{n}%给予补贴，最高不超过{money}万元",
    "支持{town}围绕{industry}开展{phrase}，对{other}给予奖励{money}万元",
    "申请{phrase}的单位应当在{town}实际经营，具备{noun}方面的能力",
    "{department}负责{phrase}的组织实施，配合做好{other}",
    "完善{phrase}工作机制，加强{noun}和{noun2}的统筹",
    "鼓励企业和高校联合开展{phrase}，提升{noun}水平",
    "{year}年度{phrase}申报自{month}月起，逾期不再受理",
    "每年安排专项资金{money}万元，用于{phrase}和{other}",
    "{town}应当建立{phrase}台账，于每月{month}日前报送{department}",
    "企业办理{phrase}可以在网上提交{noun}证明与{noun2}报告",
    "推动{phrase}与{other}协同发展，形成{noun}示范",
    "申报材料应当真实完整，并签署承诺书",
    "本文件由{department}负责解释，从优不重复",
)
NOUNS = """
    人员 场地 设备 合同 财务 审计 统计 档案 物流 仓储 运营 质量 标准 检测 认证 品牌 渠道
    客户 供应 采购 库存 能耗 排放 消防 应急 保险 信用 纳税 社保 工资 培训 招聘 考勤 绩效
    股权 投资 估值 尽调 合规 法务 商标 版权 软件 数据 算法 芯片 传感 材料 部件 整机 样机
    试制 量产 交付 售后 市场 调研 展会 论坛 竞赛 课题 论文 专著 导师 学员 班级 教材 课程
    场景 用户 平台 网站 门户 终端 网络 机房 云端 安全
""".split()  # noqa: SIM905
DEPARTMENTS = """
    区科经委 区财政局 区发改委 区市场监管局 区商务委 区规划资源局 区生态环境局 区文体旅游局
""".split()  # noqa: SIM905


@dataclass(frozen=True)
class Made:
    """A document and what it is about: topic -> 2 when mainly, 1 when also."""

    document: SearchDocument
    topics: dict[int, int] = field(default_factory=dict)


@cache
def read(name: str) -> Any:
    """One of the data files."""
    return yaml.safe_load((HERE / f"{name}.yaml").read_text("utf-8"))


def documents(count: int) -> Iterator[Made]:
    """The known items first, then made-up documents up to `count`; the same at every run."""
    items, measure = read("items")["items"], 0
    for item in items:
        measure = int(item["ref"][1:]) if item["ref"].startswith("M") else measure
        yield _known(item, item.get("topic", measure))
    chance = random.Random(68)
    topics = {int(key): (value["name"], value["phrases"].split()) for key, value in read("topics").items()}
    for number in range(count - len(items)):
        yield _made_up(number, topics, chance)


def _known(item: dict[str, str], topic: int) -> Made:
    lead, support = item["lead"].split("、"), (item.get("support") or "").split("、")
    led = "".join(f"{name}牵头。" for name in lead)
    supported = "".join(f"{name}配合。" for name in support if name)
    document = SearchDocument(
        item["ref"], "measure", 1, "published", item["title"], f"{item['text']}\n{led}{supported}",
        {"department": tuple(lead), "context": "高新技术企业培育三年行动计划"},
    )  # fmt: skip
    return Made(document, {topic: 2})


def _made_up(number: int, topics: dict[int, tuple[str, list[str]]], chance: random.Random) -> Made:
    main, also = chance.sample(list(topics), 2)
    name, phrases = topics[main]
    title = _filled(chance.choice(TITLES), phrases, chance).replace("{name}", name)
    lines = []
    for _ in range(chance.randint(10, 30)):
        about = phrases if chance.random() < 0.6 else topics[also][1]
        about = about if chance.random() < 0.9 else topics[chance.choice(list(topics))][1]
        lines.append(_filled(chance.choice(SENTENCES), about, chance))
    fields = {"summary": name, "number": f"示例发〔{chance.randint(2018, 2026)}〕{chance.randint(1, 420)}号"}
    text = "。".join(lines)
    if chance.random() < 0.35:
        title, text = (part.replace("高新技术企业", "高企") for part in (title, text))
    document = SearchDocument(f"x{number:05}", "policy", 1, "published", title, text, fields)
    return Made(document, {main: 2, also: 1})


def _filled(form: str, phrases: list[str], chance: random.Random) -> str:
    values = {
        "phrase": chance.choice(phrases),
        "other": chance.choice(phrases),
        "industry": chance.choice(INDUSTRIES.entries).label,
        "town": chance.choice(TOWNS.entries).label,
        "department": chance.choice(DEPARTMENTS),
        "noun": chance.choice(NOUNS),
        "noun2": chance.choice(NOUNS),
        "kind": chance.choice(KINDS),
        "year": chance.randint(2018, 2026),
        "month": chance.randint(1, 12),
        "n": chance.randint(2, 40),
        "money": chance.choice((5, 10, 30, 50, 100, 150, 200, 300, 500)),
    }
    for key, value in values.items():
        form = form.replace("{" + key + "}", str(value))
    return form
