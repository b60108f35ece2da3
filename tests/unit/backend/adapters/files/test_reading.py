"""Bytes to lines: every accepted form reads the same, everything else is refused with a reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.adapters.files import MAX_BYTES, UnreadableFileError, isolation, read_lines

TEXT = "# 示例区科技和经济委员会\n\n示科经委〔2031〕8号\n（一）示例条款\t责任单位\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.encode("gb18030"), "gb18030"),
        (TEXT.replace("\n", "\r\n").encode(), "utf-8"),
        (TEXT.replace("\n", "\r").encode(), "utf-8"),
    ],
)
def test_accepted_encodings_and_line_ends_give_the_same_lines(data, encoding) -> None:
    read = read_lines(data, "计划.TXT")
    assert [line.text for line in read.lines] == TEXT.split("\n")[:-1]
    assert [line.number for line in read.lines] == [1, 2, 3, 4]
    assert (read.encoding, read.kind, read.warnings) == (encoding, "text", ())


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.txt", "empty_file"),
        (b" \n\t\n", "a.txt", "empty_file"),
        (b"<html><script>alert(1)</script></html>", "a.html", "empty_file"),
        (TEXT.encode()[:-1] + "号".encode()[:2], "a.txt", "cut_file"),
        (TEXT.strip().encode("gb18030")[:-1], "a.txt", "cut_file"),
        (b"abc\0def", "a.txt", "nul_bytes"),
        (TEXT.encode("utf-16"), "a.txt", "unknown_encoding"),
        ("區科技經濟委員會關於推動企業發展".encode("big5"), "a.txt", "unknown_encoding"),
        ("Überprüfung für Förderänderung".encode("latin-1"), "a.txt", "unknown_encoding"),
        (b"%PDF-1.7 ...", "a.txt", "wrong_type"),
        (b"%PDF-1.7 ...", "a.pdf", "cut_file"),
        (b"PK\x03\x04...", "a.docx", "wrong_type"),
        (b"\xd0\xcf\x11\xe0 ...", "a.doc", "unsupported_type"),
        (TEXT.encode(), "a.exe", "unsupported_type"),
        (TEXT.encode(), "noextension", "unsupported_type"),
        (b"a" * (MAX_BYTES + 1), "a.txt", "too_large"),
        (b"a" * 200_000, "a.md", "long_line"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(data, name, code) -> None:
    with pytest.raises(UnreadableFileError) as refused:
        read_lines(data, name)
    assert refused.value.code == code
    assert refused.value.message.endswith("。")


def test_invisible_and_turning_marks_are_taken_out_and_reported() -> None:
    read = read_lines("第一行\n不少于\u202e100\u200b家\x07\n".encode(), "a.md")
    assert read.lines[1].text == "不少于100家"
    assert [(warning.line, warning.code) for warning in read.warnings] == [(2, "invisible_characters")]


def test_a_page_gives_its_visible_text_with_tables_as_cells() -> None:
    page = """<html><head><title>示例</title><style>p{}</style></head><body><script>bad()</script>
<h1>示科经委〔2031〕8号</h1><p>第一&amp;段<b>粗</b>体</p>
<table><tr><td><p>专题</p></td><td>(1) 内容</td><td></td></tr>
<tr><td></td><td>(2) 再来</td><td>区科经委</td></tr></table></body></html>"""
    lines = read_lines(page.encode(), "a.html").lines
    assert [line.text for line in lines] == [
        "示例",
        "示科经委〔2031〕8号",
        "第一&段粗体",
        "专题\t(1) 内容\t",
        "\t(2) 再来\t区科经委",
    ]
    assert [line.number for line in lines] == [1, 2, 3, 4, 5]


def test_cells_over_rows_and_columns_keep_every_column_in_its_place() -> None:
    page = """<table><tr><th rowspan=2>序号</th><th rowspan="2">工作内容</th><th colspan=2>分工</th></tr>
<tr><th>牵头单位</th><th>配合单位</th></tr>
<tr><td colspan=4>（一）示例专项</td></tr>
<tr><td>1</td><td>做一件事</td><td rowspan=0>区科经委</td><td rowspan=2 colspan=x>财政局</td></tr>
<tr><td>2</td><td>再做一件</td></tr><tr></tr><tr><td>3</td><td>又一件</td><td>区商务委</td></tr></table><p>完</p>"""
    assert [line.text for line in read_lines(page.encode(), "a.html").lines] == [
        "序号\t工作内容\t分工\t",
        "序号\t工作内容\t牵头单位\t配合单位",
        "（一）示例专项\t\t\t",
        "1\t做一件事\t区科经委\t财政局",
        "2\t再做一件\t区科经委\t财政局",
        "3\t又一件\t区科经委\t区商务委",
        "完",
    ]


def test_a_page_cannot_multiply_itself_by_its_cells() -> None:
    cell = f"<td rowspan=60000 colspan=60000>{'长' * 300}</td>"
    page = f"<table><tr>{cell * 5}</tr>{'<tr><td>x</td></tr>' * 20_000}</table>"
    lines = read_lines(page.encode(), "a.html").lines
    assert sum(len(line.text) for line in lines) < 20_000_000


def test_a_hostile_page_is_given_up_and_a_deep_one_is_read(monkeypatch) -> None:
    monkeypatch.setitem(isolation.BOUNDS, "html_text", isolation.Bounds(1, 512 * 1024 * 1024, 20))
    with pytest.raises(UnreadableFileError) as refused:
        read_lines("示例 ".encode() + b"<a b='" * 30_000, "a.html")
    assert refused.value.code == "too_complex"
    deep = read_lines(b"<div>" * 20_000 + "示例".encode(), "a.html")
    assert [line.text for line in deep.lines] == ["示例"]


@given(st.binary(max_size=300), st.sampled_from(["a.txt", "a.md"]))
def test_any_bytes_are_read_or_refused(data, name) -> None:
    try:
        read = read_lines(data, name)
    except UnreadableFileError as error:
        assert error.code and error.message
    else:
        numbers = [line.number for line in read.lines]
        assert numbers == sorted(set(numbers))


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf"]), min_size=1, max_size=200))
def test_utf8_text_keeps_every_character(text) -> None:
    kept = "\n".join(line.text for line in read_lines(("示例\n" + text + "。").encode(), "a.txt").lines)
    assert kept == ("示例\n" + text + "。")
