from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.clean.markup import first_image, sanitise

BASE = "https://example.org/a/b.html"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p onclick='x()' style='color:red' class=c>正文</p>", "<p>正文</p>"),
        ("<script>alert(1)</script><style>p{}</style><iframe src=/x>y</iframe>z", "z"),
        ('<a href="javascript:alert(1)">x</a>', '<a rel="noopener noreferrer">x</a>'),
        ('<a href="java&#1;script:alert(1)">x</a>', '<a rel="noopener noreferrer">x</a>'),
        ('<a href="c.html" target=_blank>x</a>', '<a href="https://example.org/a/c.html" rel="noopener noreferrer">x</a>'),
        ('<a href="mailto:a@b.example">x</a>', '<a href="mailto:a@b.example" rel="noopener noreferrer">x</a>'),
        ('<img src="//cdn.example/p.png" onerror=x() alt="图">', '<img src="https://cdn.example/p.png" alt="图">'),
        ('<img src="data:image/png;base64,xx">', ""),
        ("<table><tr><td colspan=2>1</table>", '<table><tbody><tr><td colspan="2">1</td></tr></tbody></table>'),
        ("<figure><img src=p.png><figcaption>c</figcaption></figure>", None),
        ("<video src=v.mp4 poster=javascript:1></video>", '<video src="https://example.org/a/v.mp4" controls=""></video>'),
        ("<svg onload=x()><script>1</script></svg>after", "after"),
        ("<form><button>go</button><input></form>", "go"),
        ("plain text", "plain text"),
        ("a < b & c", "a &lt; b &amp; c"),
        ("a&#8;b\x08c", "abc"),
        ("<unknown><p>x</p></unknown>", "<p>x</p>"),
        ("<pre>\n\n  code</pre>", "<pre>  code</pre>"),
    ],
)
def test_what_may_stand(html: str, expected: str | None) -> None:
    made = sanitise(html, BASE)
    if expected is not None:
        assert made == expected
    assert sanitise(made, BASE) == made


def test_without_a_base_relative_links_lose_their_address() -> None:
    assert sanitise('<a href="/x">x</a><img src="/y">', None) == '<a rel="noopener noreferrer">x</a>'


@pytest.mark.parametrize("base", ["not an address", "http://", "http://[", "ftp://x/", ""])
def test_a_base_that_is_none_is_no_base(base: str) -> None:
    assert sanitise('<a href="x">x</a>', base) == '<a rel="noopener noreferrer">x</a>'


@pytest.mark.parametrize(
    "html",
    [
        '<img data-src="/true.png?a=1&amp;b=2" src="data:image/gif;base64,x">',
        '<IMG class=lazy SRC="/spacer.gif" DATA-ORIGINAL="/true.png?a=1&b=2">',
        '<img srcset="/small.png 300w, /true.png?a=1&amp;b=2 800w, /huge.png 4000w">',
        '<img src="data:x" data-lazy-src="/true.png?a=1&amp;b=2"><noscript><img src="/true.png?a=1&amp;b=2"></noscript>',
        '<img src="data:x"><noscript><img src="/true.png?a=1&amp;b=2"></noscript>',
        '<picture><source srcset="/x.webp"><img src="/true.png?a=1&amp;b=2"></picture>',
    ],
)
def test_lazy_images_become_real(html: str) -> None:
    made = sanitise(html, BASE)
    assert made.replace("<source>", "") == '<img src="https://example.org/true.png?a=1&amp;b=2">'
    assert first_image(made) == "https://example.org/true.png?a=1&b=2"


@pytest.mark.parametrize(
    "html",
    [
        '<img src="https://t.example/p.gif" width="1" height="1">',
        "<img src=https://t.example/p.gif width=1 height=1 >",
        '<img src="https://t.example/p.gif" style="width:1px;height:1px">',
        '<img src="https://t.example/p.gif" style="display:none">',
        '<img src="http://feeds.feedburner.com/~r/x/~4/y" alt="">',
    ],
)
def test_images_that_count_readers_are_dropped(html: str) -> None:
    assert sanitise(f"a{html}b", BASE) == "ab"
    assert first_image(html) is None


def test_first_image_passes_over_what_is_no_picture() -> None:
    assert first_image('<p><img src="data:x"><img src=t.gif width=1 height=1><img data-src="/p.png"></p>') == "/p.png"
    assert first_image("<p>none</p>") is None


def test_what_nests_absurdly_becomes_text() -> None:
    assert sanitise("<div>" * 5000 + "deep", BASE) == "deep"
    assert "<li>" in sanitise("<ul>" + "<li>x" * 5000 + "</ul>", BASE)


@pytest.mark.parametrize(
    "piece",
    ["<div>", '<div title="</b>">', "<noscript></b>", "<img srcset='", '<img style="', "<!--", "<a x=", "<b><p>", "</b>", "<table>", "&"],
)
def test_it_takes_time_in_proportion(piece: str) -> None:
    begin = time.perf_counter()
    sanitise(piece * 40_000, BASE)
    assert time.perf_counter() - begin < 5


_NAMES = (
    "a p b i h1 h2 div span ul li dl dd dt table tr td th pre ruby rt em font form button svg math select section main figure "
    "img nobr audio template x-y"
)
pieces = st.one_of(
    st.sampled_from([f"<{slash}{name}>" for name in _NAMES.split() for slash in ("", "/")]),
    st.sampled_from(
        [
            '<a href="x">',
            "<img src=x width=1 height=1>",
            "<img data-src=y>",
            "<!--c-->",
            "&lt;",
            "&nbsp;",
            "<noscript>",
            "</noscript>",
            "\n",
            "<pre>\n",
        ]
    ),
    st.text(max_size=5),
)


@settings(max_examples=400)
@given(st.lists(pieces, max_size=12).map("".join))
def test_sanitising_again_changes_nothing(html: str) -> None:
    once = sanitise(html, BASE)
    assert sanitise(once, BASE) == once
    assert "<script" not in once
    assert "onerror" not in once or "<" not in html
