"""Lists of one WeChat account's articles: an album page, its JSON, a page of links, one article."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from feeds.read import read
from feeds.records import Document, Hints

PAGES = Path(__file__).parent.parent / "pages"
ALBUM = "https://mp.weixin.qq.com/mp/appmsgalbum?__biz=MzA&action=getalbum&album_id=15#wechat_redirect"
HERE = Hints(kind="wechat", timezone="Asia/Shanghai", name="津水微言")
POST = "http://mp.weixin.qq.com/s?__biz=MzA&amp;mid={0}&amp;idx=1&amp;sn=ab{0}&amp;chksm=zz#rd"
ITEM = """<li class="album__list-item js_album_item" data-msgid="{0}" data-itemidx="1" data-link="{1}" data-title="{2}">
<div class="album__item-title">{2}</div><span class="js_article_create_time">16643592{0}</span></li>"""


def album() -> Document:
    items = "".join(
        ITEM.format(number, POST.format(number), title) for number, title in ((12, "秋日海河，美成一幅画"), (11, "“一杯水”约定"))
    )
    return Document(url=ALBUM, body=f"<html><body><ul>{items}</ul></body></html>".encode())


def test_an_album_and_where_it_goes_on() -> None:
    feed = read(album(), HERE)
    assert [(each.title, each.uid) for each in feed.entries] == [
        ("秋日海河，美成一幅画", "//mp.weixin.qq.com/s?__biz=MzA&idx=1&mid=12&sn=ab12"),
        ("“一杯水”约定", "//mp.weixin.qq.com/s?__biz=MzA&idx=1&mid=11&sn=ab11"),
    ]
    assert feed.entries[0].published is not None
    assert feed.entries[0].published.timestamp() == 1664359212
    assert feed.next_link is not None
    asked = parse_qs(urlsplit(feed.next_link).query)
    assert (asked["begin_msgid"], asked["f"], asked["album_id"]) == (["11"], ["json"], ["15"])


def test_the_json_behind_it() -> None:
    listed = [{"title": "最美护河人", "url": POST.format(10), "create_time": "1664359210", "msgid": "10", "itemidx": "1"}]

    def answer(more: str) -> Document:
        told = {"base_resp": {"ret": 0}, "getalbum_resp": {"article_list": listed, "continue_flag": more}}
        return Document(url=ALBUM + "&f=json", body=json.dumps(told).encode())

    feed = read(answer("1"), HERE)
    assert [each.title for each in feed.entries] == ["最美护河人"]
    assert "begin_msgid=10" in (feed.next_link or "")
    assert read(answer("0"), HERE).next_link is None


def test_a_page_of_links_to_the_account() -> None:
    rows = "".join(f"<li><a href='https://mp.weixin.qq.com/s/token{n:017d}'>津水微言第{n}期：一杯水的约定</a></li>" for n in range(4))
    html = (
        f"<html><body><ul>{rows}<li><a href='https://swj.example/2022/0928/1.html'>这一篇在官网上，不在账号里</a></li></ul></body></html>"
    )
    feed = read(Document(url="https://swj.example/wx.html", body=html.encode()), HERE)
    assert feed.kind == "wechat"
    assert [urlsplit(each.link or "").hostname for each in feed.entries] == ["mp.weixin.qq.com"] * 4


def test_one_article_is_a_list_of_itself() -> None:
    url = "https://mp.weixin.qq.com/s/k3Jm7QwZr0aYt5NbVxHd2g"
    post = Document(url=url, body=(PAGES / "account-post.html").read_bytes())
    feed = read(post, HERE)
    assert [each.link for each in feed.entries] == [url]
    (entry,) = read(post, HERE, {}, {url: post}).entries
    assert entry.title
    assert entry.content is not None
