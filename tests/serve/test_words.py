"""Two languages, and each text in both."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from lxml import html

from aggregator.serve import facts, health
from aggregator.serve.app import templates
from aggregator.serve.chinese import CHINESE
from feeds.records import Entry
from tests.serve.conftest import SITE, item

_CALL = re.compile(r"""(?<!\w)_\((["'])(.+?)\1""")
_COUNTED = re.compile(r'ngettext\("[^"]+", "([^"]+)"')


@pytest.mark.parametrize(
    ("asked", "site_language", "tag"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "en", "zh-CN"),
        ("en-GB,en;q=0.9,zh;q=0.8", "zh-CN", "en"),
        ("zh-TW", "en", "zh-CN"),
        ("fr", "zh-CN", "zh-CN"),
        ("fr", "en", "en"),
        ("fr, *;q=0.5", "zh-CN", "zh-CN"),
        ("*", "de", "en"),
        ("", "zh-Hant", "zh-CN"),
        ("zh;q=0, en", "zh-CN", "en"),
        ("nonsense;;q=x", "zh-CN", "zh-CN"),
    ],
)
def test_the_reader_s_language_then_the_site_s(opened, asked, site_language, tag):
    client = opened(site=SITE.model_copy(update={"language": site_language}))
    answer = client.get("/", headers={"Accept-Language": asked})
    assert html.document_fromstring(answer.text).get("lang") == tag
    assert answer.headers["Vary"] == "Accept-Language"


def test_foreign_text_says_its_language(client: FlaskClient):
    """Chinese titles on an English page: for the voice that reads them and the font that draws them."""
    page = html.document_fromstring(client.get("/sections/jsjx/", headers={"Accept-Language": "en"}).text)
    assert page.xpath("//h1/ancestor::*[@lang][1]/@lang") == ["zh-CN"]
    assert {found.get("lang") for found in page.find_class("entry")} == {"zh-CN"}
    assert {found.get("lang") for found in page.find_class("credit")} == {"en"}
    chinese = html.document_fromstring(client.get("/sections/jsjx/", headers={"Accept-Language": "zh"}).text)
    assert not [found.get("lang") for found in chinese.find_class("entry") if found.get("lang")]


@pytest.mark.parametrize(("stated", "shown"), [("fr", "fr"), ("zh-Hant-TW", "zh-Hant-TW"), ("<b>", None), ("en us", None), ("", None)])
def test_only_a_language_is_said_to_be_one(opened, shelf, stated, shown):
    shelf.items = [item("e", Entry(uid="e", title="題", language=stated))]
    page = html.document_fromstring(opened(shelf).get("/sections/jsjx/", headers={"Accept-Language": "zh"}).text)
    assert page.find_class("entry")[0].get("lang") == shown


def texts() -> set[str]:
    """Every text that the templates and the modules show."""
    said = {match[2] for path in templates().rglob("*.html") for match in _CALL.finditer(path.read_text("utf-8"))}
    said |= {match[1] for path in templates().rglob("*.html") for match in _COUNTED.finditer(path.read_text("utf-8"))}
    said |= {label for _, label, _ in facts._ROWS}
    return said | set(health._CAUSES.values()) | {health._UNKNOWN}


def test_every_text_is_there_in_chinese():
    assert not texts() - set(CHINESE)


def test_a_translation_keeps_the_places_of_its_values():
    places = re.compile(r"%\(\w+\)[sd]")
    assert all(sorted(places.findall(text)) == sorted(places.findall(CHINESE[text])) for text in CHINESE)


def test_no_english_is_left_on_a_chinese_page(client: FlaskClient):
    for address in ("/", "/sections/jsjx/", "/entries/seed/", "/sources/", "/nope"):
        page = html.document_fromstring(client.get(address, headers={"Accept-Language": "zh"}).text)
        for part in page.xpath("//*[@lang='en'] | //head"):
            part.drop_tree()
        left = set(re.findall(r"[A-Za-z]{3,}", re.sub(r"https?://\S+", "", page.text_content())))
        assert left <= {"RSS", "Atom", "JSON", "Feed", "OPML", "wenming", "example", "weixin"}, address
