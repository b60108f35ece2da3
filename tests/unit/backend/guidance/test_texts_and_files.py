"""What people write and attach is taken for hostile."""

from __future__ import annotations

import pytest

from backend.adapters.files import UnreadableFileError
from backend.guidance.attachments import MAX_FILE_BYTES, checked_file
from backend.shared.errors import InvalidInputError
from backend.shared.writing import cleaned, one_line


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("示例\u202e文字\u200b", "示例文字"),
        ("a\x00b\x1b[31mc", "ab[31mc"),
        ("一\r\n\r\n\r\n\r\n二", "一\n\n二"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("坏\ud800字", "坏字"),
        ("  e\u0301 ", "é"),
    ],
)
def test_a_text_keeps_its_words_and_loses_what_hides(written: str, kept: str) -> None:
    assert cleaned(written, "text", 100) == kept


@pytest.mark.parametrize("written", ["", " \n ", "\u200b\u202e", "长" * 11])
def test_nothing_and_too_much_are_refused(written: str) -> None:
    with pytest.raises(InvalidInputError):
        cleaned(written, "text", 10)


def test_a_title_is_one_line() -> None:
    assert one_line("一\n二\t三", "title", 10) == "一 二 三"


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("../../图.PNG", b"\x89PNG\r\n\x1a\n00", "png"),
        ("c:\\图.jpg", b"\xff\xd8\xff00", "jpeg"),
        ("清单.txt", "示例".encode(), "text"),
        ("a.pdf", b"%PDF-1.7", "pdf"),
    ],
)
def test_a_file_is_what_its_bytes_say(name: str, data: bytes, kind: str) -> None:
    shown, found = checked_file(name, data)
    assert found == kind
    assert "/" not in shown and "\\" not in shown


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.html", b"<html>"),
        ("a.md", b"# a"),
        ("a.svg", b"<svg/>"),
        ("a.exe", b"MZ\x90"),
        ("a.png", b"GIF89a"),
        ("a.pdf", b"PK\x03\x04"),
        ("a", b"x"),
        ("", b"x"),
        ("a.txt", b" "),
        ("a.txt", b"x" * (MAX_FILE_BYTES + 1)),
    ],
)
def test_what_is_not_taken(name: str, data: bytes) -> None:
    with pytest.raises((UnreadableFileError, InvalidInputError)):
        checked_file(name, data)
