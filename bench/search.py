"""Search beside SQLite FTS5, tantivy and stock Whoosh: same terms, equal totals first, in turns."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import mean, median
from typing import Any

from backend.search.words import policy_analyzer
from bench import Row, write_rows
from bench.relevance.corpus import SCHEMA, documents, read
from search_index.analysis import Word
from search_index.document import SearchDocument
from search_index.engines.whoosh import open_engine, rebuild_engine
from search_index.query import Query

ROUNDS = 5
EDITS = 1000
TIGHT = 15
DIFFERENT = 500
ANALYZER = policy_analyzer()
Search = Callable[[str], int]


def questions(found: Callable[[str], bool]) -> list[str]:
    """Every known-item, topic and literal question that some document answers in full."""
    needs = read("needs")
    asked = [q for kind in ("known", "topic") for all_of in needs[kind].values() for q in all_of]
    asked += [meant for kinds in needs["typed"].values() for meant in kinds.values()]
    return [q for q in dict.fromkeys(asked) if found(q)]


def texts(made: Sequence[SearchDocument]) -> list[str]:
    """The documents' terms as one column: weights as repetition."""

    def terms(d: SearchDocument) -> list[str]:
        short = [value for value in d.fields.values() if isinstance(value, str)]
        return ANALYZER.terms(d.title) * 3 + ANALYZER.terms("\n".join((d.text, *short)))

    return [" ".join(terms(d)) for d in made]


def words_of(question: str) -> list[Word]:
    """What a question asks of every engine; read once, so that the others are not charged for it."""
    return ANALYZER.words_of(question)


def fts5(columns: Sequence[str]) -> Search:
    """SQLite FTS5: the ten best and the exact total."""
    base = sqlite3.connect(":memory:")
    base.execute("CREATE VIRTUAL TABLE found USING fts5(terms, tokenize=\"unicode61 tokenchars '№-%.'\")")
    base.executemany("INSERT INTO found VALUES (?)", ((text,) for text in columns))
    base.execute("INSERT INTO found(found) VALUES ('optimize')")
    asked: dict[str, str] = {}

    def search(question: str) -> int:
        match = asked.get(question) or asked.setdefault(question, _match(words_of(question)))
        base.execute(
            "SELECT rowid FROM found WHERE found MATCH ? ORDER BY rank LIMIT 10", (match,)
        ).fetchall()
        return int(base.execute("SELECT count(*) FROM found WHERE found MATCH ?", (match,)).fetchone()[0])

    return search


def _match(words: Sequence[Word]) -> str:
    sides = [[terms for terms in (word.needed, word.literal) if terms] for word in words]
    return " AND ".join(
        "(" + " OR ".join("(" + " AND ".join(f'"{t}"' for t in terms) + ")" for terms in either) + ")"
        for either in sides
    )


def tantivy_search(columns: Sequence[str]) -> Search:
    """tantivy through its Python binding: the ten best and the exact total."""
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("terms", tokenizer_name="whitespace")
    schema = builder.build()
    kept = tantivy.Index(schema)
    writer = kept.writer(256 << 20, 1)
    for text in columns:
        writer.add_document(tantivy.Document(terms=text))
    writer.commit()
    writer.wait_merging_threads()
    kept.reload()
    searcher = kept.searcher()
    must, should = tantivy.Occur.Must, tantivy.Occur.Should
    asked: dict[str, Any] = {}

    def all_of(terms: Sequence[str]) -> Any:
        return tantivy.Query.boolean_query(
            [(must, tantivy.Query.term_query(schema, "terms", term)) for term in terms]
        )

    def asked_of(words: Sequence[Word]) -> Any:
        parts = []
        for word in words:
            sides = [all_of(terms) for terms in (word.needed, word.literal) if terms]
            either = [(should, side) for side in sides]
            parts.append((must, sides[0] if len(sides) == 1 else tantivy.Query.boolean_query(either)))
        return tantivy.Query.boolean_query(parts)

    def search(question: str) -> int:
        wanted = asked.get(question) or asked.setdefault(question, asked_of(words_of(question)))
        return int(searcher.search(wanted, 10, count=True).count)

    return search


def stock_whoosh(columns: Sequence[str], folder: Path) -> Search:
    """Whoosh's own search, one field: the ten best and the exact total."""
    # Here, since the process whose memory is measured has no use for it.
    from whoosh import fields, index, query
    from whoosh.analysis import SpaceSeparatedTokenizer

    terms = fields.TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=False)
    kept: Any = index.create_in(str(folder), fields.Schema(terms=terms))
    writer = kept.writer(limitmb=256)
    for text in columns:
        writer.add_document(terms=text)
    writer.commit()
    searcher = kept.searcher()

    def search(question: str) -> int:
        parts = []
        for word in words_of(question):
            sides = [
                query.And([query.Term("terms", t) for t in ts]) for ts in (word.needed, word.literal) if ts
            ]
            parts.append(query.Or(sides) if len(sides) > 1 else sides[0])
        return len(searcher.search(query.And(parts), limit=10))

    return search


