"""How much of an entry may leave the house: the stricter of what its source allows (`republish`) and what the section shows (`body`)."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import structs

from aggregator.config import Publisher, Section, Source
from feeds.clean import images
from feeds.clean.text import beginning, excerpt
from feeds.records import Content, Entry

ORDER = ("none", "link", "summary", "full")
SUMMARY = 200  # characters of a summary that we make ourselves


Stated = Mapping[str, Mapping[str, str]]  # what is stated of -> its key -> the policy


def stated(sections: Mapping[str, Section], sources: Mapping[str, Source], publishers: Mapping[str, Publisher]) -> Stated:
    """What the operator says of how much may be shown."""
    return {
        "sections": {key: section.body for key, section in sections.items()},
        "sources": {key: source.republish for key, source in sources.items()},
        "publishers": {key: publisher.republish for key, publisher in publishers.items() if publisher.republish},
    }


def stricter(*policies: str) -> str:
    return min(policies, key=ORDER.index)


def allowed(entry: Entry, source: Source | None) -> str:
    """The most that may be shown of an entry: what its source allows, and whoever it states as its own source, where the operator knows
    them. Of a source that the configuration no longer names, the summary."""
    if source is None:
        return "summary"
    behind = source.publishers.find(entry.credit.source)
    return stricter(source.republish, behind.republish) if behind and behind.republish else source.republish


def apply(entry: Entry, policy: str) -> Entry | None:
    """The entry with no more of its text than the policy allows; None when it may not be shown at all."""
    match policy:
        case "full":
            return entry
        case "summary":
            return structs.replace(entry, summary=summary(entry), content=None)
        case "link":
            return structs.replace(entry, summary=None, content=None)
        case _:
            return None


def unpictured(entry: Entry) -> Entry:
    """The entry without any picture: its own, those in its texts, those to download."""
    return structs.replace(
        entry,
        image=None,
        summary=_unpictured(entry.summary),
        content=_unpictured(entry.content),
        enclosures=tuple(each for each in entry.enclosures if not (each.type or "").lower().startswith("image/")),
    )


def _unpictured(content: Content | None) -> Content | None:
    return structs.replace(content, value=images.without(content.value)) if content and content.type == "html" else content


def summary(entry: Entry) -> Content | None:
    """The entry's own summary as plain text, cut to size; else the beginning of its content."""
    for content in (entry.summary, entry.content):
        if content and (text := (beginning if content.type == "html" else excerpt)(content.value, SUMMARY)):
            return Content(value=text, type="text")
    return None
