"""Documents of many kinds, each with its expected reading beside it."""

from pathlib import Path

import pytest
import yaml

from backend.adapters.files import read_lines
from policies.document import draft_sheet, read_document
from policies.sheet import parse_sheet, render_sheet
from tests.documents.pdf import pdf
from tests.documents.word import table, word
from tests.unit.policies.document.evidence import check_evidence
from tests.unit.policies.document.readings import FOLDER, as_data, read_file

EXPECTED = sorted(FOLDER.glob("*.yaml"))
_WIDTH = 36


def source_of(path: Path) -> Path:
    return next(other for other in FOLDER.glob(f"{path.stem}.*") if other.suffix != ".yaml")


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.stem)
def test_a_document_reads_as_written_beside_it(path: Path) -> None:
    document = read_file(source_of(path))
    assert as_data(document) == yaml.safe_load(path.read_text("utf-8"))
    check_evidence(document)
    sheet = draft_sheet(document)
    assert parse_sheet(render_sheet(sheet)) == sheet


def test_there_are_documents_to_read() -> None:
    assert len(EXPECTED) >= 15


def as_word(lines: list[str]) -> bytes:
    return word(*(table([line.split("\t")]) if "\t" in line else line for line in lines))


def as_pdf(lines: list[str]) -> bytes:
    """Long lines wrap at the page's width."""
    wrapped = [line[start : start + _WIDTH] for line in lines for start in range(0, len(line) or 1, _WIDTH)]
    pages = [wrapped[start : start + 30] for start in range(0, len(wrapped), 30)]
    return pdf(*pages)


@pytest.mark.parametrize("stem", ["measures", "rules", "opinion", "decision_amend"])
@pytest.mark.parametrize(("make", "suffix"), [(as_word, "docx"), (as_pdf, "pdf")])
def test_the_same_document_in_another_format_reads_the_same(stem, make, suffix) -> None:
    lines = (FOLDER / f"{stem}.txt").read_text("utf-8").splitlines()
    filled = [line for line in lines if line.strip()]
    read = read_lines(make(filled), f"{stem}.{suffix}")
    assert [line.text for line in read.lines] == filled
    plain = as_data(read_document(filled, f"{stem}.txt"))
    assert as_data(read_document(read.lines, f"{stem}.txt")) == plain
