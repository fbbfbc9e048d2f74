"""Articles and posts of WeChat as they are served today: what stands in elements, what only in scripts, and what stands in their place."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from feeds.clean.text import plain
from feeds.errors import FeedError, NotAnArticle, Removed, Withheld
from feeds.read.article import read_article
from feeds.records import Document, Entry, Hints, Role

OWN = "https://mp.weixin.qq.com/s/Qz7_kLm0-aBcDeFgHiJkLm"


def opened(html: str) -> Entry:
    page = Document(url=OWN, body=f"<!DOCTYPE html><html><head>{html}</html>".encode(), content_type="text/html; charset=utf-8")
    return read_article(page, Hints(timezone="Asia/Shanghai"))


def said(entry: Entry) -> str:
    return plain(entry.content.value) if entry.content else ""


def post(kind: int, title: str, text: str, more: str = "") -> str:
    """A post that a script draws: its frame has the name of the account, everything else is in scripts."""
    return f"""<title></title></head><body><div id="js_article" class="share_content_page"><div id="js_content">
    <div class="wx_follow_nickname">渠水清清</div><span>,</span></div><div>轻触查看原文</div>
    <div>渠水清清</div><div>向上滑动看下一个</div></div><script>
    window.item_show_type = '{kind}' || ''; window.ct = '1681779605' || ''; window.msg_title = '{title}' || '';
    var ad = {{nick_name: '广告', title: '别处的标题'}}; window.cgiDataNew = {{content_noencode: JsDecode(''), create_time: '2023-04-18',
    text_page_info: {{content_noencode: JsDecode('{text}')}} }};
    d.nick_name = (xml ? getXmlValue('nick_name.DATA') : '渠水清清').html(false);
    d.msg_link = xml ? getXmlValue('link.DATA') : 'https://mp.weixin.qq.com/s?__biz=MzA5\\x26amp;mid=2247\\x26amp;idx=1\\x26amp;sn=ab12';
    if (item_show_type === '0') {{}} {more}</script></body>"""


BIZ = "var biz = '' || 'MzA5';"
PICTURES = (
    """window.picture_page_info_list = [ { width: '1' * 1, cdn_url: 'https://mmbiz.qpic.cn/p1/0?wx_fmt=png\\x26amp;from=appmsg',
    watermark_info: { cdn_url: 'https://mmbiz.qpic.cn/mark/0' }, }, { cdn_url: 'https://mmbiz.qpic.cn/p2/0?wx_fmt=png', }, ];"""
    + BIZ
)


def test_a_post_of_pictures_has_its_account_its_time_its_text_and_every_picture() -> None:
    entry = opened(post(8, "渠首今早开闸", "春灌用水三天后到田头。\\x0a\\x0a比去年早了五天。", PICTURES))
    assert (entry.title, entry.credit.source, entry.credit.publisher) == ("渠首今早开闸", "渠水清清", "渠水清清")
    assert entry.published == datetime(2023, 4, 18, 1, 0, 5, tzinfo=UTC)
    assert said(entry).split() == ["春灌用水三天后到田头。", "比去年早了五天。"]
    assert entry.content is not None
    assert entry.content.value.count("<img") == 2
    assert "from=appmsg" in entry.content.value
    assert "/mark/" not in entry.content.value
    assert entry.link == OWN


def test_a_post_of_text_with_a_headline_of_its_own() -> None:
    text = "春灌用水三天后到田头。\\x0a看 \\x3ca class=\\x22wx_topic_link\\x22 href=\\x22#\\x22\\x3e#春灌\\x3c/a\\x3e 的安排"
    entry = opened(post(10, "渠首今早开闸", text, BIZ))
    assert (entry.title, entry.credit.source) == ("渠首今早开闸", "渠水清清")
    assert said(entry) == "春灌用水三天后到田头。 看 #春灌 的安排"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("渠首今早开闸啦！\\n\\n春灌用水三天后到田头。", "渠首今早开闸啦！"),
        ("春灌用水三天后到田头，" * 9, "春灌用水三天后到田头，" * 4 + "春灌用水三天后到田头…"),
        ("水" * 80, "水" * 63 + "…"),
        ("\\n\\n渠首今早开闸", "渠首今早开闸"),
    ],
)
def test_the_headline_of_a_post_without_any_is_its_first_line(text: str, title: str) -> None:
    entry = opened(post(10, text, text.replace("\\n", "\\x0a"), BIZ))
    assert entry.title == title
    assert said(entry).replace(" ", "") == text.replace("\\n", "")


ARTICLE = """<meta name="author" content=""><title></title></head><body><h1 id="activity-name">渠首开闸啦</h1><div id="meta_content">{badge}
<span class="rich_media_meta rich_media_meta_nickname"><a id="js_name"> 渠水清清 </a></span>
<em id="publish_time" class="rich_media_meta rich_media_meta_text">2023-04-18</em></div>{above}
<div id="js_content" style="visibility: hidden"><p>渠首闸今早开启，春灌用水三天后到田头，比去年早了五天。</p>
<p>管理处昨晚巡查了全部支渠。</p></div><script>var biz = "MzA5"; var ct = "1681779605";</script></body>"""


SAID = "rich_media_meta rich_media_meta_text"


@pytest.mark.parametrize(
    ("badge", "author"),
    [
        (f'<span id="copyright_logo" class="rich_media_meta">原创</span><span class="{SAID}">巡渠小组</span>', "巡渠小组"),
        (f'<em class="{SAID}">2023-04-18</em><em class="{SAID}">苗青</em>', "苗青"),
        (f'<span class="{SAID}">原创</span>', None),
        (f'<span class="{SAID}">渠水清清</span>', None),
    ],
)
def test_the_author_of_an_article_is_whom_its_line_names(badge: str, author: str | None) -> None:
    entry = opened(ARTICLE.format(badge=badge, above=""))
    assert [each.name for each in entry.authors] == ([author] if author else [])


def test_an_article_of_another_account_is_credited_to_that() -> None:
    box = '<p class="original_primary_card_tips"><span>以下文章来源于河工手记</span> <span>，作者苗青</span></p>'
    entry = opened(ARTICLE.format(badge="", above=box))
    assert (entry.credit.source, entry.credit.publisher) == ("河工手记", "渠水清清")
    assert [(each.name, each.role) for each in entry.authors] == [("苗青", Role.AUTHOR)]
    assert "河工手记" not in said(entry)


NOTICE = '<title>{}</title></head><body><div class="weui-msg"><h2>{}</h2><p>微信公众平台运营中心</p></div></body>'


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("该内容已被发布者删除", Removed),
        ("The content has been deleted by the author.", Removed),
        ("此内容因违规无法查看", Removed),
        ("This content can't be viewed because it violates regulations.", Removed),
        ("此账号已自主注销，内容无法查看", Removed),
        ("该内容暂时无法查看", Withheld),
        ("环境异常，完成验证后即可继续访问", Withheld),
        ("链接已过期", NotAnArticle),
    ],
)
def test_what_stands_in_the_place_of_an_article_says_what_became_of_it(words: str, kind: type[FeedError]) -> None:
    with pytest.raises(kind):
        opened(NOTICE.format("", words))
    with pytest.raises(kind):
        opened(NOTICE.format(words, words))
