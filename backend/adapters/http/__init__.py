"""The web side of every door: the API object, request shapes, guards, limits and the error table."""

from backend.adapters.http.api import JsonApi, add_namespace
from backend.adapters.http.guards import (
    PUBLIC_ATTRIBUTE,
    current_caller,
    guard,
    person_only,
    public,
    signed_in,
)
from backend.adapters.http.limits import limited, limiter
from backend.adapters.http.requests import Body, Query, body, query, revision_from_header, uploaded_file

__all__ = [
    "PUBLIC_ATTRIBUTE",
    "Body",
    "JsonApi",
    "Query",
    "add_namespace",
    "body",
    "current_caller",
    "guard",
    "limited",
    "limiter",
    "person_only",
    "public",
    "query",
    "revision_from_header",
    "signed_in",
    "uploaded_file",
]
