"""What the headers of an answer say about when to ask again, sorted by the real fetcher behind the seam where the wire is."""

from __future__ import annotations

import asyncio

import pytest

from aggregator.errors import Failing, Gone, TooMany
from aggregator.pull import Order
from aggregator.pull.http import fetch
from aggregator.records import Freshness
from aggregator.wire import Answer

DATE = "Wed, 04 Mar 2026 10:00:00 GMT"
LATER = "Wed, 04 Mar 2026 11:00:00 GMT"


class OneAnswer:
    def __init__(self, status: int, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answer = Answer(url="https://a.example/", status=status, headers={"date": DATE, **named}, body_hash="same")

    async def get(self, url, headers=None, secrets=None, **_):
        return self.answer


def ask(status: int, body_hash: str | None = None, **headers: str):
    order = Order(url="https://a.example/", at="https://a.example/", etag='"1"', body_hash=body_hash)
    return asyncio.run(fetch(order, OneAnswer(status, **headers)))


@pytest.mark.parametrize(
    ("headers", "max_age", "age"),
    [
        ({}, None, 0),
        ({"cache_control": "public, max-age=600"}, 600, 0),
        ({"cache_control": 'MAX-AGE="600"', "age": "60"}, 600, 60),
        ({"cache_control": "max-age=600", "expires": DATE}, 600, 0),  # max-age overrules Expires (RFC 9111 §5.3)
        ({"cache_control": "s-maxage=600"}, None, 0),  # for shared caches only
        ({"cache_control": "s-maxage=600, max-age=5"}, 5, 0),
        ({"cache_control": "max-age=600, no-cache"}, 0, 0),
        ({"cache_control": "no-store", "expires": LATER}, 0, 0),
        ({"cache_control": "max-age=soon"}, None, 0),
        ({"expires": LATER}, 3600, 0),
        ({"expires": LATER, "age": "600"}, 3600, 600),
        ({"expires": DATE}, 0, 0),
        ({"expires": "Tue, 03 Mar 2026 10:00:00 GMT"}, 0, 0),
        ({"expires": "0"}, 0, 0),
        ({"expires": "-1"}, 0, 0),  # what is no date has passed already (§5.3)
        ({"expires": "Wed, 99 Mar 99999 11:00:00 GMT"}, 0, 0),
        ({"age": "-5"}, None, 0),
        ({"age": "9" * 40}, None, 0),
    ],
)
@pytest.mark.parametrize("status", [200, 304])
def test_how_long_an_answer_is_fresh(status, headers, max_age, age):
    assert ask(status, **headers).freshness == Freshness(max_age=max_age, age=age)


def test_expires_counts_from_now_where_the_server_tells_no_time():
    assert ask(200, expires="Fri, 01 Jan 2100 00:00:00 GMT", date="").freshness.max_age > 365 * 86400


def test_the_same_bytes_came_whole():
    assert ask(200, body_hash="same").whole
    assert not ask(304).whole


@pytest.mark.parametrize(
    ("error", "status", "headers", "seconds"),
    [
        (TooMany, 429, {}, None),
        (TooMany, 429, {"retry_after": "120"}, 120),
        (TooMany, 429, {"retry_after": LATER}, 3600),
        (TooMany, 429, {"retry_after": "120", "cache_control": "max-age=172800"}, 172800),
        (TooMany, 429, {"retry_after": "7200", "cache_control": "max-age=60"}, 7200),
        (TooMany, 429, {"retry_after": "-5"}, None),
        (TooMany, 429, {"retry_after": "1" + "0" * 30}, 1e11),
        (Failing, 503, {"retry_after": "120", "cache_control": "max-age=172800"}, 120),
        (Gone, 410, {}, None),
    ],
)
def test_how_long_a_refusal_keeps_us_away(error, status, headers, seconds):
    with pytest.raises(error) as caught:
        ask(status, **headers)
    assert caught.value.retry_after == seconds
