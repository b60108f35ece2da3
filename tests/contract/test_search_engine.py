"""The promise of `search_index.engine`, asked of every engine: add a maker to ENGINES and all of it runs."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from search_index.analysis import Analyzer
from search_index.document import SearchDocument
from search_index.engine import Engine, IndexUnusableError
from search_index.engines import keeper
from search_index.query import AnyOf, Between, Query, QueryError, Sort
from search_index.schema import Field, FieldKind, Schema, SchemaError

SCHEMA = Schema(
    (
        Field("area", FieldKind.KEYWORDS),
        Field("issuer", FieldKind.WORDS, weight=2.0),
        Field("closes", FieldKind.DAY),
        Field("amount", FieldKind.NUMBER),
    )
)
ANALYZER = Analyzer(
    words=("高新技术企业", "研发费用加计扣除", "专精特新小巨人"),
    synonyms={"高新技术企业": ("高企",), "研发费用加计扣除": ("加计扣除", "加计"), "科技小巨人": ("小巨人",)},
    stop_words=("怎么", "如何"),
)


def policy(ident: str, title: str, text: str = "", revision: int = 1, **fields: object) -> SearchDocument:
    """A made-up policy."""
    return SearchDocument(ident, "policy", revision, "final", title, text, fields)  # type: ignore[arg-type]


LIBRARY = (
    policy("rending", "高新技术企业认定管理办法", "国科发火〔2016〕32号", area=("zj", "jq"), amount=0),
    policy(
        "both", "税收优惠", "高新技术企业可享受研发费用加计扣除。", area=("zj",), closes=date(2026, 6, 30)
    ),
    policy("koujian", "研发费用加计扣除指引", "科技型企业适用", issuer="示例税务局", closes=date(2026, 3, 1)),
    policy("fuhua", "孵化器办法", "对孵化器给予20万元补贴", area=("jq",), amount=200000),
    replace(policy("ke", "高企训练课", "如何认定"), kind="course"),
)


ENGINES = ("whoosh", "opensearch")


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Each engine, holding LIBRARY."""
    url = None
    if request.param == "opensearch":
        url = f"{request.getfixturevalue('search_node')}/test-{secrets.token_hex(4)}"
    made = keeper(tmp_path / "search", url, SCHEMA, ANALYZER).remake(LIBRARY, None)
    yield made
    made.close()


def ids(engine: Engine, text: str = "", **asked: object) -> list[str]:
    return [hit.id for hit in engine.search(Query(text, **asked)).hits]  # type: ignore[arg-type]


@pytest.mark.parametrize("asked", ["", "高企", "高企 补贴", "gaoxin", "高欣企业"])
def test_an_empty_index_finds_nothing(engine: Engine, asked: str) -> None:
    engine.rebuild([])
    query = Query(asked, (AnyOf("area", ("zj",)),), ("kind", "area"), Sort("closes") if asked else None)
    found = engine.search(query)
    assert (found.total, found.hits, found.next_cursor) == (0, (), None)
    assert found.facets == {"kind": {}, "area": {}}
    assert engine.totals(asked, [(), query.filters]) == [0, 0]
    assert (engine.suggest("示例"), engine.count()) == ([], 0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("高企 加计扣除", {"both"}),
        ("加计", {"both", "koujian"}),
        ("高新技术企业", {"rending", "both", "ke"}),
        ("国科发火2016 32号", {"rending"}),
        ("国科发火[2016]32号", {"rending"}),
        ("ＧＵＯ", set()),
        ("20万 补贴", {"fuhua"}),
        ("税务局", {"koujian"}),
        ("孵", {"fuhua"}),
        ("器", {"fuhua"}),
    ],
)
def test_all_words_in_any_spelling(engine: Engine, text: str, expected: set[str]) -> None:
    result = engine.search(Query(text))
    assert {hit.id for hit in result.hits} == expected
    assert result.total == len(expected)


def test_title_outranks_text(engine: Engine) -> None:
    assert ids(engine, "研发费用加计扣除")[0] == "koujian"


