"""The whole credit of an entry for people: one line of it, and labelled rows for its page. All that is stated, nothing that is not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from aggregator.records import Item, Revised
from aggregator.serve import dates, links, reasons
from aggregator.serve.words import Words, mark
from feeds import credit
from feeds.records import Entry, Precision

# Names of `_credit` (feeds.credit.facts) in the order of the page -> label, and the fact that the row links to.
_ROWS = (
    ("source", mark("Source"), "source_url"),
    ("organization", mark("Organization"), None),
    ("publisher", mark("Published by"), "homepage"),
    ("agency", mark("News agency"), None),
    ("chain", mark("Earlier sources"), None),
    ("authors", mark("Author"), None),
    ("reporters", mark("Reporter"), None),
    ("correspondents", mark("Correspondent"), None),
    ("editors", mark("Editor"), None),
    ("duty_editors", mark("Duty editor"), None),
    ("reviewers", mark("Reviewer"), None),
    ("contributors", mark("Contributor"), None),
    ("rights", mark("Rights"), None),
    ("original_title", mark("Original title"), "original_url"),
)
_LABELS = {name: label for name, label, _ in _ROWS}
_FIELDS = _LABELS | {"published": mark("Published"), "title": mark("Title"), "column": mark("Column"), "credit": mark("Source")}
_SIGNED = mark("By")  # what the line says of authors (feeds.credit.LABELS), and the rows say otherwise
_CHANGED = {"title": mark("the title"), "text": mark("the text"), "credit": mark("the credit")}
CERTAIN = 0.9  # what is read with less is said to be likely only


_CORRECTED = {"title": mark("Title"), "text": mark("Text"), "credit": mark("Credit")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One row: a label and its values. `link` is a checked web address for the values, `moment` a time instead of them."""

    label: str
    values: tuple[str, ...] = ()
    link: str | None = None
    moment: dates.Moment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A revision that counts: when, of what (in words), whether it corrects, the title that stood there before."""

    moment: dates.Moment
    what: str
    correction: bool
    title: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Why we believe a fact: what it is about, the words of the page, where they stood, and whether that leaves doubt."""

    label: str
    text: str
    where: str
    likely: bool


def line(entry: Entry, words: Words) -> tuple[tuple[str, str], ...]:
    """The credit line in its parts, label and names, so that neither leaves the other at the end of a line."""
    return tuple(
        (words.gettext(credit.LABELS[name]), words.gettext(", ").join(values))
        for name, values in credit.parts(entry, words.gettext(" ({})"))
    )


def of(item: Item, zone: ZoneInfo, words: Words) -> tuple[Fact, ...]:
    return (*_credited(item, words), *_dated(item, zone, words))


def changes(log: Iterable[Revised], zone: ZoneInfo, words: Words) -> tuple[Change, ...]:
    """What readers were told of, the newest first."""
    return tuple(
        Change(
            moment=dates.moment(each.at, None, zone, words.locale),
            what=words.gettext(", ").join(words.gettext(_CHANGED.get(name, name)) for name in each.significant),
            correction=bool(each.corrected),
            title=str(each.before["title"]) if "title" in each.significant and each.before.get("title") else None,
        )
        for each in reversed(list(log))
        if each.significant
    )


def proofs(entry: Entry, words: Words) -> tuple[Proof, ...]:
    return tuple(
        Proof(
            label=words.gettext(_FIELDS[each.field]) if each.field in _FIELDS else each.field,
            text=each.text,
            where=reasons.where(each.where, words),
            likely=each.sure < CERTAIN,
        )
        for each in entry.credit.evidence
        if each.text
    )


def _credited(item: Item, words: Words) -> Iterator[Fact]:
    known = credit.facts(item.entry)
    for name, label, url in _ROWS:
        if values := _values(known.get(name)):
            yield Fact(label=words.gettext(label), values=values, link=links.web(known.get(url)) if url else None)
    for name, label, named_by in (
        ("homepage", mark("Homepage"), "publisher"),
        ("original_url", mark("First appeared at"), "original_title"),
    ):
        address = links.web(known.get(name))
        if address and not known.get(named_by) and address != item.entry.link:
            yield Fact(label=words.gettext(label), values=(address,), link=address)
    if original := links.web(item.entry.link):
        yield Fact(label=words.gettext("Original"), values=(original,), link=original)


def _dated(item: Item, zone: ZoneInfo, words: Words) -> Iterator[Fact]:
    entry = item.entry
    if entry.published:
        yield Fact(label=words.gettext("Published"), moment=dates.moment(entry.published, entry.precision, zone, words.locale))
        if entry.precision is Precision.DAY:
            yield Fact(label=words.gettext("Precision"), values=(words.gettext("the source states the day only"),))
    else:
        yield Fact(label=words.gettext("Published"), values=(words.gettext("the source states no date"),))
    if entry.updated and entry.updated != entry.published:
        yield Fact(label=words.gettext("Updated by the source"), moment=dates.moment(entry.updated, None, zone, words.locale))
    yield Fact(label=words.gettext("Collected here"), moment=dates.moment(item.first_seen_at, None, zone, words.locale))
    if item.edition.corrected_at:
        yield Fact(label=words.gettext("Corrected"), values=tuple(words.gettext(_CORRECTED[name]) for name in item.edition.corrected))
    if item.edition.number > 1:
        yield Fact(label=words.gettext("Revised here"), moment=dates.moment(item.updated_at, None, zone, words.locale))


def _values(stated: object) -> tuple[str, ...]:
    if isinstance(stated, str):
        return (stated,) if stated else ()
    if isinstance(stated, list | tuple):
        return tuple(value for value in stated if isinstance(value, str) and value)
    return ()
