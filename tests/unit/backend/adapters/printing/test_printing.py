import pytest

from backend.adapters.printing import (
    FontMissingError,
    PrintedDocument,
    Section,
    Table,
    chinese_font,
    to_html,
    to_pdf,
)

TABLE = Table(("条件", "说明"), (("科技人员占比", "<b>8%</b> & 更多"), ("很长的说明", "长" * 400)), (1, 3))
DOCUMENT = PrintedDocument(
    "示例报告", ("企业：示例有限公司",), (Section("逐项", ("一段话。",), TABLE),), "不是认定结果"
)


def test_nothing_in_a_document_becomes_markup():
    html = to_html(DOCUMENT)
    assert "&lt;b&gt;8%&lt;/b&gt; &amp; 更多" in html and "<b>" not in html
    assert html.index("示例报告") < html.index("逐项") < html.index("不是认定结果")
    assert "http" not in html


def test_a_pdf_carries_its_font_and_as_many_pages_as_it_needs():
    try:
        font = chinese_font()
    except FontMissingError as missing:
        pytest.skip(missing.message)
    short = to_pdf(DOCUMENT, font)
    long = to_pdf(PrintedDocument("长", (), (Section("段", ("字" * 20_000,)),)), font)
    assert short.startswith(b"%PDF-") and b"/FontFile" in short
    assert long.count(b"/Type /Page\n") > short.count(b"/Type /Page\n") >= 1


def test_a_font_without_chinese_or_no_font_is_refused_by_name(tmp_path):
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"no font")
    for configured in (broken, tmp_path / "nowhere.ttc"):
        with pytest.raises(FontMissingError, match=configured.name):
            chinese_font(configured)
    with pytest.raises(FontMissingError, match="没有找到中文字体"):
        chinese_font(None, (broken,))