def timed(engines: dict[str, Search], asked: Sequence[str], rounds: int) -> dict[str, float]:
    """Sum over the questions of each engine's median milliseconds, engines taking turns at random.

    The time is the processor's for this thread: what else the machine does tells nothing.
    """
    turns, chance = {name: {q: [] for q in asked} for name in engines}, random.Random(1)
    for _ in range(rounds):
        for question in asked:
            for name in chance.sample(list(engines), len(engines)):
                start = time.thread_time()
                engines[name](question)
                turns[name][question].append((time.thread_time() - start) * 1e3)
    return {name: sum(median(times) for times in by.values()) for name, by in turns.items()}


def tight(search: Search, asked: Sequence[str]) -> float:
    """The same for one engine alone, its caches warm."""
    for question in asked:
        search(question)
    return timed({"it": search}, asked, TIGHT)["it"]


def once_each(asked: Sequence[str], found: Callable[[str], bool]) -> list[str]:
    """Questions to be asked once only: two words of different ones, where rows hold both."""
    chance = random.Random(3)
    words = list(dict.fromkeys(word for question in asked for word in question.split()))
    made = dict.fromkeys(" ".join(chance.sample(words, 2)) for _ in range(DIFFERENT * 20))
    new = (question for question in made if question not in asked and found(question))
    return [question for question, _ in zip(new, range(DIFFERENT), strict=False)]


def versus(work: str, ours: float, other: float, goal: float) -> Row:
    """A row of a ratio that must not exceed its goal."""
    return Row(work, ours, other, ours / other, f"<= {goal}x", ours / other <= goal)


def printed(work: str, ours: float, other: float) -> Row:
    """A row of a ratio without a goal of its own."""
    return Row(work, ours, other, ours / other, "printed", None)


def at_most(work: str, figure: float, goal: float) -> Row:
    """A row of a figure of ours alone."""
    return Row(work, figure, None, None, f"<= {goal:g}", figure <= goal)


def measured(count: int, folder: Path) -> list[Row]:
    """The rows of one size."""
    made = [one.document for one in documents(count)]
    start, busy = time.perf_counter(), time.process_time()
    engine = rebuild_engine(folder / "ours", SCHEMA, ANALYZER, made)
    rate, rate_busy = count / (time.perf_counter() - start), count / (time.process_time() - busy)
    columns = texts(made)
    engines: dict[str, Search] = {
        "ours": lambda q: engine.search(Query(q, highlights=False)).total,
        "fts5": fts5(columns),
        "tantivy": tantivy_search(columns),
    }
    asked = questions(lambda q: engines["fts5"](q) > 0)
    (folder / "whoosh").mkdir()
    whoosh = {"whoosh": stock_whoosh(columns, folder / "whoosh")}
    require_equal({**engines, **whoosh}, asked)
    different = once_each(asked, lambda q: engines["fts5"](q) > 0)
    require_equal(engines, different)
    print(f"{count} documents, {len(asked)} + {len(different)} questions, totals equal for all", flush=True)
    forget(engine)
    once = timed(engines, different, 1)
    taken = timed(engines, asked, ROUNDS)
    cold = timed({**engines, "ours": lambda q: forget(engine) or engines["ours"](q)}, asked, ROUNDS)
    small = count <= 10_000
    alone = [tight(engines[name], asked) for name in ("ours", "tantivy")]
    naive = timed({"ours": engines["ours"], **whoosh}, random.Random(2).sample(asked, 40), 2)
    goal = 0.06 if small else 0.025
    rows = [
        versus(f"{count}: each question once, ours / FTS5", once["ours"], once["fts5"], goal),
        versus(f"{count}: each question once, ours / tantivy", once["ours"], once["tantivy"], 0.8),
        versus(f"{count}: mixed, ours / FTS5", taken["ours"], taken["fts5"], goal),
        versus(f"{count}: mixed, ours / tantivy", taken["ours"], taken["tantivy"], 0.8),
        versus(f"{count}: tight loop, ours / tantivy", *alone, 0.6),
        versus(f"{count}: ours / stock Whoosh", naive["ours"], naive["whoosh"], 0.0033),
        printed(f"{count}: no word remembered, ours / FTS5", cold["ours"], cold["fts5"]),
        printed(f"{count}: no word remembered, ours / tantivy", cold["ours"], cold["tantivy"]),
        Row(f"{count}: rebuild, documents/s of CPU", rate_busy, None, None, ">= 2000", rate_busy >= 2000),
        Row(f"{count}: rebuild, documents/s by the clock", rate, None, None, "printed", None),
        at_most(f"{count}: open, ms (median)", opening(folder), 10),
    ]
    if small:
        shown = timed({"ours": lambda q: engine.search(Query(q)).total}, asked, 2)["ours"] / len(asked)
        rows.append(Row(f"{count}: a question with highlights, ms", shown, None, None, "printed", None))
        rows += suggesting(engine)
    rows.append(at_most(f"{count}: memory of a searching process, MB", memory(folder, asked), 200))
    rows += editing(engine, made) if small else []
    engine.close()
    return rows


