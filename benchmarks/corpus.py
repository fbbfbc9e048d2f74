"""A seeded corpus of feeds: RSS 2.0, Atom and RSS 1.0, English and Chinese, some of it in GBK. The same seed gives the same bytes."""

from __future__ import annotations

import html
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

_ENGLISH = """
    the river of a city and its people was open again after many years in which nobody had known what could be done about the old
    bridge museum library school council budget season market weather history research network archive harbour engineers students
    volunteers report festival theatre garden project street
""".split()  # noqa: SIM905 (a list literal would be a page long)
_CHINESE = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
_NEWEST = datetime(2026, 11, 20, 8, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sample:
    """One document, and how many items stand in it."""

    name: str
    body: bytes
    items: int


@dataclass(frozen=True, slots=True)
class _Item:
    guid: str
    link: str
    title: str
    author: str
    tags: tuple[str, ...]
    at: datetime
    summary: str
    body: str
    sound: bool


class _Prose:
    """Words, sentences and HTML bodies in one language."""

    def __init__(self, chance: random.Random, chinese: bool) -> None:
        self.chance, self.chinese = chance, chinese

    def words(self, least: int, most: int) -> str:
        count = self.chance.randint(least, most)
        return "".join(self.chance.choices(_CHINESE, k=2 * count)) if self.chinese else " ".join(self.chance.choices(_ENGLISH, k=count))

    def sentence(self) -> str:
        said = self.words(8, 18)
        return said + "。" if self.chinese else said.capitalize() + "."

    def phrase(self, site: str) -> str:
        kind = self.chance.random()
        if kind < 0.2:
            return f'<a href="{site}a/{self.chance.randrange(10**6)}?x=1&amp;y=2" onclick="count(1)">{self.words(2, 5)}</a>'
        if kind < 0.3:
            return f"<strong>{self.words(1, 4)}</strong>"
        return f"<em>{self.words(1, 3)}</em> &mdash; &#8217;" if kind < 0.37 else self.sentence()

    def block(self, site: str) -> str:
        kind = self.chance.random()
        if kind < 0.08:
            name = self.chance.randrange(10**6)
            picture = f'<img src="{site}i/{name}.jpg" width="640" height="360" alt="{self.words(2, 5)}" style="border:0">'
            return f"<figure>{picture}<figcaption>{self.words(4, 9)}</figcaption></figure>"
        if kind < 0.14:
            return "<ul>" + "".join(f"<li>{self.phrase(site)}</li>" for _ in range(4)) + "</ul>"
        if kind < 0.18:
            return f'<blockquote cite="{site}">{self.sentence()}</blockquote>'
        if kind < 0.21:
            return f"<pre><code>{html.escape(self.words(8, 12))} &lt;= x &amp;&amp; y</code></pre>"
        if kind < 0.23:
            return "<script>count('page')</script>"
        if kind < 0.24:
            return f'<iframe src="https://video.example/embed/{self.chance.randrange(10**6)}" width="560"></iframe>'
        return '<p class="c">' + " ".join(self.phrase(site) for _ in range(self.chance.randint(2, 5))) + "</p>"

    def body(self, site: str) -> str:
        wanted = self.chance.randint(2000, 4000)
        blocks: list[str] = []
        while sum(len(block.encode()) for block in blocks) < wanted:
            blocks.append(self.block(site))
        return "\n".join(blocks)


def samples(feeds: int, seed: int = 1) -> Iterator[Sample]:
    """That many feeds of 20 to 30 items, about 95 KB each: of ten, six RSS, three Atom, one RSS 1.0; a third Chinese, a fifth of it GBK."""
    chance = random.Random(seed)
    for number in range(feeds):
        chinese = chance.random() < 1 / 3
        name, write = chance.choices((("rss", _rss), ("atom", _atom), ("rdf", _rdf)), (6, 3, 1))[0]
        charset = "gbk" if chinese and chance.random() < 0.2 else "utf-8"
        site = f"https://feeds{number}.example/"
        prose = _Prose(chance, chinese)
        items = [_item(chance, prose, site, place) for place in range(chance.randint(20, 30))]
        told = write(prose, site, charset, items)
        yield Sample(f"{number:04d}.{name}", told.encode(charset, "xmlcharrefreplace"), len(items))


def _item(chance: random.Random, prose: _Prose, site: str, place: int) -> _Item:
    return _Item(
        guid=f"{site}p/{1000 - place}",
        link=f"{site}p/{1000 - place}.html",
        title=prose.words(5, 12),
        author=prose.words(1, 2),
        tags=tuple(prose.words(1, 1) for _ in range(chance.randint(0, 3))),
        at=_NEWEST - timedelta(seconds=20_000 * place + chance.randrange(3600)),
        summary=prose.sentence() + prose.sentence(),
        body=prose.body(site),
        sound=chance.random() < 0.05,
    )


def _text(told: str) -> str:
    return html.escape(told, quote=False)


def _rss(prose: _Prose, site: str, charset: str, items: list[_Item]) -> str:
    head = (
        f'<?xml version="1.0" encoding="{charset}"?>\n<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">\n<channel>'
        f"<title>{prose.words(2, 5)}</title><link>{site}</link><description>{prose.sentence()}</description>"
        f'<atom:link href="{site}rss.xml" rel="self" type="application/rss+xml"/>'
    )
    parts = [head]
    for item in items:
        sound = f'<enclosure url="{item.link}.mp3" length="123456" type="audio/mpeg"/>' if item.sound else ""
        parts.append(
            f'<item><title>{_text(item.title)}</title><link>{item.link}</link><guid isPermaLink="false">{item.guid}</guid>'
            f"<pubDate>{format_datetime(item.at, usegmt=True)}</pubDate><dc:creator>{item.author}</dc:creator>"
            + "".join(f"<category>{tag}</category>" for tag in item.tags)
            + f"{sound}<description>{item.summary}</description><content:encoded><![CDATA[{item.body}]]></content:encoded></item>"
        )
    return "\n".join(parts) + "\n</channel></rss>\n"


def _atom(prose: _Prose, site: str, charset: str, items: list[_Item]) -> str:
    head = (
        f'<?xml version="1.0" encoding="{charset}"?>\n<feed xmlns="http://www.w3.org/2005/Atom"><id>{site}atom.xml</id>'
        f'<title>{prose.words(2, 5)}</title><updated>{items[0].at.isoformat()}</updated><link rel="self" href="{site}atom.xml"/>'
        f'<link rel="alternate" href="{site}"/>'
    )
    parts = [head]
    for item in items:
        sound = f'<link rel="enclosure" href="{item.link}.mp3" length="123456" type="audio/mpeg"/>' if item.sound else ""
        parts.append(
            f'<entry><id>{item.guid}</id><title>{_text(item.title)}</title><link rel="alternate" href="{item.link}"/>{sound}'
            f"<published>{item.at:%Y-%m-%dT%H:%M:%SZ}</published><updated>{item.at:%Y-%m-%dT%H:%M:%SZ}</updated>"
            f"<author><name>{item.author}</name></author>"
            + "".join(f'<category term="{tag}"/>' for tag in item.tags)
            + f'<summary>{item.summary}</summary><content type="html">{_text(item.body)}</content></entry>'
        )
    return "\n".join(parts) + "\n</feed>\n"


def _rdf(prose: _Prose, site: str, charset: str, items: list[_Item]) -> str:
    parts = [
        f'<?xml version="1.0" encoding="{charset}"?>\n<rdf:RDF xmlns="http://purl.org/rss/1.0/" '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        f'xmlns:content="http://purl.org/rss/1.0/modules/content/">\n<channel rdf:about="{site}"><title>{prose.words(2, 5)}</title>'
        f"<link>{site}</link><description>{prose.sentence()}</description><items><rdf:Seq>"
        + "".join(f'<rdf:li rdf:resource="{item.link}"/>' for item in items)
        + "</rdf:Seq></items></channel>"
    ]
    for item in items:
        parts.append(
            f'<item rdf:about="{item.link}"><title>{_text(item.title)}</title><link>{item.link}</link>'
            f"<dc:date>{item.at:%Y-%m-%dT%H:%M:%SZ}</dc:date><dc:creator>{item.author}</dc:creator>"
            f"<description>{item.summary}</description><content:encoded><![CDATA[{item.body}]]></content:encoded></item>"
        )
    return "\n".join(parts) + "\n</rdf:RDF>\n"
