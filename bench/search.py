"""Search against stock Whoosh and SQLite FTS5: same terms, equal totals first, engines interleaved."""

from __future__ import annotations

import random
import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import mean, median
from typing import Any

from whoosh import fields, index, query
from whoosh.analysis import SpaceSeparatedTokenizer

from bench import Row, write_rows
from search_index.analysis import Analyzer
from search_index.document import SearchDocument
from search_index.engines.whoosh import open_engine, rebuild_engine
from search_index.query import Query
from search_index.schema import Field, FieldKind, Schema

DOCUMENTS = 10_000
ROUNDS = 5
EDITS = 200
WORDS = """
高新技术企业 研发费用加计扣除 科技成果转化 专精特新 孵化器 知识产权 概念验证 揭榜挂帅 人才落户 税收优惠
首次认定 财政资助 产业用地 天使投资 集成电路 生物医药 人工智能 数字化转型 技术改造 绿色工厂 申报指南 实施细则
""".split()  # noqa: SIM905
LETTERS = (
    "政策支持企业发展创新管理服务项目资金申请条件标准评审公示备案监督考核区域重点平台机构建设引进培育示范"
)
SCHEMA = Schema((Field("area", FieldKind.KEYWORDS),))
ANALYZER = Analyzer(
    words=tuple(WORDS), synonyms={"高新技术企业": ("高企",), "研发费用加计扣除": ("加计扣除",)}
)
SHORT = "高企|加计扣除|高企 加计扣除"
QUESTIONS = [*WORDS, *SHORT.split("|"), *(f"{a} {b}" for a, b in zip(WORDS, WORDS[3:], strict=False))]


def documents(count: int) -> list[SearchDocument]:
    """Made-up documents; words follow a long tail, so that some are common and some rare."""
    chance = random.Random(7)
    weights = [1 / (n + 1) for n in range(len(WORDS))]
    made = []
    for number in range(count):
        topics = chance.choices(WORDS, weights, k=6)
        filler = ["".join(chance.choices(LETTERS, k=chance.randint(10, 40))) for _ in range(12)]
        text = "。".join(part for pair in zip(filler, topics * 2, strict=True) for part in pair)
        fields_ = {"area": (f"a{number % 7}",)}
        made.append(SearchDocument(f"d{number:06}", "policy", 1, "final", topics[0] + "办法", text, fields_))
    return made


def needed(question: str) -> list[str]:
    """The terms a question asks of every engine."""
    return list(dict.fromkeys(term for word in ANALYZER.words_of(question) for term in word.needed))


def fts5(made: list[SearchDocument]) -> Callable[[str], int]:
    """SQLite FTS5 over the same terms, one column: ten best and the exact total."""
    base = sqlite3.connect(":memory:")
    base.execute("CREATE VIRTUAL TABLE found USING fts5(terms, tokenize=\"unicode61 tokenchars '№-%.'\")")
    rows = ((" ".join(ANALYZER.terms(d.title) * 3 + ANALYZER.terms(d.text)),) for d in made)
    base.executemany("INSERT INTO found VALUES (?)", rows)

    def search(question: str) -> int:
        asked = " ".join(f'"{term}"' for term in needed(question))
        base.execute(
            "SELECT rowid FROM found WHERE found MATCH ? ORDER BY rank LIMIT 10", (asked,)
        ).fetchall()
        return int(base.execute("SELECT count(*) FROM found WHERE found MATCH ?", (asked,)).fetchone()[0])

    return search


def stock_whoosh(made: list[SearchDocument], folder: Path) -> Callable[[str], int]:
    """Whoosh's own search over the same terms, one field: ten best and the exact total."""
    kept: Any = index.create_in(
        str(folder), fields.Schema(terms=fields.TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=False))
    )
    writer = kept.writer(limitmb=256)
    for d in made:
        writer.add_document(terms=" ".join(ANALYZER.terms(d.title) * 3 + ANALYZER.terms(d.text)))
    writer.commit()
    searcher = kept.searcher()

    def search(question: str) -> int:
        asked = query.And([query.Term("terms", term) for term in needed(question)])
        return len(searcher.search(asked, limit=10))

    return search


