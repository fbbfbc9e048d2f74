"""One fact a file: each document below carries in itself what is to be read from it.

The expectation is YAML, in a document of XML in the comment that begins with ``fact:``, in JSON in the member ``_fact``. `fact` says in a
sentence what is shown; `url`, `content_type`, `timezone` and `reference` say how the document came; `repaired` is part of what must be said
to have been mended, `refused` part of why nothing is read, `lacks` what no entry may hold, `decided` the fields of entries in which
feedparser reads it otherwise, and ours is held to be better. All else is of the feed: what is written must be so (lists in full, of
records the fields that are named), what is not written may be anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

import pytest
import yaml
from msgspec import structs

from feeds import codec, identity
from feeds.clean import charset
from feeds.clean.text import has_markup
from feeds.errors import FeedError
from feeds.read import bridged, mend, read
from feeds.read.finish import finish
from feeds.read.reading import Reading
from feeds.read.signed import signed
from feeds.read.syndication import tolerantly
from feeds.records import Document, Entry, Feed, Hints, Record
from feeds.write import Format, atom, jsonfeed, rss

ADDRESS = "https://feeds.example.org/feeds/news"

HERE = Path(__file__).parent
FILES = sorted(path for path in HERE.rglob("*.*") if path.suffix in (".xml", ".json"))
TOLD = re.compile(r"<!--\s*(fact:.*?)-->", re.S)


@dataclass(frozen=True)
class Fact:
    document: Document
    hints: Hints
    told: Mapping[str, Any]

    @property
    def reference(self) -> datetime | None:
        told = self.told.get("reference")
        return datetime.fromisoformat(told) if told else None

    def read(self) -> Feed:
        return read(self.document, self.hints, reference=self.reference)


def fact(path: Path) -> Fact:
    body = path.read_bytes()
    if path.suffix == ".json":
        told = json.loads(body)["_fact"]
    else:
        found = TOLD.search(body.replace(b"\0", b"").decode("utf-8", "replace"))
        assert found, "the document does not say what its fact is"
        told = yaml.safe_load(found[1])
    url = told.get("url", "https://a.example/feed")
    return Fact(
        Document(url=url, body=body, content_type=told.get("content_type")),
        Hints(kind="feed", timezone=told.get("timezone", "Asia/Shanghai")),
        told,
    )


def differences(found: object, wanted: object, where: str = "") -> Iterator[str]:
    """In words, where what was read is not what is wanted."""
    if isinstance(wanted, Mapping) and isinstance(found, Record):
        for name, value in wanted.items():
            yield from differences(getattr(found, name), value, f"{where}.{name}" if where else name)
    elif isinstance(wanted, list) and isinstance(found, tuple):
        if len(found) != len(wanted):
            yield f"{where}: {len(found)} instead of {len(wanted)}: {found!r}"
        for number, (one, other) in enumerate(zip(found, wanted, strict=False)):
            yield from differences(one, other, f"{where}[{number}]")
    else:
        shown = found.isoformat() if isinstance(found, datetime) else found
        if shown != wanted:
            yield f"{where}: {shown!r} instead of {wanted!r}"


ABOUT = {"fact", "url", "content_type", "timezone", "reference", "repaired", "refused", "lacks", "decided"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(HERE).with_suffix("")))
def test_the_fact(path: Path) -> None:
    given = fact(path)
    if refused := given.told.get("refused"):
        with pytest.raises(FeedError, match=re.escape(refused)):
            given.read()
        return
    feed = given.read()
    wrong = list(differences(feed, {name: value for name, value in given.told.items() if name not in ABOUT}))
    assert not wrong, "\n".join((given.told["fact"], *wrong, f"repairs: {feed.repairs}"))
    repaired = given.told.get("repaired")
    assert any(repaired in each for each in feed.repairs) if repaired else feed.repairs == (), f"repairs: {feed.repairs}"
    held = json.dumps([codec.dump(entry) for entry in feed.entries], ensure_ascii=False)
    assert [each for each in given.told.get("lacks", ()) if each in held] == []
    # Nothing depends on chance, and what is known is not told again.
    assert len({entry.uid for entry in feed.entries}) == len(feed.entries)
    again = read(given.document, given.hints, {entry.uid: entry.fingerprint for entry in feed.entries}, reference=given.reference)
    assert (again.entries, len(again.same)) == ((), len(feed.entries))


def carried(entry: Entry) -> tuple[object, ...]:
    """What every format of ours carries. RSS makes HTML of plain text; seconds are the finest that it can say."""
    return (
        entry.id,
        entry.link,
        entry.published and entry.published.replace(microsecond=0),
        entry.content and (entry.content.value if entry.content.type == "html" else escape(entry.content.value, quote=False)),
        tuple(each.label or each.term for each in entry.categories),
        tuple((each.url, each.length) for each in entry.enclosures),
    )


@pytest.mark.parametrize("form", [atom.FORMAT, rss.FORMAT, jsonfeed.FORMAT], ids=lambda form: form.name)
def test_what_was_read_is_written_and_read_again(form: Format) -> None:
    at = datetime(2024, 1, 1, tzinfo=UTC)
    lost: list[str] = []
    for path in FILES:
        given = fact(path)
        feed = None if "refused" in given.told else given.read()
        if feed is None:
            continue
        entries = tuple(
            structs.replace(each, id=identity.public_id(each, "x"), link=each.link or "https://a.example/x", updated=each.updated or at)
            for each in feed.entries
        )
        whole = structs.replace(feed, id="urn:uuid:0b9f3f5e-9a43-5d4c-8f0e-0", self_link=ADDRESS, updated=at, entries=entries)
        again = read(Document(url=ADDRESS, body=form.render(whole)), Hints(kind="feed", timezone="UTC")).entries
        if [carried(each) for each in again] != [carried(each) for each in entries]:
            lost.append(f"{path.stem}: {[carried(each) for each in again]} instead of {[carried(each) for each in entries]}")
        # A title that is missing is made of the text; one that looks like markup is read as markup.
        titles = [(one.title, two.title) for one, two in zip(entries, again, strict=True) if one.title and not has_markup(one.title)]
        lost += [f"{path.stem}: {two!r} instead of {one!r}" for one, two in titles if one.replace("\ufffd", "\u25a1") != two]
    assert lost == []


def differing(given: Fact, feed: Feed) -> dict[str, tuple[object, object]]:
    """The fields of entries in which feedparser, read as we read it where we must, says something else."""
    text = mend.without_doctype(charset.decode(given.document.body, given.document.content_type).text, [])
    reading = Reading(url=given.document.url, timezone=given.hints.timezone, reference=given.reference)
    other = finish(bridged.mended(tolerantly(text, reading, "they are compared"), given.document, given.hints), given.hints, {})
    other = bridged.of_accounts(structs.replace(other, entries=tuple(signed(entry) for entry in other.entries)))  # as `read` does
    if len(feed.entries) != len(other.entries):
        return {"entries": (len(feed.entries), len(other.entries))}
    found: dict[str, tuple[object, object]] = {}
    for one, two in zip(feed.entries, other.entries, strict=True):
        for name in (each for each in Entry.__struct_fields__ if each != "fingerprint"):
            if getattr(one, name) != getattr(two, name):
                found[name] = getattr(one, name), getattr(two, name)
    return found


def sound(path: Path) -> bool:
    told = fact(path).told
    return path.suffix == ".xml" and "refused" not in told and "repaired" not in told


@pytest.mark.parametrize("path", [path for path in FILES if sound(path)], ids=lambda path: str(path.relative_to(HERE).with_suffix("")))
def test_feedparser_reads_it_so_too_but_for_what_is_decided(path: Path) -> None:
    given = fact(path)
    found = differing(given, given.read())
    assert sorted(found) == given.told.get("decided", []), found
