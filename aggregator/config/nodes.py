"""YAML text -> values with the place of each: libyaml's events, composed here so that every key keeps its line.

Only plain YAML comes out: text, whole and fractional numbers, true/false, nothing, lists, mappings. Keys are always text as
written (``no:`` is the key "no"), and so are dates, ``yes``, ``on`` and ``1:30``, which YAML 1.1 would turn into something else.
Anchors, aliases and merge keys work; an alias that unfolds without end is refused. Composing is done on the events because the
library's own composer recurses in C and takes the process down on deep nesting.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias, cast

import yaml

DEEPEST = 40
UNFOLDED = 100_000  # values; more only where the file itself is longer, as each value that is written out costs a character

Plain: TypeAlias = "str | int | float | bool | list[Plain] | dict[str, Plain] | None"
Path: TypeAlias = "tuple[str | int, ...]"

_INT = re.compile(r"[-+]?(?:0|[1-9][0-9_]{0,18})|0x[0-9a-fA-F]{1,16}")
_FLOAT = re.compile(r"[-+]?[0-9][0-9_]{0,18}\.[0-9]{0,18}")
_NOTHING = dict.fromkeys(("", "~", "null", "Null", "NULL"))
_WORDS = {**_NOTHING, "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_PLAIN_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("str", "map", "seq")} | {"!", None}


@dataclass(slots=True)
class Scalar:
    value: str | int | float | bool | None
    text: str
    line: int
    column: int
    plain: bool = False


@dataclass(slots=True)
class Sequence:
    items: list[Node]
    line: int
    column: int


@dataclass(slots=True)
class Mapping:
    pairs: list[tuple[Scalar, Node]]
    line: int
    column: int


Node: TypeAlias = Scalar | Sequence | Mapping
Places: TypeAlias = dict[Path, tuple[Scalar | None, Node]]


class Broken(Exception):
    """The text is no YAML that we read; the place counts from 1."""

    def __init__(self, line: int, column: int, message: str, advice: str | None = None) -> None:
        super().__init__(message)
        self.line, self.column, self.message, self.advice = line, column, message, advice


def compose(text: str) -> Node | None:
    """The one document of the text, None when there is none. Broken when it is no YAML, is too deep or has two documents."""
    loader = yaml.CLoader(text)
    try:
        return _Composer(loader).document()
    except yaml.MarkedYAMLError as error:
        raise _in_words(error, text) from None
    except yaml.YAMLError as error:
        raise Broken(1, 1, f"this is not YAML ({error})") from None
    finally:
        loader.dispose()


class _Composer:
    """Composes the events of one text. libyaml's stubs know less of events than we do, hence the casts."""

    def __init__(self, loader: yaml.CLoader) -> None:
        self.next = cast("Callable[[], yaml.Event]", loader.get_event)
        self.anchors: dict[str, Node | None] = {}

    def document(self) -> Node | None:
        node: Node | None = None
        while not isinstance(event := self.next(), yaml.StreamEndEvent):
            if isinstance(event, yaml.DocumentStartEvent):
                if node is not None:
                    raise Broken(*_start(event), "a second document begins here", "one file holds one document: remove the ---")
                node = self.node(self.next(), 0)
        return node

    def node(self, event: yaml.Event, depth: int) -> Node:
        line, column = _start(event)
        if isinstance(event, yaml.AliasEvent):
            return self.alias(str(event.anchor), line, column)
        if depth > DEEPEST:
            raise Broken(line, column, "this is nested too deeply")
        begun: yaml.ScalarEvent | yaml.CollectionStartEvent = event  # type: ignore[assignment]  # nothing else can stand here
        if begun.tag not in _PLAIN_TAGS:
            tag = str(begun.tag).replace("tag:yaml.org,2002:", "!!")
            raise Broken(line, column, f"the tag {tag} is not read here", "write the plain value")
        if begun.anchor:
            self.anchors[begun.anchor] = None  # open: an alias inside itself finds nothing
        node: Node
        if isinstance(begun, yaml.ScalarEvent):
            plain = not begun.style and begun.tag is None
            node = Scalar(_value(begun.value) if plain else begun.value, begun.value, line, column, plain)
        elif isinstance(begun, yaml.SequenceStartEvent):
            node = Sequence([self.node(inner, depth + 1) for inner in self.until(yaml.SequenceEndEvent)], line, column)
        else:
            node = Mapping([self.pair(inner, depth + 1) for inner in self.until(yaml.MappingEndEvent)], line, column)
        if begun.anchor:
            self.anchors[begun.anchor] = node
        return node

    def until(self, end: type[yaml.Event]) -> Iterator[yaml.Event]:
        while not isinstance(event := self.next(), end):
            yield event

    def pair(self, event: yaml.Event, depth: int) -> tuple[Scalar, Node]:
        key = self.node(event, depth)
        if not isinstance(key, Scalar):
            raise Broken(key.line, key.column, "a key must be plain text")
        return key, self.node(self.next(), depth)

    def alias(self, name: str, line: int, column: int) -> Node:
        if name not in self.anchors:
            raise Broken(line, column, f"there is no anchor &{name} above", f'text that begins with * stands in quotes: "*{name}"')
        node = self.anchors[name]
        if node is None:
            raise Broken(line, column, f"the alias *{name} stands inside its own anchor")
        return node


