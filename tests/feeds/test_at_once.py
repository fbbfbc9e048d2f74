"""What is read straight from its bytes is what is read by all the steps; and whatever needs one of these steps takes them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.corpus import samples
from feeds.clean import charset
from feeds.errors import FeedError
from feeds.read import syndication
from feeds.read.reading import Drawn
from feeds.records import Document, Hints

HINTS = Hints(kind="feed", timezone="Asia/Shanghai")
ADDRESS = "https://a.example/feed"
PROLOG = b'<?xml version="1.0" encoding="utf-8"?>\n'
FEED = '<rss version="2.0"><channel><title>%s</title><item><title>题</title><guid>urn:1</guid></item></channel></rss>'
CORPUS = sorted((Path(__file__).parent.parent / "corpus").glob("*/*.xml"))


def at_once(body: bytes, content_type: str | None = None) -> Drawn | None:
    return syndication._read_at_once(Document(url=ADDRESS, body=body, content_type=content_type), HINTS, None)


def by_steps(body: bytes, content_type: str | None = None) -> Drawn:
    decoded = charset.decode(body, content_type)
    return syndication.read_text(decoded.text, decoded.repairs, ADDRESS, HINTS)


def test_most_feeds_are_read_at_once_and_say_the_same() -> None:
    made = list(samples(12, seed=3))
    read = [(each, drawn) for each in made if (drawn := at_once(each.body)) is not None]
    assert len(read) == sum(b"utf-8" in each.body[:60] for each in made) > 6
    for each, drawn in read:
        assert drawn == by_steps(each.body)


@pytest.mark.parametrize("path", CORPUS, ids=[path.stem for path in CORPUS])
def test_the_corpus_says_the_same_at_once(path: Path) -> None:
    body = path.read_bytes()
    if (drawn := at_once(body)) is not None:
        assert drawn == by_steps(body)


@settings(max_examples=150, deadline=None)
@given(
    st.text(alphabet="海河abc<&>\"'é\u0080\ufffe\u2028 ]", max_size=12),
    st.sampled_from([b"", b"\xef\xbb\xbf", b"<!-- x -->", b"<!DOCTYPE rss [<!ENTITY a 'b'>]>", b"<?xml-stylesheet href='a.xsl'?>", b"\n "]),
    st.sampled_from([None, "text/xml", "text/xml; charset=utf-8", "text/xml; charset=gbk", "text/xml; charset=nonsense"]),
    st.binary(max_size=3),
)
def test_whatever_stands_there_says_the_same(title: str, before: bytes, content_type: str | None, noise: bytes) -> None:
    body = PROLOG + before + (FEED % title).encode() + noise
    if (drawn := at_once(body, content_type)) is not None:
        assert drawn == by_steps(body, content_type)


NEEDED = {
    "a document type": (PROLOG + b"<!DOCTYPE rss [<!ENTITY name 'x'>]>" + (FEED % "&name;").encode(), None),
    "a comment first": (PROLOG + b"<!-- made by hand -->" + (FEED % "x").encode(), None),
    "a mark": (b"\xef\xbb\xbf" + PROLOG + (FEED % "x").encode(), None),
    "no declaration": ((FEED % "x").encode(), None),
    "another charset": (b'<?xml version="1.0" encoding="gb2312"?>' + (FEED % "海河").encode("gbk"), None),
    "a header that says another": (PROLOG + (FEED % "海河").encode(), "text/xml; charset=gbk"),
    "a header that nobody knows": (PROLOG + (FEED % "海河").encode(), "text/xml; charset=x-user-defined"),
    "signs as of what was encoded twice": (PROLOG + (FEED % "海河".encode().decode("latin-1")).encode(), None),
    "what is ill-formed": (PROLOG + (FEED % "a & b").encode(), None),
    "bytes of no charset": (PROLOG + (FEED % "x").encode() + b"\xff", None),
    "a page": (PROLOG + b"<html><body>x</body></html>", None),
}


@pytest.mark.parametrize(("body", "content_type"), NEEDED.values(), ids=NEEDED)
def test_what_needs_a_step_takes_it(body: bytes, content_type: str | None) -> None:
    assert at_once(body, content_type) is None


def test_what_a_step_refuses_is_refused() -> None:
    page = Document(url=ADDRESS, body=NEEDED["a page"][0])
    with pytest.raises(FeedError, match="web page"):
        syndication.read_syndication(page, HINTS)