def test_some_words_are_said_to_be_some(engine: Engine) -> None:
    result = engine.search(Query("火星 孵化器"))
    assert (result.matched, result.unmatched_words) == ("some_words", ("火星",))
    assert [hit.id for hit in result.hits] == ["fuhua"]


def test_whole_question_leads_with_what_it_is_about(engine: Engine) -> None:
    result = engine.search(Query("注册满一年怎么认定高企"))
    assert result.matched == "some_words"
    assert {hit.id for hit in result.hits[:2]} == {"rending", "ke"}


def test_half_a_word_beside_a_short_form(engine: Engine) -> None:
    """加计扣 holds the short form 加计, but is the start of 加计扣除."""
    assert set(ids(engine, "加计扣")) == {"both", "koujian"}
    assert set(ids(engine, "用加计扣 指引")) == {"koujian"}


def test_longer_title_is_not_its_short_form() -> None:
    assert "科技小巨人" not in ANALYZER.canonical("专精特新小巨人")
    assert ANALYZER.canonical("小巨人") == "科技小巨人"


def test_filters_facets_and_unknown_values(engine: Engine) -> None:
    assert set(ids(engine, filters=(AnyOf("area", ("zj",)),))) == {"rending", "both"}
    assert ids(engine, filters=(AnyOf("kind", ("course",)),)) == ["ke"]
    assert ids(engine, filters=(Between("closes", high=date(2026, 6, 30)),)) == ["both", "koujian"]
    assert ids(engine, filters=(Between("amount", low=1),)) == ["fuhua"]
    assert "ke" in ids(engine, filters=(Between("amount", low=1, or_unknown=True),))
    result = engine.search(Query("", filters=(AnyOf("area", ("zj",)),), facets=("area", "kind")))
    assert result.facets == {"area": {"jq": 2, "zj": 2}, "kind": {"policy": 2}}


def test_sort_puts_unknown_days_last(engine: Engine) -> None:
    assert ids(engine, sort=Sort("closes"))[:2] == ["koujian", "both"]
    assert ids(engine, sort=Sort("closes", descending=True))[:2] == ["both", "koujian"]


@pytest.mark.parametrize(
    "query", [Query("", limit=2), Query("企业", limit=1), Query("", sort=Sort("closes"), limit=2)]
)
def test_pages_meet_without_gap_or_repeat(engine: Engine, query: Query) -> None:
    seen, page = [], engine.search(query)
    whole = [hit.id for hit in engine.search(query._replace(limit=50)).hits]
    while True:
        seen += [hit.id for hit in page.hits]
        if page.next_cursor is None:
            break
        page = engine.search(query._replace(cursor=page.next_cursor))
    assert seen == whole
    assert len(seen) == page.total


def test_page_survives_edits_before_it(engine: Engine) -> None:
    first = engine.search(Query("", limit=2))
    engine.put([policy("aaa", "排在最前")])
    second = engine.search(Query("", limit=2, cursor=first.next_cursor))
    assert not {h.id for h in first.hits} & {h.id for h in second.hits}


def test_page_by_relevance_survives_edits_that_change_every_score(engine: Engine) -> None:
    whole = {hit.id for hit in engine.search(Query("企业", limit=50)).hits}
    page = engine.search(Query("企业", limit=1))
    seen = [hit.id for hit in page.hits]
    while page.next_cursor:
        if len(seen) < 4:
            engine.put([policy(f"more{len(seen)}", "企业", "企业" * len(seen))])
        page = engine.search(Query("企业", limit=1, cursor=page.next_cursor))
        seen += [hit.id for hit in page.hits]
    assert len(seen) == len(set(seen))
    assert whole <= set(seen)


def test_highlights_are_pieces_of_the_text(engine: Engine) -> None:
    (hit,) = engine.search(Query("高企 加计扣除")).hits
    (snippet,) = hit.snippets
    assert "".join(piece.text for piece in snippet) == "高新技术企业可享受研发费用加计扣除。"
    assert [piece.text for piece in snippet if piece.is_hit] == ["高新技术企业", "研发费用加计扣除"]