def _start(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _value(text: str) -> str | int | float | bool | None:
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in "+-0123456789":
        if _INT.fullmatch(text):
            return int(text.replace("_", ""), 16 if text.startswith("0x") else 10)
        if _FLOAT.fullmatch(text):
            return float(text.replace("_", ""))
    return text


class Unfolding:
    """Nodes -> plain values and the place of each path; `problems` gathers what can be said without stopping."""

    def __init__(self, length: int) -> None:
        self.places: Places = {}
        self.problems: list[Broken] = []
        self.left = max(UNFOLDED, length)

    def spend(self, node: Node, count: int, depth: int) -> None:
        self.left -= count
        if self.left < 0 or depth > 2 * DEEPEST:
            raise Broken(node.line, node.column, "the aliases of this file unfold to too many values")

    def value(self, node: Node, path: Path, key: Scalar | None = None) -> Plain:
        self.spend(node, 1, len(path))
        self.places[path] = (key, node)
        if isinstance(node, Scalar):
            return node.value
        if isinstance(node, Sequence):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.items)]
        return {key.text: self.value(item, (*path, key.text), key) for key, item in self.pairs(node, path).values()}

    def pairs(self, node: Mapping, path: Path, depth: int = 0) -> dict[str, tuple[Scalar, Node]]:
        """The mapping's own keys, then those merged in by ``<<``: own before merged, earlier merged before later."""
        self.spend(node, depth and len(node.pairs) + 1, depth)
        own: dict[str, tuple[Scalar, Node]] = {}
        merged: list[Mapping] = []
        for key, item in node.pairs:
            if key.plain and key.text == "<<":
                merged += self.merged(key, item)
            elif key.text in own:
                first = own[key.text][0]
                self.problems.append(Broken(key.line, key.column, f'the key "{key.text}" is given twice, first in line {first.line}'))
            else:
                own[key.text] = (key, item)
        for mapping in merged:
            own = {**self.pairs(mapping, path, depth + 1), **own}
        return own

    def merged(self, key: Scalar, node: Node) -> list[Mapping]:
        nodes = node.items if isinstance(node, Sequence) else [node]
        mappings = [item for item in nodes if isinstance(item, Mapping)]
        if len(mappings) < len(nodes):
            self.problems.append(Broken(key.line, key.column, "<< merges mappings only", "write <<: *name of an anchored mapping"))
        return mappings


_IN_WORDS = (
    (
        "mapping values are not allowed",
        "a key with a value cannot stand here",
        'put text that holds ": " in quotes, or check the indentation',
    ),
    ("block sequence entries are not allowed", "a list item cannot stand here", "begin it on a line of its own, indented"),
    ("did not find expected ',' or ']'", "a [ is not closed", "a list is written [one, two]"),
    ("did not find expected ',' or '}'", "a { is not closed", "a mapping is written {key: value, key: value}"),
    ("did not find expected '-' indicator", "this does not fit the list above", "check the indentation"),
    ("did not find expected key", "this does not fit what stands above", "check the indentation and the quotes"),
    ("found unexpected end of stream", "a quote is not closed", None),
    ("could not find expected ':'", "a colon is missing after this key", "write key: value"),
    ("found unknown escape character", "this backslash means nothing between double quotes", "use single quotes"),
    ("alphabetic or numeric", "text that begins with * or & must stand in quotes", None),
)

# What is wrong shows only further on; the place to look at is where it began.
_BEGUN = ("did not find expected ','", "found unexpected end of stream", "alphabetic or numeric")


def _in_words(error: yaml.MarkedYAMLError, text: str) -> Broken:
    said = error.problem or error.context or "no YAML"
    begun = error.context_mark if any(part in said for part in _BEGUN) else None
    mark = begun or error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    if "cannot start any token" in said:
        rows = text.splitlines()
        found = rows[line - 1][column - 1 : column] if line <= len(rows) else ""
        if found == "\t":
            return Broken(line, column, "a tab cannot indent YAML", "use spaces")
        return Broken(line, column, f"text that begins with {found} must stand in quotes")
    for part, message, advice in _IN_WORDS:
        if part in said:
            return Broken(line, column, message, advice)
    return Broken(line, column, f"this is not YAML ({said})")
