"""What strangers write stays text; what they link to stays a link; nobody else is asked for anything."""

from __future__ import annotations

import re
from itertools import pairwise
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from aggregator.config import CreditConfig
from aggregator.serve import links
from aggregator.serve.assets import script
from feeds.records import Author, Content, Credit, Entry
from tests.serve.conftest import SECTIONS, SITE, SOURCES, Memory, item

PAGES = ["/", "/sections/jsjx/", "/entries/seed/", "/sources/", "/about", "/api/", "/nope"]
SCRIPT = script()
EVIL = """"><script>alert(1)</script><img src=x onerror=alert(2)>'{{ 7*7 }}</title>"""
SCRIPTS = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\nscript:alert(1)",
    "\x01javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "//evil.example/x",
    "/relative",
    "file:///etc/passwd",
    "https://",
    "https:///path",
    "http:evil",
    "https://a.example/x y",
    "https://[::1",
    "https://a.example/\nx",
    "http://\\evil.example",
]


def hostile(link: str) -> Memory:
    entry = Entry(
        uid="e",
        title=EVIL,
        title_prefix=EVIL,
        link=link,
        summary=Content(value=EVIL, type="text"),
        image=link,
        language=EVIL,
        rights=EVIL,
        column=EVIL,
        authors=(Author(name=EVIL, uri=link),),
        credit=Credit(
            source=EVIL, source_url=link, publisher=EVIL, homepage=link, original_title=EVIL, original_url=link, chain=(EVIL,), agency=EVIL
        ),
    )
    return Memory(items=[item("e", entry, rule=EVIL)])


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("link", [*SCRIPTS, "https://ok.example/?a=\"'><script>"])
def test_hostile_words_and_links_do_nothing(opened, link, language):
    named = SECTIONS["jsjx"].model_copy(update={"title": EVIL, "description": EVIL})
    source = SOURCES["jinshui"].model_copy(
        update={"title": EVIL, "credit": CreditConfig.model_construct(source=EVIL, publisher=EVIL, homepage=link, rights=EVIL)}
    )
    client = opened(
        hostile(link),
        site=SITE.model_copy(update={"title": EVIL, "description": EVIL}),
        sections={"jsjx": named},
        sources={"jinshui": source},
    )
    for address in ("/", "/sections/jsjx/", "/entries/e/", "/sources/", "/about", "/api/"):
        answer = client.get(address, headers={"Accept-Language": language})
        assert answer.status_code == 200
        page = html.document_fromstring(answer.text)
        assert [script.text for script in page.xpath("//script")] == [SCRIPT.text]
        assert not page.xpath("//@onerror")
        assert "{{ 7*7 }}" in answer.text.replace("&#39;", "'")
        for href in page.xpath("//a/@href"):
            assert href.startswith(("/", "#", "mailto:", "https://ok.example/", "https://bridge.example/")), href
            assert not href.startswith("//")
        assert all(src.startswith("https://ok.example/") for src in page.xpath("//img/@src"))


@pytest.mark.parametrize("url", SCRIPTS)
def test_what_is_no_web_address_is_no_link(url):
    assert links.web(url) is None


def test_a_login_in_an_address_is_not_passed_on():
    assert links.web("https://user:secret@a.example:8443/x?y#z") == "https://a.example:8443/x?y#z"


@given(st.text())
def test_any_text_is_a_web_address_or_none(text):
    found = links.web(text)
    assert found is None or found.lower().startswith(("http://", "https://"))
    assert links.web(f"https://{text}") is None or "@" not in links.web(f"https://{text}").split("/")[2]


def test_a_letter_is_one_line():
    assert (
        links.letter("desk@example.org", "更正\r\nBcc: x@y & z?")
        == "mailto:desk@example.org?subject=%E6%9B%B4%E6%AD%A3%0D%0ABcc%3A%20x%40y%20%26%20z%3F"
    )
    assert links.letter("a b@example.org", "x") is None
    assert links.letter(None, "x") is None


@pytest.mark.parametrize("address", [*PAGES, "/feeds/jsjx.rss", "/style.css", "/healthz", "/feeds/none.rss"])
def test_every_answer_carries_the_guard(client: FlaskClient, address):
    headers = client.get(address).headers
    policy = headers["Content-Security-Policy"]
    for rule in (
        "default-src 'none'",
        "img-src https: http: data:",
        "style-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        f"script-src {SCRIPT.hash}",
    ):
        assert rule in policy.split("; ")
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("address", PAGES)
def test_a_page_asks_nobody_else(client: FlaskClient, address):
    """But for the entries' own pictures; one script of ours, no inline styles (which the policy forbids)."""
    page = html.document_fromstring(client.get(address).text)
    assert [script.text for script in page.xpath("//script[not(@*)]")] == [SCRIPT.text]
    assert not page.xpath("//script[@*] | //iframe | //style | //object | //embed | //@style | //@onclick")
    assert all(
        href.startswith(("/style.css?", "data:image/svg+xml,")) for href in page.xpath("//link[@rel='stylesheet' or @rel='icon']/@href")
    )
    assert not page.xpath("//link[@rel='preload' or @rel='preconnect' or @rel='dns-prefetch']")
    assert set(page.xpath("//img/@src")) <= {"https://wenming.example/pics/yexiao.jpg"}
    style = client.get("/style.css").text
    assert "@import" not in style
    assert style.count("url(") == style.count('url("data:')


@pytest.mark.parametrize("address", PAGES)
def test_a_page_has_its_landmarks_and_headings_in_order(client: FlaskClient, address):
    page = html.document_fromstring(client.get(address).text)
    assert page.get("lang") == "zh-CN"
    assert len(page.xpath("//main[@id='content']")) == len(page.xpath("//h1")) == 1
    assert page.xpath("//body/*[1]/@href") == ["#content"]
    assert page.xpath("//nav/@aria-label")
    levels = [int(heading.tag[1]) for heading in page.xpath("//h1 | //h2 | //h3 | //h4")]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert all(image.get("alt") is not None for image in page.xpath("//img"))


ASKED = ("lang", "before", "q", "section", "source", "page", "url", "limit", "body", "layout", "heading", "since", "after", "maxwidth")
BREAKING = ["http://[x", "\x00", "9" * 5000, "hits~" + "9" * 30, "0001-01-01T00:00:00+14:00", "a\r\nSet-Cookie: x=1", "\udcff", "²"]


@pytest.mark.parametrize("word", BREAKING)
def test_nothing_that_is_asked_for_breaks_an_answer(site: Flask, word: str) -> None:
    """Every address that there is, with the word wherever one can stand."""
    client, said = site.test_client(), quote(word.encode("utf-8", "surrogateescape"), safe="")
    rules = [rule.rule for rule in site.url_map.iter_rules() if "GET" in (rule.methods or ())]
    asked = [re.sub("<[^>]*>", said, rule) for rule in rules]
    asked += [f"{rule}?{name}={said}" for rule in rules if "<" not in rule for name in ASKED]
    asked += [f"/feeds/jsjx.{form}?{name}={said}" for form in ("atom", "json") for name in ASKED]
    for address in asked:
        answer = client.get(address)
        assert answer.status_code < 500, address
        assert not any("\n" in value or "\r" in value for value in answer.headers.values()), address
        assert "Set-Cookie" not in answer.headers
