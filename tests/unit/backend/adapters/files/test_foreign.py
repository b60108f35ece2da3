"""Word, PDF and workbook files: what a reader sees comes out as lines, with its page."""

import datetime

import pytest

from backend.adapters.files import UnreadableFileError, read_lines
from policies.document import read_document
from tests.documents.pdf import pdf
from tests.documents.word import PAGE, package, paragraph, table, word
from tests.documents.workbook import workbook


def texts(read):
    return [line.text for line in read.lines]


def test_word_numbers_paragraphs_and_pages_as_a_reader_sees_them() -> None:
    data = word(
        "示科经委〔2031〕8号",
        paragraph("总体要求", 0),
        paragraph("目标", 1),
        paragraph("引进示例企业", 2),
        paragraph("服务示例企业", 2),
        paragraph("保障", 1, raw=PAGE),
        paragraph("附则", 0),
    )
    read = read_lines(data, "通知.docx")
    assert texts(read) == [
        "示科经委〔2031〕8号",
        *("一、总体要求", "（一）目标", "1.引进示例企业", "2.服务示例企业", "（二）保障", "二、附则"),
    ]
    assert [line.page for line in read.lines] == [1, 1, 1, 1, 1, 2, 2]
    assert (read.kind, read.warnings) == ("docx", ())


def test_a_word_table_gives_rows_and_empty_cells() -> None:
    rows = [["专项任务", "工作内容", "责任单位"], ["示例专项", "(1) 做", "区科经委"], ["", "(2) 再做", ""]]
    read = read_lines(word("表", table(rows), table([["一行一格"]])), "表.docx")
    assert texts(read) == ["表", *("\t".join(row) for row in rows), "一行一格\t"]


def test_merged_cells_of_a_word_table_keep_every_column_in_its_place() -> None:
    def cell(text: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"

    top, below = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    rows = (
        cell("任务", top) + cell("分工", '<w:gridSpan w:val="2"/>'),
        cell("", below) + cell("牵头单位") + cell("配合单位"),
        cell("做事")
        + cell("区科经委", top)
        + "<w:sdt><w:sdtContent>"
        + cell("财政局")
        + "</w:sdtContent></w:sdt>",
        cell("再做") + cell("", below) + cell(""),
        cell("", below) + cell("", below) + cell(""),
    )
    made = "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"
    assert texts(read_lines(word(made), "表.docx")) == [
        "任务\t分工\t",
        "任务\t牵头单位\t配合单位",
        "做事\t区科经委\t财政局",
        "再做\t区科经委\t",
    ]


def test_word_revisions_are_read_as_accepted_and_remarked() -> None:
    w = "<w:p><w:r><w:t>不少于</w:t></w:r><w:del><w:r><w:delText>10</w:delText></w:r></w:del>"
    read = read_lines(
        word(w + "<w:ins><w:r><w:t>20</w:t></w:r></w:ins><w:r><w:t>家</w:t></w:r></w:p>"), "a.docx"
    )
    assert texts(read) == ["不少于20家"]
    assert [warning.code for warning in read.warnings] == ["tracked_changes"]


def test_word_footnotes_are_not_lost() -> None:
    notes = (
        '<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        '<w:footnote w:type="separator"><w:p/></w:footnote>'
        "<w:footnote><w:p><w:r><w:t>示例脚注</w:t></w:r></w:p></w:footnote></w:footnotes>"
    )
    read = read_lines(word("正文。", parts={"word/footnotes.xml": notes}), "a.docx")
    assert texts(read) == ["正文。", "示例脚注"]
    assert [(warning.line, warning.code) for warning in read.warnings] == [(2, "note")]


def test_macros_embedded_files_and_outside_links_are_named_and_left_alone() -> None:
    links = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="1" Type="x/attachedTemplate" Target="http://127.0.0.1:9/a" TargetMode="External"/>'
        '<Relationship Id="2" Type="x/hyperlink" Target="http://127.0.0.1:9/b" TargetMode="External"/>'
        "</Relationships>"
    )
    parts = {
        "word/vbaProject.bin": b"\0",
        "word/embeddings/a.bin": b"\0",
        "word/_rels/document.xml.rels": links,
    }
    read = read_lines(word("正文。", parts=parts), "a.docx")
    assert texts(read) == ["正文。"]
    assert [warning.code for warning in read.warnings] == ["macros", "embedded_files", "external_links"]
    assert "attachedTemplate" in read.warnings[2].message and "hyperlink" not in read.warnings[2].message


def test_pdf_lines_wrap_into_paragraphs_and_keep_their_page() -> None:
    full = "示例区科技和经济委员会将持续做好示例企业的服务工作并按季度公布"
    first = [
        (200, 780, "示科经委〔2031〕8号"),
        (94, 740, full + "进展"),
        (70, 720, full + "进展情况"),
        (70, 700, "。"),
    ]
    read = read_lines(pdf(first, [(94, 780, "一、总体要求")]), "通知.pdf")
    assert texts(read) == ["示科经委〔2031〕8号", full + "进展" + full + "进展情况。", "一、总体要求"]
    assert [line.page for line in read.lines] == [1, 1, 2]
    assert read.kind == "pdf"


