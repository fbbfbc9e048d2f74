from __future__ import annotations

import subprocess
import sys
from datetime import datetime

import pytest

from feeds.errors import Malformed, NotAFeed, Refused
from feeds.read import read
from feeds.records import Author, Category, Content, Document, Enclosure, Entry, Feed, Hints, Precision, Role

URL = "https://example.org/feeds/news.xml"
HINTS = Hints(kind="feed", timezone="Asia/Shanghai")


def feed(body: str | bytes, content_type: str | None = "application/xml", **more: object) -> Feed:
    return read(Document(url=URL, body=body.encode() if isinstance(body, str) else body, content_type=content_type), HINTS)


def rss(items: str, head: str = "<title>源</title>", declared: str = "") -> Feed:
    return feed(f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0" {declared}><channel>{head}{items}</channel></rss>')


def only(found: Feed) -> Entry:
    assert len(found.entries) == 1
    return found.entries[0]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


MODULES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" '
    'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
)


def test_rss_2_with_its_modules() -> None:
    found = rss(
        """<item>
        <title>标题 &lt;b&gt;粗&lt;/b&gt; &amp;amp; 尾</title><link>/1.html</link><guid isPermaLink="false">tag:x,2022:1</guid>
        <pubDate>Wed, 28 Sep 2022 08:00:00</pubDate><dc:creator>王喆</dc:creator><dc:creator>李美</dc:creator>
        <dc:contributor>张丽</dc:contributor><dc:source>津水微言</dc:source><dc:publisher>水务局</dc:publisher><dc:rights>转载请注明</dc:rights>
        <category domain="http://x.example/c">水务</category><dc:subject>治河</dc:subject><category>水务</category>
        <description>短的摘要</description>
        <content:encoded><![CDATA[<p onclick="x()">正文<img src="p.png"></p><script>1</script>]]></content:encoded>
        <enclosure url="a.mp3" type="audio/mpeg" length="123"/><itunes:duration>1:02:03</itunes:duration>
        <source url="https://origin.example/feed">原处</source></item>""",
        """<title>源</title><link>https://example.org/</link><description>描述</description><language>zh-CN</language>
        <copyright>&#169; 源</copyright><generator>G</generator><ttl> 30 </ttl><image><url>/logo.png</url></image>
        <managingEditor>desk@example.org (编辑部)</managingEditor><lastBuildDate>Wed, 28 Sep 2022 09:00:00 GMT</lastBuildDate>
        <atom:link rel="self" href="https://example.org/rss"/><atom:link rel="hub" href="https://hub.example/"/>
        <atom:link rel="next" href="?page=2"/><sy:updatePeriod> hourly
        </sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>
        <skipHours><hour>0</hour><hour>24</hour><hour>5</hour></skipHours><skipDays><day>Sunday</day></skipDays>""",
        MODULES,
    )
    entry = only(found)
    assert (entry.uid, entry.id, entry.title, entry.link) == ("tag:x,2022:1", "tag:x,2022:1", "标题 粗 & 尾", "https://example.org/1.html")
    assert (entry.published, entry.precision) == (at("2022-09-28T08:00:00+08:00"), Precision.SECOND)
    assert [author.name for author in entry.authors] == ["王喆", "李美"]
    assert entry.contributors == (Author(name="张丽", role=Role.CONTRIBUTOR),)
    assert (entry.credit.source, entry.credit.publisher, entry.rights) == ("津水微言", "水务局", "转载请注明")
    assert entry.categories == (Category(term="水务", scheme="http://x.example/c"), Category(term="水务"), Category(term="治河"))
    assert entry.content == Content(value='<p>正文<img src="https://example.org/p.png"></p>')
    assert entry.summary == Content(value="短的摘要", type="text")
    assert entry.enclosures == (Enclosure(url="https://example.org/a.mp3", type="audio/mpeg", length=123, duration=3723),)
    assert entry.image == "https://example.org/p.png"
    assert entry.source is not None
    assert (entry.source.title, entry.source.feed) == ("原处", "https://origin.example/feed")
    assert (found.kind, found.title, found.subtitle, found.link) == ("rss", "源", "描述", "https://example.org/")
    assert (found.language, found.rights, found.generator, found.image) == ("zh-CN", "© 源", "G", "https://example.org/logo.png")
    assert (found.self_link, found.hubs, found.ttl, found.interval) == ("https://example.org/rss", ("https://hub.example/",), 30, 1800)
    assert found.next_link == "https://example.org/feeds/news.xml?page=2"
    assert (found.skip_hours, found.skip_days, found.repairs) == ((0, 5), ("Sunday",), ())
    assert found.authors == (Author(name="编辑部", email="desk@example.org"),)