def require_equal(engines: dict[str, Search], asked: Sequence[str]) -> None:
    """Every engine finds the same number of documents, or nothing is measured."""
    for question in asked:
        totals = {name: search(question) for name, search in engines.items()}
        if len(set(totals.values())) != 1:
            raise SystemExit(f"totals differ for {question}: {totals}")


def forget(engine: Any) -> None:
    """Drop the words remembered from earlier questions."""
    engine._current()._words.forget()


def opening(folder: Path) -> float:
    """Median milliseconds to open."""
    taken = []
    for _ in range(9):
        start = time.perf_counter()
        open_engine(folder / "ours", SCHEMA, ANALYZER)
        taken.append((time.perf_counter() - start) * 1e3)
    return median(taken)


def suggesting(engine: Any) -> list[Row]:
    """Milliseconds of a suggestion, by characters and by letters; the slowest of many prefixes decides."""
    rows = []
    for name, typed in (
        ("characters", "高 高企 孵化器 知识产权 关于 专精 20 认定办法"),
        ("pinyin and initials", "g gx gxqy gaoxin zscq fuhua zjtx jiaji"),
    ):
        slowest = 0.0
        for prefix in typed.split():
            taken = []
            for _ in range(60):
                start = time.perf_counter()
                engine.suggest(prefix, 8)
                taken.append((time.perf_counter() - start) * 1e3)
            slowest = max(slowest, median(taken))
        rows.append(at_most(f"suggestion by {name}, ms (slowest prefix)", slowest, 0.1))
    return rows


def memory(folder: Path, asked: Sequence[str]) -> float:
    """Megabytes a fresh process holds after every question, a pinyin one and a suggestion."""
    code = (
        "import sys; from pathlib import Path; from bench import search; "
        "search.hold(Path(sys.argv[1]), sys.stdin.read().split('\\n'))"
    )
    command = [sys.executable, "-c", code, str(folder / "ours")]
    done = subprocess.run(command, input="\n".join(asked), capture_output=True, text=True, check=True)
    return float(done.stdout)


def hold(path: Path, asked: Sequence[str]) -> None:
    """What `memory` runs: ask everything, print the most memory held."""
    engine = open_engine(path, SCHEMA, ANALYZER)
    for question in (*asked, "gaoxinqiye", "高欣企业"):
        engine.search(Query(question))
    engine.suggest("gaoxin")
    # Not getrusage: a child begins with the most its parent ever held.
    (line,) = [line for line in Path("/proc/self/status").read_text().split("\n") if line.startswith("VmHWM")]
    print(int(line.split()[1]) / 1024)


def editing(engine: Any, made: Sequence[SearchDocument]) -> list[Row]:
    """Edits one after the other, each found by the next search."""
    taken, busy = [], []
    for number in range(EDITS):
        ident, title = made[number % 500].id, f"变更示例{number}"
        start, cpu = time.perf_counter(), time.process_time()
        engine.put([SearchDocument(ident, "policy", 2 + number, "published", title, "示例正文")])
        if engine.search(Query(title, limit=1)).hits[0].id != ident:
            raise SystemExit(f"edit {number} is not visible")
        taken.append((time.perf_counter() - start) * 1e3)
        busy.append((time.process_time() - cpu) * 1e3)
    first, last = mean(busy[:100]), mean(busy[-100:])
    return [
        at_most(f"edit to visible, ms (median of {EDITS})", median(taken), 25),
        at_most("edit to visible, ms (longest)", max(taken), 150),
        Row("edit to visible, ms of CPU (median)", median(busy), None, None, "printed", None),
        Row("edit, CPU of the last 100 / first 100", last, first, last / first, "<= 2x", last <= 2 * first),
    ]


def main() -> None:
    """10,000 and 50,000 documents beside all engines; writes var/bench/search.json."""
    rows = []
    for count in (10_000, 50_000):
        with tempfile.TemporaryDirectory() as name:
            rows += measured(count, Path(name))
    write_rows("search", rows)


if __name__ == "__main__":
    main()
