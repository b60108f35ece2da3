"""The API as an OpenAPI 3.1 document, for generated clients.

Not made from RESTX's Swagger 2.0: that dialect has neither "null" nor alternatives, while pydantic's JSON
Schema is exactly what OpenAPI 3.1 speaks, so nothing is converted and nothing is lost.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, Literal, get_args, get_origin, get_type_hints

from flask import Flask, Response
from flask_restx import Resource
from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from werkzeug.routing import Rule

from backend.adapters.http.guards import GUARD_ATTRIBUTE

COMPONENTS = "#/components/schemas/"
_PATH_TYPES = {"string": {"type": "string"}, "int": {"type": "integer"}}
_ERROR = {
    "type": "object",
    "required": ["code", "message", "details"],
    "properties": {
        "code": {"type": "string"},
        "message": {"type": "string", "description": "一句中文，可直接显示"},
        "details": {"type": "object", "additionalProperties": True},
    },
}
Json = dict[str, Any]


@dataclass(frozen=True)
class _Door:
    """One method of one address."""

    path: str
    method: str
    rule: Rule
    function: Any

    @property
    def returned(self) -> Any:
        """What its annotation promises; None for RESTX's own doors, which promise nothing."""
        return get_type_hints(inspect.unwrap(self.function), include_extras=True).get("return")

    @property
    def body(self) -> Any:
        """The model of what comes in."""
        return getattr(self.function, "body_model", None)

    @property
    def query(self) -> Any:
        """The model of the query string."""
        return getattr(self.function, "query_model", None)


class _Shapes(GenerateJsonSchema):
    """What goes out is always whole: a field with a default is there too."""

    def field_is_required(self, field: Any, total: bool) -> bool:
        if self.mode == "serialization" and field["type"] != "typed-dict-field":
            return not field.get("serialization_exclude")
        return super().field_is_required(field, total)


def openapi_document(app: Flask, prefix: str) -> Json:
    """Every door under `prefix`, the same for the same code: no host, no moment, everything in order."""
    doors = sorted(_doors(app, prefix), key=lambda door: (door.path, door.method))
    shapes, definitions = _shapes_of(doors)
    paths: Json = {}
    for door in doors:
        paths.setdefault(door.path, {})[door.method] = _operation(door, prefix, shapes, definitions)
    for door in doors:  # a query string is written out as parameters
        if door.query:
            definitions.pop(_name_of(shapes[door.path, door.method, "query"]), None)
    return {
        "openapi": "3.1.0",
        "info": {"title": "政策导图 API", "version": "1"},
        "paths": paths,
        "components": {
            "schemas": {"Error": _ERROR, **definitions},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _doors(app: Flask, prefix: str) -> Iterator[_Door]:
    for rule in app.url_map.iter_rules():
        resource = getattr(app.view_functions[rule.endpoint], "view_class", None)
        if resource is None or not issubclass(resource, Resource) or not rule.rule.startswith(prefix):
            continue
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for method in resource.methods or ():
            door = _Door(path, method.lower(), rule, getattr(resource, method.lower()))
            if door.returned:
                yield door


def _shapes_of(doors: list[_Door]) -> tuple[dict[tuple[str, str, str], Json], Json]:
    """(path, method, what) -> its schema, and what they share; one run, so that names are unique."""
    asked: list[tuple[tuple[str, str, str], Literal["validation", "serialization"], TypeAdapter[Any]]] = []
    for door in doors:
        for what, shape in (
            ("body", door.body),
            ("query", door.query),
            ("answer", _answered(door.returned)[1]),
        ):
            if shape is not None:
                mode: Any = "serialization" if what == "answer" else "validation"
                asked.append(((door.path, door.method, what), mode, TypeAdapter(shape)))
    found, shared = TypeAdapter.json_schemas(
        asked, ref_template=COMPONENTS + "{model}", schema_generator=_Shapes
    )
    shapes = {key: _plain(schema) for (key, _), schema in found.items()}
    return shapes, {_short(name): _plain(part) for name, part in shared.get("$defs", {}).items()}


def _operation(door: _Door, prefix: str, shapes: dict[tuple[str, str, str], Json], definitions: Json) -> Json:
    local = door.path.removeprefix(prefix)
    query = definitions[_name_of(shapes[door.path, door.method, "query"])] if door.query else {}
    operation: Json = {
        "operationId": _operation_id(local, door.method),
        "summary": inspect.getdoc(door.function) or "",
        "tags": [local.strip("/").split("/{")[0]],
        "parameters": [*_path_parameters(door.rule), *_query_parameters(query)],
        "responses": {
            **_answer(door, shapes),
            "default": {"description": "错误", "content": _content({"$ref": COMPONENTS + "Error"})},
        },
        "security": [{"bearer": []}] if getattr(door.function, GUARD_ATTRIBUTE, "") else [],
    }
    if door.body:
        body = _content(shapes[door.path, door.method, "body"])
        operation["requestBody"] = {"required": True, "content": body}
    return operation


def _operation_id(path: str, method: str) -> str:
    """`GET /policies/{slug}/versions` -> `getPoliciesBySlugVersions`: as stable as the address itself."""
    named = re.sub(r"\{(\w+)\}", r"by_\1", path)
    return method + "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", named))


