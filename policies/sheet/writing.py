"""Objects to text, so that what staff edited can go back into the library."""

from __future__ import annotations

from typing import Any

import yaml

from policies.sheet.model import Sheet


class _Dumper(yaml.SafeDumper):
    """Indents list items under their key, as the library is written by hand."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, False)


def render_sheet(sheet: Sheet) -> str:
    """The sheet as a file; `parse_sheet` reads back an equal one."""
    head = sheet.model_dump(mode="python", exclude_defaults=True, exclude={"body"})
    text = yaml.dump(plain(head), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)
    body = f"\n{sheet.body}\n" if sheet.body else ""
    return f"---\n{text}---\n{body}"


def plain(value: Any) -> Any:
    """The same data in lists and dicts, as YAML writes them."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value
