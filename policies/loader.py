"""The library on disk: every sheet it holds, and what is wrong with those that cannot be read."""

from __future__ import annotations

from pathlib import Path

from policies.sheet import Sheet, SheetError, SheetProblem, parse_sheet

LIBRARY = Path(__file__).with_name("library")
# Rules of the house: pool, lists, warnings. Loaded and edited like policies, shown to staff only.
INTERNAL = Path(__file__).with_name("internal")


def load_library(folder: Path = LIBRARY) -> tuple[list[Sheet], list[SheetError]]:
    """All sheets under `folder` by slug, and one error per broken file; the good ones are never held back."""
    sheets: dict[str, Sheet] = {}
    problems: list[SheetError] = []
    for path in sorted(folder.glob("*.md")):
        try:
            sheet = load_sheet(path)
        except SheetError as wrong:
            problems.append(wrong)
            continue
        sheets[sheet.slug] = sheet
    return [sheets[slug] for slug in sorted(sheets)], problems


def load_sheet(path: Path) -> Sheet:
    """The sheet in one file; its slug must be the file's name. Raises SheetError."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as wrong:
        raise SheetError(path.name, [SheetProblem("", 0, "文件不是 UTF-8 编码")]) from wrong
    sheet = parse_sheet(text, path.name)
    if sheet.slug != path.stem:
        reason = f"slug 是 {sheet.slug}，文件名应为 {sheet.slug}.md"
        raise SheetError(path.name, [SheetProblem("slug", 2, reason)])
    return sheet
