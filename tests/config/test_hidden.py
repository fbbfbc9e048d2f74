from __future__ import annotations

import pytest

from aggregator.config.hidden import Hidden

KEY = "5f3c9aDEADbeef01"
BY_KEY = Hidden.of("https://example.org/feed?key=${KEY}", f"https://example.org/feed?key={KEY}")
IN_PATH = Hidden.of("https://example.org/u/${KEY}/feed.xml", f"https://example.org/u/{KEY}/feed.xml")
WHOLE = Hidden.of("${BRIDGE}", f"https://bridge.example/feeds/jinshui.atom?limit=50&token={KEY}")


@pytest.mark.parametrize(
    ("hidden", "url", "seen"),
    [
        (Hidden(), f"https://example.org/feed?key={KEY}", f"https://example.org/feed?key={KEY}"),  # all of it stands in the file
        (BY_KEY, f"https://example.org/feed?key={KEY}", "https://example.org/feed"),
        (BY_KEY, f"https://www.example.org/rss?page=2&key={KEY}#x", "https://www.example.org/rss?page=2"),  # where it led to
        (BY_KEY, "https://example.org/list?name=%E6%B4%A5", "https://example.org/list?name=%E6%B4%A5"),
        (IN_PATH, f"https://example.org/u/{KEY}/feed.xml", "https://example.org/u/"),
        (WHOLE, f"https://bridge.example/feeds/jinshui.atom?limit=50&token={KEY}", "https://bridge.example/feeds/jinshui.atom?limit=50"),
    ],
)
def test_what_the_reader_of_a_document_sees(hidden: Hidden, url: str, seen: str) -> None:
    assert hidden.base(url) == seen


def test_values_are_left_out_of_errors_and_tokens_out_of_texts() -> None:
    said = f"the redirect to 'https://example.org/feed?key={KEY}' leads nowhere"
    assert KEY not in BY_KEY.error(said)
    assert IN_PATH.text(f"<id>https://example.org/u/{KEY}/7</id>") == "<id>https://example.org/u/…/7</id>"
    spelt = Hidden.of("https://e.org/?k=${K}", "https://e.org/?k=a+b1c2d3/e4f5g6h7i8j9k0")
    assert spelt.error("https://e.org/?k=a%2Bb1c2d3%2Fe4f5g6h7i8j9k0") == "https://e.org/?k=…"


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("https://${HOST}/feed", "https://news2024.example.org/feed"),
        ("https://${HOST}:1200/feed", "https://rsshub2024:1200/feed"),
        ("https://example.org/${CITY}/list.html", "https://example.org/tianjin/list.html"),
        ("https://example.org/list?city=${CITY}", "https://example.org/list?city=tianjin"),
        ("${LIST}", "https://example.org/news2024/column12/index.html"),
        ("${SECRET_LIST}", "https://example.org/tianjin/news2024/voluntary/index.html"),
    ],
)
def test_what_is_a_name_rather_than_a_secret_stays_in_texts(written: str, url: str) -> None:
    text = "voluntary https://news2024.example.org/tianjin/news2024/column12/index.html?city=tianjin https://rsshub2024:1200/"
    assert Hidden.of(written, url).text(text) == text


@pytest.mark.parametrize("name", ["KEY", "FEED_KEY", "WERSS_TOKEN", "API_KEY_2", "APIKEY", "bridge_password", "KEY2"])
def test_a_variable_that_is_called_a_secret_is_one_also_where_it_looks_like_a_word(name: str) -> None:
    word = "correcthorsebattery"
    hidden = Hidden.of(f"https://example.org/u/${{{name}}}/feed.xml", f"https://example.org/u/{word}/feed.xml")
    assert hidden.base(f"https://example.org/u/{word}/feed.xml") == "https://example.org/u/"
    assert hidden.text(f"<id>https://example.org/u/{word}/7</id>") == "<id>https://example.org/u/…/7</id>"


@pytest.mark.parametrize("name", ["CITY", "MONKEY", "KEYWORD", "PASSAGE", "AUTHOR", "HOST", "DESIGN"])
def test_a_variable_that_only_sounds_like_a_secret_is_a_name(name: str) -> None:
    hidden = Hidden.of(f"https://example.org/${{{name}}}/feed.xml", "https://example.org/chrysanthemum/feed.xml")
    assert hidden.base("https://example.org/chrysanthemum/feed.xml") == "https://example.org/chrysanthemum/feed.xml"


def test_a_short_word_in_a_secret_s_place_stays_in_texts() -> None:
    hidden = Hidden.of("https://example.org/${KEY}/feed", "https://example.org/news/feed")
    assert hidden.text("the news of the day") == "the news of the day"
    assert hidden.error("https://example.org/news/feed") == "https://example.org/…/feed"
