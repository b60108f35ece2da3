"""CSV and workbook as the same rows of text."""

import pytest

from backend.adapters.files import UnreadableFileError
from backend.adapters.tables import read_tables
from tests.documents.workbook import workbook

ROWS = (("名称", "人数"), ("示例甲", "12"), ("示例乙，分部", ""))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_of_every_kind(encoding, delimiter) -> None:
    text = "\r\n".join(delimiter.join(row) for row in ROWS) + "\r\n\r\n"
    (table,) = read_tables(text.encode(encoding), "名单.csv")
    assert (table.rows, table.numbers) == (ROWS, (1, 2, 3))


def test_a_workbook_gives_a_table_for_each_sheet() -> None:
    data = workbook({"甲": [["名称", "人数"], ["示例甲", 12], [], ["示例乙，分部"]], "空": []})
    first, second = read_tables(data, "名单.xlsx")
    assert (first.name, first.rows[:2]) == ("甲", ROWS[:2])
    assert first.rows[2] == ("示例乙，分部",)
    assert first.numbers == (1, 2, 4)
    assert (second.name, second.rows) == ("空", ())


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.csv", "empty_file"),
        (b'a,"b\n', "a.csv", "damaged_file"),
        ("示例".encode(), "a.txt", "unsupported_type"),
        (b"a,b\0", "a.csv", "nul_bytes"),
    ],
)
def test_what_is_no_table_is_refused(data, name, code) -> None:
    with pytest.raises(UnreadableFileError) as refused:
        read_tables(data, name)
    assert refused.value.code == code
