"""The last step of every reader: uids settled, fingerprints taken, and what is new or changed made clean. Sanitising happens here only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import structs

from feeds import identity
from feeds.clean import markup, text
from feeds.errors import Refused
from feeds.read import bounds
from feeds.read.reading import Drawn
from feeds.records import Content, Entry, Feed, Hints

_LONGEST_TITLE = 500
_MOST_GROWN = 2_000_000  # characters that no link made absolute and no closing tag brings
_LONGEST_TEXT = 500_000  # characters: no entry is a book; of those that are, the beginning is kept
_BLOCK_END = re.compile(r"</(?:p|div|section|li|ul|ol|table|blockquote|h[1-6]|figure)\s*>|<br\s*/?>", re.I)


def finish(drawn: Drawn, hints: Hints, known: Mapping[str, str]) -> Feed:
    """The feed with its entries fit to keep. What stands in it exactly as known goes to `Feed.same` and is never sanitised."""
    feed = drawn.feed
    kept, repeated, apart = identity.distinct(entry for entry, _ in drawn.entries)
    repairs = list(feed.repairs)
    if repeated:
        repairs.append(
            f"{repeated} {'items repeat others' if repeated > 1 else 'item repeats another'} and {'were' if repeated > 1 else 'was'} merged"
        )
    if huge := sum(1 for entry, _ in drawn.entries if entry.content and len(entry.content.value) > _LONGEST_TEXT):
        repairs.append(f"the text of {huge} item{'s is' if huge > 1 else ' is'} absurdly long; its beginning was kept")
    if apart:
        repairs.append(f"{apart} different items share their ids and were told apart")
    kept, bare = _affordable(kept)
    if bare:
        repairs.append(f"{bare} {'items were' if bare > 1 else 'item was'} left without text: together they have more tags than any feed's")
    entries: list[Entry] = []
    same = list(feed.same)
    grown = 0
    for place, entry in kept:
        if known:
            entry = _continued(entry, known)
        fingerprint = identity.fingerprint(entry)
        if known.get(entry.uid) == fingerprint:
            same.append(entry.uid)
        else:
            entries.append(_clean(entry, fingerprint, drawn.entries[place][1]))
            grown += _length(entries[-1]) - 3 * _length(entry)
            if grown > _MOST_GROWN:
                raise Refused("its texts are made to multiply when they are cleaned")
    return structs.replace(feed, language=feed.language or hints.language, entries=tuple(entries), same=tuple(same), repairs=tuple(repairs))


def _length(entry: Entry) -> int:
    return len(entry.content.value) if entry.content else 0


def _affordable(kept: list[tuple[int, Entry]]) -> tuple[list[tuple[int, Entry]], int]:
    """The entries, and how many of them lost their texts because those before them have all the tags that are made clean."""
    if sum(len(each.value) for _, entry in kept for each in _texts(entry)) <= bounds.LARGE:
        return kept, 0
    left, bare = bounds.MOST_MARKS, 0
    affordable: list[tuple[int, Entry]] = []
    for place, entry in kept:
        marks = sum(bounds.marks(each.value[:_LONGEST_TEXT]) for each in _texts(entry) if each.type == "html")
        if marks > left:
            entry, bare = structs.replace(entry, content=None, summary=None), bare + 1
        else:
            left -= marks
        affordable.append((place, entry))
    return affordable, bare


def _texts(entry: Entry) -> Iterator[Content]:
    if entry.content:
        yield entry.content
    if entry.summary:
        yield entry.summary


def _continued(entry: Entry, known: Mapping[str, str]) -> Entry:
    """The uid under which the entry is known, where a site that moved to TLS (or back) has changed its addresses."""
    if entry.uid in known:
        return entry
    other = identity.twin(entry.uid)
    return structs.replace(entry, uid=other) if other in known and other else entry


def _clean(entry: Entry, fingerprint: str, base: str | None) -> Entry:
    content = _content(entry.content, base)
    summary = _brief(entry.summary, base)
    image = entry.image or (markup.first_image(content.value) if content and content.type == "html" else None)
    title = entry.title if len(entry.title) <= _LONGEST_TITLE else text.excerpt(entry.title, _LONGEST_TITLE)
    return structs.replace(entry, title=title, content=content, summary=summary, image=image, fingerprint=fingerprint)


def _content(content: Content | None, base: str | None) -> Content | None:
    if content is None:
        return None
    if len(content.value) > _LONGEST_TEXT:
        content = structs.replace(content, value=_beginning(content.value, html=content.type == "html"))
    value = text.legal(content.value).strip() if content.type == "text" else markup.sanitise(content.value, base)
    return Content(value=value, type=content.type) if value else None


def _beginning(told: str, *, html: bool) -> str:
    """As much of an absurdly long text as is kept: to the end of a block of HTML, to the end of a sentence of plain text."""
    if not html:
        return text.excerpt(told, _LONGEST_TEXT)
    near = told[_LONGEST_TEXT - 20_000 : _LONGEST_TEXT]
    ends = [found.end() for found in _BLOCK_END.finditer(near)]
    if ends:
        return told[: _LONGEST_TEXT - 20_000 + ends[-1]] + "…"
    opened = near.rfind("<")
    inside = opened > near.rfind(">")  # of a tag, or of text that has such a sign
    return told[: _LONGEST_TEXT - 20_000 + opened if inside else _LONGEST_TEXT] + "…"


def _brief(summary: Content | None, base: str | None) -> Content | None:
    """A summary whose markup said nothing is plain text."""
    summary = _content(summary, base)
    if summary is None or summary.type == "text" or "<" in summary.value:
        return summary
    told = text.plain(summary.value)
    return Content(value=told, type="text") if told else None
