"""A section as a feed: its newest entries, each with our revision time and no more text than may leave the house."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from aggregator.config import Section, Site, Source
from aggregator.publish.policy import allowed, apply, stricter
from aggregator.records import Item, Withdrawal
from feeds.records import Author, Deleted, Entry, Feed

MINTED = 2026  # the year in which this scheme of feed ids was made, as a tag: URI wants it (RFC 4151 §2.1)


def compose(
    section: Section,
    items: Iterable[Item],
    site: Site,
    sources: Mapping[str, Source],
    empty_since: datetime,
    withdrawn: Iterable[Withdrawal] = (),
) -> Feed:
    """The section's feed, the same for every format but for its own address (`self_link`). `empty_since` dates a feed without entries;
    `withdrawn` leaves a tombstone each, but for an id that is there again."""
    entries: dict[str, Entry] = {}
    for item in items:
        entry = publishable(item, section, sources.get(item.source))
        if entry and entry.id and entry.id not in entries:  # two sources may carry one entry under its own id
            entries[entry.id] = entry
    deleted = tuple(_tombstone(one, site, sources) for one in withdrawn if one.iri not in entries)
    times = (*(entry.updated for entry in entries.values() if entry.updated), *(one.when for one in deleted))
    return Feed(
        kind="section",
        id=f"tag:{urlsplit(site.url).hostname},{MINTED}:feeds/{section.key}",
        title=section.title if section.title == site.title else f"{section.title} - {site.title}",
        subtitle=section.description or site.description,
        link=page(section, site),
        updated=max(times, default=empty_since),
        authors=(_author(site),),
        language=site.language,
        entries=tuple(entries.values()),
        deleted=deleted,
    )


def publishable(item: Item, section: Section, source: Source | None) -> Entry | None:
    """An item's entry as it may be shown in a section."""
    entry = apply(item.entry, stricter(allowed(item.entry, source), section.body))
    return replace(entry, updated=item.updated_at) if entry else None


def page(section: Section, site: Site) -> str:
    return f"{site.url.rstrip('/')}/" if section.key == "all" else f"{site.url.rstrip('/')}/sections/{section.key}/"


def feed_address(section: str, extension: str, site: Site) -> str:
    return f"{site.url.rstrip('/')}/feeds/{section}.{extension}"


def _tombstone(withdrawn: Withdrawal, site: Site, sources: Mapping[str, Source]) -> Deleted:
    source = sources.get(withdrawn.source)
    by = (source.credit.publisher or source.title) if withdrawn.by == "upstream" and source else _author(site).name
    return Deleted(ref=withdrawn.iri, when=withdrawn.at, by=by, comment=withdrawn.reason)


def _author(site: Site) -> Author:
    if site.author:
        return Author(name=site.author.name, email=site.author.email, uri=site.url)
    return Author(name=site.title, uri=site.url)
