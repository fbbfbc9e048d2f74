"""Documents of as many bytes as one likes, of every kind that a stranger could send: most of them are nothing that anybody publishes."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from random import Random

_RSS = "<rss version='2.0'><channel><title>t</title>"
_END = "</channel></rss>"
_ITEM = _RSS + "<item><guid>1</guid><title>t</title><description>"
_DONE = "</description></item>" + _END
_ATOM = "<feed xmlns='http://www.w3.org/2005/Atom'><title>t</title>"
_HTML = "<html><head><title>t</title></head><body><h1>A title of the page</h1>"
_PROSE = "天津港的一艘新船昨天第一次离港，许多市民到岸边观看。"
_JSON = '{"version":"https://jsonfeed.org/version/1.1","title":"t","items":['


def _filled(
    head: str, unit: str | Callable[[int], str], tail: str = "", *, cdata: bool = False, charset: str = "utf-8"
) -> Callable[[int], bytes]:
    """A maker of a document of so many bytes: as many units (or what is made of their number) as go in between."""

    def made(size: int) -> bytes:
        before, after = (head + "<![CDATA[", "]]>" + tail) if cdata else (head, tail)
        room = size - len((before + after).encode(charset))
        if isinstance(unit, str):
            middle = unit * (room // len(unit.encode(charset)))
        else:
            parts: list[str] = []
            while room > 0:
                parts.append(unit(len(parts)))
                room -= len(parts[-1].encode(charset))
            middle = "".join(parts)
        return (before + middle + after).encode(charset)

    return made


def _nested(head: str, opening: str, closing: str, tail: str, share: float = 1.0) -> Callable[[int], bytes]:
    return lambda size: (head + opening * (n := int(size * share) // len(opening + closing)) + closing * n + tail).encode()


def _noise(size: int) -> bytes:
    return Random(1).randbytes(size)


def _item(number: int) -> str:
    return f"<item><guid>{number}</guid><title>t {number}</title></item>"


def _whole(number: int) -> str:
    return (
        f"<item><guid>{number}</guid><title>Title {number}</title><link>http://a.example/{number}</link><description><![CDATA["
        + f'<p>The <b>river</b> &mdash; of a <a href="/{number}">city</a>.</p>' * 30
        + "]]></description></item>"
    )


def _holding(told: str) -> Callable[[int], str]:
    return lambda number: f"<item><guid>{number}</guid>{told}</item>"


def _described(html: str) -> Callable[[int], str]:
    return _holding(f"<description><![CDATA[{html}]]></description>")


_PICTURE = "data:image/png;base64," + b64encode(bytes(range(256)) * 400).decode()

_SECTION, _BASED = "<![CDATA[", "<p xml:base='a/'>"
_XHTML, _LHTMX = "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>", "</div></content></entry>"
_LINK = "<a href='x'>y</a>"
_FORMATS = ("b", "i", "em", "strong", "u", "s", "small", "code", "tt", "strike", "big")
_OPENINGS, _CLOSINGS = "".join(f"<{name}>" * 3 for name in _FORMATS), "".join(f"</{name}>" * 3 for name in _FORMATS)

KINDS: dict[str, tuple[str | None, Callable[[int], bytes]]] = {
    # feeds: items and elements
    "items, tiny": ("feed", _filled(_RSS, _item, _END)),
    "items, whole": ("feed", _filled(_RSS, _whole, _END)),
    "items of one id": (
        "feed",
        _filled(_RSS, lambda n: f"<item><guid>x</guid><title>{n}</title><link>http://a.example/{n}</link></item>", _END),
    ),
    "items, never closed": ("feed", _filled(_RSS, "<item><title>x<link>")),
    "entries of Atom": (
        "feed",
        _filled(_ATOM, lambda n: f"<entry><id>urn:x:{n}</id><title>t</title><content>{_PROSE}</content></entry>", "</feed>"),
    ),
    "elements, empty": ("feed", _filled(_RSS, "<a/>", _END)),
    "elements, unknown": ("feed", _filled(_RSS + "<item>", lambda n: f"<a{n}>x</a{n}>", "</item>" + _END)),
    "elements, deep": ("feed", _nested(_RSS, "<a>", "</a>", _END)),
    "elements, left open": ("feed", _filled(_RSS, "<a>x", _END)),
    "attributes": ("feed", _filled(_RSS + "<item ", lambda n: f"a{n}='x' ", "/>" + _END)),
    "prefixes": ("feed", _filled(_RSS, lambda n: f"<p{n}:x xmlns:p{n}='u{n}'/>", _END)),
    "links of one entry": ("feed", _filled(_ATOM + "<entry><id>1</id>", lambda n: f"<link href='/{n}'/>", "</entry></feed>")),
    "categories of one item": ("feed", _filled(_RSS + "<item>", lambda n: f"<category>c{n}</category>", "</item>" + _END)),
    "people of one item": ("feed", _filled(_RSS + "<item>", lambda n: f"<author>n{n}@a.example (N {n})</author>", "</item>" + _END)),
    "enclosures of one item": (
        "feed",
        _filled(_RSS + "<item>", lambda n: f"<enclosure url='http://a.example/{n}.mp3'/>", "</item>" + _END),
    ),
    "comments": ("feed", _filled(_RSS, "<!-- x -->", _item(1) + _END)),
    "comments before all": ("feed", _filled("", "<!-- x -->", _RSS + _item(1) + _END)),
    "instructions": ("feed", _filled(_RSS, "<?x y?>", _item(1) + _END)),
    "document types": ("feed", _filled("", "<!DOCTYPE rss>", _RSS + _item(1) + _END)),
    "a document type of brackets": ("feed", _filled("<!DOCTYPE rss [", "[\"'>", _RSS + _item(1) + _END)),
    "sections, opened in sections": ("feed", _filled(_ITEM, _SECTION, _DONE)),
    "bases in bases": (
        "feed",
        _filled(_ATOM, lambda n: f"<entry><id>{n}</id>{_XHTML}{_BASED * 200}{_LINK}{'</p>' * 200}{_LHTMX}", "</feed>"),
    ),
    "bases, seen from far": (
        "feed",
        _filled(_ATOM, lambda n: f"<entry xml:base='http://a.example/{'b' * 3000}/'><id>{n}</id>{_XHTML}{_LINK * 100}{_LHTMX}", "</feed>"),
    ),
    "a base, seen from the deep": (
        "feed",
        _filled(_ATOM, lambda n: f"<entry xml:base='/q/'><id>{n}</id>{_XHTML}{'<i>' * 150}{_LINK * 50}{'</i>' * 150}{_LHTMX}", "</feed>"),
    ),
    "declared entities": ("feed", _filled("<!DOCTYPE rss [", lambda n: f"<!ENTITY e{n} '&e{n - 1};'>", "]>" + _RSS + _item(1) + _END)),
    # feeds: texts
    "a text": ("feed", _filled(_ITEM, "word ", _DONE)),
    "a text of Chinese": ("feed", _filled(_ITEM, _PROSE, _DONE)),
    "a title": ("feed", _filled(_RSS + "<item><title>", "Title ", "</title></item>" + _END)),
    "titles": ("feed", _filled(_RSS, _holding(f"<title>{'title ' * 20_000}</title>"), _END)),
    "dates": ("feed", _filled(_RSS, _holding(f"<pubDate>{'2026-11-23 1' * 900}</pubDate>"), _END)),
    "a date": ("feed", _filled(_RSS + "<item><pubDate>", "1 Jan 2026 ", "</pubDate></item>" + _END)),
    "an address": ("feed", _filled(_RSS + "<item><link>http://a.example/", "x", "</link></item>" + _END)),
    "references": ("feed", _filled(_ITEM, "&amp;amp;", _DONE)),
    "references to nothing": ("feed", _filled(_ITEM, "&x;&y ", _DONE)),
    "references by number": ("feed", _filled(_ITEM, "&#27743;", _DONE)),
    "characters that may not be": ("feed", _filled(_ITEM, "x\x01\x0b", _DONE)),
    "brackets": ("feed", _filled(_ITEM, "< y", _DONE)),
    # feeds: markup in texts
    "HTML": ("feed", _filled(_ITEM, '<p>one <a href="/x">two</a></p>', _DONE, cdata=True)),
    "HTML, deep": ("feed", _nested(_ITEM + "<![CDATA[", "<b>", "</b>", "]]>" + _DONE)),
    "HTML, in many items": ("feed", _filled(_RSS, _holding(f"<description>{'&lt;b&gt;x&lt;i&gt;' * 20_000}</description>"), _END)),
    "tables in tables": ("feed", _nested(_ITEM + "<![CDATA[", "<table><tr><td>", "</td></tr></table>", "]]>" + _DONE)),
    "tables in tables, in many items": ("feed", _filled(_RSS, _described(f"{'<table><tr><td>' * 500}"), _END)),
    "links, seen from far": (
        "feed",
        _filled(
            f"<rss version='2.0'><channel><title>t</title><link>http://a.example/{'x' * 8000}/</link>",
            _described("<a href=y>z</a>" * 5000),
            _END,
        ),
    ),
    "formats, left open": ("feed", _filled(_RSS, _described(f"{''.join(f'<p><b title={k}></x>' for k in range(1500))}"), _END)),
    "formats, closed in secret": ("feed", _filled(_RSS, _described(f"<p title='{_CLOSINGS}'>{_OPENINGS}{'<p>x' * 1500}"), _END)),
    "formats, closed late": ("feed", _filled(_RSS, _described(f"{''.join(f'<p><b title={k}>' for k in range(900))}{'</b>' * 900}"), _END)),
    "formats, crossed": ("feed", _filled(_RSS, _described(f"{'<b><p><i></b><a></p>' * 2000}"), _END)),
    "pictures, lazy": ("feed", _filled(_ITEM, '<img src="/s.gif" data-src="/p.jpg">', _DONE, cdata=True)),
    "pictures, lazy, in many items": ("feed", _filled(_RSS, _described(f"{'<img data-src=/p.jpg style=x:y>' * 3000}"), _END)),
    "pictures that count, each another": (
        "feed",
        _filled(
            _RSS,
            lambda at: _described("".join(f"<img src='http://c.example/{at}-{n}.gif' width=1 height=1>" for n in range(1700)))(at),
            _END,
        ),
    ),
    "pictures in the text": ("feed", _filled(_RSS, _described(f"<img src='{_PICTURE}'>"), _END)),
    "a picture in the text": ("feed", _filled(_ITEM + "<![CDATA[<img src='data:image/png;base64,", "iVBO", "'>]]>" + _DONE)),
    "sets of pictures": ("feed", _filled(_RSS, _described(f"<img srcset='{'/a.jpg 1w, ' * 20_000}'>"), _END)),
    "noscripts beside lazy pictures": ("feed", _filled(_RSS, _described("<noscript><img src=x></noscript><img data-src=y>" * 2000), _END)),
    "parts that were encoded twice": ("feed", _filled(_RSS + 3 * "<item><title>Ã©</title></item>" + "<item><description>", "Ã© ", _DONE)),
    "noscripts": ("feed", _filled(_ITEM, "<noscript><img src=x></noscript>", _DONE, cdata=True)),
    "scripts": ("feed", _filled(_ITEM, "<script>x</script>", _DONE, cdata=True)),
    "tags, left open": ("feed", _filled(_ITEM, "<b a=", _DONE, cdata=True)),
    "quotes, left open": ("feed", _filled(_ITEM, "<img src=\"x' alt='", _DONE, cdata=True)),
    "XHTML": (
        "feed",
        _filled(
            _ATOM + "<entry><id>1</id><content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>",
            "<p>x<b>y</b></p>",
            "</div></content></entry></feed>",
        ),
    ),
    # charsets
    "GBK": ("feed", _filled("<?xml version='1.0' encoding='gbk'?>" + _ITEM, _PROSE, _DONE, charset="gbk")),
    "GBK, undeclared": ("feed", _filled(_ITEM, _PROSE, _DONE, charset="gbk")),
    "GBK and UTF-8": (
        "feed",
        lambda size: b"".join(
            [_ITEM.encode(), *[_PROSE.encode("gbk") + b" x " + _PROSE.encode() + b" y "] * (size // 150), _DONE.encode()]
        ),
    ),
    "UTF-8 twice": ("feed", _filled(_ITEM, _PROSE.encode().decode("latin-1"), _DONE)),
    "UTF-8, one byte amiss": ("feed", lambda size: _filled(_ITEM, _PROSE + " ", _DONE)(size - 1)[:-40] + b"\xff" + _DONE.encode()),
    "Big5": ("feed", _filled("<?xml version='1.0' encoding='big5'?>" + _ITEM, "天津港的一艘新船，昨天第一次出海。", _DONE, charset="big5")),
    "UTF-16": ("feed", _filled(_RSS, _holding(f"<description>{_PROSE * 20}</description>"), _END, charset="utf-16")),
    "windows-1252": ("feed", _filled(_ITEM, "Café crème à la carte. ", _DONE, charset="cp1252")),
    "noise": (None, _noise),
    "zeros": (None, lambda size: b"\0" * size),
    # JSON
    "JSON Feed": (
        "feed",
        _filled(
            _JSON, lambda n: f'{{"id":"{n}","content_html":"<p>{_PROSE}</p>","date_published":"2026-11-23T08:00:00Z"}},', '{"id":"x"}]}'
        ),
    ),
    "JSON, deep": (None, _nested("", "[", "]", "")),
    "JSON, deep objects": (None, _nested("", '{"a":', "}", "1")),
    "JSON of many keys": ("feed", _filled("{", lambda n: f'"k{n}":1,', '"version":"https://jsonfeed.org/version/1.1","items":[]}')),
    "JSON of tiny items": ("feed", _filled(_JSON, "{},", "{}]}")),
    "JSON of one text": ("feed", _filled(_JSON + '{"id":"1","content_text":"', "word ", '"}]}')),
    "JSON of numbers": ("json", _filled('{"items":[', "123456789012345678901234567890,", "1]}")),
    "JSON list": (
        "json",
        _filled(
            '{"list":[', lambda n: f'{{"title":"A title {n}","url":"/a/{n}.html","date":"2026-11-23"}},', '{"title":"x","url":"/x.html"}]}'
        ),
    ),
    # pages
    "a list": (
        "page",
        _filled(_HTML + "<ul>", lambda n: f'<li><a href="/2026/{n}.html">A title of number {n}</a><span>2026-11-23</span></li>', "</ul>"),
    ),
    "a list of tables": ("page", _filled(_HTML, lambda n: f"<table><tr><td><a href=/{n}.html>A title of number {n}</a></td></tr></table>")),
    "a list in a script": (
        "page",
        _filled(
            _HTML + '<script type="text/xml"><datastore><recordset>',
            lambda n: f"<record><![CDATA[<li><a href='/{n}.html'>A title {n}</a></li>]]></record>",
            "</recordset></datastore></script>",
        ),
    ),
    "an article": ("article", _filled(_HTML + "<div id=content>", f"<p>{_PROSE}</p>", "</div><p>编辑：张丽</p>")),
    "an article in one paragraph": ("article", _filled(_HTML + "<div id=content><p>", _PROSE, "</p></div>")),
    "an article of divs": ("article", _nested(_HTML, "<div>x", "</div>", "")),
    "an article of breaks": ("article", _filled(_HTML + "<div>", "x<br>")),
    "an article of links": ("article", _filled(_HTML, "<a href=/x>one</a> ")),
    "an article of pictures": ("article", _filled(_HTML + "<div id=content>", "<p><img data-src=/x.jpg></p>")),
    "an article of bylines": ("article", _filled(_HTML + "<div id=content>", "<p>来源：津云 编辑：张丽</p>")),
    "an article of comments": ("article", _filled(_HTML, "<!--enorth cms block start-->x")),
    "an article of remarks": ("article", _filled(_HTML + "<div id=content>", f"<!---->{_PROSE * 3}", "</div>")),
    "an article of notices": ("article", _filled(_HTML + "<div id=content>", f"<p>扫描关注天津文明网微信</p>{_PROSE * 5}", "</div>")),
    "an article of cells": ("article", _filled(_HTML + "<dl id=content>", lambda n: f"<dt>来源<dd>{_PROSE * 6}{n}", "</dl>")),
    "an article of short lines": ("article", _filled(_HTML + "<div id=content>", f"<p>{'（）' * 70}</p>", "</div>")),
    "an article of metas": ("article", _filled("<html><head>", lambda n: f'<meta name="m{n}" content="x">', "</head><body><p>x")),
    "an article in a script": (
        "article",
        _filled(_HTML + '<script type="application/ld+json">{"@graph":[', '{"@type":"NewsArticle","headline":"x"},', "1]}</script>"),
    ),
    "a survey": ("survey", _filled(_HTML, lambda n: f'<a href="/feed/{n}.xml">RSS {n}</a>')),
    # sitemaps
    "a sitemap": (
        "sitemap",
        _filled(
            "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>",
            lambda n: f"<url><loc>http://a.example/{n}</loc><lastmod>2026-11-23</lastmod></url>",
            "</urlset>",
        ),
    ),
    "a sitemap of news": (
        "sitemap",
        _filled(
            "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'>",
            lambda n: f"<url><loc>http://a.example/{n}</loc><n:news><n:title>t {n}</n:title></n:news></url>",
            "</urlset>",
        ),
    ),
    "an index of sitemaps": (
        "sitemap",
        _filled("<sitemapindex>", lambda n: f"<sitemap><loc>http://a.example/{n}.xml</loc></sitemap>", "</sitemapindex>"),
    ),
}
