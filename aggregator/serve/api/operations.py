"""An operation of the API: declared once, next to the function that answers it. Reading its parameters, answering, and its part of the
OpenAPI document all follow from the declaration."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from flask import Blueprint, Response, json, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from aggregator.serve import answers
from aggregator.serve.api.problems import Wrong, problem

Schema = Mapping[str, Any]
Body = dict[str, Any]
AGE = 60  # seconds that an answer may be kept without asking again
_LEAP = re.compile(r"(?<=\d:[0-5]\d:)60")
EARLIEST, LATEST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A parameter of the query (of the path where `path` says so). `read` turns its text into a value, or raises ValueError with what
    would be right; `usual` is the value when it is not given."""

    name: str
    says: str
    schema: Schema
    read: Callable[[str], Any]
    usual: Any = None
    path: bool = False
    example: str | None = None


@dataclass(frozen=True, kw_only=True)
class Operation:
    """`path` as OpenAPI writes it, `gives` the schema of a 200, `fails` the other answers: status -> what that means here."""

    name: str
    path: str
    title: str
    says: str
    takes: tuple[Parameter, ...] = ()
    gives: Schema
    fails: Mapping[int, str] = field(default_factory=dict)

    def read(self, query: MultiDict[str, str]) -> dict[str, Any]:
        """The parameters of the query by name. Those that we do not know are passed over. Raises Wrong."""
        return {each.name: _value(each, query.getlist(each.name)) for each in self.takes if not each.path}


def _value(parameter: Parameter, given: list[str]) -> Any:
    if not given:
        return parameter.usual
    if len(given) > 1:
        raise Wrong(parameter.name, f"{parameter.name} is given {len(given)} times: give it once.")
    try:
        return parameter.read(given[0])
    except ValueError as error:
        raise Wrong(parameter.name, f"{parameter.name} {error}.") from error


class Desk:
    """Where operations are registered: with the blueprint that routes to them, and in `operations` for the document."""

    def __init__(self, blueprint: Blueprint) -> None:
        self.blueprint = blueprint
        self.operations: list[Operation] = []

    def get(self, operation: Operation) -> Callable[[Callable[..., Body | BaseResponse]], None]:
        """Routes GET to a function of the operation's parameters. It gives the object to answer with, or an answer that is ready."""

        def register(view: Callable[..., Body | BaseResponse]) -> None:
            @wraps(view)
            def answer(**places: str) -> BaseResponse:
                try:
                    made = view(**places, **operation.read(request.args))
                except Wrong as wrong:
                    return problem(400, str(wrong), members={"parameter": wrong.parameter})
                return made if isinstance(made, BaseResponse) else written(made)

            self.operations.append(operation)
            rule = operation.path.replace("{", "<").replace("}", ">")
            # A key that begins with a slash is nobody's: no reason to lead elsewhere.
            self.blueprint.add_url_rule(rule, operation.name, answer, methods=["GET"], merge_slashes=False)

        return register


def written(body: Body) -> Response:
    """As JSON with its tag, packed; and `next` as a link too (RFC 8288)."""
    packed = answers.Packed(json.dumps(body, ensure_ascii=False, sort_keys=False).encode() + b"\n")
    answer = answers.packed(request, packed, content_type="application/json", max_age=AGE, vary="Accept-Encoding")
    if "next" in body:
        answer.headers["Link"] = f'<{body["next"]}>; rel="next"'
    return answer


# -- kinds of parameters -----------------------------------------------------------------------------------------------------------------


def number(name: str, says: str, *, most: int, usual: int) -> Parameter:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most):
            raise ValueError(f"is a number from 1 to {most}")
        return int(text)

    schema = {"type": "integer", "minimum": 1, "maximum": most, "default": usual}
    return Parameter(name=name, says=says, schema=schema, read=read, usual=usual)


def words(name: str, says: str, *, most: int, least: int = 1, pattern: str | None = None, example: str | None = None) -> Parameter:
    """Text of so many characters, that is as `pattern` has it."""

    def read(text: str) -> str:
        if not least <= len(text) <= most:
            raise ValueError(f"has {least} to {most} characters")
        if pattern and not re.fullmatch(pattern, text):
            raise ValueError(f"is like {example}")
        return text

    schema = {"type": "string", "minLength": least, "maxLength": most} | ({"pattern": pattern} if pattern else {})
    return Parameter(name=name, says=says, schema=schema, read=read, example=example)


def moment(name: str, says: str) -> Parameter:
    return Parameter(name=name, says=says, schema={"type": "string", "format": "date-time"}, read=_moment, example="2026-03-01T08:00:00Z")


def _moment(text: str) -> datetime:
    """RFC 3339; a bare day too, and a time without a zone is in UTC. Of the second that a leap adds, the one before stands for it."""
    try:
        # an unquoted + in an address arrives as a blank
        at = datetime.fromisoformat(_LEAP.sub("59", text.strip().replace(" ", "+").upper()))
    except ValueError:
        raise ValueError("is a moment in RFC 3339, like 2026-03-01T08:00:00Z") from None
    if at.tzinfo is None:
        return at.replace(tzinfo=UTC)
    try:
        return at.astimezone(UTC)
    except OverflowError:  # the first or the last hours of the calendar
        return EARLIEST if at.year == 1 else LATEST


def key(name: str, says: str, example: str) -> Parameter:
    """A key in the path."""
    return Parameter(name=name, says=says, schema={"type": "string", "minLength": 1}, read=str, path=True, example=example)
