from policies.loader import load_library

SHEET = "---\nslug: {0}\ntitle: 示例\nkind: plan\nlevel: city\n---\n正文\n"


def test_broken_sheets_are_reported_and_hold_nothing_back(tmp_path):
    for name in ("zeta", "alpha"):
        (tmp_path / f"{name}.md").write_text(SHEET.format(name), encoding="utf-8")
    (tmp_path / "broken.md").write_text("---\nslug: 3\n---\n", encoding="utf-8")
    (tmp_path / "other.md").write_text(SHEET.format("misnamed"), encoding="utf-8")
    (tmp_path / "latin.md").write_bytes("---\ntitle: 示例".encode("gbk"))
    sheets, problems = load_library(tmp_path)
    assert [sheet.slug for sheet in sheets] == ["alpha", "zeta"]
    assert {problem.path for problem in problems} == {"broken.md", "latin.md", "other.md"}


def test_an_empty_folder_holds_no_sheets(tmp_path):
    assert load_library(tmp_path) == ([], [])