def test_revisions_only_go_forward(engine: Engine) -> None:
    engine.put([policy("fuhua", "众创空间办法", revision=3)])
    engine.put([policy("fuhua", "孵化器办法", revision=2)])
    assert ids(engine, "孵化器") == []
    assert ids(engine, "众创空间") == ["fuhua"]
    engine.remove("fuhua", 2)
    assert ids(engine, "众创空间") == ["fuhua"]
    engine.remove("fuhua", 3)
    engine.put([policy("fuhua", "众创空间办法", revision=3)])
    assert ids(engine, "众创空间") == []
    engine.put([policy("fuhua", "众创空间办法", revision=4)])
    assert ids(engine, "众创空间") == ["fuhua"]
    assert engine.count() == len(LIBRARY)


def test_removal_before_arrival_is_remembered(engine: Engine) -> None:
    engine.remove("later", 5)
    engine.put([policy("later", "迟到的办法", revision=5)])
    assert ids(engine, "迟到") == []


@pytest.mark.parametrize(
    ("typed", "read_as"),
    [
        ("gaoxinjishuqiye", "高新技术企业"),
        ("gxjsqy", "高新技术企业"),
        ("fuhuaqi", "孵化器"),
        ("高新技术企夜", "高新技术企业"),
        ("孵花器 补贴", "孵化器 补贴"),
        ("高新技企业", "高新技术企业"),
        ("ＧＸＪＳＱＹ", "高新技术企业"),
    ],
)
def test_what_was_meant_is_found(engine: Engine, typed: str, read_as: str) -> None:
    result, meant = engine.search(Query(typed)), engine.search(Query(read_as))
    assert (result.read_as, result.matched) == (read_as, "all_words")
    assert result.unmatched_words
    assert {hit.id for hit in result.hits} == {hit.id for hit in meant.hits} != set()


def test_what_is_spelled_rightly_is_not_read_otherwise(engine: Engine) -> None:
    for text in ("高企", "加计扣", "孵化器办法", "国科发火2016 32号", "火星"):
        assert engine.search(Query(text)).read_as is None, text


def test_shorter_questions_that_find_something_are_named(engine: Engine) -> None:
    assert engine.search(Query("火星 孵化器")).parts == (("孵化器", 1),)
    assert set(engine.search(Query("孵化器 税务局")).parts) == {("孵化器", 1), ("税务局", 1)}
    assert engine.search(Query("孵化器 补贴")).parts == ()


def test_hits_come_without_highlights_when_not_wanted(engine: Engine) -> None:
    (hit,) = engine.search(Query("孵化器", highlights=False)).hits
    assert (hit.id, hit.kind, hit.revision, hit.title_highlight, hit.snippets) == (
        "fuhua",
        "policy",
        1,
        (),
        (),
    )


@pytest.mark.parametrize("typed", ["gaoqi", "gqxlk", "gaoqixunlian", "训练", "xlk", "GQX"])
def test_titles_are_offered_by_characters_pinyin_and_initials(engine: Engine, typed: str) -> None:
    assert "高企训练课" in engine.suggest(typed)


def test_a_removed_title_is_not_offered(engine: Engine) -> None:
    engine.remove("ke", 1)
    assert "高企训练课" not in engine.suggest("gaoqi")


def test_suggestions(engine: Engine) -> None:
    assert engine.suggest("高企")[:2] == ["高企训练课", "高新技术企业"] or "高新技术企业" in engine.suggest(
        "高企"
    )
    assert "孵化器办法" in engine.suggest("孵")
    assert engine.suggest("训练") == ["高企训练课"]
    assert len(engine.suggest("高", limit=1)) == 1
    assert engine.suggest("\0") == []


