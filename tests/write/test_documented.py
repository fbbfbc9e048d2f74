"""What docs/feeds.md says stands in our feeds stands there."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from feeds.records import Author, Category, Content, Correction, Credit, Deleted, Enclosure, Precision, Role, Source
from feeds.write import atom, jsonfeed, rss

PAGE = Path(__file__).parents[2] / "docs" / "feeds.md"
PREFIXES = {
    "http://www.w3.org/2005/Atom": "atom",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://search.yahoo.com/mrss/": "media",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://www.w3.org/XML/1998/namespace": "xml",
}


@pytest.fixture
def whole(feed, entry):
    """Entries that together have all there is."""
    people = {"authors": (Author(name="李强", role=Role.REPORTER),), "contributors": tuple(
        Author(name=name, role=role) for name, role in (("张丽", Role.EDITOR), ("周四", Role.REVIEWER))
    )}  # fmt: skip
    origin = Source(title="人民网", feed="https://rm.example/rss.xml", link="https://rm.example/")
    rich = entry(
        content=Content(value="<p>正文</p>"),
        precision=Precision.DAY,
        categories=(Category(term="水务"),),
        enclosures=tuple(Enclosure(url=f"https://a.example/{n}.mp3", type="audio/mpeg", length=9, duration=60) for n in (1, 2)),
        image="https://a.example/1.jpg",
        language="en",
        source=origin,
        corrected=Correction(at=datetime(2026, 1, 1, tzinfo=UTC), facts=("title",)),
        **people,
    )
    plain = entry(1, source=None, credit=Credit(source="津水微言", organization="天津市水务局", agency="新华社", chain=("今晚报",)))
    return feed(rich, plain, deleted=(Deleted(ref="urn:x", when=datetime(2026, 1, 1, tzinfo=UTC)),))


def documented(column: int) -> list[str]:
    rows = [line.split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")][2:]
    return [word for row in rows for word in re.findall(r"`([^`]+)`", row[column])]


def names(document: bytes, default: str) -> set[str]:
    found = set()
    for element in etree.fromstring(document).iter():
        for name, said in ((element.tag, None), *element.attrib.items()):
            space, _, local = name.rpartition("}")
            prefix = PREFIXES.get(space[1:], "")
            found.add(local if prefix in ("", default) else f"{prefix}:{local}")
            if said is not None:
                found.add(f'{local}="{said}"')
            elif local == "credit":
                found.add(element.get("role"))
    return found


@pytest.mark.parametrize(("form", "column"), [(atom.FORMAT, 1), (rss.FORMAT, 2)], ids=["atom", "rss"])
def test_every_element_that_is_documented_is_written(form, column, whole):
    said = documented(column)
    assert len(said) > 20
    assert [word for word in said if word not in names(form.render(whole), form.name)] == []


def test_every_key_that_is_documented_is_written(whole):
    items = json.loads(jsonfeed.FORMAT.render(whole))["items"]
    found = {key for item in items for key in item} | {f"_credit.{key}" for item in items for key in item["_credit"]}
    said = documented(3)
    assert len(said) > 20
    assert [word for word in said if word not in found] == []