def _path_parameters(rule: Rule) -> list[Json]:
    return [
        {"name": name, "in": "path", "required": True, "schema": _PATH_TYPES[converter or "string"]}
        for converter, name in re.findall(r"<(?:(\w+):)?(\w+)>", rule.rule)
    ]


def _query_parameters(schema: Json) -> list[Json]:
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": field}
        for name, field in schema.get("properties", {}).items()
    ]


def _answered(returned: Any) -> tuple[str, Any, bool]:
    """The status, the JSON shape (None where there is none), and whether a file or page may come."""
    status = "200"
    if get_origin(returned) is tuple:
        returned, second = get_args(returned)
        status = str(*get_args(second)) if get_args(second) else "201"  # Literal[202], or int
    if returned is str:  # ("", 204)
        return "204", None, False
    if returned is Response:
        return status, None, True
    if Response in get_args(returned):  # as asked for
        return status, reduce(or_, (shape for shape in get_args(returned) if shape is not Response)), True
    return status, returned, False


def _answer(door: _Door, shapes: dict[tuple[str, str, str], Json]) -> Json:
    status, shape, file = _answered(door.returned)
    content = _content(shapes[door.path, door.method, "answer"]) if shape else {}
    if file:
        content["*/*"] = {"schema": {"type": "string", "description": "文件或页面"}}
    return {status: {"description": "完成", **({"content": content} if content else {})}}


def _content(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}


def _name_of(reference: Json) -> str:
    return str(reference["$ref"]).removeprefix(COMPONENTS)


def _short(name: str) -> str:
    """`backend__push__schemas__Reason` -> `PushReason`: how pydantic tells two of one name apart.

    `PageJson_CourseJson_` -> `CoursePage`; `Sheet-Output` -> `Sheet`, and what comes in is `SheetInput`.
    """
    if page := re.fullmatch(r"PageJson_(.+)_", name):
        item = _short(page[1]).removesuffix("Json")
        return f"{item[:1].upper()}{item[1:]}Page"
    *modules, last = name.removesuffix("-Output").replace("-Input", "Input").split("__")
    return modules[1].capitalize() + last if len(modules) > 1 else last


def _plain(schema: Any) -> Any:
    """Without pydantic's titles, and without defaults: generators take one for a field that must be sent."""
    if isinstance(schema, list):
        return [_plain(part) for part in schema]
    if not isinstance(schema, Mapping):
        return schema
    plain: Json = {}
    for key, part in schema.items():
        if key == "properties":
            plain[key] = {name: _plain(field) for name, field in part.items()}
        elif key == "$ref":
            plain[key] = COMPONENTS + _short(part.removeprefix(COMPONENTS))
        elif key != "default" and not (key == "title" and isinstance(part, str)):
            plain[key] = _plain(part)
    return plain
