"""Into which sections an entry goes, and by which rule: a pure decision whose reasons are kept with the entry.

1. the sections that its source names;
2. where the source names none: sections whose title or alias is the entry's column or one of its categories;
3. every route of the configuration that matches adds its sections; a matching `drop` keeps the entry out of all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from aggregator.config import Route, Section, Source
from aggregator.records import Placed, Placement
from feeds.clean.text import plain
from feeds.records import Content, Entry

Texts = tuple[str, ...]
Test = Callable[["_Facts"], bool]


@dataclass(frozen=True, slots=True)
class Rules:
    """The configuration's routes and section names, compiled once."""

    names: Mapping[str, str]  # a section's title or alias, folded -> its key
    routes: tuple[tuple[Route, Test], ...]

    @classmethod
    def of(cls, sections: Mapping[str, Section], routes: Iterable[Route]) -> Self:
        names = {_fold(name): key for key, section in sections.items() for name in (section.title, *section.aliases)}
        return cls(names, tuple((route, _compile(route)) for route in routes))


def route(entries: Sequence[Entry], source: Source, rules: Rules) -> tuple[Placed, ...]:
    """Each entry with its places, in the order in which they came."""
    return tuple(Placed(entry=entry, placements=places(entry, source, rules)) for entry in entries)


def places(entry: Entry, source: Source, rules: Rules) -> tuple[Placement, ...]:
    found: dict[str, str] = {}
    facts = _Facts(entry, source)
    for key in source.sections:
        found.setdefault(key, f"source {source.key} names the section")
    if not source.sections:
        for name in facts.column + facts.category:
            if key := rules.names.get(_fold(name), ""):
                found.setdefault(key, f"the section is called {name!r} upstream")
    for rule, matches in rules.routes:
        if matches(facts):
            if rule.drop:
                return ()
            for key in rule.to:
                found.setdefault(key, f"{rule.name}: {_words(rule)}")
    return tuple(Placement(section=section, rule=why) for section, why in found.items())


class _Facts:
    """What rules may ask of an entry; each text is worked out when the first rule asks for it."""

    def __init__(self, entry: Entry, source: Source) -> None:
        self.entry, self.source = entry, source

    @cached_property
    def title(self) -> Texts:
        return (self.entry.title,)

    @cached_property
    def origin(self) -> Texts:
        credit = self.entry.credit
        return (self.source.key, *filter(None, (self.source.title, credit.source, credit.publisher)))

    @cached_property
    def column(self) -> Texts:
        return (self.entry.column,) if self.entry.column else ()

    @cached_property
    def author(self) -> Texts:
        return tuple(person.name for person in self.entry.authors)

    @cached_property
    def category(self) -> Texts:
        return tuple(category.label or category.term for category in self.entry.categories)

    @cached_property
    def text(self) -> Texts:
        return tuple(_text(content) for content in (self.entry.summary, self.entry.content) if content)


_ASKED: Mapping[str, Callable[[_Facts], Texts]] = {
    "title": lambda facts: facts.title,
    "source": lambda facts: facts.origin,
    "column": lambda facts: facts.column,
    "author": lambda facts: facts.author,
    "category": lambda facts: facts.category,
    "text": lambda facts: facts.text,
}


def _text(content: Content) -> str:
    return plain(content.value) if content.type == "html" else content.value


def _conditions(rule: Route) -> dict[str, tuple[str, ...]]:
    return {name: values for name in _ASKED if (values := getattr(rule.when, name))}


def _compile(rule: Route) -> Test:
    """All named facts must hold; for each of them any of its texts. `/…/` is a regular expression, anything else a part of the text
    (for `source`, a key is compared whole)."""
    tests = {name: [_one(value, name) for value in values] for name, values in _conditions(rule).items()}

    def test(facts: _Facts) -> bool:
        return all(any(matches(text) for matches in any_of for text in _ASKED[name](facts)) for name, any_of in tests.items())

    return test


def _one(value: str, name: str) -> Callable[[str], bool]:
    if len(value) > 2 and value.startswith("/") and value.endswith("/"):
        pattern = re.compile(value[1:-1], re.IGNORECASE)
        return lambda text: pattern.search(text) is not None
    wanted = _fold(value)
    if name == "source":
        return lambda text: _fold(text) == wanted
    return lambda text: wanted in _fold(text)


def _words(rule: Route) -> str:
    return " and ".join(f"{name} has {' or '.join(repr(value) for value in values)}" for name, values in _conditions(rule).items())


def _fold(text: str) -> str:
    """Names compared as people read them: without quotation marks, blanks and case."""
    return re.sub(r"[\s“”\"'‘’「」《》]+", "", text).casefold()
