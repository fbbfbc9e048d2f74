"""The news sitemap, the sources as OPML, and pages of what is no longer kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree
from msgspec import structs

from feeds.read.opml import read
from feeds.write.sitemap import language

NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"


def test_the_news_sitemap_names_what_was_published_within_two_days(client, shelf):
    now = datetime.now(UTC)
    ages = (timedelta(hours=1), timedelta(days=3), timedelta(hours=-5))
    shelf.items = [
        structs.replace(item, entry=structs.replace(item.entry, published=now - age)) for item, age in zip(shelf.items, ages, strict=False)
    ]
    answer = client.get("/sitemap-news.xml")
    assert answer.mimetype == "application/xml"
    (url,) = etree.fromstring(answer.data)
    assert url.findtext("{*}loc") == "https://feeds.example.org/entries/seed/"
    assert url.findtext(f"{NEWS}news/{NEWS}publication/{NEWS}name") == "津门文明"
    assert url.findtext(f"{NEWS}news/{NEWS}publication/{NEWS}language") == "zh-cn"
    assert url.findtext(f"{NEWS}news/{NEWS}title") == "市水务局海河中心党总支“三通六联”打造共建共联新模式"
    assert "Sitemap: https://feeds.example.org/sitemap-news.xml" in client.get("/robots.txt").text


@pytest.mark.parametrize(
    ("tag", "said"), [("zh-CN", "zh-cn"), ("zh", "zh-cn"), ("zh-Hant-HK", "zh-tw"), ("zh-TW", "zh-tw"), ("en-GB", "en"), ("de", "de")]
)
def test_the_language_of_a_sitemap(tag, said):
    assert language(tag) == said


def test_sources_are_told_as_opml_without_those_whose_address_may_not_be(client):
    outlines = read(client.get("/sources.opml").data)
    assert "https://bridge.example/feeds/jinshui.atom" in {outline.xml_url for outline in outlines}
    assert "https://wenming.example/jsjx/index.shtml" not in {outline.xml_url for outline in outlines}, "a page is no feed"


def test_the_page_of_an_entry_past_its_time_says_so(client, shelf):
    shelf.past = {"old"}
    answer = client.get("/entries/old/", headers={"Accept-Language": "en"})
    assert (answer.status_code, "no longer kept" in answer.text) == (410, True)
