"""Tables: encodings, what a workbook knows beyond the text, and files that are safe to open."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.adapters.files import UnreadableFileError
from backend.adapters.tables import (
    FormulaCell,
    NumberCell,
    csv_lines,
    open_records,
    unguarded,
    write_workbook,
)

TEXT = "企业名称,人数\n示例企业,３\n"


def read(path: Path) -> list[list[str]]:
    with open_records(path, path.name) as table:
        return [cells for _, cells in table.rows()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_every_encoding_staff_have(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(TEXT.encode(encoding))
    assert read(path) == [["企业名称", "人数"], ["示例企业", "３"]]


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.csv", b"", "empty_file"),
        ("a.csv", "企业".encode("utf-16"), "unknown_encoding"),
        ("a.csv", b"\xd0\xcf\x11\xe0" + b"x" * 100, "unsupported_type"),
        ("a.pdf", b"%PDF-1.4", "unsupported_type"),
        ("a.xlsx", b"PK\x03\x04broken", "damaged_file"),
    ],
)
def test_what_is_no_table_is_refused_with_a_reason(tmp_path: Path, name: str, data: bytes, code: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(UnreadableFileError) as error:
        read(path)
    assert error.value.code == code


def test_a_workbook_keeps_numbers_days_percentages_and_formulas_apart(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["a"] * 8)
    moment = datetime.fromisoformat("2025-03-01T08:30")
    sheet.append([910000000000000000.0, 1.25, 0.05, date(2025, 3, 1), moment, "=A1*2", True, 7])
    sheet["C2"].number_format = "0.00%"
    path = tmp_path / "a.xlsx"
    book.save(path)
    row = read(path)[1]
    assert row == ["9.100000E+17", "1.25", "5.00%", "2025-03-01", "2025-03-01 08:30:00", "=A1*2", "是", "7"]
    assert isinstance(row[0], NumberCell)
    assert isinstance(row[5], FormulaCell)


@given(st.lists(st.text(st.characters(blacklist_categories=["Cs", "Cc"])), min_size=1))
def test_no_csv_cell_starts_a_formula_and_all_read_back(cells: list[str]) -> None:
    read_back = next(csv.reader(io.StringIO(csv_lines([cells]), newline="")), [""])
    assert [unguarded(cell) for cell in read_back] == cells
    for cell in read_back:
        number = cell.lstrip("-").replace(".", "").rstrip("%").isdigit()
        assert number or not cell.startswith(("=", "+", "-", "@"))


def test_a_workbook_written_holds_text_and_no_formula(tmp_path: Path) -> None:
    rows = [["=1+1", "910000000000000000", 12], ["@cmd", "\x07铃", None]]
    write_workbook(tmp_path / "a.xlsx", rows)
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert [[cell.data_type for cell in row] for row in sheet.iter_rows()] == [
        ["s", "s", "n"],
        ["s", "s", "n"],
    ]
    assert [cell.value for cell in sheet[1]] == ["=1+1", "910000000000000000", 12]
    assert sheet["B2"].value == "铃"