def timed(engines: dict[str, Callable[[str], int]], rounds: int) -> dict[str, float]:
    """Sum over the questions of each engine's median milliseconds, engines taking turns at random."""
    turns, chance = {name: {q: [] for q in QUESTIONS} for name in engines}, random.Random(1)
    for _ in range(rounds):
        for question in QUESTIONS:
            for name in chance.sample(list(engines), len(engines)):
                start = time.perf_counter()
                engines[name](question)
                turns[name][question].append((time.perf_counter() - start) * 1e3)
    return {name: sum(median(times) for times in by.values()) for name, by in turns.items()}


def versus(work: str, ours: float, other: float, goal: float) -> Row:
    """A row of a ratio that must not exceed its goal."""
    return Row(work, ours, other, ours / other, f"<= {goal}x", ours / other <= goal)


def main() -> None:
    """Build, compare totals, time, edit; write var/bench/search.json."""
    made = documents(DOCUMENTS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        start = time.perf_counter()
        engine = rebuild_engine(folder / "ours", SCHEMA, ANALYZER, made)
        rate = DOCUMENTS / (time.perf_counter() - start)
        (folder / "whoosh").mkdir()
        engines = {
            "ours": lambda question: engine.search(Query(question)).total,
            "fts5": fts5(made),
            "whoosh": stock_whoosh(made, folder / "whoosh"),
        }
        for question in QUESTIONS:
            totals = {name: search(question) for name, search in engines.items()}
            if len(set(totals.values())) != 1:
                raise SystemExit(f"totals differ for {question}: {totals}")
        taken = timed(engines, ROUNDS)
        opened = []
        for _ in range(9):
            start = time.perf_counter()
            open_engine(folder / "ours", SCHEMA, ANALYZER)
            opened.append((time.perf_counter() - start) * 1e3)
        edits = []
        for number in range(EDITS):
            start = time.perf_counter()
            engine.put([SearchDocument(made[number].id, "policy", 2, "final", f"变更{number}", "示例")])
            if engine.search(Query(f"变更{number}", limit=1)).hits[0].id != made[number].id:
                raise SystemExit(f"edit {number} is not visible")
            edits.append((time.perf_counter() - start) * 1e3)
        engine.suggest("高")
        start = time.perf_counter()
        for _ in range(1000):
            engine.suggest("高", 1)
        suggest = time.perf_counter() - start
    print(
        f"{len(QUESTIONS)} questions, totals equal for all; mean ours {taken['ours'] / len(QUESTIONS):.3f} ms"
    )
    write_rows(
        "search",
        [
            versus("questions with highlights, ms: ours / SQLite FTS5", taken["ours"], taken["fts5"], 0.06),
            versus("questions, ms: ours / stock Whoosh", taken["ours"], taken["whoosh"], 0.0033),
            Row("rebuild, documents/s", rate, None, None, ">= 2000", rate >= 2000),
            Row("open, ms (median)", median(opened), None, None, "<= 10", median(opened) <= 10),
            Row("edit to visible, ms (median)", median(edits), None, None, "<= 25", median(edits) <= 25),
            Row("edit to visible, ms (longest)", max(edits), None, None, "<= 150", max(edits) <= 150),
            Row(
                "edit, last 20 / first 20",
                mean(edits[-20:]),
                mean(edits[:20]),
                mean(edits[-20:]) / mean(edits[:20]),
                "<= 2x",
                mean(edits[-20:]) <= 2 * mean(edits[:20]),
            ),
            Row("suggestion, ms", suggest, None, None, "<= 0.1", suggest <= 0.1),
        ],
    )


if __name__ == "__main__":
    main()