def test_rss_1_is_a_graph_whose_items_stand_beside_the_channel() -> None:
    found = feed(
        """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
        <channel rdf:about="https://example.org/"><title>文化志愿</title><link>https://example.org/</link></channel>
        <item rdf:about="https://example.org/1"><title>评剧</title><link>https://example.org/1</link>
        <dc:date>2022-09-27T21:05:00+08:00</dc:date><dc:creator>评剧小组</dc:creator></item></rdf:RDF>"""
    )
    entry = only(found)
    assert (found.kind, found.title) == ("rdf", "文化志愿")
    assert (entry.uid, entry.published, entry.authors) == (
        "https://example.org/1",
        at("2022-09-27T21:05:00+08:00"),
        (Author(name="评剧小组"),),
    )


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-CN" xml:base="/sq/"><title type="text">A &lt;b&gt; 日记</title>
<id>tag:x,2022:/</id><link rel="self" href="atom.xml"/><link href="./"/><updated>2022-09-28T08:00:00+08:00</updated>
<author><name>社区</name><uri>https://example.org/sq</uri></author><rights>注明出处</rights>
<entry xml:base="2022/09/"><title type="html">楼道里的&lt;i&gt;花&lt;/i&gt;</title><id>tag:x,2022:1</id>
<link rel="alternate" type="text/html" href="27.html"/><link rel="enclosure" href="a.pdf" type="application/pdf" length="9"/>
<link rel="via" href="https://origin.example/1"/><published>2022-09-27T12:15:00Z</published><updated>2022-09-28T08:00:00+08:00</updated>
%s<category term="d" scheme="s" label="日记"/><contributor><name>帮手</name></contributor>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>花<br/><img src="hua.png" alt="花"/></p><p></p></div></content>
</entry></feed>"""


def test_atom_with_nested_bases_and_xhtml() -> None:
    found = feed(ATOM % "")
    entry = only(found)
    assert (found.kind, found.title, found.id, found.language) == ("atom", "A <b> 日记", "tag:x,2022:/", "zh-CN")
    assert (found.link, found.self_link) == ("https://example.org/sq/", "https://example.org/sq/atom.xml")
    assert (entry.id, entry.title, entry.link) == ("tag:x,2022:1", "楼道里的花", "https://example.org/sq/2022/09/27.html")
    assert (entry.published, entry.updated) == (at("2022-09-27T12:15:00Z"), at("2022-09-28T08:00:00+08:00"))
    assert entry.content == Content(value='<p>花<br><img src="https://example.org/sq/2022/09/hua.png" alt="花"></p><p></p>')
    assert entry.authors == (Author(name="社区", uri="https://example.org/sq"),)
    assert entry.contributors == (Author(name="帮手", role=Role.CONTRIBUTOR),)
    assert entry.categories == (Category(term="d", scheme="s", label="日记"),)
    assert entry.enclosures == (Enclosure(url="https://example.org/sq/2022/09/a.pdf", type="application/pdf", length=9),)
    assert entry.credit.original_url == "https://origin.example/1"


def test_an_atom_entry_inherits_from_its_source_before_its_feed() -> None:
    source = (
        '<source><id>urn:s</id><title>原处</title><link rel="self" href="https://origin.example/feed"/><link href="https://origin.example/"/>'
        "<updated>2022-09-01T00:00:00Z</updated><author><name>原作者</name></author><rights>原权利</rights></source>"
    )
    entry = only(feed(ATOM % source))
    assert entry.authors == (Author(name="原作者"),)
    assert entry.rights == "原权利"
    assert entry.source is not None
    assert (entry.source.id, entry.source.title, entry.source.link) == ("urn:s", "原处", "https://origin.example/")
    assert (entry.source.feed, entry.source.updated) == ("https://origin.example/feed", at("2022-09-01T00:00:00Z"))
    own = only(feed(ATOM % f"{source}<author><name>本人</name></author>"))
    assert own.authors == (Author(name="本人"),)


def test_atom_with_updated_only_states_no_published() -> None:
    entry = only(
        feed('<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>k3Jm7</id><updated>2022-09-27T09:42:10.000Z</updated></entry></feed>')
    )
    assert (entry.uid, entry.id, entry.published, entry.updated) == ("k3Jm7", None, None, at("2022-09-27T09:42:10Z"))


def test_atom_0_3() -> None:
    found = feed(
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>旧</title><tagline>副题</tagline><entry>'
        '<title mode="escaped" type="text/html">'
        '&lt;b&gt;题&lt;/b&gt;</title><link rel="alternate" type="text/html" href="https://example.org/1"/><id>urn:1</id>'
        "<issued>2004-01-01T00:00:00Z</issued><modified>2004-01-02T00:00:00Z</modified>"
        '<content type="text/html" mode="escaped">&lt;p&gt;文&lt;/p&gt;</content></entry></feed>'
    )
    entry = only(found)
    assert (found.kind, found.subtitle, entry.title, entry.content) == ("atom", "副题", "题", Content(value="<p>文</p>"))
    assert (entry.published, entry.updated) == (at("2004-01-01T00:00:00Z"), at("2004-01-02T00:00:00Z"))


@pytest.mark.parametrize(
    ("item", "content", "summary"),
    [
        ("<description>短文</description>", None, Content(value="短文", type="text")),
        ("<description>&lt;p&gt;文&lt;/p&gt;</description>", Content(value="<p>文</p>"), None),
        ("<description><p>文<br/>二</p></description>", Content(value="<p>文<br>二</p>"), None),
        (f"<description>{'长文。' * 300}</description>", Content(value="长文。" * 300, type="text"), None),
        ("<description>AT&amp;amp;T &lt; 5</description>", None, Content(value="AT&T < 5", type="text")),
        ("<description>文</description><content:encoded>文</content:encoded>", Content(value="文"), None),
        ("<content:encoded>&lt;![CDATA[&lt;p&gt;文&lt;/p&gt;]]&gt;</content:encoded>", Content(value="<p>文</p>"), None),
        ("<content:encoded>获取全文失败，请重试~</content:encoded>", None, None),
        ("<description/>", None, None),
    ],
)
def test_what_is_content_and_what_is_summary(item: str, content: Content | None, summary: Content | None) -> None:
    entry = only(rss(f"<item><guid>1</guid>{item}</item>", declared=MODULES))
    assert (entry.content, entry.summary) == (content, summary)


@pytest.mark.parametrize(
    ("told", "author"),
    [
        ("desk@example.org (张丽)", Author(name="张丽", email="desk@example.org")),
        ("张丽 &lt;desk@example.org&gt;", Author(name="张丽", email="desk@example.org")),
        ("desk@example.org", Author(name="desk", email="desk@example.org")),
        ("noreply@blogger.com (张丽)", Author(name="张丽")),
        ("社区小秘书", Author(name="社区小秘书")),
        ("本报记者 徐锦庚", Author(name="徐锦庚", role=Role.REPORTER)),
    ],
)
def test_rss_authors(told: str, author: Author) -> None:
    assert only(rss(f"<item><guid>1</guid><author>{told}</author></item>")).authors == (author,)


def test_a_medium_as_the_author_carries_the_entry_and_an_editor_stays_one() -> None:
    entry = only(rss("<item><guid>1</guid><author>人民网</author></item>"))
    assert (entry.authors, entry.credit.publisher) == ((), "人民网")
    entry = only(rss("<item><guid>1</guid><author>编辑：张丽</author></item>"))
    assert (entry.authors, entry.contributors) == ((), (Author(name="张丽", role=Role.EDITOR),))


@pytest.mark.parametrize(
    ("item", "link"),
    [
        ("<guid>https://example.org/p</guid>", "https://example.org/p"),
        ('<guid isPermaLink="false">https://example.org/p</guid>', None),
        ("<link>javascript:alert(1)</link><guid>urn:x</guid>", None),
        ('<link href="https://example.org/p"/>', "https://example.org/p"),
        ("<link>https://fb.example/~r/x</link><feedburner:origLink>https://example.org/p</feedburner:origLink>", "https://example.org/p"),
        ('<atom:link rel="alternate" href="/p"/>', "https://example.org/p"),
    ],
)
def test_where_the_link_is(item: str, link: str | None) -> None:
    assert only(rss(f"<item><title>t</title>{item}</item>", declared=MODULES)).link == link


def test_the_widest_picture_is_the_image_and_portraits_are_none() -> None:
    entry = only(
        rss(
            """<item><guid>1</guid><media:group><media:content url="https://0.gravatar.com/avatar/x" medium="image"/>
            <media:content url="/small.jpg" medium="image" width="100"/><media:content url="/large.jpg" type="image/jpeg" width="900"/>
            <media:thumbnail url="/thumb.jpg" width="240"/></media:group>
            <enclosure url="/p.png" type="image//mmbiz_png/0" length="0"/></item>""",
            declared=MODULES,
        )
    )
    assert entry.image == "https://example.org/large.jpg"
    assert entry.enclosures == (
        Enclosure(url="https://example.org/p.png", type="image/png"),
        Enclosure(url="https://example.org/small.jpg", type="image/jpeg"),
        Enclosure(url="https://example.org/large.jpg", type="image/jpeg"),
    )


def test_gbk_declared_gb2312_with_zoneless_dates() -> None:
    body = '<?xml version="1.0" encoding="gb2312"?><rss><channel><title>社会新闻</title><item><title>作家王喆、垚镕</title>'
    found = feed((body + "<pubDate>Wed, 28 Sep 2022 12:53:46</pubDate></item></channel></rss>").encode("gb18030"), "text/xml")
    assert (only(found).title, only(found).published) == ("作家王喆、垚镕", at("2022-09-28T12:53:46+08:00"))


@pytest.mark.parametrize("date", ["", "<pubDate>not a date</pubDate>", "<pubDate>Mon, 01 Jan 0001 00:00:00 +0000</pubDate>"])
def test_a_missing_date_stays_missing(date: str) -> None:
    found = rss(f"<item><guid>1</guid>{date}</item>")
    assert (only(found).published, only(found).precision) == (None, None)
    assert bool(found.repairs) == ("not a date" in date)


def test_a_feed_without_items_is_a_feed() -> None:
    assert rss("").entries == ()


MENDED = {
    "a mark and blanks first": '\ufeff\n  <?xml version="1.0"?><rss><channel><item><title>好</title></item></channel></rss>',
    "a control character": "<rss><channel><item><title>好\x08</title></item></channel></rss>",
    "a reference to a control character": "<rss><channel><item><title>好&#8;</title></item></channel></rss>",
    "HTML entities": "<rss><channel><item><title>好&nbsp;&zwj;</title></item></channel></rss>",
    "a bare ampersand": "<rss><channel><item><title>好</title><link>/?a=1&b=2</link></item></channel></rss>",
    "a bare bracket": "<rss><channel><item><title>好</title><description>5 < 6</description></item></channel></rss>",
    "an undeclared prefix": "<rss><channel><item><title>好</title><dc:creator>王</dc:creator><x:y z:a='1'/></item></channel></rss>",
    "words before": "<br/>\n<b>Warning</b>: x\n<rss><channel><item><title>好</title></item></channel></rss>",
    "words behind": "<rss><channel><item><title>好</title></item></channel></rss><script>x</script>",
    "a script's comment behind": "<rss><channel><item><title>好</title></item></channel></rss> served in 3 ms",
    "unclosed tags in prose": "<rss><channel><item><title>好</title><description><p>文<br></description></item></channel></rss>",
    "a document type": '<!DOCTYPE rss PUBLIC "-//N//DTD RSS 0.91//EN" "http://x.invalid/rss.dtd"><rss><channel><item><title>好</title></item></channel></rss>',
    "an XML 1.1 declaration": '<?xml version="1.1"?><rss><channel><item><title>好</title></item></channel></rss>',
    "a cut": "<rss><channel><item><title>好</title></item><item><title>只剩半",
}


@pytest.mark.parametrize("body", MENDED.values(), ids=MENDED.keys())
def test_common_slips_are_mended_on_the_fast_path(body: str) -> None:
    found = feed(body)
    assert (found.kind, only(found).title.strip("\u200d ")) == ("rss", "好")


def test_repairs_say_what_was_done() -> None:
    assert any("cut off" in repair for repair in feed(MENDED["a cut"]).repairs)
    assert any("undeclared prefixes dc" in repair for repair in feed(MENDED["an undeclared prefix"]).repairs)
    assert only(feed(MENDED["an undeclared prefix"])).authors == (Author(name="王"),)
    assert only(feed(MENDED["unclosed tags in prose"])).content == Content(value="<p>文<br></p>")
    assert only(feed(MENDED["a bare ampersand"])).link == "https://example.org/?a=1&b=2"


BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))


@pytest.mark.parametrize(
    "subset",
    [
        f'<!ENTITY e0 "BANG">{BOMB}',
        '<!ENTITY e8 SYSTEM "file:///etc/hostname">',
        '<!ENTITY e8 "a]>b">',
        '<!-- ]> --><!ENTITY e8 "BANG">',
        '<!ENTITY % p SYSTEM "http://127.0.0.1:1/x.dtd"> %p; <!ENTITY e8 "BANG">',
    ],
)
def test_entities_are_neither_expanded_nor_fetched(subset: str) -> None:
    found = feed(f"<?xml version='1.0'?><!DOCTYPE rss [{subset}]><rss><channel><item><title>题&e8;&nbsp;目</title></item></channel></rss>")
    assert only(found).title == "题 目"
    assert any("not expanded" in repair for repair in found.repairs)


def test_entities_in_disguise_are_refused_or_not_read() -> None:
    with pytest.raises((Refused, NotAFeed, Malformed)):
        feed('<!DOCTYPE a [<!ENTITY x "1">]><!DOCTYPE rss [<!ENTITY y "BANG">]><rss><channel><title>&y;</title></channel></rss>')


OTHERS = {
    "": "empty",
    " \n": "empty",
    "<!DOCTYPE html><html><head><title>访问 验证</title></head><body>请开启JavaScript</body></html>": "a web page (访问 验证)",
    "<html><body>x</body></html>": "a web page",
    "<!doctype html><p>x": "a web page",
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"/>': "a sitemap",
    "<opml/>": "OPML",
    "just words": "no markup",
    "<x><y/></x>": "<x>",
}


@pytest.mark.parametrize(("body", "said"), OTHERS.items())
def test_what_is_no_feed_is_told_what_it_is(body: str, said: str) -> None:
    with pytest.raises(NotAFeed, match=said.replace("(", r"\(").replace(")", r"\)")):
        feed(body)


def test_a_wreck_without_title_and_items_is_malformed() -> None:
    with pytest.raises(Malformed, match="beyond recovery"):
        feed("<rss><channel><description></wrong><x></rss>")


def test_feedparser_reads_what_nothing_of_ours_knows_and_that_is_said() -> None:
    found = feed("<channels><channel><title>源</title><item><title>好</title><link>/1</link></item></channel></channels>")
    assert (found.kind, found.title) == ("feedparser", "源")
    assert [(entry.title, entry.link) for entry in found.entries] == [("好", "https://example.org/1")]
    assert any("feedparser" in repair for repair in found.repairs)


def test_both_ways_in_give_one_answer() -> None:
    item = (
        "<item><title>题 &amp;amp; 目</title><link>https://example.org/1</link><guid isPermaLink='false'>urn:1</guid>"
        "<pubDate>2022/9/28 8:00</pubDate><author>desk@example.org (张丽)</author><category>水</category>"
        "<description>摘要</description><content:encoded>&lt;p&gt;文&lt;img src='p.png'&gt;&lt;/p&gt;</content:encoded></item>"
    )
    whole = f"<rss version='2.0' {MODULES}><channel><title>源</title><link>https://example.org/</link>{item}</channel></rss>"
    fast, slow = feed(whole), feed(whole.replace("<rss", "<news").replace("</rss>", "</news>"))
    assert (fast.kind, slow.kind) == ("rss", "feedparser")
    assert fast.entries == slow.entries


def test_feedparser_is_not_imported_for_what_is_well_formed() -> None:
    program = (
        "import sys\nfrom feeds.read import read\nfrom feeds.records import Document\n"
        "read(Document(url='https://example.org/', body=b'<rss><channel><item><title>x</title></item></channel></rss>'))\n"
        "assert 'feedparser' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
