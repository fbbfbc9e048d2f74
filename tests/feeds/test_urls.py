from __future__ import annotations

from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.clean.urls import absolute, normalise, same_site

BASE = "https://example.org/a/b.html"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("c.html", "https://example.org/a/c.html"),
        ("/c?x=1#y", "https://example.org/c?x=1#y"),
        ("//cdn.example.net/p.png", "https://cdn.example.net/p.png"),
        ("?q", "https://example.org/a/b.html?q"),
        (" ht\ntp://example.net/x ", "http://example.net/x"),
        ("http://example.net/a b/文?q=中", "http://example.net/a%20b/%E6%96%87?q=%E4%B8%AD"),
        ("http://例え.jp/", "http://xn--r8jz45g.jp/"),
        ("\\\\cdn.example.net\\x", "https://cdn.example.net/x"),
    ],
)
def test_addresses_become_absolute(url: str, expected: str) -> None:
    assert absolute(BASE, url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        " ",
        "javascript:alert(1)",
        "JAVA\tSCRIPT:alert(1)",
        "data:text/html,x",
        "mailto:a@b.c",
        "ftp://x/",
        "http:///x",
        "http://[::1",
        "http://x:99999/",
    ],
)
def test_junk_is_none(url: str) -> None:
    assert absolute(BASE, url) is None


def test_without_a_base_only_absolute_addresses_count() -> None:
    assert absolute("", "/x") is None
    assert absolute("", "https://x.example/") == "https://x.example/"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://Example.org:80/a", "https://example.org:443/a"),
        ("http://example.org", "https://example.org/"),
        ("https://example.org/a?utm_source=x&id=1&fbclid=2", "https://example.org/a?id=1"),
        ("https://example.org/a?b=2&a=1", "https://example.org/a?a=1&b=2"),
        ("https://example.org/a#top", "https://example.org/a"),
        ("https://example.org/x/../%7Ea", "https://example.org/~a"),
        ("https://mp.weixin.qq.com/s/abc?scene=1&click_id=2", "http://mp.weixin.qq.com/s/abc"),
        ("http://mp.weixin.qq.com/s?__biz=Mz&mid=1&idx=1&sn=a&chksm=1&scene=27#rd", "https://mp.weixin.qq.com/s?sn=a&__biz=Mz&mid=1&idx=1"),
    ],
)
def test_two_addresses_of_one_page_are_equal(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/a?id=1", "https://example.org/a?id=2"),
        ("https://example.org/a", "https://example.org/A"),
        ("https://example.org/#/one", "https://example.org/#/two"),
        ("https://example.org/?q=%B0%A1", "https://example.org/?q=%B0%A2"),
        ("https://example.org:8443/", "https://example.org/"),
    ],
)
def test_two_pages_stay_two(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("https://swj.tj.gov.cn/a", "http://www.tj.gov.cn/", True),
        ("http://news.enorth.com.cn/", "http://wenming.enorth.com.cn/", True),
        ("https://www.example.org/", "https://example.org/x", True),
        ("https://one.github.io/", "https://two.github.io/", False),
        ("https://a.com.cn/", "https://b.com.cn/", False),
        ("http://127.0.0.1:8001/", "http://127.0.0.1:8002/", False),
        ("http://localhost/", "http://localhost/x", True),
        ("mailto:x", "https://example.org/", False),
    ],
)
def test_same_site(a: str, b: str, same: bool) -> None:
    assert same_site(a, b) is same


@given(st.text(max_size=80), st.text(max_size=40))
def test_any_text_is_an_http_address_or_none(base: str, url: str) -> None:
    made = absolute(base, url)
    assert made is None or (made.lower().startswith(("http://", "https://")) and made.isascii())
    normalise(url)
    same_site(base, url)


@given(
    st.sampled_from(["", "/", "/c", "/c/", "/c/d?x=/y", "/c/d#f/g", "?x=/", "//c", "/c//d", "/../c", "/./", "/c/.d", "/c;p/d", ":80/c/d"]),
    st.text("ab./?=&;", min_size=1, max_size=9).filter(lambda url: not url.startswith("//") and not url.endswith("?")),
)
def test_a_relative_address_is_seen_from_its_base_as_rfc_3986_says(base: str, url: str) -> None:
    assert absolute(f"https://a.example{base}", url) == urljoin(f"https://a.example{base}", url)


@given(st.from_regex(r"https?://[a-z]{1,8}\.example(:[0-9]{2,4})?(/[a-z%0-9.]{0,9}){0,3}(\?[a-z]=[a-z0-9%]{0,4}){0,1}", fullmatch=True))
def test_normalising_is_stable(url: str) -> None:
    assert normalise("https:" + normalise(url)) == normalise(url)


def test_two_slashes_before_dots_are_a_path_and_no_host() -> None:
    assert normalise("http://a.example//0/.") == "//a.example//0/"
    assert normalise("http://a.example/a/../b/./c") == "//a.example/b/c"