def test_a_pdf_table_is_read_by_its_columns() -> None:
    page = [
        (70, 780, "任务分解表"),
        *((70, 740, "专项任务"), (180, 740, "工作内容"), (420, 740, "责任单位")),
        *((70, 720, "示例专项"), (180, 720, "(1) 引进示例企业每年"), (420, 720, "区科经委、")),
        *((180, 700, "不少于20家。"), (420, 700, "财政局")),
        (180, 680, "还有一句。"),
        *((180, 660, "(2) 再做一件。"), (420, 660, "区商务委")),
    ]
    read = read_lines(pdf(page), "表.pdf")
    assert texts(read) == [
        "任务分解表",
        "专项任务\t工作内容\t责任单位",
        "示例专项\t(1) 引进示例企业每年\t区科经委、",
        "\t不少于20家。\t财政局",
        "\t还有一句。\t",
        "\t(2) 再做一件。\t区商务委",
    ]
    rows = read_document(read.lines, "表.pdf").rows
    assert [(row.number, row.text, [unit.label for unit in row.units]) for row in rows] == [
        ("1", "引进示例企业每年不少于20家。还有一句。", ["区科经委", "区财政局"]),
        ("2", "再做一件。", ["区商务委"]),
    ]


def test_workbook_cells_are_text_as_shown() -> None:
    rows = [
        ["示例任务表"],
        ["序号", "任务", "占比", "日期"],
        [1, "引进\n企业", 0.3, datetime.date(2031, 5, 1)],
        [],
        [2.5, True, "=1+1", datetime.datetime(2031, 5, 1, 9, 30)],  # noqa: DTZ001
    ]
    read = read_lines(workbook({"甲": rows, "乙": [["乙表"]]}, percent=("C3",)), "表.xlsx")
    assert texts(read) == [
        "示例任务表",
        "序号\t任务\t占比\t日期",
        "1\t引进企业\t30%\t2031-05-01",
        "2.5\t是\t\t2031-05-01 09:30",
        "乙表",
    ]
    assert [line.page for line in read.lines] == [1, 1, 1, 1, 2]
    assert [warning.code for warning in read.warnings] == ["uncalculated"]


def swollen(name: str) -> bytes:
    return package({"[Content_Types].xml": "", name: b" " * (150 * 1024 * 1024)})


def deep_word() -> bytes:
    return word("<w:sdt>" * 5000 + "<w:p/>" + "</w:sdt>" * 5000)


LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
ENTITIES = (
    '<!DOCTYPE w:document [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    "<w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>"
)
OLD_LOCK = "/Encrypt << /Filter /Standard /V 1 /R 2 /O <{0}> /U <{0}> /P -4 >> /ID [<00><00>]".format(
    "AB" * 32
)


@pytest.mark.parametrize(
    ("make", "name", "code"),
    [
        (lambda: LOCKED, "a.docx", "password_protected"),
        (lambda: LOCKED, "a.xlsx", "password_protected"),
        (lambda: pdf(["示例"], trailer=OLD_LOCK), "a.pdf", "password_protected"),
        (lambda: word("示例" * 5000)[:-300], "a.docx", "cut_file"),
        (lambda: workbook({"甲": [["示例"] * 50] * 50})[:-300], "a.xlsx", "cut_file"),
        (lambda: pdf(["示例"])[:-40], "a.pdf", "cut_file"),
        (lambda: pdf([], []), "a.pdf", "no_text_layer"),
        (lambda: b"%PDF-1.4\n" + b"\0" * 500 + b"%%EOF", "a.pdf", "damaged_file"),
        (lambda: swollen("word/document.xml"), "a.docx", "zip_bomb"),
        (lambda: swollen("xl/workbook.xml"), "a.xlsx", "zip_bomb"),
        (lambda: word(parts={"word/document.xml": ENTITIES}), "a.docx", "damaged_file"),
        (deep_word, "a.docx", "too_complex"),
        (lambda: word("示例"), "a.xlsx", "wrong_type"),
        (lambda: workbook({"甲": [["示例"]]}), "a.docx", "wrong_type"),
        (lambda: pdf(["示例"]), "a.docx", "wrong_type"),
        (lambda: "示例。".encode(), "a.pdf", "wrong_type"),
        (lambda: "示例。".encode(), "a.docx", "wrong_type"),
        (lambda: word("示例"), "a.docm", "unsupported_type"),
        (lambda: package({"a.txt": "示例"}), "a.docx", "wrong_type"),
        (lambda: word(), "a.docx", "empty_file"),
        (lambda: word(parts={"word/document.xml": "<w:document"}), "a.docx", "damaged_file"),
        (lambda: workbook({"甲": [["a"] * 600]}), "a.xlsx", "too_large_table"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(make, name, code) -> None:
    with pytest.raises(UnreadableFileError) as refused:
        read_lines(make(), name)
    assert refused.value.code == code
    assert refused.value.message.endswith("。")


def test_a_scanned_page_among_others_is_named() -> None:
    read = read_lines(pdf(["第一页。"], [], ["第三页。"]), "a.pdf")
    assert [(line.text, line.page) for line in read.lines] == [("第一页。", 1), ("第三页。", 3)]
    assert [warning.message for warning in read.warnings] == ["第 2 页没有文字层（可能是扫描件），未读"]


@pytest.mark.parametrize(
    "make", [lambda: word("示例。"), lambda: pdf(["示例。"]), lambda: workbook({"甲": [["示例"]]})]
)
def test_damaged_bytes_are_read_or_refused(make) -> None:
    data = make()
    name = {b"PK": "a.docx" if b"word/document" in data else "a.xlsx", b"%P": "a.pdf"}[data[:2]]
    for place in range(20, len(data), max(1, len(data) // 6)):
        try:
            read_lines(data[:place] + b"\xff\0" + data[place + 2 :], name)
        except UnreadableFileError as error:
            assert error.code and error.message
