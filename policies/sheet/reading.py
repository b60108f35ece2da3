"""Text to objects: YAML head and Markdown body, every problem with its field and line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from policies.sheet.errors import SheetError, SheetProblem
from policies.sheet.model import Sheet

Model = TypeVar("Model", bound=BaseModel)

_FENCE = re.compile(r"^---[ \t]*$", re.MULTILINE)
_REASONS: Mapping[str, str] = {
    "missing": "缺少这个字段",
    "extra_forbidden": "没有这个字段",
    "literal_error": "只能是 {expected}",
    "string_type": "应为文字（数字和日期请加引号）",
    "string_pattern_mismatch": "格式不对（小写字母、数字和连字符）",
    "string_too_short": "不能为空",
    "int_parsing": "应为整数",
    "date_from_datetime_parsing": "应为日期 YYYY-MM-DD",
    "date_parsing": "应为日期 YYYY-MM-DD",
    "tuple_type": "应为列表",
    "dict_type": "应为“字段: 值”",
    "model_type": "应为“字段: 值”",
    "bool_parsing": "应为 true 或 false",
    "too_short": "列表不能为空",
}


class PlainLoader(yaml.SafeLoader):
    """YAML without its surprises: `on`, `no` and 12:30 stay text, and so do days and decimals."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}


for tag, pattern, first in (
    ("bool", r"true|false", "tf"),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
    ("null", r"~|null|", ["~", "n", ""]),
    ("merge", r"<<", "<"),
):
    PlainLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), list(first))


def parse_sheet(text: str, path: str = "<sheet>") -> Sheet:
    """The sheet written in `text`; raises SheetError naming file, field, line and reason."""
    head, body = _split(text.removeprefix("\ufeff"), path)
    # The head begins on the file's second line.
    return read_model(Sheet, head, path, lines_above=1, body=body)


def read_model(model: type[Model], text: str, path: str, lines_above: int = 0, **extra: Any) -> Model:
    """YAML text as a pydantic model; `lines_above` are the lines before `text` in the file."""
    data, root = read_yaml(text, path, lines_above)
    if not isinstance(data, dict):
        raise SheetError(path, [SheetProblem("", lines_above + 1, "应为“字段: 值”的列表")])
    try:
        return model.model_validate({**data, **extra})
    except ValidationError as wrong:
        raise SheetError(path, problems_in(wrong, root, lines_above)) from None


def read_yaml(text: str, path: str, lines_above: int = 0) -> tuple[Any, yaml.Node | None]:
    """The data and its node tree; raises SheetError on broken YAML and on keys written twice."""
    try:
        loader = PlainLoader(text)
        root = loader.get_single_node()
        twins = list(_twins(root, ())) if root else []
        if twins:
            raise SheetError(path, [SheetProblem(f, lines_above + n, "这个字段写了两次") for f, n in twins])
        return (loader.construct_document(root) if root else None), root
    except yaml.MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        line = lines_above + (mark.line + 1 if mark else 0)
        reason = f"YAML 写法有误：{wrong.problem or wrong.context}"
        raise SheetError(path, [SheetProblem("", line, reason)]) from None
    except (yaml.YAMLError, ValueError, RecursionError) as wrong:
        reason = f"YAML 写法有误：{str(wrong)[:120]}"
        raise SheetError(path, [SheetProblem("", lines_above + 1, reason)]) from None


def problems_in(wrong: ValidationError, root: yaml.Node | None, lines_above: int = 0) -> list[SheetProblem]:
    """Each validation problem once, with the field's path and the line where it stands."""
    problems: dict[tuple[str, str], SheetProblem] = {}
    for error in wrong.errors(include_url=False):
        steps, line = _place(root, error["loc"])
        field = ".".join(str(step) for step in steps)
        reason = _reason(error)
        if error["type"] == "missing":
            field = ".".join(map(str, (*steps, error["loc"][-1])))
        problems.setdefault((field, reason), SheetProblem(field, line + lines_above, reason))
    return list(problems.values())


def _split(text: str, path: str) -> tuple[str, str]:
    fences = list(_FENCE.finditer(text))
    if len(fences) < 2 or text[: fences[0].start()].strip():
        raise SheetError(path, [SheetProblem("", 1, "文件应以 --- 开头，并以另一行 --- 结束表头")])
    opened, closed = fences[0], fences[1]
    return text[opened.end() + 1 : closed.start()], text[closed.end() :].strip()


def _place(root: yaml.Node | None, loc: tuple[Any, ...]) -> tuple[tuple[Any, ...], int]:
    """The steps of a location that exist in the file, and the line of the last one."""
    steps: list[Any] = []
    line, node = 1, root
    for step in loc:
        key, child = _child(node, step)
        if child is None:
            continue
        node = child
        line = (key or child).start_mark.line + 1
        steps.append(step)
    return tuple(steps), line


def _child(node: yaml.Node | None, step: Any) -> tuple[yaml.Node | None, yaml.Node | None]:
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == step), (None, None))
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    return None, None


def _twins(node: yaml.Node, path: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            here = (*path, str(key.value))
            if key.value in seen:
                yield ".".join(here), key.start_mark.line + 1
            seen.add(key.value)
            yield from _twins(value, here)
    elif isinstance(node, yaml.SequenceNode):
        for position, value in enumerate(node.value):
            yield from _twins(value, (*path, str(position)))


def _reason(error: Any) -> str:
    context = error.get("ctx", {})
    if error["type"] == "value_error":
        return str(context["error"])
    known = _REASONS.get(error["type"])
    return known.format(**context) if known else str(error["msg"])
