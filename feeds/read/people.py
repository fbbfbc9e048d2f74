"""Who stands behind an item: authors, and those who contributed in a role of their own, as RSS and its modules name them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from feeds.clean import urls
from feeds.read.elements import Children, Element, children, first, value
from feeds.read.facts import person, unique_people
from feeds.records import Author, Role

# Roles of Media RSS (the EBU's, in any case) and of Podcasting 2.0 that sign.
_SIGNING = frozenset({"author", "writer", "reporter", "journalist", "correspondent", "host", "cohost", "co-host", "composer"})
_EDITING = frozenset({"editor", "editor-in-chief", "managing editor"})


def people(found: Children, groups: Iterable[Children]) -> tuple[tuple[Author, ...], tuple[Author, ...]]:
    """(authors, contributors). What the modules for media and podcasts say makes authors only where nobody signs elsewhere."""
    authors = unique_people(_signed(found))
    contributors = [each for name in ("dc:contributor", "dcterms:contributor") for each in _named(found, name)]
    credited = [*_credited(groups), *_cast(found)] if not _CREDITING.isdisjoint(found) else []
    if credited and not authors:
        authors = unique_people(each for each in credited if each.role is Role.AUTHOR)
    names = {each.name for each in authors}
    others = [each if each.role is not Role.AUTHOR else replace(each, role=Role.CONTRIBUTOR) for each in credited if each.name not in names]
    made = unique_people((each for each in contributors), Role.CONTRIBUTOR) if contributors else ()
    known = {each.name for each in made}
    return authors, made + tuple({each.name: each for each in others if each.name not in known}.values())


_CREDITING = frozenset({"media:credit", "media:content", "media:group", "podcast:person"})


def _signed(found: Children) -> Iterator[Author | None]:
    signed = False
    for name in ("dc:creator", "dcterms:creator", "author", "itunes:author"):
        if signed and name == "itunes:author":
            return  # it repeats the show's name beside the true author
        for author in _named(found, name):
            signed = signed or author is not None
            yield author
    for each in found.get("atom:author", ()):
        yield atom_person(each)


def _named(found: Children, name: str) -> Iterator[Author | None]:
    return (person(value(each)) for each in found.get(name, ()))


def atom_person(element: Element) -> Author | None:
    """An Atom person construct (RFC 4287 §3.2)."""
    parts = children(element)
    told = first(parts, "atom:name", "name") or ("" if len(element) else value(element))
    uri = urls.absolute("", first(parts, "atom:uri", "atom:url", "uri"))
    return person(told or first(parts, "atom:email", "email"), first(parts, "atom:email", "email"), uri)


def _credited(groups: Iterable[Children]) -> Iterator[Author]:
    for group in groups:
        for each in group.get("media:credit", ()):
            if made := person(value(each)):
                yield replace(made, role=_role(each.get("role") or ""))


def _cast(found: Children) -> Iterator[Author]:
    for each in found.get("podcast:person", ()):
        if made := person(value(each), "", urls.absolute("", each.get("href") or "")):
            yield replace(made, role=_role(each.get("role") or "host"))


def _role(told: str) -> Role:
    told = told.strip().lower()
    return Role.AUTHOR if told in _SIGNING else Role.EDITOR if told in _EDITING else Role.CONTRIBUTOR
