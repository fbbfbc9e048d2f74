"""Who stands behind an item: authors, and those who contributed in a role of their own, as RSS and its modules name them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice

from msgspec import structs

from feeds.clean import urls
from feeds.credit import SIGNING, from_facts, from_structured
from feeds.read.elements import Children, Element, children, first, value
from feeds.read.facts import person, unique_people
from feeds.read.media import groups
from feeds.records import Author, Entry, Role

# Roles of Media RSS (the EBU's, in any case) and of Podcasting 2.0 that sign.
_SIGNING = frozenset({"author", "writer", "journalist", "host", "cohost", "co-host", "composer"})
_EXACT = {"reporter": Role.REPORTER, "correspondent": Role.CORRESPONDENT}
_MOST = 100  # people of one entry, by each element that names them
_EDITING = frozenset({"editor", "editor-in-chief", "managing editor"})


CITED = "dcterms:bibliographiccitation"
_CREDITING = frozenset({"media:credit", "media:content", "media:group", "podcast:person"})
_AUTHORS = ("dc:creator", "dcterms:creator", "author", "dc:author")
_CONTRIBUTING = ("dc:contributor", "dcterms:contributor")


def people(found: Children) -> tuple[tuple[Author, ...], tuple[Author, ...]]:
    """(authors, contributors). What the modules for media and podcasts say makes authors only where nobody signs elsewhere."""
    authors = unique_people(_signed(found))
    contributors: tuple[Author, ...] = ()
    if "dc:contributor" in found or "dcterms:contributor" in found:
        contributors = unique_people((each for name in _CONTRIBUTING for each in _named(found, name)), Role.CONTRIBUTOR)
    if _CREDITING.isdisjoint(found):
        return authors, contributors
    return credit(authors, contributors, found)


def credit(authors: tuple[Author, ...], contributors: tuple[Author, ...], found: Children) -> tuple[tuple[Author, ...], tuple[Author, ...]]:
    """Both with the roles in which the same names are credited, and with who is named there alone: as authors only where nobody signs."""
    roles: dict[str, Author] = {}
    for each in islice(chain(_credited(found), _cast(found)), _MOST):
        roles.setdefault(each.name, each)
    authors = tuple(_in_role(each, roles) if _signs(roles.get(each.name)) else each for each in authors)
    authors = authors or tuple(each for each in roles.values() if _signs(each))
    contributors = tuple(each if _signs(roles.get(each.name)) else _in_role(each, roles) for each in contributors)
    known = {each.name for each in (*authors, *contributors)}
    others = (structs.replace(each, role=Role.CONTRIBUTOR) if _signs(each) else each for each in roles.values() if each.name not in known)
    return authors, contributors + tuple(others)


def cited(entry: Entry, told: str) -> Entry:
    """With what other feeds of our kind say of the credit where no element has a word for it (`feeds.credit.structured`)."""
    facts = from_structured(told)
    if not facts:
        return entry
    stated, _, helpers, _ = from_facts(facts)
    does: dict[str, list[Author]] = {}
    for each in helpers:
        does.setdefault(each.name, []).append(each)
    others = [structs.replace(each, role=one.role) for each in entry.contributors for one in does.get(each.name, [each])]
    return structs.replace(
        entry,
        contributors=tuple(each for each in others if each.name != stated.agency or each.name in does),
        credit=structs.replace(entry.credit, organization=stated.organization, agency=stated.agency, chain=stated.chain),
    )


def _in_role(person: Author, roles: dict[str, Author]) -> Author:
    return structs.replace(person, role=roles[person.name].role) if person.name in roles else person


def _signs(person: Author | None) -> bool:
    return person is not None and person.role in SIGNING


def _signed(found: Children) -> list[Author | None]:
    signed = [each for name in _AUTHORS if name in found for each in _named(found, name)]
    if not any(signed):  # else an itunes:author repeats the show's name beside the true author
        signed += _named(found, "itunes:author")
        signed += [atom_person(each) for each in found.get("atom:author", ())[:_MOST]]
    return signed


def _named(found: Children, name: str) -> list[Author | None]:
    return [person(value(each)) for each in found.get(name, ())[:_MOST]]


def atom_person(element: Element) -> Author | None:
    """An Atom person construct (RFC 4287 §3.2)."""
    parts = children(element)
    told = first(parts, "atom:name", "name") or ("" if len(element) else value(element))
    uri = urls.absolute("", first(parts, "atom:uri", "atom:url", "uri"))
    return person(told or first(parts, "atom:email", "email"), first(parts, "atom:email", "email"), uri)


def _credited(found: Children) -> Iterator[Author]:
    for group in groups(found):
        for each in group.get("media:credit", ()):
            if made := person(value(each)):
                yield structs.replace(made, role=_role(each.get("role") or ""))


def _cast(found: Children) -> Iterator[Author]:
    for each in found.get("podcast:person", ()):
        if made := person(value(each), "", urls.absolute("", each.get("href") or "")):
            yield structs.replace(made, role=_role(each.get("role") or "host"))


def _role(told: str) -> Role:
    told = told.strip().lower()
    if told in _EXACT:
        return _EXACT[told]
    return Role.AUTHOR if told in _SIGNING else Role.EDITOR if told in _EDITING else Role.CONTRIBUTOR
