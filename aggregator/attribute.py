"""Whose words are these: a pure decision that completes each entry's credit from what the operator knows of its source.

What the entry states itself always wins; the operator's `credit` fills the gaps; a fact that neither states stays absent.
"""

from __future__ import annotations

from msgspec import structs

from aggregator.config import Source
from aggregator.config.hidden import Hidden
from aggregator.config.publishers import fold
from feeds import codec
from feeds.records import Credit, Entry, Feed
from feeds.records import Source as Origin


def attribute(feed: Feed, source: Source) -> Feed:
    """The feed with every entry credited: publisher, homepage, rights, column, and where it first stood."""
    origin, hidden = _origin(feed, source), source.hidden
    credit = {own: _completed(own, feed, source) for own in {entry.credit for entry in feed.entries}}  # most entries of a feed state none
    entries = (_credited(entry, feed, source, origin, credit[entry.credit]) for entry in feed.entries)
    return structs.replace(feed, entries=tuple(_discreet(entry, hidden) for entry in entries))


def _discreet(entry: Entry, hidden: Hidden) -> Entry:
    """The entry without the secrets of the address that it was asked for at: feeds name themselves by it, and their entries after it."""
    if not hidden.tokens:
        return entry
    record = codec.dump(entry)
    shown = hidden.text(record)
    return entry if shown == record else codec.load(shown)


def _completed(own: Credit, feed: Feed, source: Source) -> Credit:
    known, stated = source.publishers, source.credit
    behind, publisher = known.find(own.source or stated.source), known.find(stated.publisher)
    return structs.replace(
        own,
        source=own.source or stated.source,
        source_url=own.source_url or (behind.homepage if behind else None),
        organization=own.organization or (behind.name if behind and fold(behind.name) != fold(own.source or stated.source or "") else None),
        publisher=own.publisher or (publisher.name if publisher else stated.publisher) or _who_is_named(feed, source),
        homepage=own.homepage or stated.homepage or (publisher.homepage if publisher else None) or feed.link,
    )


def _credited(entry: Entry, feed: Feed, source: Source, origin: Origin, credit: Credit) -> Entry:
    known, stated = source.publishers, source.credit
    behind, publisher = known.find(entry.credit.source or stated.source), known.find(stated.publisher)
    return structs.replace(
        entry,
        credit=credit,
        column=entry.column or source.column,
        # Of whoever said it first, before those of whoever carries it.
        rights=entry.rights
        or (behind.rights if behind else None)
        or stated.rights
        or (publisher.rights if publisher else None)
        or feed.rights,
        # What it says of itself, else the feed or page that it was pulled from (RFC 4287 §4.2.11).
        source=entry.source if entry.source and (entry.source.title or entry.source.id) else origin,
        language=entry.language or feed.language or source.language,
    )


def _who_is_named(feed: Feed, source: Source) -> str:
    """Who publishes, by the source's title alone: that, or the one author of the whole feed that it names (和平里社区日记)."""
    named = [each.name for each in feed.authors if len(each.name) > 3 and source.title.startswith(each.name)]
    return named[0] if len(feed.authors) == 1 and named else source.title


def _origin(feed: Feed, source: Source) -> Origin:
    """Where the entries of a feed first stood that say nothing of it."""
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
