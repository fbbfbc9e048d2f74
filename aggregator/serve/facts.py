"""The whole credit of an entry as labelled rows for its page: everything that is stated, nothing that is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from aggregator.records import Item
from aggregator.serve import dates, links
from aggregator.serve.words import Words
from feeds import credit
from feeds.records import Precision

# Names of `_credit` (feeds.credit.facts) in the order of the page -> label, and the fact that the row links to.
_ROWS = (
    ("source", "Source", "source_url"),
    ("publisher", "Published by", "homepage"),
    ("agency", "News agency", None),
    ("chain", "Earlier sources", None),
    ("authors", "Author", None),
    ("reporters", "Reporter", None),
    ("correspondents", "Correspondent", None),
    ("editors", "Editor", None),
    ("duty_editors", "Editor in charge", None),
    ("reviewers", "Reviewer", None),
    ("contributors", "Contributor", None),
    ("rights", "Rights", None),
    ("original_title", "Original title", "original_url"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One row: a label and its values. `link` is a checked web address for the values, `moment` a time instead of them."""

    label: str
    values: tuple[str, ...] = ()
    link: str | None = None
    moment: dates.Moment | None = None


def of(item: Item, zone: ZoneInfo, words: Words) -> tuple[Fact, ...]:
    return (*_credited(item, words), *_dated(item, zone, words))


def _credited(item: Item, words: Words) -> Iterator[Fact]:
    known = credit.facts(item.entry)
    for name, label, url in _ROWS:
        if values := _values(known.get(name)):
            yield Fact(label=words.gettext(label), values=values, link=links.web(known.get(url)) if url else None)
    for name, label, named_by in (("homepage", "Homepage", "publisher"), ("original_url", "First appeared at", "original_title")):
        address = links.web(known.get(name))
        if address and not known.get(named_by) and address != item.entry.link:
            yield Fact(label=words.gettext(label), values=(address,), link=address)
    if original := links.web(item.entry.link):
        yield Fact(label=words.gettext("Original"), values=(original,), link=original)


def _dated(item: Item, zone: ZoneInfo, words: Words) -> Iterator[Fact]:
    entry = item.entry
    if entry.published:
        yield Fact(label=words.gettext("Published"), moment=dates.moment(entry.published, entry.precision, zone, words.language))
        if entry.precision is Precision.DAY:
            yield Fact(label=words.gettext("Precision"), values=(words.gettext("the source states the day only"),))
    else:
        yield Fact(label=words.gettext("Published"), values=(words.gettext("the source states no date"),))
    if entry.updated and entry.updated != entry.published:
        yield Fact(label=words.gettext("Updated by the source"), moment=dates.moment(entry.updated, None, zone, words.language))
    yield Fact(label=words.gettext("Collected here"), moment=dates.moment(item.first_seen_at, None, zone, words.language))
    if item.revisions > 1:
        yield Fact(label=words.gettext("Revised here"), moment=dates.moment(item.updated_at, None, zone, words.language))


def _values(stated: object) -> tuple[str, ...]:
    if isinstance(stated, str):
        return (stated,) if stated else ()
    if isinstance(stated, list | tuple):
        return tuple(value for value in stated if isinstance(value, str) and value)
    return ()
