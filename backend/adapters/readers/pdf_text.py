"""A PDF with a text layer as lines: wrapped lines of a paragraph joined, a table's columns parted by tabs."""

from __future__ import annotations

import io
import logging
import re
from typing import Any

from pdfminer.converter import PDFPageAggregator
from pdfminer.layout import LAParams, LTChar, LTFigure, LTTextLine
from pdfminer.pdfdocument import PDFDocument, PDFPasswordIncorrect
from pdfminer.pdfexceptions import PDFException
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.psexceptions import PSException

from backend.adapters.readers.answers import Answer, RefusedError
from backend.adapters.readers.pdf_layout import Piece, page_rows

MOST_PAGES = 500
_LOST = re.compile(r"\(cid:\d+\)|\ufffd")
_ODD = (KeyError, ValueError, TypeError, AttributeError, IndexError, RecursionError, AssertionError)


def read(data: bytes) -> dict[str, Any]:
    """The lines of a document, each with its page."""
    if b"%%EOF" not in data[-2048:]:
        raise RefusedError("cut_file", "PDF 文件不完整，请重新获取原文件。")
    logging.disable(logging.CRITICAL)
    answer = Answer()
    try:
        document = PDFDocument(PDFParser(io.BytesIO(data)))
        empty = _pages(document, answer)
    except PDFPasswordIncorrect as error:
        raise RefusedError("password_protected", "文件有密码保护，请去掉密码后再上传。") from error
    except (PDFException, PSException, *_ODD) as error:
        raise RefusedError("damaged_file", "PDF 文件已损坏，无法读取。") from error
    if not answer.last:
        reason = "PDF 没有文字层（可能是扫描件），请先做文字识别（OCR）或上传文字版。"
        raise RefusedError("no_text_layer", reason)
    for page in empty:
        answer.remark("page_without_text", f"第 {page} 页没有文字层（可能是扫描件），未读")
    return answer.as_json()


def _pages(document: PDFDocument, answer: Answer) -> list[int]:
    """Read every page; returns those without text."""
    resources = PDFResourceManager()
    device = PDFPageAggregator(resources, laparams=LAParams(boxes_flow=None, all_texts=True))
    interpreter = PDFPageInterpreter(resources, device)
    empty: list[int] = []
    for number, page in enumerate(PDFPage.create_pages(document), 1):
        if number > MOST_PAGES:
            raise RefusedError("too_many_pages", f"PDF 超过 {MOST_PAGES} 页，请拆分后再上传。")
        interpreter.process_page(page)
        layout = device.get_result()
        rows = page_rows(list(_pieces(layout)))
        if not rows:
            empty.append(number)
        for text in rows:
            answer.line(text, number)
            if _LOST.search(text):
                answer.remark("lost_characters", "有的字取不出来（字体没有对照表）", answer.last)
    return empty


def _pieces(container: Any) -> Any:
    for item in container:
        if isinstance(item, LTTextLine):
            size = max((char.size for char in item if isinstance(char, LTChar)), default=item.height)
            text = item.get_text().strip("\n")
            if text.strip():
                yield Piece(item.x0, item.x1, item.y0, size, text.strip())
        elif isinstance(item, LTFigure) or hasattr(item, "__iter__"):
            yield from _pieces(item)
