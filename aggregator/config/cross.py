"""What must fit together across the parts of a configuration: names that are used must exist, and mean one thing only."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from pydantic_core import PydanticCustomError

from aggregator.config.model import Publisher, Route, Section, Source
from aggregator.config.problems import near
from aggregator.config.publishers import fold
from aggregator.config.settings import Pace

RESERVED = "all"
_SECTION_KEY = re.compile(r"[a-z0-9][a-z0-9-]*")
_SOURCE_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class Finding(NamedTuple):
    """A misfit at a path of the configuration; `on_key` when it is about the key there, not its value."""

    path: tuple[str | int, ...]
    message: str
    advice: str | None = None
    on_key: bool = False


def keys(sections: Iterable[str], sources: Iterable[str]) -> Iterator[Finding]:
    """The keys themselves: they go into addresses and commands."""
    for key in sections:
        if key == RESERVED:
            yield Finding(("sections", key), '"all" is reserved: it stands for every section', "choose another key", True)
        elif not _SECTION_KEY.fullmatch(key):
            yield Finding(("sections", key), f'the section key "{key}" goes into addresses', "use a-z, 0-9 and hyphens only", True)
    for key in sources:
        if not _SOURCE_KEY.fullmatch(key):
            yield Finding(("sources", key), f'the source key "{key}" goes into commands', "use letters, digits and - . _ only", True)


def fit(
    sections: Mapping[str, Section], sources: Mapping[str, Source], routes: Sequence[Route | None], pace: Pace | None, known: Iterable[str]
) -> Iterator[Finding]:
    """What does not fit among the parts that are right in themselves (None: a part that is not). `known` are the keys of all sections,
    the wrong ones included: a use of theirs is no second mistake."""
    names = set(known)
    yield from _names(sections)
    yield from _former(sections, names)
    for key, source in sources.items():
        yield from uses(("sources", key, "sections"), source.sections, names, sections)
        if source.every and pace:
            try:
                pace.check(source.every)
            except PydanticCustomError as error:
                said = error.context or {}
                yield Finding(("sources", key, "every"), said["message"], said["advice"])
    for index, route in enumerate(routes):
        if route is None:
            continue
        yield from uses(("routes", index, "to"), route.to, names, sections)
        yield from _conditions(index, route, sources)


def _names(sections: Mapping[str, Section]) -> Iterator[Finding]:
    """A title or an alias leads to one section."""
    taken: dict[str, tuple[str, str]] = {}
    for key, section in sections.items():
        if (other := taken.setdefault(fold(section.title), (key, "title")))[0] != key:
            yield Finding(
                ("sections", key, "title"),
                f'"{section.title}" is the title of section {other[0]} already',
                "give each section its own title",
            )
    for key, section in sections.items():
        for index, alias in enumerate(section.aliases):
            other = taken.setdefault(fold(alias), (key, "alias"))
            if other[0] != key:
                yield Finding(
                    ("sections", key, "aliases", index),
                    f'"{alias}" is the {other[1]} of section {other[0]} already',
                    "a name leads to one section",
                )


def publishers(stated: Mapping[str, Publisher]) -> Iterator[Finding]:
    """A name is one publisher's."""
    taken: dict[str, str] = {}
    for key, publisher in stated.items():
        for path, name in ((("name",), publisher.name), *((("aliases", at), alias) for at, alias in enumerate(publisher.aliases))):
            if (other := taken.setdefault(fold(name), key)) != key:
                yield Finding(
                    ("publishers", key, *path), f'"{name}" is a name of publisher {other} already', "a name leads to one publisher"
                )


def _former(sections: Mapping[str, Section], names: set[str]) -> Iterator[Finding]:
    """A former key is led on to one section, so it cannot be in use."""
    taken: dict[str, str] = {}
    for key, section in sections.items():
        for index, was in enumerate(section.was):
            path = ("sections", key, "was", index)
            if not _SECTION_KEY.fullmatch(was) or was == RESERVED:
                yield Finding(path, f'"{was}" cannot have been the key of a section', "use a-z, 0-9 and hyphens only")
            elif was in names:
                yield Finding(path, f'"{was}" is the key of a section', "was names keys that are no longer used")
            elif taken.setdefault(was, key) != key:
                yield Finding(path, f'"{was}" leads to section {taken[was]} already')


def uses(path: tuple[str | int, ...], used: Sequence[str], names: Collection[str], sections: Mapping[str, Section]) -> Iterator[Finding]:
    """Names of sections that do not exist; a title or an alias in place of a key is understood and put right."""
    for index, name in enumerate(used):
        if not name or name in names:
            continue
        meant = next((key for key, section in sections.items() if fold(name) in map(fold, (section.title, *section.aliases))), None)
        advice = f'did you mean "{meant}"?' if meant else near(name, names) or (f"known are: {', '.join(sorted(names))}" if names else None)
        yield Finding((*path, index), f'there is no section "{name}"', advice)


def _conditions(index: int, route: Route, sources: Mapping[str, Source]) -> Iterator[Finding]:
    """A source condition may name any publisher; only what all but spells one of our keys is taken for a slip."""
    keys = set(sources)
    known = {
        fold(name) for key, source in sources.items() for name in (key, source.title, source.credit.source, source.credit.publisher) if name
    }
    for place, value in enumerate(route.when.source):
        if fold(value) not in known and _SOURCE_KEY.fullmatch(value) and (advice := near(value, keys)):
            yield Finding(("routes", index, "when", "source", place), f'there is no source "{value}"', advice)
