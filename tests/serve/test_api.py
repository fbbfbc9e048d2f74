"""The API: what it answers, and that its own description is true of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

import brotli
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from lxml import html
from msgspec import structs

from aggregator.config import CreditConfig
from aggregator.errors import StoreError
from aggregator.records import Edition, Withdrawal
from aggregator.serve import create
from feeds import credit
from feeds.records import Author, Content, Credit, Enclosure, Entry
from tests.serve.conftest import NOON, SECTIONS, SITE, SOURCES, Memory, item, town

ORIGIN = "https://feeds.example.org"
V1 = "/api/v1"


@pytest.fixture(scope="module")
def document() -> dict:
    return create(SITE, SECTIONS, SOURCES, town()).test_client().get(f"{V1}/openapi.json").get_json()


def described(document: dict, path: str, answer) -> object:
    """The body of an answer, once it is seen to be what the document says of it."""
    responses = document["paths"][path]["get"]["responses"]
    told = responses.get(str(answer.status_code), responses["default"])
    if "content" not in told:
        return None
    schema = told["content"][answer.mimetype]["schema"] | {"components": document["components"]}
    body = answer.get_json()
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(body)
    return body


def entries(client: FlaskClient, query: str = "", path: str = f"{V1}/entries") -> Iterator[dict]:
    """All of them, page by page."""
    address: str | None = f"{path}?{query}"
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, answer.text
        body = answer.get_json()
        yield from body["entries"]
        address = body["next"].removeprefix(ORIGIN) if "next" in body else None
        assert answer.headers.get("Link") == (f'<{body["next"]}>; rel="next"' if address else None)


def test_an_entry_tells_all_that_is_stated_and_nothing_else(client, shelf, document):
    seed = shelf.items[0]
    row = described(document, f"{V1}/entries/{{key}}", client.get(f"{V1}/entries/seed"))
    assert row["credit"] == credit.facts(seed.entry)
    assert (row["key"], row["url"], row["page"]) == ("seed", f"{ORIGIN}{V1}/entries/seed", f"{ORIGIN}/entries/seed/")
    assert (row["published"], row["credit"]["precision"]) == ("2022-09-28T00:00:00+08:00", "day")
    assert row["sections"] == [{"key": "jsjx", "title": "精神建设进行时"}]
    assert row["source"] == {"key": "wenming", "title": "天津文明网"}
    assert "content_html" not in row
    assert row["summary"].startswith("今年以来")
    assert "language" not in row


def test_no_more_text_leaves_than_the_source_and_the_section_let_out(client, shelf):
    full = client.get(f"{V1}/entries/yishi").get_json()
    assert full["content_html"] == shelf.items[3].entry.content.value
    bare = client.get(f"{V1}/entries/zhongqiu").get_json()
    assert not {"summary", "content_html", "content_text"} & bare.keys()
    shelf.items[3] = structs.replace(shelf.items[3], placements=(*shelf.items[3].placements, *shelf.items[4].placements))
    by_section = {key: next(iter(entries(client, path=f"{V1}/sections/{key}/entries"))) for key in ("wmcs", "jieri")}
    assert "content_html" in by_section["wmcs"]
    assert not {"summary", "content_html"} & by_section["jieri"].keys()
    shelf.items.append(item("secret", Entry(uid="s", title="内部", content=Content(value="内部")), source="geheim", sections=("wcnr",)))
    assert client.get(f"{V1}/entries/secret").status_code == 404
    assert "secret" not in {row["key"] for row in entries(client)}


def test_lists_go_on_and_miss_and_repeat_nothing(opened, document):
    many = [item(f"e{n:03}", Entry(uid=str(n), title=str(n)), at=NOON - timedelta(minutes=n // 3)) for n in range(57)]
    shelf = Memory(items=list(many))
    client = opened(shelf)
    keys = [one.id for one in shelf.newest(None, 100)]
    for limit in (1, 7, 19, 57, 100):
        assert [row["key"] for row in entries(client, f"limit={limit}")] == keys
        assert [row["key"] for row in entries(client, f"limit={limit}", f"{V1}/sections/jsjx/entries")] == keys
    first = described(document, f"{V1}/entries", client.get(f"{V1}/entries?limit=10"))
    shelf.items.insert(0, item("late", Entry(uid="late", title="新"), at=NOON + timedelta(hours=1)))
    rest = list(entries(client, first["next"].partition("?")[2]))
    assert [row["key"] for row in first["entries"] + rest] == keys


def test_filters(client, shelf):
    def keys(query: str, path: str = f"{V1}/entries") -> set[str]:
        return {row["key"] for row in entries(client, query)}

    shelf.items[2] = structs.replace(shelf.items[2], entry=structs.replace(shelf.items[2].entry, language="en-GB"))
    assert keys("source=wenming") == {"seed", "yexiao"}
    assert keys("source=nobody") == set()
    assert keys(f"since={quote((NOON - timedelta(hours=3)).isoformat())}") == {"seed", "yexiao"}
    assert keys("lang=en") == keys("lang=EN-gb") == {"yaoxiang"}
    assert keys("lang=zh") == keys("lang=zh-CN") == {"seed", "yexiao", "yishi", "zhongqiu"}
    assert keys("lang=z") == keys("lang=en-US") == set()
    assert keys("q=%E7%A4%BE%E5%8C%BA") == keys("q=%E7%A4%BE%E5%8C%BA&limit=1") == {"yexiao", "yaoxiang", "zhongqiu"}
    assert keys("q=%E7%A4%BE%E5%8C%BA&source=wenming&limit=1") == {"yexiao"}


def test_a_rare_language_costs_a_bounded_look_at_a_time(opened):
    many = [item(f"e{n:04}", Entry(uid=str(n), title="题", language="fr" if n == 0 else "zh")) for n in range(1500)]
    shelf = Memory(items=many)
    client = opened(shelf)
    first = client.get(f"{V1}/entries?lang=fr").get_json()
    assert (first["entries"], "next" in first) == ([], True)
    assert [row["key"] for row in entries(client, "lang=fr")] == ["e0000"]


def test_answers_are_kept_packed_and_read_by_other_sites(client):
    for path in ("sections", "sections/jsjx/entries", "entries", "entries/seed", "sources", "withdrawn", "openapi.json"):
        answer = client.get(f"{V1}/{path}", headers={"Accept-Encoding": "br", "Origin": "https://partner.example"})
        assert (answer.status_code, answer.mimetype) == (200, "application/json")
        assert json.loads(brotli.decompress(answer.data))
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["Cache-Control"] == "public, max-age=60"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert {"ETag", "Link"} <= set(answer.headers["Access-Control-Expose-Headers"].split(", "))
        again = client.get(f"{V1}/{path}", headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data, again.headers["Access-Control-Allow-Origin"]) == (304, b"", "*")
        assert client.head(f"{V1}/{path}").headers["ETag"] == answer.headers["ETag"]
        asked = client.options(f"{V1}/{path}")
        assert asked.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
        assert "If-None-Match" in asked.headers["Access-Control-Allow-Headers"]
        assert set(asked.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def problem(answer, status: int) -> dict:
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    body = answer.get_json()
    assert body["status"] == status
    return body


@pytest.mark.parametrize("path", ["/api/", "/api/v1/entries", "/api/v1/entries/seed", "/api/v1/openapi.json"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE"])
def test_it_is_for_reading(client, path, method):
    answer = client.open(path, method=method)
    problem(answer, 405)
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


@pytest.mark.parametrize(
    "path", ["/api/v2", "/api/nope", "/api/v1", "/api/v1/", "/api/v1/entries/", "/api/v1/entries/no/more", "/api/v1/%00"]
)
def test_what_is_not_there_is_said_so(client, path):
    problem(client.get(path), 404)


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        *((f"limit={value}", "limit") for value in ("0", "101", "-1", "x", "", "1.5", "%D9%A3", "9" * 5000)),
        ("limit=5&limit=6", "limit"),
        ("cursor=x", "cursor"),
        ("cursor=", "cursor"),
        ("cursor=20220928T025100.123456Z~", "cursor"),
        ("q=a&cursor=20220928T025100.123456Z~x", "cursor"),
        ("q=a&cursor=hits~1000", "cursor"),
        ("q=", "q"),
        ("q=" + "a" * 101, "q"),
        ("lang=", "lang"),
        ("lang=zh_CN!", "lang"),
        ("lang=zh%0A", "lang"),
        ("since=yesterday", "since"),
        ("since=2026-13-01T00:00:00Z", "since"),
    ],
)
def test_a_value_that_cannot_be_is_named(client, document, query, parameter):
    answer = client.get(f"{V1}/entries?{query}")
    assert problem(answer, 400)["parameter"] == parameter
    described(document, f"{V1}/entries", answer)


def test_a_site_without_a_search_does_not_promise_one(opened, shelf, document):
    client = opened(site=SITE.model_copy(update={"search": False}))
    told = client.get(f"{V1}/openapi.json").get_json()["paths"][f"{V1}/entries"]["get"]["parameters"]
    assert "q" not in [each["name"] for each in told]
    shelf.broken = True  # nothing can be searched
    assert problem(opened(shelf).get(f"{V1}/entries?q=a"), 400)["parameter"] == "q"


def test_withdrawn_is_gone_with_its_reason_and_closed_sections_are_too(client, shelf, document):
    shelf.gone = [Withdrawal(id="seed", iri="urn:x:seed", source="wenming", at=NOON, by="operator", reason="隐私")]
    shelf.items = [one for one in shelf.items if one.id != "seed"]
    answer = client.get(f"{V1}/entries/seed")
    said = problem(answer, 410)
    assert (said["withdrawn_at"], said["by"], said["reason"]) == ("2022-09-28T04:00:00Z", "operator", "隐私")
    described(document, f"{V1}/entries/{{key}}", answer)
    shelf.once = {"gone"}
    problem(client.get(f"{V1}/sections/gone/entries"), 410)
    problem(client.get(f"{V1}/sections/nope/entries"), 404)
    moved = client.get(f"{V1}/sections/jswm/entries?limit=3")
    assert (moved.status_code, moved.location) == (301, f"{V1}/sections/jsjx/entries?limit=3")
    assert moved.headers["Access-Control-Allow-Origin"] == "*"


def test_a_database_that_is_down_is_a_problem_for_a_while(opened):
    class Down(Memory):
        def newest(self, *_: object, **__: object):
            raise StoreError("no such table")

    answer = opened(Down()).get(f"{V1}/entries")
    assert "no such table" not in str(problem(answer, 503))
    assert answer.headers["Retry-After"] == "30"


def test_sections_and_sources(client, shelf, document):
    sections = described(document, f"{V1}/sections", client.get(f"{V1}/sections"))["sections"]
    assert [each["key"] for each in sections] == list(SECTIONS)
    assert client.get(sections[0]["entries"].removeprefix(ORIGIN)).get_json()["entries"]
    assert client.get(sections[0]["feeds"]["rss"].removeprefix(ORIGIN)).status_code == 200
    sources = {row["key"]: row for row in described(document, f"{V1}/sources", client.get(f"{V1}/sources"))["sources"]}
    assert {key: row["health"] for key, row in sources.items()} == {
        "jinshui": "fine", "wenming": "fine", "quanwen": "failing", "shequ": "ended", "jiu": "off", "xin": "new", "geheim": "new",
    }  # fmt: skip
    assert (sources["jinshui"]["publisher"], sources["jinshui"]["homepage"]) == ("天津市水务局", "https://swj.example/")
    assert "secret" not in json.dumps(sources)


def test_a_source_whose_pictures_are_not_shown_names_none(opened):
    assert opened().get(f"{V1}/entries/yexiao").get_json()["image"] == "https://wenming.example/pics/yexiao.jpg"
    sources = {**SOURCES, "wenming": SOURCES["wenming"].model_copy(update={"pictures": "none"})}
    assert "image" not in opened(sources=sources).get(f"{V1}/entries/yexiao").get_json()


def test_an_address_that_holds_a_secret_is_not_told(opened):
    hidden = SOURCES["xin"].model_copy(update={"written": "${ADDRESS}"})
    assert "address" not in opened(sources={"xin": hidden}).get(f"{V1}/sources").get_json()["sources"][0]


def test_every_operation_and_parameter_stands_in_the_document(client, document, site):
    routes = {rule.rule.replace("<", "{").replace(">", "}") for rule in site.url_map.iter_rules() if rule.endpoint.startswith("api.")}
    assert routes - {"/api/", f"{V1}/openapi.json"} == set(document["paths"])
    Draft202012Validator.check_schema(document["components"]["schemas"])
    for path, methods in document["paths"].items():
        named = {each["name"] for each in methods["get"].get("parameters", ())}
        assert {each.strip("{}") for each in path.split("/") if "{" in each} <= named
        for each in methods["get"].get("parameters", ()):
            Draft202012Validator.check_schema(each["schema"])
            assert each["description"]


def test_the_page_shows_the_document(client, document):
    for language in ("en", "zh-CN"):
        answer = client.get("/api/", headers={"Accept-Language": language})
        assert (answer.status_code, answer.mimetype) == (200, "text/html")
        page = html.document_fromstring(answer.text)
        text = page.text_content()
        for path, methods in document["paths"].items():
            assert f"GET {path}" in text
            assert page.get_element_by_id(methods["get"]["operationId"]) is not None
        for name, schema in document["components"]["schemas"].items():
            assert page.get_element_by_id(name) is not None
            assert all(each in text for each in schema["properties"])
        assert len(page.xpath("//@id")) == len(set(page.xpath("//@id")))
        for link in page.xpath("//main//a/@href"):
            here = link.removeprefix(ORIGIN)
            assert page.get_element_by_id(here[1:]) is not None if here.startswith("#") else client.get(here).status_code == 200
    assert client.get("/api").location.endswith("/api/")


def test_strangers_words_and_addresses_do_no_harm(opened, document):
    evil = '"><script>alert(1)</script>\x00\ufffe'
    for link in ("javascript:alert(1)", "data:text/html,x", "//evil.example", 'https://a.example/"><script>', "https://[::1"):
        entry = Entry(
            uid="e", id=f"tag:x,2026:{evil}", title=evil, title_prefix=evil, link=link, image=link, language=evil, rights=evil,
            summary=Content(value=evil, type="text"), authors=(Author(name=evil, uri=link),),
            enclosures=(Enclosure(url=link, type=evil, title=evil, length=-1),),
            credit=Credit(source=evil, source_url=link, publisher=evil, homepage=link, original_url=link),
        )  # fmt: skip
        kept = structs.replace(item("e", entry), edition=Edition(number=2, corrected=("title",), corrected_at=NOON))
        source = SOURCES["jinshui"].model_copy(update={"credit": CreditConfig.model_construct(homepage=link, publisher=evil)})
        client = opened(Memory(items=[kept]), sources={"jinshui": source})
        for path in ("entries", "sources"):
            answer = client.get(f"{V1}/{path}")
            described(document, f"{V1}/{path}", answer)
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert all(word not in answer.text for word in ("javascript:", "data:text", '"//evil', '"https://[::1"'))


@pytest.fixture(scope="module")
def busy() -> FlaskClient:
    shelf = town()
    shelf.gone = [Withdrawal(id=f"g{n}", iri=f"urn:g{n}", source="xin", at=NOON + timedelta(hours=n), by="upstream") for n in range(5)]
    return create(SITE, SECTIONS, SOURCES, shelf).test_client()


def values(parameter: dict) -> st.SearchStrategy[str]:
    """What a parameter may be, what it may nearly be, and anything."""
    schema = parameter["schema"]
    if schema.get("format") == "date-time":
        right = st.datetimes(timezones=st.timezones()).map(datetime.isoformat)
    elif schema["type"] == "integer":
        right = st.integers(schema["minimum"] - 1, schema["maximum"] + 1).map(str)
    else:
        right = st.sampled_from(["", "a", "zh", "jinshui", "seed", "jsjx", "all", "g1", "hits~3", "20220928T040000.000000Z~seed", "社区"])
    return right | st.text(max_size=40)


def test_a_key_that_begins_with_a_slash_is_nobodys(busy, document):
    answer = busy.get("/api/v1/entries/%2F0")
    assert answer.status_code == 404
    described(document, "/api/v1/entries/{key}", answer)


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(chosen=st.data())
def test_whatever_is_asked_is_answered_as_described(chosen, busy, document):
    path = chosen.draw(st.sampled_from(sorted(document["paths"])))
    address, query = path, []
    for each in document["paths"][path]["get"].get("parameters", ()):
        if each["in"] == "path":
            address = address.replace(f"{{{each['name']}}}", quote(chosen.draw(values(each)), safe=""))
        elif chosen.draw(st.booleans()):
            query.append((each["name"], chosen.draw(values(each))))
    answer = busy.get(f"{address}?{urlencode(query)}")
    assert answer.status_code < 500
    described(document, path, answer)
