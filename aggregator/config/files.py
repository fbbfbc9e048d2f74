"""The files of a configuration, read and laid together: the first one, and those that it includes."""

from __future__ import annotations

import glob
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from aggregator.config.model import Config
from aggregator.config.nodes import Broken, Node, Places, Plain, Scalar, Unfolding, compose
from aggregator.config.nodes import Path as Steps
from aggregator.config.problems import Problem
from aggregator.config.words import describe, unknown, writable

SHARED = ("publishers", "sections", "sources", "routes")
# What YAML may not hold at all (YAML 1.1 §5.1).
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(slots=True)
class Gathered:
    """`top` holds what only the first file may say; `places` tells where every path of the whole stands."""

    top: dict[str, Plain] = field(default_factory=dict)
    publishers: dict[str, Plain] = field(default_factory=dict)
    sections: dict[str, Plain] = field(default_factory=dict)
    sources: dict[str, Plain] = field(default_factory=dict)
    routes: list[Plain] = field(default_factory=list)
    places: dict[Steps, tuple[str, Scalar | None, Node]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    whole: bool = True  # False when a file could not be read, so that what it defines is not known

    def note(self, file: str, node: Node, message: str, advice: str | None = None) -> None:
        self.problems.append(Problem(file, node.line, node.column, message, advice))

    def at(self, path: Steps, message: str, advice: str | None = None, *, on_key: bool = False) -> None:
        """Note a problem at a path, or at the nearest place above it that the files show."""
        above = False
        while path not in self.places and path:
            above = above or isinstance(path[-1], str)  # an index is missing where one text stands for a list of one
            path = path[:-1]
        if path not in self.places:
            self.problems.append(Problem(self.files[0], 1, 1, message, advice))
            return
        file, key, node = self.places[path]
        self.note(file, key if key is not None and (on_key or above) else node, message, advice)


def gather(path: Path) -> Gathered:
    """Everything that the file and its includes say. Never raises for what they hold: see `problems`."""
    found = Gathered()
    _add(found, path, (), None)
    return found


def _add(found: Gathered, path: Path, chain: tuple[str, ...], asked: Problem | None) -> None:
    name = str(path)
    known = os.path.abspath(name)  # noqa: PTH100
    if known in chain:
        if asked:
            found.problems.append(asked)
        return
    if any(os.path.abspath(file) == known for file in found.files):  # noqa: PTH100
        return
    found.files.append(name)
    try:
        data, places = _read(path, found.problems)
    except Broken as error:
        found.problems.append(Problem(name, error.line, error.column, error.message, error.advice))
        found.whole = False
        return
    _merge(found, data, places, name, first=not chain)
    for inner, problem in _included(found, data, places, name):
        _add(found, inner, (*chain, known), problem)


def _read(path: Path, problems: list[Problem]) -> tuple[dict[str, Plain], Places]:
    try:
        if not path.is_file():
            raise Broken(0, 0, "there is no such file" if not path.exists() else "this is not a file")
        raw = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "its name is none"
        raise Broken(0, 0, f"the file cannot be read ({reason.lower()})") from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        good = raw[: error.start].decode("utf-8-sig")
        raise Broken(*_place(good, len(good)), "this is not UTF-8 text", "save the file as UTF-8") from None
    if control := _UNPRINTABLE.search(text):
        raise Broken(*_place(text, control.start()), f"a control character stands here (U+{ord(control[0]):04X})", "remove it")
    node = compose(text)
    if node is None or (isinstance(node, Scalar) and node.value is None):
        raise Broken(1, 1, "the file is empty", f"begin with one of: {', '.join((*writable(Config), 'include'))}")
    unfolding = Unfolding(len(text))
    data = unfolding.value(node, ())
    problems += [Problem(str(path), each.line, each.column, each.message, each.advice) for each in unfolding.problems]
    if not isinstance(data, dict):
        raise Broken(node.line, node.column, f"a mapping is expected (key: value), not {describe(data)}")
    return data, unfolding.places


def _place(text: str, index: int) -> tuple[int, int]:
    """Line and column of a character, counted from 1."""
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def _merge(found: Gathered, data: dict[str, Plain], places: Places, name: str, *, first: bool) -> None:
    """Lay a file's values over what is there; what is defined twice stays as it was first."""
    twice: set[Steps] = set()
    known = (*writable(Config), "include")
    for key, value in data.items():
        line = places[(key,)][0] or places[(key,)][1]
        if key in SHARED:
            twice |= _share(found, key, value, places, name)
        elif first and key in known:
            if key != "include" and value is not None:
                found.top[key] = value
        elif key in known and key != "include":
            found.note(name, line, f'"{key}" belongs in the first file', f"move it to {found.files[0]}")
        elif key != "include":
            said = unknown(key, Config)
            found.note(name, line, said.message, said.advice)
    shift = len(found.routes) - (len(routes) if isinstance(routes := data.get("routes"), list) else 0)
    for path, (place, node) in places.items():
        if path[:1] == ("routes",) and len(path) > 1 and isinstance(path[1], int):
            found.places["routes", path[1] + shift, *path[2:]] = (name, place, node)
        elif path[:2] not in twice:
            found.places.setdefault(path, (name, place, node))


def _share(found: Gathered, key: str, value: Plain, places: Places, name: str) -> set[Steps]:
    """Add a file's publishers, sections, sources or routes; returns the paths of those that are defined already."""
    node = places[(key,)][1]
    if value is None:
        return set()
    if key == "routes":
        if isinstance(value, list):
            found.routes += value
        else:
            found.note(name, node, f"a list is expected, not {describe(value)}", "write - {when: {…}, to: […]}")
        return set()
    if not isinstance(value, dict):
        found.note(name, node, f"a mapping is expected (key: value), not {describe(value)}")
        return set()
    shared: dict[str, Plain] = getattr(found, key)
    twice: set[Steps] = set()
    for each, part in value.items():
        if each in shared:
            file, other, below = found.places[key, each]
            here = places[key, each][0] or places[key, each][1]
            message = f'the {key[:-1]} "{each}" is defined twice, first at {file}:{(other or below).line}'
            found.note(name, here, message, "remove one, or give it another key")
            twice.add((key, each))
        else:
            shared[each] = part
    return twice


def _included(found: Gathered, data: dict[str, Plain], places: Places, name: str) -> list[tuple[Path, Problem]]:
    """The files that this one includes, in order of name for a pattern; with each the problem that it is when it leads in a circle."""
    value = data.get("include")
    if value is None:
        return []
    listed = isinstance(value, list)
    inner: list[tuple[Path, Problem]] = []
    for index, pattern in enumerate(value if isinstance(value, list) else [value]):
        node = places[("include", index) if listed else ("include",)][1]
        if not isinstance(pattern, str) or not pattern.strip():
            found.note(name, node, f"the name of a file is expected, not {describe(pattern)}", "write sources/*.yaml")
            continue
        target = Path(name).parent / pattern
        if not glob.has_magic(pattern):
            circle = Problem(name, node.line, node.column, f'"{pattern}" includes this file again', "remove one of the two")
            if _there(target):
                inner.append((target, circle))
            else:
                found.note(name, node, f'there is no file "{pattern}"', "the path is taken from this file's folder")
                found.whole = False
            continue
        circle = Problem(name, node.line, node.column, f'"{pattern}" leads in a circle', "let no file include one that includes it")
        own = os.path.abspath(name)  # noqa: PTH100
        matches = (Path(match) for match in sorted(glob.glob(str(target))))  # noqa: PTH207 (Path.glob takes no absolute pattern)
        inner += [(match, circle) for match in matches if match.is_file() and os.path.abspath(match) != own]  # noqa: PTH100
    return inner


def _there(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
