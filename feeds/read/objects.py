"""JSON objects whose one list may be long without end: each of its values takes a hundred times the room that it took in the text."""

from __future__ import annotations

import json
import re

_SPACE = re.compile(r"[ \t\n\r]*")
_MOST_NAMES = 10_000  # of the object itself
_MOST_VALUES = 100_000  # of the list beyond those that are kept
_JSON = json.JSONDecoder(strict=False)


def beginning(text: str, name: str, most: int) -> tuple[object, int]:
    """The JSON value in `text`; where it is an object, of the list that is its `name` only the first `most` values, and how many more
    there are. Raises ValueError or RecursionError where `json.loads` does, and ValueError for what only takes time."""
    at = _past(text, 0)
    if text[at : at + 1] != "{":
        return json.loads(text, strict=False), 0
    found: dict[str, object] = {}
    more, at = 0, _past(text, at + 1)
    while text[at : at + 1] != "}" or found:
        if text[at : at + 1] != '"':
            raise json.JSONDecodeError("Expecting property name enclosed in double quotes", text, at)
        key, at = _JSON.raw_decode(text, at)
        at = _past(text, _expect(text, _past(text, at), ":"))
        if key == name and text[at : at + 1] == "[":
            found[key], more, at = _values(text, at, most)
        else:
            found[key], at = _JSON.raw_decode(text, at)
        at = _past(text, at)
        if text[at : at + 1] == "}":
            break
        at = _past(text, _expect(text, at, ","))
        if len(found) > _MOST_NAMES:
            raise json.JSONDecodeError("More names than any feed has", text, at)
    if (end := _past(text, at + 1)) != len(text):
        raise json.JSONDecodeError("Extra data", text, end)
    return found, more


def _values(text: str, at: int, most: int) -> tuple[list[object], int, int]:
    """The first values of the list that begins here, how many more there are, and where it has ended."""
    values: list[object] = []
    more, at = 0, _past(text, at + 1)
    if text[at : at + 1] == "]":
        return values, more, at + 1
    while True:
        value, at = _JSON.raw_decode(text, at)
        if len(values) < most:
            values.append(value)
        else:
            more += 1
            if more > _MOST_VALUES:
                raise json.JSONDecodeError("More values than any feed has", text, at)
        at = _past(text, at)
        if text[at : at + 1] == "]":
            return values, more, at + 1
        at = _past(text, _expect(text, at, ","))


def _expect(text: str, at: int, sign: str) -> int:
    if text[at : at + 1] != sign:
        raise json.JSONDecodeError(f"Expecting {sign!r} delimiter", text, at)
    return at + 1


def _past(text: str, at: int) -> int:
    """Where the white space ends."""
    end = _SPACE.match(text, at)
    return end.end() if end else at
