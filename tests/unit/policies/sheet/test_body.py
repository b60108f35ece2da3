"""A sheet's free text as blocks, and as plain words."""

from policies.sheet import Block, blocks_of, plain_body

TEXT = """## 常见误解

- 人数按全年月平均算
* 亏损也可以申报

| 年份 | 门槛 |
| --- | :-: |
| 2026 | 5% |

以通知为准。
#不是标题"""


def test_headings_lists_tables_and_paragraphs_are_told_apart() -> None:
    assert blocks_of(TEXT) == (
        Block("heading", ("常见误解",)),
        Block("list", ("人数按全年月平均算", "亏损也可以申报")),
        Block("table", rows=(("年份", "门槛"), ("2026", "5%"))),
        Block("paragraph", ("以通知为准。\n#不是标题",)),
    )


def test_plain_words_carry_no_marks() -> None:
    words = ["常见误解", "人数按全年月平均算", "亏损也可以申报", "年份，门槛", "2026，5%"]
    assert plain_body(TEXT).split("\n") == [*words, "以通知为准。", "#不是标题"]
    assert plain_body("") == ""
