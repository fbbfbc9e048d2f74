"""A section as a feed: its newest entries, each with our revision time and no more text than may leave the house."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from msgspec import structs

from aggregator import editions
from aggregator.config import Section, Site, Source
from aggregator.publish.policy import allowed, apply, stricter, unpictured
from aggregator.records import Edition, Item, Withdrawal
from feeds.records import Author, Content, Correction, Deleted, Entry, Feed

MINTED = 2026  # the year in which this scheme of feed ids was made, as a tag: URI wants it (RFC 4151 §2.1)
SOON = timedelta(days=1)  # a bare day, or a clock that is ahead, is no lie


def compose(
    section: Section,
    items: Iterable[Item],
    site: Site,
    sources: Mapping[str, Source],
    name: str,
    empty_since: datetime,
    withdrawn: Iterable[Withdrawal] = (),
) -> Feed:
    """The section's feed, the same for every format but for its own address (`self_link`). `name` is what its id is made of,
    `empty_since` dates a feed without entries; `withdrawn` leaves a tombstone each, but for an id that is there again."""
    entries: dict[str, Entry] = {}
    for item in items:
        entry = publishable(item, section, sources.get(item.source), site)
        if entry and entry.id and entry.id not in entries:  # two sources may carry one entry under its own id
            entries[entry.id] = entry
    deleted = tuple(_tombstone(one, site, sources) for one in withdrawn if one.iri not in entries)
    times = (*(entry.updated for entry in entries.values() if entry.updated), *(one.when for one in deleted))
    return Feed(
        kind="section",
        id=_id(name, site),
        title=section.title if section.title == site.title else f"{section.title} - {site.title}",
        subtitle=section.description or site.description,
        link=page(section, site),
        updated=max(times, default=empty_since),
        authors=(_author(site),),
        language=site.language,
        entries=tuple(entries.values()),
        deleted=deleted,
    )


def publishable(item: Item, section: Section, source: Source | None, site: Site) -> Entry | None:
    """An item's entry as it may be shown in a section.

    A date that is still to come when the entry is here already would keep it on top in every reader, so it is not told."""
    entry = apply(item.entry, stricter(allowed(item.entry, source), section.body))
    if entry is None:
        return None
    if entry.published and entry.published > item.updated_at + SOON:
        entry = structs.replace(entry, published=None, precision=None)
    if source and source.pictures == "none":
        entry = unpictured(entry)
    return structs.replace(_noted(entry, item.edition, site), updated=item.updated_at)


def _noted(entry: Entry, edition: Edition, site: Site) -> Entry:
    """With the mark of its last correction: as a fact, and where its text ends in words."""
    if edition.corrected_at is None:
        return entry
    day = edition.corrected_at.astimezone(ZoneInfo(site.timezone)).date().isoformat()
    note = editions.note(edition.corrected, site.language, day)
    entry = structs.replace(entry, corrected=Correction(at=edition.corrected_at, facts=edition.corrected))
    if entry.content:
        return structs.replace(entry, content=_with(entry.content, note))
    return structs.replace(entry, summary=_with(entry.summary, note)) if entry.summary else entry


def _with(content: Content, note: str) -> Content:
    return structs.replace(content, value=f"{content.value}<p>{note}</p>" if content.type == "html" else f"{content.value} [{note}]")


def page(section: Section, site: Site) -> str:
    return f"{site.url.rstrip('/')}/" if section.key == "all" else f"{site.url.rstrip('/')}/sections/{section.key}/"


def feed_address(section: str, extension: str, site: Site) -> str:
    return f"{site.url.rstrip('/')}/feeds/{section}.{extension}"


def _tombstone(withdrawn: Withdrawal, site: Site, sources: Mapping[str, Source]) -> Deleted:
    source = sources.get(withdrawn.source)
    by = (source.credit.publisher or source.title) if withdrawn.by == "upstream" and source else _author(site).name
    return Deleted(ref=withdrawn.iri, when=withdrawn.at, by=by, comment=withdrawn.reason)


def _id(name: str, site: Site) -> str:
    """For good (RFC 4287 §4.2.6), as long as the site keeps its address; two sites may share a host, each below a path of its own."""
    address = urlsplit(site.url)
    path = address.path.strip("/")
    return f"tag:{address.hostname},{MINTED}:{path}{'/' if path else ''}feeds/{name}"


def archive_address(section: str, number: int, site: Site) -> str:
    return f"{site.url.rstrip('/')}/feeds/{section}/archive/{number}.atom"


def _author(site: Site) -> Author:
    if site.author:
        return Author(name=site.author.name, email=site.author.email, uri=site.url)
    return Author(name=site.title, uri=site.url)
