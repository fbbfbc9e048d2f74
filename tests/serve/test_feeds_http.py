"""What a feed reader, a proxy and a script in a browser get to see."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from typing import NoReturn

import brotli
import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from msgspec import structs

from aggregator.errors import StoreError
from aggregator.records import Archive
from aggregator.serve.conditional import coding

FEED = "/feeds/jsjx.atom"


@pytest.mark.parametrize(
    ("extension", "content_type"),
    [("rss", "application/rss+xml; charset=utf-8"), ("atom", "application/atom+xml; charset=utf-8"), ("json", "application/feed+json")],
)
def test_a_feed_is_served_as_it_was_rendered(client: FlaskClient, shelf, extension, content_type):
    answer = client.get(f"/feeds/jsjx.{extension}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == content_type
    assert answer.data == shelf.rendition("jsjx", extension).body
    assert answer.headers["ETag"] == 'W/"abc123"'
    assert answer.headers["Last-Modified"] == "Wed, 28 Sep 2022 04:00:00 GMT"
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Expose-Headers"] == "ETag, Last-Modified"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("pace", "age"),
    [
        (timedelta(minutes=30), 1800),
        (timedelta(minutes=12, seconds=40), 720),
        (timedelta(seconds=3), 60),
        (timedelta(days=1), 3600),
        (None, 300),
    ],
)
def test_a_feed_is_fresh_for_as_long_as_its_sources_rest(opened, shelf, pace, age):
    shelf.paces = {"jsjx": pace}
    assert opened(shelf).get(FEED).headers["Cache-Control"] == f"public, max-age={age}"


def test_head_is_get_without_the_body(client: FlaskClient):
    get, head = client.get(FEED), client.head(FEED)
    assert head.status_code == 200
    assert head.data == b""
    assert dict(head.headers) == dict(get.headers)


@pytest.mark.parametrize(
    "sent",
    [
        'W/"abc123"',
        '"abc123"',
        "abc123",
        "W/abc123",
        '"abc123-gzip"',
        'W/"abc123-gzip"',
        '"abc123;gzip"',
        '"other", W/"abc123"',
        "*",
        'w/"abc123"',
        '"x",,"abc123"',
    ],
)
def test_a_known_tag_costs_no_body(client: FlaskClient, sent):
    answer = client.get(FEED, headers={"If-None-Match": sent})
    assert answer.status_code == 304
    assert answer.data == b""
    assert answer.headers["ETag"] == 'W/"abc123"'
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert answer.headers["Last-Modified"] == "Wed, 28 Sep 2022 04:00:00 GMT"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Content-Type" not in answer.headers
    assert "Content-Length" not in answer.headers
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("sent", ['"abc124"', '"abc123x"', '""', "", "garbage, more", '"abc123-other"', 'W/"ABC123"'])
def test_another_tag_brings_the_whole(client: FlaskClient, sent):
    assert client.get(FEED, headers={"If-None-Match": sent}).status_code == 200


@pytest.mark.parametrize(
    ("since", "status"),
    [
        ("Wed, 28 Sep 2022 04:00:00 GMT", 304),
        ("Thu, 29 Sep 2022 04:00:00 GMT", 304),
        ("Wed, 28 Sep 2022 03:59:59 GMT", 200),
        ("Wednesday, 28-Sep-22 04:00:00 GMT", 304),
        ("yesterday", 200),
        ("", 200),
        ("Wed, 99 Sep 2022 04:00:00 GMT", 200),
    ],
)
def test_a_date_is_good_enough_without_a_tag(client: FlaskClient, since, status):
    assert client.get(FEED, headers={"If-Modified-Since": since}).status_code == status


def test_the_tag_decides_alone_when_both_are_sent(client: FlaskClient):
    later = "Thu, 29 Sep 2033 04:00:00 GMT"
    assert client.get(FEED, headers={"If-None-Match": '"old"', "If-Modified-Since": later}).status_code == 200
    earlier = "Thu, 01 Sep 2022 04:00:00 GMT"
    assert client.get(FEED, headers={"If-None-Match": '"abc123"', "If-Modified-Since": earlier}).status_code == 304


@pytest.mark.parametrize(
    ("header", "sent", "status"),
    [
        ("If-Match", "*", 200),
        ("If-Match", 'W/"abc123"', 412),
        ("If-Match", '"other"', 412),
        ("If-Unmodified-Since", "Wed, 28 Sep 2022 04:00:00 GMT", 200),
        ("If-Unmodified-Since", "Wed, 28 Sep 2022 03:59:59 GMT", 412),
        ("If-Unmodified-Since", "yesterday", 200),
    ],
)
def test_who_wants_another_copy_only_is_told_that_this_is_none(client: FlaskClient, header, sent, status):
    for ask in (client.get, client.head):
        answer = ask(FEED, headers={header: sent, "If-None-Match": '"old"'})
        assert (answer.status_code, answer.headers["ETag"]) == (status, 'W/"abc123"')
    assert (client.get(FEED, headers={header: sent}).data == b"") == (status == 412)


def test_a_change_is_never_dated_in_the_future(opened, shelf):
    rendition = shelf.renditions["jsjx", "atom"]
    shelf.renditions["jsjx", "atom"] = structs.replace(rendition, updated_at=datetime.now(UTC) + timedelta(days=2))
    dated = opened(shelf).get(FEED).last_modified
    assert dated is not None
    assert dated <= datetime.now(UTC)


def test_a_strong_tag_is_sent_weak(opened, shelf):
    """One tag stands for the plain bytes and their packed twin."""
    shelf.renditions["jsjx", "atom"] = structs.replace(shelf.renditions["jsjx", "atom"], etag='"strong"')
    client = opened(shelf)
    assert client.get(FEED).headers["ETag"] == 'W/"strong"'
    assert client.get(FEED, headers={"If-None-Match": '"strong"'}).status_code == 304


@pytest.mark.parametrize("accepted", ["gzip", "gzip, deflate, br", "*", "gzip;q=0.5", "br;q=1, gzip;q=0.1", "GZIP", "identity;q=0.2, gzip"])
def test_the_packed_twin_goes_to_who_takes_it(client: FlaskClient, shelf, accepted):
    answer = client.get(FEED, headers={"Accept-Encoding": accepted})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.data) == shelf.rendition("jsjx", "atom").body
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert answer.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("accepted", ["", "identity", "gzip;q=0", "gzip;q=0, *", "br", "identity, gzip;q=0.5", "*;q=0"])
def test_the_plain_bytes_go_to_everybody_else(client: FlaskClient, shelf, accepted):
    answer = client.get(FEED, headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in answer.headers
    assert answer.data == shelf.rendition("jsjx", "atom").body


def test_a_browser_may_ask_from_anywhere(client: FlaskClient):
    for address in (FEED, "/feeds.opml", "/feeds/unknown.rss", "/feeds/jsjx/archive/1.atom"):
        answer = client.options(address)
        assert answer.status_code == 204
        assert answer.data == b""
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "If-None-Match" in answer.headers["Access-Control-Allow-Headers"]
        assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
        assert "Content-Type" not in answer.headers


@pytest.mark.parametrize(
    "address",
    [
        "/feeds/unknown.rss",
        "/feeds/unknown.atom",
        "/feeds/jsjx.html",
        "/feeds/jsjx.xml",
        "/feeds/jsjx",
        "/feeds/",
        "/feeds/a/b.rss",
        "/feeds/%3Cb%3E.rss",
    ],
)
def test_what_is_no_feed_says_so_plainly(client: FlaskClient, address):
    answer = client.get(address)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_an_address_with_a_slash_too_many_leads_to_the_feed(client: FlaskClient):
    answer = client.get("/", environ_overrides={"PATH_INFO": "//feeds/jsjx.atom"})
    assert (answer.status_code, answer.headers["Location"]) == (301, "/feeds/jsjx.atom")


def test_a_feed_cannot_be_written(client: FlaskClient):
    answer = client.post(FEED)
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("key", ["zyfw", "all"])
def test_a_section_that_is_not_ready_asks_for_patience(client: FlaskClient, key):
    answer = client.get(f"/feeds/{key}.rss")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "ETag" not in answer.headers


@pytest.mark.parametrize("address", [f"{FEED}?limit=1", "/feeds/zyfw.rss", "/feeds/never.atom", "/feeds/jswm.atom"])
def test_head_never_brings_a_body(client: FlaskClient, address):
    get, head = client.get(address), client.head(address)
    assert (head.status_code, head.data) == (get.status_code, b"")
    assert head.headers["Content-Length"] == get.headers["Content-Length"]


def test_methods_are_told_apart_by_case(client: FlaskClient):
    answer = client.open(FEED, environ_overrides={"REQUEST_METHOD": "get"})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")


@pytest.mark.parametrize("address", ["/feeds/never.atom", "/feeds/jsjx/archive/1.atom"])
def test_what_cannot_be_looked_up_asks_for_patience_too(opened, shelf, monkeypatch, address):
    def down(*_: object) -> NoReturn:
        raise StoreError("the database is locked")

    for name in ("published", "archive"):
        monkeypatch.setattr(shelf, name, down)
    answer = opened(shelf).get(address)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert "locked" not in answer.text


def test_all_is_every_section(opened, shelf):
    shelf.renditions["all", "rss"] = shelf.renditions["jsjx", "rss"]
    assert opened(shelf).get("/feeds/all.rss").status_code == 200


def test_a_section_that_left_the_configuration_is_no_feed(opened, shelf):
    """Its last rendition may still lie on the shelf."""
    shelf.renditions["gone", "rss"] = shelf.renditions["jsjx", "rss"]
    assert opened(shelf).get("/feeds/gone.rss").status_code == 410


def test_a_renamed_section_moves_for_good(client: FlaskClient):
    answer = client.get("/feeds/jswm.atom")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/feeds/jsjx.atom")
    answer = client.get("/sections/jswm/")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/sections/jsjx/")


def test_what_was_asked_beside_moves_along(client: FlaskClient):
    assert client.get("/feeds/jswm.atom?limit=10&body=link").headers["Location"] == "/feeds/jsjx.atom?limit=10&body=link"
    answer = client.get("/?limit=10", environ_overrides={"PATH_INFO": "//feeds/jsjx.atom"})
    assert answer.headers["Location"] == "/feeds/jsjx.atom?limit=10"
    assert client.get("/sections/jswm/?before=abc").headers["Location"] == "/sections/jsjx/?before=abc"


@pytest.mark.parametrize("path", ["/feeds//jsjx.atom", "/sections//jsjx/", "/sections/jsjx"])
def test_no_redirect_names_a_host_which_a_proxy_may_call_otherwise(client: FlaskClient, path):
    answer = client.get(f"{path}?limit=10", headers={"Host": "inside:8080"})
    assert answer.status_code == 308
    assert answer.headers["Location"] == {"/feeds//jsjx.atom": "/feeds/jsjx.atom"}.get(path, "/sections/jsjx/") + "?limit=10"


def test_a_stranger_s_format_is_served_when_it_was_rendered(opened, shelf):
    shelf.renditions["jsjx", "csv"] = structs.replace(
        shelf.renditions["jsjx", "rss"], format="csv", media_type="text/csv; charset=utf-8", encoded={}
    )
    answer = opened(shelf).get("/feeds/jsjx.csv", headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"


def test_the_list_of_feeds_names_every_section_once(client: FlaskClient):
    answer = client.get("/feeds.opml")
    assert answer.headers["Content-Type"] == "text/x-opml; charset=utf-8"
    outlines = etree.fromstring(answer.data).findall(".//outline")
    assert [outline.get("xmlUrl") for outline in outlines] == [
        f"https://feeds.example.org/feeds/{key}.rss" for key in ("jsjx", "zyfw", "wmcs", "jieri", "wcnr")
    ]
    assert outlines[0].get("htmlUrl") == "https://feeds.example.org/sections/jsjx/"
    assert outlines[0].get("text") == "精神建设进行时"
    assert client.get("/feeds.opml", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=1, br;q=0.9, zstd;q=0.9", "gzip"),
        ("gzip;q=0.5, zstd;q=0.50", "gzip"),
        ("*", "br"),
        ("*;q=0.1, br;q=0", "gzip"),
        ("gzip;q=0, *;q=0.5, br;q=0.2", "zstd"),
        ("x-gzip", "gzip"),
        ("GZip ; Q=0.3", "gzip"),
        ("gzip;q=0.000", None),
        ("gzip;q=nan", None),
        ("gzip;q=2", None),
        ("gzip;q=-1", None),
        ("identity;q=0", None),
        ("identity;q=0, gzip;q=0.001", "gzip"),
        ("identity;q=0, *", "br"),
        ("identity;q=0.7, gzip;q=0.7", "gzip"),
        ("identity, gzip;q=0.7", None),
        ("deflate, compress", None),
        (",,gzip,,", "gzip"),
        ("", None),
        (";q=1", None),
    ],
)
def test_the_coding_is_the_one_that_is_liked_best_and_the_smaller_of_two(accepted, expected):
    assert coding({"gzip": 300, "br": 200, "zstd": 400}, accepted) == expected


@given(st.text(alphabet="gzipbrstdently*;,=q01. \t", max_size=60))
def test_any_header_gets_an_answer(accepted):
    assert coding({"gzip": 1, "br": 2}, accepted) in ("gzip", "br", None)


def test_a_section_that_was_closed_is_gone_and_one_that_never_was_is_not_found(client, shelf):
    shelf.once = {"closed"}
    assert client.get("/feeds/closed.rss").status_code == 410
    assert client.get("/sections/closed/").status_code == 410
    for path in ("/feeds/never.rss", "/sections/never/"):
        assert client.get(path).status_code == 404
    moved = client.get("/sections/jswm/")
    assert (moved.status_code, moved.headers["Location"]) == (301, "/sections/jsjx/")
    assert client.get("/feeds/closed.rss").mimetype == "text/plain"


@pytest.mark.parametrize(
    ("accepted", "sent"),
    [("gzip, br", "br"), ("gzip", "gzip"), ("br;q=0.1, gzip", "gzip"), ("gzip;q=0", None), ("identity, gzip;q=0.5", None), ("zstd", None)],
)
@pytest.mark.parametrize("address", ["/feeds/jsjx/archive/2.atom", "/feeds.opml", "/sources.opml", "/sitemap-news.xml", "/sections/jsjx/"])
def test_what_is_no_feed_is_packed_as_the_client_likes_it(client, shelf, address, accepted, sent):
    shelf.archives = {("jsjx", 2): Archive(section="jsjx", number=2, closed_at=datetime(2022, 9, 28, tzinfo=UTC), body=b"<feed/>" * 99)}
    plain, packed = client.get(address), client.get(address, headers={"Accept-Encoding": accepted})
    unpack = {"gzip": gzip.decompress, "br": brotli.decompress, None: bytes}[sent]
    assert (packed.headers.get("Content-Encoding"), unpack(packed.data)) == (sent, plain.data)
    assert packed.headers["ETag"] == plain.headers["ETag"]
    assert "Accept-Encoding" in packed.headers["Vary"]
    kept = client.get(address, headers={"Accept-Encoding": accepted, "If-None-Match": plain.headers["ETag"]})
    assert (kept.status_code, kept.data, kept.headers.get("Content-Encoding")) == (304, b"", None)


def test_archives_and_their_addresses_in_every_state(client, shelf):
    made = Archive(section="jsjx", number=2, closed_at=datetime(2022, 9, 28, tzinfo=UTC), body=b"<feed/>")
    shelf.archives = {("jsjx", 2): made}
    answer = client.get("/feeds/jsjx/archive/2.atom")
    assert (answer.status_code, answer.data, answer.mimetype) == (200, b"<feed/>", "application/atom+xml")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get("/feeds/jsjx/archive/2.atom", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    ahead = client.get("/feeds/jsjx/archive/3.atom")
    assert (ahead.status_code, ahead.headers["Location"]) == (302, "/feeds/jsjx.atom")
    moved = client.get("/feeds/jswm/archive/2.atom")
    assert (moved.status_code, moved.headers["Location"]) == (301, "/feeds/jsjx/archive/2.atom")
    shelf.once = {"closed"}
    states = {"jsjx/archive/1": 410, "jsjx/archive/4": 404, "closed/archive/1": 410, "never/archive/1": 404, f"jsjx/archive/{10**30}": 404}
    for path, status in states.items():
        assert client.get(f"/feeds/{path}.atom").status_code == status, path
