"""Every vector in every field, in each format: a feed (or a list with articles) whose entries are the vectors."""

from __future__ import annotations

import json
from html import escape

from tests.hostile.case import Case, answer, brings, says
from tests.hostile.upstream import Talk
from tests.hostile.vectors import VECTORS

BAD = "javascript:alert(1)"
FULL = {"republish": "full", "sections": ["xss"]}


def legal(text: str) -> str:
    return escape(text.replace("\x00", "").replace("\x01", ""))


def rss_item(number: int, vector: str) -> str:
    told, cdata = legal(vector), vector.replace("\x00", "").replace("\x01", "").replace("]]>", "]]&gt;")
    return f"""<item><title>Entry {number} {told}</title><guid isPermaLink="false">{number}{told}</guid><link>https://up.example/{number}?{told}</link>
<description>{told}</description><content:encoded><![CDATA[<p>words</p>{cdata}]]></content:encoded>
<author>{told}</author><dc:creator>{told}</dc:creator><dc:contributor>{told}</dc:contributor><category domain="{told}">{told}</category>
<enclosure url="{told}" type="{told}" length="1"/><enclosure url="{BAD}" type="image/png"/>
<media:thumbnail url="{told}"/><media:content url="{BAD}" medium="image"/><itunes:image href="{told}"/>
<source url="{told}">{told}</source><dc:source>{told}</dc:source><dc:publisher>{told}</dc:publisher><dc:rights>{told}</dc:rights>
<dc:language>{told}</dc:language><comments>{BAD}</comments></item>"""


def atom_entry(number: int, vector: str) -> str:
    told = legal(vector)
    return f"""<entry><id>urn:x:{number}</id><title type="html">Entry {number} {told}</title><updated>2024-01-01T00:00:00Z</updated>
<link href="https://up.example/a{number}?{told}"/><link rel="via" href="{BAD}"/>
<link rel="enclosure" href="{told}" title="{told}"/><link rel="related" href="{told}"/>
<summary type="html">{told}</summary><content type="html">&lt;p&gt;words&lt;/p&gt;{told}</content>
<author><name>{told}</name><uri>{told}</uri><email>{told}</email></author><contributor><name>{told}</name><uri>{BAD}</uri></contributor>
<category term="{told}" scheme="{told}" label="{told}"/><rights type="html">{told}</rights>
<source><id>{told}</id><title type="html">{told}</title><link href="{BAD}"/><link rel="self" href="{told}"/><rights>{told}</rights>
</source></entry>"""


def json_item(number: int, vector: str) -> dict[str, object]:
    named = ("source", "publisher", "original_title", "original_url", "rights")
    credit = dict.fromkeys(named, vector) | {"source_url": BAD, "authors": [vector], "editors": [vector], "chain": [vector]}
    return {
        "id": f"j{number}",
        "title": f"Entry {number} {vector}",
        "url": f"https://up.example/j{number}?{vector}",
        "external_url": BAD,
        "content_html": f"<p>words</p>{vector}",
        "summary": vector,
        "image": vector,
        "banner_image": BAD,
        "tags": [vector],
        "language": vector,
        "authors": [{"name": vector, "url": vector, "avatar": BAD}],
        "attachments": [{"url": vector, "mime_type": vector, "title": vector}, {"url": BAD, "mime_type": "image/png"}],
        "_credit": credit,
    }


NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
)
ITEMS = "".join(rss_item(number, vector) for number, vector in enumerate(VECTORS))
ENTRIES = "".join(atom_entry(number, vector) for number, vector in enumerate(VECTORS))
OBJECTS = [json_item(number, vector) for number, vector in enumerate(VECTORS)]
RSS = f"<rss version='2.0' {NAMESPACES}><channel><title>{legal(VECTORS[0])}</title><link>{BAD}</link>{ITEMS}</channel></rss>"
ATOM = f"<feed xmlns='http://www.w3.org/2005/Atom'><id>{BAD}</id><title type='html'>{legal(VECTORS[5])}</title>{ENTRIES}</feed>"
JSON = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": VECTORS[0], "home_page_url": BAD, "items": OBJECTS})
WORDS = "<p>海河沿岸的志愿者清理河道、照看花草，给路过的人讲这条河的故事。</p>" * 4


def pages(talk: Talk) -> bytes:
    """A list of as many articles as a pull follows, and the articles; a vector in every part of each."""
    name = talk.request.path.rsplit("/", 1)[-1]
    headers = [("Content-Type", "text/html; charset=utf-8")]
    if name.startswith("v"):
        vector = VECTORS[int(name.removeprefix("v").removesuffix(".html"))]
        told = legal(vector)
        body = (
            f'<html><head><title>{told}</title><meta name=author content="{told}"><meta name=description content="{told}">'
            f'<meta property=og:image content="{told}"><meta property=og:title content="{told}"><link rel=canonical href="{BAD}"></head>'
            f"<body><h1>标题 {name} {told}</h1><div class=info>来源：{told} 作者：{told} 编辑：{told}</div>"
            f"<div id=c>{name} {WORDS}{vector}{WORDS}</div></body></html>"
        )
        return answer(body.encode(), headers=headers)
    first = 0 if talk.nth == 0 else 40
    rows = "".join(
        f"<li><a href='v{n}.html' title=\"{legal(vector)}\">第{n}篇 {legal(vector)}</a></li>"
        for n, vector in enumerate(VECTORS)
        if n >= first
    )
    return answer(f"<html><body><ul>{rows}</ul></body></html>".encode(), headers=headers)


CASES = [
    Case(name="xss-rss", serves="every vector in every field of RSS", reply=says(RSS), ends=[brings(count=len(VECTORS))], source=FULL),
    Case(name="xss-atom", serves="every vector in every field of Atom", reply=says(ATOM), ends=[brings(count=len(VECTORS))], source=FULL),
    Case(
        name="xss-json", serves="every vector in every field of JSON Feed", reply=says(JSON), ends=[brings(count=len(VECTORS))], source=FULL
    ),
    Case(
        name="xss-pages",
        serves="every vector in every part of a list and its articles",
        reply=pages,
        ends=[brings(), brings()],
        source={**FULL, "kind": "page", "list": {"item": "li", "link": "a"}},
        within=30,
    ),
]
