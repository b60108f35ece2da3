"""Documents of other kinds, each with its expected reading beside it."""

from pathlib import Path

import pytest
import yaml

from policies.document import draft_sheet, read_document
from policies.sheet import parse_sheet, render_sheet

FOLDER = Path(__file__).parents[3] / "fixtures/documents"
EXPECTED = sorted(FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.stem)
def test_a_document_reads_as_written_beside_it(path: Path) -> None:
    expected = yaml.safe_load(path.read_text("utf-8"))
    source = next(other for other in FOLDER.glob(f"{path.stem}.*") if other.suffix != ".yaml")
    document = read_document(source.read_text("utf-8").splitlines(), source.name)
    head = document.head
    sheet = draft_sheet(document)
    read = {
        "number": head.number and head.number.value,
        "number_sure": head.number and head.number.sure,
        "issuers": [found.value for found in head.issuers],
        "title": head.title and head.title.value,
        "stage": head.stage.value,
        "signed": head.signed and head.signed.value,
        "effective": head.effective and head.effective.value,
        "expires": head.expires and head.expires.value,
        "outline": [section.anchor for section in document.outline],
        "provisions": {item.anchor: item.title for item in document.provisions},
        "citations": [[citation.kind, citation.target] for citation in document.citations],
        "remarks": sorted({remark.code for remark in document.remarks}),
        "unread": list(document.unread),
        "sheet": {"kind": sheet.kind, "level": sheet.level, "slug": sheet.slug},
    }
    assert read == {**expected, "remarks": sorted(expected["remarks"])}
    assert parse_sheet(render_sheet(sheet)) == sheet


def test_there_are_documents_to_read() -> None:
    assert len(EXPECTED) >= 4
