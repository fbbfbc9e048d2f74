"""One broken item costs itself at most: what can be read of it is read, the others are whole, and the repairs say so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import FeedError
from feeds.read import read
from feeds.records import Document, Feed, Hints

HEAD = (
    '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>源</title><link>https://a.example/</link>'
)
TAIL = "</channel></rss>"


def sound(number: int) -> str:
    return (
        f"<item><title>好 {number}</title><link>https://a.example/{number}</link><pubDate>Sat, 21 Nov 2026 12:00:00 GMT</pubDate>"
        f"<description>&lt;p&gt;文 {number}&lt;/p&gt;</description></item>"
    )


def feed(broken: str) -> Feed:
    body = HEAD + sound(1) + sound(2) + broken + sound(3) + sound(4) + TAIL
    return read(Document(url="https://a.example/feed", body=body.encode()), Hints(kind="feed"))


BROKEN = {
    "a title that is never closed": "<item><title>坏<link>https://a.example/x</link></item>",
    "an item that is never closed": "<item><title>坏</title><link>https://a.example/x</link>",
    "an attribute without quotes": "<item><title>坏</title><link>https://a.example/x</link><enclosure url=https://a.example/1.mp3 />",
    "an attribute twice": '<item><title>坏</title><link>https://a.example/x</link><enclosure url="/1.mp3" url="2"/></item>',
    "a CDATA section that is never closed": "<item><title>坏</title><link>https://a.example/x</link><description><![CDATA[<p>x</description></item>",
    "a CDATA section in another": "<item><title>坏</title><link>https://a.example/x</link><description><![CDATA[<![CDATA[x]]>y]]></description></item>",
    "the end of a CDATA section in prose": "<item><title>坏</title><link>https://a.example/x</link><author>x ]]> y</author></item>",
    "an end without a beginning": "<item><title>坏</title></b><link>https://a.example/x</link></div></item>",
    "another case at the end": "<item><Title>坏</title><link>https://a.example/x</link></item>",
    "a comment with dashes": "<item><title>坏</title><!-- a -- b --><link>https://a.example/x</link></item>",
    "a tag that is cut off": "<item><title>坏</title><link>https://a.example/x</link><desc",
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_broken_item_is_read_as_far_as_it_goes_and_costs_no_other(broken: str) -> None:
    found = feed(broken)
    assert [entry.title for entry in found.entries] == ["好 1", "好 2", "坏", "好 3", "好 4"]
    assert found.entries[2].link == "https://a.example/x"
    assert all(entry.content and entry.published for entry in found.entries if entry.title != "坏")
    assert found.kind == "rss"
    assert any("well-formed" in repair or "dashes" in repair for repair in found.repairs)


def test_what_is_broken_is_still_made_safe() -> None:
    found = feed("<item><title>坏<link>https://a.example/x</link><description><p>x</b><script>alert(1)</script></p></description></item>")
    assert "script" not in str(found.entries)


def test_junk_between_items_is_passed_over_and_that_is_said() -> None:
    found = feed("</nonsense>")
    assert len(found.entries) == 4
    assert "what stands between the items and is not well-formed was passed over" in found.repairs


@given(st.text(alphabet="<>&/\"'=![]-CDATAitem title", max_size=120))
def test_whatever_stands_in_an_item_the_items_before_it_are_read(junk: str) -> None:
    try:
        found = feed(f"<item><title>坏</title>{junk}</item>")
    except FeedError:
        pytest.fail("a feed with sound items was refused")
    assert [entry.title for entry in found.entries][:2] == ["好 1", "好 2"]
