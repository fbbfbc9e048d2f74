"""Whose words are these: a pure decision that completes each entry's credit from what the operator knows of its source.

What the entry states itself always wins; the operator's `credit` fills the gaps; a fact that neither states stays absent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from aggregator.config import Source
from aggregator.config.publishers import fold
from feeds.clean.text import closing_lines, opening_line
from feeds.records import Author, Credit, Entry, Feed, Role
from feeds.records import Source as Origin

if TYPE_CHECKING:
    from feeds.clean.byline import Byline


def attribute(feed: Feed, source: Source) -> Feed:
    """The feed with every entry credited: publisher, homepage, rights, the byline at the end of its text, and where it first stood."""
    return replace(feed, entries=tuple(_credited(entry, feed, source) for entry in feed.entries))


def _credited(entry: Entry, feed: Feed, source: Source) -> Entry:
    signed = entry if feed.listed else _signed(entry)
    own, known, stated = signed.credit, source.publishers, source.credit
    behind, publisher = known.find(own.source or stated.source), known.find(stated.publisher)
    credit = replace(
        own,
        source=own.source or stated.source,
        source_url=own.source_url or (behind.homepage if behind else None),
        organization=own.organization or (behind.name if behind and fold(behind.name) != fold(own.source or stated.source or "") else None),
        publisher=own.publisher or (publisher.name if publisher else stated.publisher) or source.title,
        homepage=own.homepage or stated.homepage or (publisher.homepage if publisher else None) or feed.link,
    )
    return replace(
        signed,
        credit=credit,
        # Of whoever said it first, before those of whoever carries it.
        rights=signed.rights
        or (behind.rights if behind else None)
        or stated.rights
        or (publisher.rights if publisher else None)
        or feed.rights,
        source=_origin(signed, feed, source),
        language=_language(signed, feed, source),
    )


def _signed(entry: Entry) -> Entry:
    """What a byline at the end of a feed entry's text (`稿源:津水微言  编辑:张丽`) states and the entry itself does not."""
    body = entry.content or entry.summary
    if body is None:
        return entry
    # Loaded with the first news: a pull that brings none needs nothing of it.
    from feeds.clean.byline import Byline, dateline
    from feeds.clean.byline import parse as parse_byline
    from feeds.clean.labels import mentions_label, opens_with_dateline

    ending = closing_lines(body.value, html=body.type == "html")
    byline = parse_byline(ending, where="the end of the text") if mentions_label(ending) else Byline()
    opening = opening_line(body.value, html=body.type == "html")
    if opens_with_dateline(opening):
        byline = byline.then(dateline(opening))
    if not byline:
        return entry
    signing = _people({Role.REPORTER: byline.reporters, Role.AUTHOR: byline.authors, Role.CORRESPONDENT: byline.correspondents})
    others = _people(
        {
            Role.EDITOR: byline.editors,
            Role.DUTY_EDITOR: byline.duty_editors,
            Role.REVIEWER: byline.reviewers,
            Role.CONTRIBUTOR: (*byline.photographers, *byline.contributors),
        }
    )
    return replace(
        entry,
        authors=entry.authors or signing,
        contributors=entry.contributors or others,
        credit=_completed(entry, byline),
        rights=entry.rights or byline.rights,
    )


def _completed(entry: Entry, byline: Byline) -> Credit:
    """The entry's credit with what only its byline states; each fact of the byline brings its evidence."""
    own = entry.credit
    return replace(
        own,
        source=own.source or byline.source or byline.supplier,
        chain=own.chain or (() if own.source else byline.chain),
        publisher=own.publisher or byline.publisher,
        agency=own.agency or byline.agency,
        original_title=own.original_title or (byline.original_title if byline.original_title != entry.title else None),
        original_url=own.original_url or byline.original_url,
        evidence=(*own.evidence, *byline.evidence),
    )


def _people(names: Mapping[Role, tuple[str, ...]]) -> tuple[Author, ...]:
    """One author a name: the first role wins."""
    named: dict[str, Role] = {}
    for role, of_role in names.items():
        for name in of_role:
            named.setdefault(name, role)
    return tuple(Author(name=name, role=role) for name, role in named.items())


def _origin(entry: Entry, feed: Feed, source: Source) -> Origin:
    """Where the entry first stood (RFC 4287 §4.2.11): what it says of itself, else the feed or page that it was pulled from."""
    if entry.source and (entry.source.title or entry.source.id):
        return entry.source
    shown = source.public_url
    is_feed = not feed.listed
    return Origin(
        id=feed.id or shown or feed.link,
        title=feed.title or source.title,
        link=feed.link or source.credit.homepage or (None if is_feed else shown),
        feed=(feed.self_link or shown) if is_feed else None,
        updated=feed.updated,
        rights=feed.rights,
    )


def _language(entry: Entry, feed: Feed, source: Source) -> str | None:
    return entry.language or feed.language or source.language
