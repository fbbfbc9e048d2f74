"""What an entry says about its origin, as the formats need it: who signs, who helped, where from, by way of what."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache

from feeds import credit
from feeds.clean.text import beginning, excerpt, plain
from feeds.identity import iri
from feeds.records import Author, Content, Entry, Feed, Role, Source
from feeds.write.xml import chars, name, uri, words

# Of the EBU's list, as Media RSS has it: other words are not valid there, and other lists are more than what checks feeds can take.
_ROLES: Mapping[Role, str] = {
    Role.REPORTER: "reporter",
    Role.CORRESPONDENT: "correspondent",
    Role.EDITOR: "editor",
    Role.DUTY_EDITOR: "editor",
}
_TITLE_LENGTH = 60
_EARLIEST = 1990  # the year of the first web page
_AHEAD = timedelta(days=1)  # that a clock may be
# An id is compared letter by letter, so an address that serves as one is written as RFC 3986 §6.2.3 has it.
_PATHLESS = re.compile(r"^(https?://[^/?#]+)(?=[?#]|$)", re.I)


def feed_id(feed: Feed) -> str:
    return chars(feed.id or feed.self_link or feed.link or "").strip() or _minted(feed.title)


def entry_id(entry: Entry) -> str:
    """The public id; an entry that was never recorded (a preview) is named after its uid."""
    return chars(entry.id or "").strip() or _minted(entry.uid)


_iri = lru_cache(maxsize=1024)(iri)  # of places that many entries come from


def _minted(name: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, chars(name)).urn


def signers(entry: Entry) -> tuple[Author, ...]:
    return _named(credit.byline_authors(entry))


def contributors(entry: Entry, elsewhere: str | None) -> tuple[Author, ...]:
    """Editors, reviewers and other helpers; and the stated source and agency, unless they sign or an element of their own names them
    (`elsewhere`): no format may lose who is credited."""
    stated = entry.credit
    others = list(entry.contributors)
    if stated.source:
        others.append(Author(name=stated.source, uri=stated.source_url, role=Role.CONTRIBUTOR))
    if stated.agency:
        others.append(Author(name=stated.agency, role=Role.CONTRIBUTOR))
    named = {words(elsewhere), *(words(author.name) for author in signers(entry))}
    return tuple(person for person in _named(others) if words(person.name) not in named)


def roles(entry: Entry) -> dict[str, str]:
    """Name -> role, of those whose role has a word."""
    found: dict[str, str] = {}
    for person in entry.people:
        if person.role in _ROLES and words(person.name):
            found.setdefault(person.name, _ROLES[person.role])
    return found


def _named(people: tuple[Author, ...] | list[Author]) -> tuple[Author, ...]:
    found: dict[str, Author] = {}
    for person in people:
        if words(person.name):
            found.setdefault(person.name, person)
    return tuple(found.values())


def source(entry: Entry) -> Source | None:
    """The feed or site that the entry was taken from (atom:source, RFC 4287 §4.2.11).

    Atom wants an id, a title and a time of it. A site without a feed is named by its own address, and the time is the latest
    that is known: the feed changed at least when it took in this entry."""
    stated, known = entry.credit, entry.source or Source()
    title = _first(known.title, stated.publisher, stated.source)
    link = _first(uri(known.link), uri(stated.homepage), uri(stated.source_url) if title == stated.source else None)
    feed = uri(known.feed)
    place = _PATHLESS.sub(r"\1/", feed or link or "")
    if not (title or place or known.id):
        return None
    return Source(
        id=_iri(known.id) or _iri(place) or _minted(f"source:{place or title or known.id}"),
        title=title or link or feed or known.id,
        link=link,
        feed=feed,
        updated=_believed(known.updated, entry) or published(entry) or entry.updated,
        authors=known.authors,
        rights=known.rights,
    )


def _first(*texts: str | None) -> str | None:
    """The first that says anything."""
    return next((text for text in texts if words(text)), None)


def stated_source(entry: Entry) -> str | None:
    """The one name for dc:source: who is stated to have said it, else whose feed or page it was taken from."""
    return _first(entry.credit.source, entry.source.title if entry.source else None, entry.credit.publisher)


def via(entry: Entry) -> tuple[str, str | None] | None:
    """Where the information came from (RFC 4287 §4.2.7.2) and what that is called: the original, else what the credited source links to."""
    stated = entry.credit
    candidates = ((stated.original_url, stated.original_title or stated.source), (stated.source_url, stated.source))
    return next(((href, name(title) or None) for address, title in candidates if (href := uri(address))), None)


def published(entry: Entry) -> datetime | None:
    """When it was published, to the second, since RSS knows no finer and all formats shall say the same. None where no feed can have said
    so: systems write 0001, 1900 and 1970 for "no date"."""
    at = entry.published
    return at.replace(microsecond=0) if at is not None and at.year >= _EARLIEST else None


def _believed(at: datetime | None, entry: Entry) -> datetime | None:
    """What a source says of its own last change: not before there was a web, and not after what it brought was here."""
    return at if at is not None and at.year >= _EARLIEST and (entry.updated is None or at <= entry.updated + _AHEAD) else None


def rights(entry: Entry) -> str | None:
    return _first(entry.rights, entry.source.rights if entry.source else None)


def written(content: Content | None) -> Content | None:
    """The content, if there is any."""
    return content if content is not None and chars(content.value).strip() else None


def said(content: Content | None) -> str:
    """The content as plain text."""
    if content is None:
        return ""
    return plain(content.value) if content.type == "html" else content.value.strip()


def opening(content: Content, limit: int = 200) -> str:
    """How the content begins, as plain text."""
    return beginning(content.value, limit) if content.type == "html" else excerpt(content.value, limit)


def title(entry: Entry) -> str:
    """The title, or for an untitled note how it begins; its address where it says nothing at all."""
    if words(entry.title):
        return entry.title
    beginning = said(written(entry.summary)) or said(written(entry.content))
    return excerpt(beginning, _TITLE_LENGTH) or chars(entry.link or "").strip() or entry_id(entry)


def credit_line(entry: Entry, feed: Feed) -> str:
    """The credit in words: what an entry without any text still says."""
    return credit.line(entry, feed.language or entry.language or "zh")
