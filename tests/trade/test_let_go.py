"""What was read is nowhere in memory once nobody needs it: not with the pool, which remembers its last task, nor with its workers."""

from __future__ import annotations

import asyncio
import gc
import pickle

from aggregator.pool import Readers
from aggregator.reader import Parcel
from aggregator.records import Pulled
from feeds.records import Document, Entry, Hints

URL = "https://up.example/let-go"
FEED = b"<rss version='2.0'><channel><title>x</title><item><guid>let-go</guid><title>One</title></item></channel></rss>"


def left() -> list[object]:
    return [
        each
        for each in gc.get_objects()
        if (isinstance(each, Document) and each.url == URL) or (isinstance(each, Entry) and each.uid == "let-go")
    ]


def test_a_document_and_what_was_found_in_it_are_let_go_of():
    async def story() -> None:
        readers = Readers(workers=1)
        try:
            assert len((await readers.read(Document(url=URL, body=FEED), Hints(kind="feed"))).entries) == 1
            async with asyncio.timeout(20):
                while left():
                    await asyncio.sleep(0.01)  # the pool's threads come to rest
        finally:
            readers.close()

    asyncio.run(story())


def test_a_parcel_goes_over_once():
    parcel = Parcel([1, 2])
    assert pickle.loads(pickle.dumps(parcel)) == [1, 2]
    assert pickle.loads(pickle.dumps(parcel)) == []


def test_a_pull_that_was_read_has_no_bytes():
    page = Document(url=URL, body=FEED)
    pulled = Pulled(document=page, articles={"a": page}, etag='"1"', missed=("b",)).emptied()
    assert (pulled.document.body, pulled.document.url, pulled.etag, pulled.missed) == (b"", URL, '"1"', ("b",))
    assert {link: each.body for link, each in (pulled.articles or {}).items()} == {"a": b""}
    assert Pulled(document=page).emptied().articles is None
