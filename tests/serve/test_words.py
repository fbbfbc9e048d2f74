"""Two languages, and each text in both."""

from __future__ import annotations

import re
from datetime import UTC
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from flask.testing import FlaskClient
from lxml import html

from aggregator.errors import PullError
from aggregator.serve import dates, facts, health
from aggregator.serve.assets import templates
from aggregator.serve.catalogues import read
from feeds import credit
from feeds.errors import FeedError, NotAnArticle
from feeds.records import Entry
from tests.serve.conftest import NOON, SITE, item


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
        ("zh-TW,en;q=0.8", "en", "zh-CN"),
        ("fr,en;q=0.8", "zh-CN", "en"),
    ],
)
def test_the_reader_s_language_then_the_site_s(opened, asked, site_language, tag):
    client = opened(site=SITE.model_copy(update={"language": site_language}))
    answer = client.get("/", headers={"Accept-Language": asked})
    assert html.document_fromstring(answer.text).get("lang") == tag
    assert answer.headers["Vary"] == "Accept-Language, Accept-Encoding"


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


def catalogues() -> list[Catalog]:
    folder = templates() / "translations"
    return [read_po(BytesIO(path.read_bytes()), locale=path.stem.replace("-", "_")) for path in folder.glob("*.po")]


def texts() -> set[str]:
    """Every text that the templates and the modules show, as `make catalogues` finds them."""
    with (templates() / "translations/babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    keywords = {**DEFAULT_KEYWORDS, "mark": None}
    whole = Path(__file__).parents[2]
    found = extract_from_dir(whole, methods, options, keywords, directory_filter=lambda path: not Path(path).name.startswith("."))
    return {message[0] if isinstance(message, tuple) else message for _, _, message, _, _ in found}


@pytest.fixture(scope="module")
def shown() -> set[str]:
    return texts()


def test_every_text_is_there_in_every_language(shown):
    assert len(shown) > 100
    for catalogue in catalogues():
        done = (message.id for message in catalogue if message.id and all(message.string))
        assert {each[0] if isinstance(each, tuple) else each for each in done} == shown, catalogue.locale


def test_what_is_looked_up_by_name_is_among_them(shown):
    """Tables of texts: a new kind of person or of trouble is a new text."""
    assert set(credit.LABELS.values()) | {label for _, label, _ in facts._ROWS} | set(health._CAUSES.values()) <= shown


def test_each_way_in_which_a_source_fails_has_words():
    def below(kind: type[Exception]) -> set[str]:
        return {one.__name__ for one in kind.__subclasses__()}.union(*(below(one) for one in kind.__subclasses__()))

    of_articles = below(NotAnArticle) | {"NotAnArticle"}  # which fail for themselves, not for their source
    assert (below(PullError) | below(FeedError)) - of_articles <= health._CAUSES.keys()


def test_a_translation_keeps_the_places_of_its_values():
    places = re.compile(r"%\(\w+\)[sd]")
    for message in (message for catalogue in catalogues() for message in catalogue if message.id):
        said, texts = (message.id[-1], message.string) if isinstance(message.id, tuple) else (message.id, (message.string,))
        assert all(sorted(places.findall(text)) == sorted(places.findall(said)) for text in texts), said
        assert all(not re.search(r"%(?!\()", text) and "<" not in text for text in texts), said


def test_nothing_but_texts_of_ours_is_translated():
    """What goes through the catalogue comes out as markup: it must never be a stranger's."""
    for path in templates().rglob("*.html"):
        assert not re.search(r"""(?<![\w.])(_|ngettext)\((?!["'])""", path.read_text("utf-8")), path


def test_a_language_is_added_by_a_catalogue(tmp_path):
    folder = tmp_path / "translations"
    folder.mkdir()
    (folder / "pt-BR.po").write_text('msgid "Sources"\nmsgstr "Fontes"\n', "utf-8")
    languages = read(folder)
    assert list(languages) == ["en", "pt-BR"]
    words = languages["pt-BR"]
    assert (words.gettext("Sources"), words.gettext("Front page"), words.name) == ("Fontes", "Front page", "português")
    assert dates.moment(NOON, None, UTC, words.locale).text == "28 de setembro de 2022, 04:00"


def test_a_choice_goes_along_and_changes_no_canonical_address(client: FlaskClient):
    """Without a cookie: the language is in the links of the page that was chosen."""
    for address in ("/", "/sections/jsjx/", "/entries/yexiao/", "/sources/", "/about"):
        answer = client.get(f"{address}?lang=en", headers={"Accept-Language": "zh-CN"})
        assert "Set-Cookie" not in answer.headers
        page = html.document_fromstring(answer.text)
        assert page.get("lang") == "en"
        ours = [link for link in page.xpath("//a/@href") if link.startswith("/") and not link.startswith("/feeds")]
        assert ours
        assert all("lang=en" in link or "lang=zh-CN" in link for link in ours)
        assert page.xpath("//link[@rel='canonical']/@href") == [f"https://feeds.example.org{address}"]
        assert [link.get("href") for link in page.xpath("//ul[@class='languages']//a")] == [f"{address}?lang=zh-CN"]
    back = client.get("/sections/jsjx/?lang=zh&before=20220928T025100.123456Z~x&_external=1", headers={"Accept-Language": "en"})
    page = html.document_fromstring(back.text)
    assert page.get("lang") == "zh-CN"
    assert page.xpath("//ul[@class='languages']//a/@href") == ["/sections/jsjx/?before=20220928T025100.123456Z~x&lang=en"]


@pytest.mark.parametrize("asked", ["xx", "", "<script>", "../en"])
def test_an_unknown_choice_is_none(client: FlaskClient, asked):
    page = html.document_fromstring(client.get("/", query_string={"lang": asked}, headers={"Accept-Language": "en"}).text)
    assert page.get("lang") == "en"
    assert "/sources/" in page.xpath("//a/@href")


def test_no_english_is_left_on_a_chinese_page(client: FlaskClient):
    for address in ("/", "/sections/jsjx/", "/entries/seed/", "/sources/", "/about", "/nope"):
        page = html.document_fromstring(client.get(address, headers={"Accept-Language": "zh"}).text)
        for part in page.xpath("//*[@lang='en'] | //head | //script"):
            part.drop_tree()
        left = set(re.findall(r"[A-Za-z]{3,}", re.sub(r"https?://\S+", "", page.text_content())))
        assert left <= {"RSS", "Atom", "JSON", "Feed", "OPML", "Cookie", "desk", "org", "wenming", "example", "weixin"}, address
