"""Article pages of several publishing systems: what is read, by selector and by looking, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.errors import FeedError, NotAFeed, NotAnArticle
from feeds.read import read
from feeds.read.article import read_article
from feeds.records import ArticleSelectors, Document, Entry, Hints, Precision, Role

PAGES = Path(__file__).parent.parent / "pages"
BEIJING = timezone(timedelta(hours=8))
HERE = Hints(timezone="Asia/Shanghai")


def page(name: str, url: str) -> Document:
    return Document(url=url, body=(PAGES / f"{name}.html").read_bytes(), content_type="text/html")


def made(html: str, url: str = "https://site.example/n/1.html") -> Document:
    return Document(url=url, body=html.encode(), content_type="text/html; charset=utf-8")


def people(entry: Entry) -> list[tuple[Role, str]]:
    return [(each.role, each.name) for each in entry.people]


def text(entry: Entry) -> str:
    return entry.content.value if entry.content else ""


CIVIC = page("civic-2013", "http://www.binhe.example/system/2013/07/02/011112295.shtml")
TITLE = "老街坊自发修缮百年石桥 镕铸邻里情"


@pytest.mark.parametrize(
    "selectors",
    [
        ArticleSelectors(),
        ArticleSelectors(title="td.title", body="#Zoom", column=".pos"),
        ArticleSelectors(byline="//td[@align='right']", body="//div[@id='Zoom']"),
    ],
)
def test_a_portal_page_in_gbk(selectors: ArticleSelectors) -> None:
    entry = read_article(CIVIC, Hints(timezone="Asia/Shanghai", article=selectors))
    assert entry.title == TITLE
    assert (entry.published, entry.precision) == (datetime(2013, 7, 2, 9, 6, tzinfo=BEIJING), Precision.MINUTE)
    assert entry.credit.source == "渤滨早报"
    assert people(entry) == [(Role.EDITOR, "洪波")]
    assert entry.column == "热点聚焦"
    assert [each.term for each in entry.categories] == ["热点聚焦", "全市"]
    assert text(entry).startswith("<p>　　石桥南头")
    assert "扫描" not in text(entry)
    assert "二〇二四" not in text(entry)
    assert entry.link == CIVIC.url
    assert entry.uid == "//www.binhe.example/system/2013/07/02/011112295.shtml"


def test_every_fact_has_its_evidence() -> None:
    entry = read_article(CIVIC, HERE)
    evidence = {each.field: each for each in entry.credit.evidence}
    assert set(evidence) == {"title", "published", "content", "column", "source", "editors", "publisher"}
    assert evidence["source"].text == "稿源: 渤滨早报"
    assert evidence["source"].where == "below the text"
    assert all(0 < each.sure <= 1 for each in entry.credit.evidence)


def test_comments_and_alt_texts_are_no_evidence() -> None:
    said = " ".join(each.text for each in read_article(CIVIC, HERE).credit.evidence)
    assert "假" not in said
    assert "旧" not in said


def test_reporters_of_a_dateline_and_an_editor_inside_the_text() -> None:
    entry = read_article(page("northeast", "https://www.songyuan.example/system/2024/10/25/103.shtml"), HERE)
    assert entry.title == "雪原上的“冰雪课堂”开讲"
    assert (entry.published, entry.precision) == (datetime(2024, 10, 25, 8, 3, 30, tzinfo=BEIJING), Precision.SECOND)
    assert (entry.credit.source, entry.credit.publisher, entry.credit.agency) == ("松原日报", "松原在线", "松原日报")
    assert people(entry) == [(Role.REPORTER, "邱雪"), (Role.CORRESPONDENT, "于海波"), (Role.EDITOR, "王聪")]
    assert "责任编辑" not in text(entry)
    assert "分享到" not in text(entry)
    assert text(entry).rstrip().endswith("写进了作文。</p>")
    assert entry.column == "要闻"
    assert entry.summary is None  # the description only repeats the headline


def test_a_page_without_classes_and_paragraphs() -> None:
    entry = read_article(page("bare-table", "http://pc.example/n/15.html"), HERE)
    assert entry.title == "县里办起了“共享农机站”"
    assert (entry.published, entry.precision) == (datetime(2019, 6, 15, 8, 18, tzinfo=BEIJING), Precision.MINUTE)
    assert entry.credit.source == "平川日报"
    assert people(entry) == [(Role.REPORTER, "郝建国"), (Role.EDITOR, "蒲柳")]
    assert text(entry).startswith("麦收时节")
    assert "扫描" not in text(entry)
    assert "编辑" not in text(entry)


def test_an_english_page() -> None:
    entry = read_article(page("english", "https://gazette.example/2023/05/04/tidal-mill?utm_source=x"), Hints())
    assert entry.title == "Volunteers restore the tidal mill"
    assert entry.published == datetime(2023, 5, 4, 6, 30, tzinfo=UTC)
    assert entry.link == "https://gazette.example/2023/05/04/tidal-mill"
    assert people(entry) == [(Role.AUTHOR, "Ada Brook"), (Role.AUTHOR, "Tom Fell"), (Role.EDITOR, "Jane Moss")]
    assert (entry.credit.source, entry.credit.publisher) == ("Harbour Trust", "Harbour Gazette")
    assert entry.summary is not None
    assert entry.summary.value.startswith("After eleven winters")
    assert entry.image == "https://gazette.example/img/mill.jpg"
    assert text(entry).startswith("<p>The wheel turned")
    assert text(entry).endswith("everything else was given.</p>")
    assert entry.language == "en-GB"


def test_a_ministry_page_with_attachments_and_an_editor_in_the_authors_place() -> None:
    entry = read_article(page("ministry", "http://slj.example/zwgk/202110/t20211008_1.html"), HERE)
    assert entry.published == datetime(2021, 10, 8, 16, 20, tzinfo=BEIJING)
    assert people(entry) == [(Role.EDITOR, "李明")]
    assert entry.credit.source == "清源市水利局"  # 本网
    assert [(each.url, each.type, each.title) for each in entry.enclosures] == [
        (
            "http://slj.example/zwgk/202110/files/P020211008.docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "清淤任务分解表",
        ),
        ("http://slj.example/files/map.pdf", "application/pdf", "河道示意图.pdf"),
    ]
    assert "附件：1." in text(entry)
    assert entry.column == "通知公告"


def test_an_account_post() -> None:
    entry = read_article(page("account-post", "https://mp.example/s/abc"), HERE)
    assert (entry.title, entry.title_prefix) == ("清源河畔 | 三十年守闸人", "清源河畔 |")
    assert entry.published == datetime(2022, 9, 27, 17, 42, 10, tzinfo=BEIJING)
    assert (entry.credit.source, entry.credit.publisher) == ("清源水语", "清源水语")
    assert people(entry) == [(Role.AUTHOR, "康乐"), (Role.EDITOR, "李静"), (Role.REVIEWER, "欧阳文"), (Role.CONTRIBUTOR, "东风闸管理所")]
    assert "data-src" in text(entry)
    assert "END" not in text(entry)
    assert "二维码" not in text(entry)


PARAGRAPHS = "".join(f"<p>第{n}段写得很长，里面有逗号，也有句号。大家都说，这样的段落才像正文，读起来也舒服。</p>" for n in "一二三")


@pytest.mark.parametrize(
    ("head", "foot", "source", "names"),
    [
        ("<span>2018-05-02 09:16&nbsp; 央广网</span>", "", "央广网", []),
        ("<span class='time'>2018-05-02</span> <span class='source'>津水微言</span>", "", "津水微言", []),
        ("<div>来源：<em id='source'> 新华网</em></div>", "<div>责任编辑：\n韩笑\n</div>", "新华网", ["韩笑"]),
        ("<table><tr><td>发布机构：</td><td>西桥镇政府</td><td>成文日期：</td><td>2018-05-01</td></tr></table>", "", "西桥镇政府", []),
        ("<dl><dt>来源</dt><dd>x</dd></dl>", "<p>(责编：付文、唐心怡)</p>", None, ["付文", "唐心怡"]),
        ("", "<div>稿源:</div><div>编辑:张丽</div>", None, ["张丽"]),
        ("<p>文章来源:<a href='https://other.example/'>津门周刊</a></p>", "", "津门周刊", []),
        ("<p class='author'>本报记者　龙敏之</p>", "", None, ["龙敏之"]),
    ],
)
def test_credits_wherever_they_stand(head: str, foot: str, source: str | None, names: list[str]) -> None:
    body = f"<h1>一个标题够长了吧</h1>{head}<div id='c'>{PARAGRAPHS}</div>{foot}"
    html = f"<html><head><title>一个标题够长了吧_某网</title></head><body>{body}</body></html>"
    entry = read_article(made(html), HERE)
    assert entry.credit.source == source
    assert [each.name for each in entry.people] == names


def test_what_the_text_says_about_editors_is_no_credit() -> None:
    talk = "<p>“编辑：这个词很难。”他说。</p><p>记者：您怎么看？</p><p>答：我看来源：不明的消息不要转。</p>"
    html = f"<html><head><title>访谈实录一则</title></head><body><h1>访谈实录一则</h1><div>{talk}{PARAGRAPHS}</div></body></html>"
    entry = read_article(made(html), HERE)
    assert list(entry.people) == []
    assert entry.credit.source is None


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://a.example/system/2022/09/28/053169001.shtml", 28),
        ("https://a.example/gzdt/202209/t20220927_5998101.html", 27),
        ("https://a.example/art/2022/9/6/art_1_2.html", 6),
        ("https://a.example/20220905/0b6f4c8e2a9d4d1f8c3e5a7b90d1c2e3/c.html", 5),
        ("https://a.example/n2/2022/0904/c345-40140001.html", 4),
        ("https://a.example/tj/2022-09/03/c_1129041001.htm", 3),
        ("https://a.example/202209/1.html", None),
        ("https://a.example/n/20221399/1.html", None),
    ],
)
def test_the_address_is_the_last_resort_for_a_date(url: str, day: int | None) -> None:
    entry = read_article(made(f"<html><body><h1>没有日期的一篇文章</h1><div>{PARAGRAPHS}</div></body></html>", url), HERE)
    assert entry.published == (datetime(2022, 9, day, tzinfo=BEIJING) if day else None)
    assert entry.precision == (Precision.DAY if day else None)


def test_a_finer_date_of_the_same_day_is_preferred() -> None:
    head = "<meta name='publishdate' content='2022-09-29'>"
    line = "<p>2022年09月29日08:05 来源：某报</p>"
    html = f"<html><head>{head}</head><body><h1>有两个日期的文章</h1>{line}<div>{PARAGRAPHS}</div></body></html>"
    entry = read_article(made(html), HERE)
    assert (entry.published, entry.precision) == (datetime(2022, 9, 29, 8, 5, tzinfo=BEIJING), Precision.MINUTE)


def test_addresses_are_seen_from_the_page_and_its_base() -> None:
    text_ = f"{PARAGRAPHS}<img src='a.png'><img data-src='//i.example/b'>"
    html = f"<html><head><base href='/deep/er/'></head><body><h1>有图的文章</h1><div>{text_}</div></body></html>"
    entry = read_article(made(html), HERE)
    assert 'src="https://site.example/deep/er/a.png"' in text(entry)
    assert 'data-src="https://i.example/b"' in text(entry)


@pytest.mark.parametrize("stale", ["更新时间：2024-01-01 08:00", "今天是2024年1月1日", "成文日期：2024-01-01"])
def test_other_dates_are_not_the_publication(stale: str) -> None:
    html = f"<html><body><h1>日期很多的文章</h1><p>{stale}</p><p>发布时间：2022-09-29</p><div>{PARAGRAPHS}</div></body></html>"
    assert read_article(made(html), HERE).published == datetime(2022, 9, 29, tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        ("<link rel='canonical' href='/news/2023/1.html'>", "https://site.example/news/2023/1.html"),
        ("<link rel='canonical' href='/'>", "https://site.example/n/1.html"),
        ("<link rel='canonical' href='https://else.example/1.html'>", "https://site.example/n/1.html"),
        ("<meta property='og:url' content='javascript:1'>", "https://site.example/n/1.html"),
    ],
)
def test_a_canonical_address_counts_within_the_site_only(link: str, kept: str) -> None:
    html = f"<html><head>{link}</head><body><h1>标题在这里</h1><div>{PARAGRAPHS}</div></body></html>"
    assert read_article(made(html), HERE).link == kept


def test_the_stub_fills_what_the_page_leaves_open() -> None:
    stub = Entry(
        uid="kept",
        title="标题在这里，而且很长很长很长",
        link="https://site.example/n/1.html",
        published=datetime(2022, 9, 1, tzinfo=BEIJING),
        precision=Precision.DAY,
    )
    html = f"<html><head><title>标题在这里，而且...</title></head><body><h1>标题在这里，而且...</h1><div>{PARAGRAPHS}</div></body></html>"
    entry = read_article(made(html), HERE, stub)
    assert entry.uid == "kept"
    assert entry.title == stub.title
    assert (entry.published, entry.precision) == (stub.published, Precision.DAY)


@pytest.mark.parametrize(
    "html",
    [
        (PAGES / "notice.html").read_text(encoding="utf-8"),
        "<html><head><title>公众平台</title></head><body><h2>环境异常</h2><p>当前环境异常，完成验证后即可继续访问。</p><a>去验证</a></body></html>",
        "<html><head><title>Attention Required!</title></head><body><p>Please enable cookies.</p></body></html>",
        "<html><head><title>404 Not Found</title></head><body><center><h1>404 Not Found</h1></center><hr>nginx</body></html>",
        "<html><head><title>统一登录</title></head><body><form><h1>用户登录</h1><input name=u><input type='password'></form></body></html>",
        "<html><head><title>社会频道</title></head><body>频道首页</body></html>",
        "<html><body></body></html>",
    ],
)
def test_notices_are_not_articles(html: str) -> None:
    with pytest.raises(NotAnArticle):
        read_article(made(html), HERE)


def test_an_article_that_quotes_a_notice_is_an_article() -> None:
    title = "为什么会看到“该内容已被发布者删除”"
    text = f"<div class='TRS_Editor'>{PARAGRAPHS * 4}</div>"
    html = f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{text}</body></html>"
    assert read_article(made(html), HERE).title.startswith("为什么")


@pytest.mark.parametrize("body", [b"", b"%PDF-1.7 <x>", b"\x89PNG\r\n", b"plain words", b"PK\x03\x04<"])
def test_what_is_no_page(body: bytes) -> None:
    with pytest.raises(NotAFeed):
        read_article(Document(url="https://a.example/", body=body), HERE)


_WORDS = """div p table tr td h1 title br script body article li ul iframe /div /p /td /table /a /script"""
_MORE = ["a href='/x/2022/09/28/1.html'", "span class='source'", "meta name='author' content='x'", "base href='//['", "time datetime='x'"]
_FENCE = '!--enorth cms block start [ name="v5.content" ]--'
_TAGS = st.sampled_from([*_WORDS.split(), *_MORE, _FENCE])
_SAID = st.sampled_from(["来源：新华社", "编辑：张丽", "2022-09-28", "标题", "，。", "&#0;", "\x00", "]]>"])
_SOUP = st.lists(st.one_of(_TAGS.map(lambda tag: f"<{tag}>"), _SAID, st.text(max_size=12)), max_size=40)


@settings(deadline=None)
@given(_SOUP.map("".join))
def test_strangers_markup_is_read_or_refused(soup: str) -> None:
    try:
        entry = read_article(made(soup), HERE)
    except FeedError:
        return
    assert entry.title
    assert entry.published is None or entry.published.tzinfo


def test_an_article_by_itself_is_a_feed_of_one_entry_with_the_same_facts() -> None:
    alone = read(CIVIC, Hints(kind="article", timezone="Asia/Shanghai"), reference=datetime(2026, 1, 1, tzinfo=UTC))
    (entry,) = alone.entries
    drawn = read_article(CIVIC, HERE)
    assert alone.kind == "article"
    assert (entry.title, entry.published, entry.credit, entry.authors) == (drawn.title, drawn.published, drawn.credit, drawn.authors)
    assert entry.fingerprint
    assert "<script" not in text(entry)
    same = read(CIVIC, Hints(kind="article", timezone="Asia/Shanghai"), {entry.uid: entry.fingerprint})
    assert (same.entries, same.same) == ((), (entry.uid,))


FILMS = """<div id="js_content"><p>渠首闸今早开启，春灌用水三天后到田头，比去年早了五天。</p>
<iframe class="video_iframe" data-mpvid="wxv_1" data-cover="https%3A%2F%2Fmmbiz.qpic.cn%2Fa%2F0%3Fwx_fmt%3Djpeg" data-src="https://mp.weixin.qq.com/mp/x?vid=wxv_1"></iframe>
<p><iframe class="video_iframe" data-src="https://v.qq.com/iframe/preview.html?vid=q0999abcdef&amp;width=500"></iframe></p>
<mp-common-videosnap data-url="https://finder.video.qq.com/c.jpg" data-desc="一分钟看&lt;春灌&gt;"></mp-common-videosnap></div>
<script>var biz = "MzA5"; var ct = "1681779605"; var msg_source_url = 'http://swj.example/1.html\\x26amp;a=1';</script>"""


def test_films_of_a_post_lead_to_where_they_can_be_seen() -> None:
    own = "https://mp.weixin.qq.com/s/Qz7_kLm0-aBcDeFgHiJkLm"
    html = f'<html><body><h1 id="activity-name">渠首开闸啦</h1><a id="js_name">渠水清清</a>{FILMS}</body></html>'
    (entry,) = read(made(html, own), Hints(kind="article", timezone="Asia/Shanghai")).entries
    assert f'<a href="{own}" rel="noopener noreferrer"><img src="https://mmbiz.qpic.cn/a/0?wx_fmt=jpeg" alt="视频"></a>' in text(entry)
    assert '<a href="https://v.qq.com/x/page/q0999abcdef.html" rel="noopener noreferrer">▶ 视频</a>' in text(entry)
    assert (
        f'<a href="{own}" rel="noopener noreferrer"><img src="https://finder.video.qq.com/c.jpg" alt="一分钟看&lt;春灌&gt;"></a>'
        in text(entry)
    )
    assert entry.credit.original_url == "http://swj.example/1.html&a=1"
