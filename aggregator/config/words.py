"""What the models say of a value, in an operator's words."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from typing import NamedTuple

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from aggregator.config.problems import near
from aggregator.config.settings import Part

_EXPECTED = {
    "string_type": "text is expected",
    "int_type": "a whole number is expected",
    "int_from_float": "a whole number is expected",
    "bool_type": "true or false is expected",
    "model_type": "a mapping is expected (key: value)",
    "model_attributes_type": "a mapping is expected (key: value)",
    "dict_type": "a mapping is expected (key: value)",
    "mapping_type": "a mapping is expected (key: value)",
    "tuple_type": "a list is expected",
}


class Said(NamedTuple):
    """`path` is within the validated part; `on_key` when it is about the key there, not its value."""

    path: tuple[str | int, ...]
    message: str
    advice: str | None
    on_key: bool = False


def in_words(error: ValidationError, model: type[Part], texts: Mapping[tuple[str | int, ...], str]) -> list[Said]:
    """One for each error. `texts` holds scalars as they are written, by path within the part."""
    # A default that could not be worked out is only the shadow of another error of the same part.
    return [_one(each, model, texts) for each in error.errors(include_url=False) if each["type"] != "default_factory_not_called"]


def _one(details: ErrorDetails, model: type[Part], texts: Mapping[tuple[str | int, ...], str]) -> Said:
    kind, path, context = details["type"], details["loc"], details.get("ctx", {})
    if kind == "haihe":
        return Said((*path, *context["at"]), context["message"], context["advice"])
    if kind == "extra_forbidden":
        return _unknown(str(path[-1]), path, model)
    if kind == "missing":
        return Said(path[:-1], f'the key "{path[-1]}" is missing', None, True)
    if kind == "literal_error":
        return _choice(details, path)
    if kind in _EXPECTED:
        return _kind(details, path, texts.get(path))
    if kind in ("greater_than_equal", "less_than_equal"):
        return Said(path, f"this must be {context['ge']} or more" if "ge" in context else f"this must be {context['le']} or less", None)
    return Said(path, details["msg"].lower(), None)


def _unknown(key: str, path: tuple[str | int, ...], model: type[Part]) -> Said:
    known = writable(at(model, path[:-1]))
    return Said(path, f'unknown key "{key}"', near(key, known) or f"known here are: {', '.join(known)}", True)


def unknown(key: str, model: type[Part]) -> Said:
    """The same for a key that stands at the top of a part."""
    return _unknown(key, (key,), model)


def _choice(details: ErrorDetails, path: tuple[str | int, ...]) -> Said:
    given, choices = details["input"], [word.strip("'") for word in details["ctx"]["expected"].replace(" or ", ", ").split(", ")]
    shown = f'"{given}"' if isinstance(given, str) else describe(given)
    return Said(path, f"{shown} is not one of {', '.join(choices)}", near(given, choices) if isinstance(given, str) else None)


def _kind(details: ErrorDetails, path: tuple[str | int, ...], text: str | None) -> Said:
    given, expected = details["input"], _EXPECTED[details["type"]]
    if details["type"] == "tuple_type" and text is not None:
        return Said(path, f"text or a list of texts is expected, not {describe(given)}", f'write it in quotes: "{text}"')
    if given is None:
        return Said(path, f"this is empty; {expected}", None)
    advice = None
    if details["type"] == "string_type" and text is not None:
        advice = f'write it in quotes: "{text}"'
    elif details["type"] == "int_type" and isinstance(given, str) and given.isdecimal():
        advice = "write it without quotes"
    return Said(path, f"{expected}, not {describe(given)}", advice)


def describe(value: object) -> str:
    """The kind of a value in words."""
    if isinstance(value, bool):
        return "true" if value else "false"
    for kinds, word in ((str, "text"), (int, "a number"), (float, "a number"), (list, "a list"), (dict, "a mapping")):
        if isinstance(value, kinds):
            return word
    return "nothing"


def writable(model: type[BaseModel]) -> list[str]:
    """The keys that an operator may write in a part."""
    filled = model.filled if issubclass(model, Part) else frozenset()
    return [name for name in model.model_fields if name not in filled]


def at(model: type[BaseModel], path: tuple[str | int, ...]) -> type[BaseModel]:
    """The model that stands at a path below another one."""
    for step in path:
        if isinstance(step, str) and step in model.model_fields:
            model = _inner(model.model_fields[step].annotation) or model
    return model


def _inner(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in typing.get_args(annotation) if (found := _inner(part))), None)
