"""The API as an OpenAPI 3.1 document, made from the declarations that answer; and that document in the order in which a page shows it."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from aggregator.config import Site
from aggregator.serve.api.operations import Operation, Parameter
from aggregator.serve.api.problems import MEDIA_TYPE
from aggregator.serve.api.schemas import SCHEMAS, ref
from aggregator.serve.words import Words, mark

Node = dict[str, Any]

ABOUT = mark("What this site holds, for programs: read-only, without a key, and every entry with its whole credit.")
NOT_MODIFIED = mark("What the client has is still good (If-None-Match).")
BAD = mark("A parameter has a value that it cannot have.")
LATER = mark("What is stored cannot be read at the moment.")
OTHERWISE = mark("Anything else that goes wrong.")
FOUND = mark("As described below.")


def document(site: Site, operations: Iterable[Operation]) -> Node:
    return {
        "openapi": "3.1.0",
        "info": {"title": f"{site.title}: API", "version": "1", "description": ABOUT},
        "servers": [{"url": site.url.rstrip("/")}],
        "paths": {each.path: {"get": _operation(each)} for each in operations},
        "components": {"schemas": SCHEMAS},
    }


def _operation(one: Operation) -> Node:
    wrong = {"content": {MEDIA_TYPE: {"schema": ref("Problem")}}}
    asks = {400: BAD} if any(not each.path for each in one.takes) else {}
    fails = {
        str(status): {"description": says} | ({} if status < 400 else wrong)
        for status, says in sorted({**asks, **one.fails, 503: LATER}.items())
    }
    return {
        "operationId": one.name,
        "summary": one.title,
        "description": one.says,
        **({"parameters": [_parameter(each) for each in one.takes]} if one.takes else {}),
        "responses": {
            "200": {"description": FOUND, "content": {"application/json": {"schema": one.gives}}},
            "304": {"description": NOT_MODIFIED},
            **fails,
            "default": {"description": OTHERWISE, **wrong},
        },
    }


def _parameter(one: Parameter) -> Node:
    place = {"in": "path", "required": True} if one.path else {"in": "query", "required": False}
    example = {"example": one.example} if one.example else {}
    return {"name": one.name, **place, "description": one.says, "schema": one.schema, **example}


def described(told: Node, words: Words) -> Node:
    """What the template needs of the document: operations, and the objects that they give, each with its fields. `say` translates what
    stands there, as text and not as markup."""
    return {
        "about": told["info"]["description"],
        "operations": [
            {"path": path, **methods["get"], "gives": _fields(_given(methods["get"]))} for path, methods in told["paths"].items()
        ],
        "objects": [{"name": name, **schema, "fields": _fields(schema)} for name, schema in told["components"]["schemas"].items()],
        "say": words.gettext,
        "kind": kind,
        "status": lambda code: HTTPStatus(int(code)).phrase if code.isdigit() else "",
    }


def _given(operation: Node) -> Node:
    schema: Node = operation["responses"]["200"]["content"]["application/json"]["schema"]
    return schema


def _fields(schema: Node) -> list[Node]:
    if "$ref" in schema:
        return []
    needed = schema.get("required", ())
    return [{"name": name, "schema": each, "needed": name in needed} for name, each in schema["properties"].items()]


def kind(schema: Node) -> tuple[str, str | None]:
    """What a value is, in words, and the object that it is or that it lists."""
    if "$ref" in schema:
        return mark("object"), schema["$ref"].rpartition("/")[2]
    if schema.get("type") == "array":
        inner, name = kind(schema["items"])
        return (mark("list"), name) if name else ({"text": mark("list of texts")}.get(inner, mark("list")), None)
    if "enum" in schema:
        return " | ".join(schema["enum"]), None
    if "properties" in schema:
        return "{" + ", ".join(schema["properties"]) + "}", None
    named = {"uri": mark("address"), "uri-reference": mark("address"), "date-time": mark("time (RFC 3339)")}
    types = {"string": mark("text"), "integer": mark("whole number"), "boolean": mark("true or false")}
    return named.get(schema.get("format", "")) or types[schema["type"]], None