@pytest.mark.parametrize(
    "text",
    [
        "。，！",
        "怎么",
        '"高企',
        "高*企?",
        "🚀🚀",
        "\0",
        "a\0b",
        "(.*)+$",
        "' OR 1=1 --",
        "AND OR NOT",
        "\ud800",
        "企" * 200,
    ],
)
def test_hostile_questions_get_an_answer(engine: Engine, text: str) -> None:
    assert engine.search(Query(text, facets=("area",))).total <= len(LIBRARY)


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        (Query("长" * 201), "too_long"),
        (Query("x" * 10_000), "too_long"),
        (Query("", limit=0), "limit"),
        (Query("", filters=(AnyOf("nowhere", ("x",)),)), "field"),
        (Query("", filters=(Between("area", low=1),)), "field"),
        (Query("", sort=Sort("area")), "field"),
        (Query("", cursor="@@"), "cursor"),
        (Query("", cursor="WyJhIiwgMSwgImIiXQ==."), "cursor"),
        (Query("", cursor="WyJhIiwgMSwgImIiXQ==.AAA="), "cursor"),
    ],
)
def test_impossible_questions_are_refused(engine: Engine, query: Query, reason: str) -> None:
    with pytest.raises(QueryError) as refused:
        engine.search(query)
    assert refused.value.reason == reason


def test_document_outside_the_schema_is_refused(engine: Engine) -> None:
    with pytest.raises(SchemaError):
        engine.put([policy("bad", "坏", closes="2026-01-01")])
    assert engine.count() == len(LIBRARY)


def test_rebuild_swaps_whole_and_keeps_edits_made_meanwhile(engine: Engine) -> None:
    def documents() -> Iterator[SearchDocument]:
        yield from LIBRARY[:3]
        engine.put([policy("new", "重建期间的新办法"), policy("both", "已改名", revision=2)])
        engine.remove("koujian", 2)
        assert ids(engine, "孵化器") == ["fuhua"]

    told: list[int] = []
    assert engine.rebuild(documents(), told.append) == 3
    assert told[-1] == 3
    assert set(ids(engine)) == {"rending", "both", "new"}
    assert ids(engine, "已改名") == ["both"]


def test_failed_rebuild_leaves_the_old_index(engine: Engine) -> None:
    def broken() -> Iterator[SearchDocument]:
        yield LIBRARY[0]
        raise RuntimeError("示例故障")

    with pytest.raises(RuntimeError):
        engine.rebuild(broken())
    assert engine.count() == len(LIBRARY)
    engine.check()


def test_closed_engine_says_so(engine: Engine) -> None:
    engine.check()
    engine.close()
    with pytest.raises(IndexUnusableError):
        engine.search(Query("高企"))


def test_threads_search_while_edits_run(engine: Engine) -> None:
    """What is untouched is always found; an edited document is there exactly once."""
    stop, wrong = threading.Event(), list[object]()

    def search() -> None:
        while not stop.is_set():
            try:
                if ids(engine, "国科发火2016 32号") != ["rending"] or ids(engine, "变化") != ["edited"]:
                    wrong.append("answer")
            except Exception as error:
                wrong.append(error)

    engine.put([policy("edited", "变化之初", revision=1)])
    threads = [threading.Thread(target=search) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for revision in range(2, 42):
            engine.put([policy("edited", f"变化{revision}", revision=revision)])
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert wrong == []
    assert engine.search(Query("变化41")).hits[0].revision == 41


def test_totals_count_what_holds_all_words_for_each_set_of_filters(engine: Engine) -> None:
    policies, jq = AnyOf("kind", ("policy",)), AnyOf("area", ("jq",))
    assert engine.totals("高企", [(), (policies,), (policies, jq)]) == [3, 2, 1]
    assert engine.totals("高企 不存在之词", [()]) == [0]
    assert engine.totals("", [(), (jq,)]) == [5, 2]
    assert engine.totals("，。", [()]) == [0]
    with pytest.raises(QueryError):
        engine.totals("高企", [(AnyOf("nothing", ("x",)),)])
