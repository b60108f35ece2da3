"""The RESTX API object: our error table, and request shapes shown in Swagger from the pydantic models."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response
from flask_restx import Api, Namespace, Resource
from pydantic import BaseModel
from pydantic_core import to_json

from backend.adapters.http.answers import json_response
from backend.adapters.http.errors import error_response

DEFINITIONS = "#/definitions/{model}"


class JsonApi(Api):
    """`/api/v1`, documented at `/api/v1/docs`."""

    def __init__(self, blueprint: Blueprint) -> None:
        super().__init__(
            blueprint,
            version="1",
            title="政策导图 API",
            description="错误统一为 {code, message, details}；列表统一为 {items, total, next_cursor}。",
            doc="/docs",
            authorizations={"bearer": {"type": "apiKey", "in": "header", "name": "Authorization"}},
            security="bearer",
            validate=False,
        )

    @property
    def __schema__(self) -> dict[str, Any]:
        """The Swagger document; RESTX leaves out shapes that stand only inside others, so they are added."""
        schema: dict[str, Any] = super().__schema__
        definitions = schema.get("definitions")
        if definitions is not None:
            for name, model in self.models.items():
                definitions.setdefault(name, model.__schema__)
        return schema

    def make_response(
        self, data: Any, code: int = 200, headers: dict[str, str] | None = None, **_: Any
    ) -> Response:
        """JSON, whatever was asked for: there is nothing else to choose from."""
        return json_response(to_json(data), code, headers)

    def handle_error(self, e: Exception) -> Response:
        return error_response(e)


def add_namespace(
    api: Api, name: str, label: str, routes: dict[str, type[Resource]], **services: Any
) -> Namespace:
    """Mount a room's resources under `/name`; every resource gets `services` as keyword arguments."""
    namespace = Namespace(name.replace("/", "-"), description=label, path=f"/{name}")
    for url, resource in routes.items():
        endpoint = f"{name}_{resource.__name__}".replace("/", "_")
        namespace.add_resource(resource, url, endpoint=endpoint, resource_class_kwargs=services)
        _document(api, resource)
    api.add_namespace(namespace)
    return namespace


def _document(api: Api, resource: type[Resource]) -> None:
    for method in resource.methods or ():
        function = getattr(resource, method.lower())
        model: type[BaseModel] | None = getattr(function, "body_model", None)
        if model is None:
            continue
        schema = model.model_json_schema(ref_template=DEFINITIONS)
        for name, definition in schema.pop("$defs", {}).items():
            api.schema_model(name, definition)
        function.__apidoc__ = {"expect": [api.schema_model(model.__name__, schema)]}
