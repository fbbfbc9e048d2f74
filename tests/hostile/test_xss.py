"""No vector, in whatever field and format it came, is alive in what is kept, in the feeds or on the pages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from lxml import etree

from aggregator.records import Item
from aggregator.serve import create
from feeds.clean.markup import sanitise
from feeds.records import Content, Record
from tests.hostile.cases import GROUPS
from tests.hostile.conftest import River
from tests.hostile.vectors import VECTORS, live

ADDRESSES = frozenset({"link", "image", "url", "uri", "feed", "source_url", "homepage", "original_url"})
ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"


@pytest.fixture(scope="module")
def kept(river: River) -> list[Item]:
    river.pull(GROUPS["xss"])
    river.app.publish(everything=True)
    return river.app.store.newest("xss", 10_000)


def parts(record: object, name: str = "") -> Iterator[tuple[str, object]]:
    """Every leaf of a record, with the name of its field."""
    if isinstance(record, Content):
        yield "html" if record.type == "html" else name, record.value
    elif isinstance(record, Record):
        for each in record.__struct_fields__:
            yield from parts(getattr(record, each), each)
    elif isinstance(record, tuple):
        for one in record:
            yield from parts(one, name)
    else:
        yield name, record


def web(address: str) -> bool:
    split = urlsplit(address)
    return (
        split.scheme in ("http", "https") and bool(split.hostname) and not set(address) & set('<>"`\\ \n\t')
    )  # an apostrophe may stand in an address (RFC 3986 §2.2)


def test_there_are_enough_vectors():
    assert len(VECTORS) == len(set(VECTORS)) >= 43
    assert sum(bool(live(vector)) for vector in VECTORS) > 60  # the others are so only where they are read once more


def test_what_is_kept_is_dead(kept: list[Item]):
    assert len(kept) >= 3 * len(VECTORS) + 40
    for item in kept:
        for name, value in parts(item.entry):
            if name == "html":
                assert not live(str(value)), (item.entry.title, value)
                assert sanitise(str(value), None) == value
            elif name in ADDRESSES and value is not None:
                assert web(str(value)), (item.entry.title, name, value)


def test_the_feeds_are_dead(river: River, kept: list[Item]):
    for form in ("atom", "rss"):
        rendition = river.app.store.rendition("xss", form)
        assert rendition
        root = etree.fromstring(rendition.body, etree.XMLParser(resolve_entities=False))
        assert len(root.findall(".//item") + root.findall(f"{ATOM}entry")) == len(kept)
        for element in root.iter(etree.Element):
            if element.get("type") == "html" or element.tag in ("description", CONTENT):
                assert not live(element.text or ""), (form, element.tag, element.text)
            for name in ("href", "url", "uri", "src"):
                assert element.get(name) is None or web(element.get(name)), (form, element.tag, element.get(name))
            if element.tag in ("link", f"{ATOM}uri") and element.text:
                assert web(element.text), (form, element.text)
    rendition = river.app.store.rendition("xss", "json")
    assert rendition
    items = json.loads(rendition.body)["items"]
    assert len(items) == len(kept)
    for each in items:
        assert not live(each.get("content_html", "")), each
        for name, value in leaves(each):
            assert not (name in ("url", "external_url", "image", "source_url", "original_url") and not web(value)), (name, value)


def leaves(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from leaves(each, key)
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each, name)
    elif isinstance(value, str):
        yield name, value


def test_the_pages_are_dead(river: River, kept: list[Item]):
    config = river.app.config
    client = create(config.site, config.sections, config.sources, river.app.store).test_client()
    harmless = client.get("/sections/fine/").text  # a page without anything of theirs
    ours = set(live(harmless, page=True))
    addresses = ["/", "/sections/xss/", "/sources/", "/feeds.opml", *(f"/entries/{item.id}/" for item in kept)]
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        if address.endswith("/"):
            theirs = set(live(answer.text, page=True)) - ours
            assert not theirs, (address, theirs)
            assert answer.text.count("<script") == harmless.count("<script"), address
            assert ">49" not in answer.text  # 7*7, had a template taken it for its own
