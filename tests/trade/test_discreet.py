"""Secrets of an address stay at home: nothing that is kept, published or reported names them, whatever the source makes of its address."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.trade.upstream import article

KEY = "5f3c9aDEADbeef01"
ENV = {"KEY": KEY}
ASKED = f"?key={KEY}"
RSS = f"""<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>t</title><link></link>
<atom:link rel="self" href="{{base}}/feed.xml{ASKED}"/>
<item><title>一条消息</title><link>#a</link><description>&lt;p&gt;&lt;a href="#top"&gt;上&lt;/a&gt;一段话&lt;/p&gt;</description></item>
<item><title>又一条</title><guid isPermaLink="false">{{base}}/feed.xml{ASKED}#2</guid></item></channel></rss>"""
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><id>{{base}}/feed.atom{ASKED}</id><title>t</title>
<updated>2026-03-01T00:00:00Z</updated><link rel="self" href=""/><entry><id>tag:a,2026:1</id><title>一条消息</title>
<updated>2026-03-01T00:00:00Z</updated><link href=""/></entry></feed>"""
JSON = {"version": "https://jsonfeed.org/version/1.1", "title": "t", "feed_url": f"/feed.json{ASKED}"}
TITLES = ("修好一条路一共要几步", "河畔夜校开课第一天", "老楼换新颜的三个办法")
ROWS = "".join(f"<li><a href='read.html?id={n}'>{title}</a><span>2022-09-2{n}</span></li>" for n, title in enumerate(TITLES, 1))
LIST = f"<html><head><title>河畔</title></head><body><ul class='news'>{ROWS}</ul></body></html>"


def everything(folder: Path) -> str:
    """All that the database holds, but for where the source has moved to: the operator is told of that without its secrets."""
    with closing(sqlite3.connect(folder / "haihe.db")) as database:
        database.execute("UPDATE sources SET moved_to = NULL")
        return "\n".join(database.iterdump())


@pytest.mark.parametrize(
    ("path", "page", "kind"),
    [
        ("/feed.xml", RSS, None),
        ("/feed.atom", ATOM, None),
        ("/feed.json", json.dumps(JSON | {"items": [{"id": "1", "url": "#p", "content_html": "<a href='#x'>hi</a>"}]}), None),
        ("/list.html", LIST, "page"),
    ],
)
def test_no_secret_of_the_address_is_kept(start, site, tmp_path, path: str, page: str, kind: str | None) -> None:
    site.pages = {path + ASKED: page.replace("{base}", site.base)} | {
        f"/read.html?id={n}": article(title) for n, title in enumerate(TITLES)
    }
    desk = start(path + "?key=${KEY}", ENV, **({"kind": kind} if kind else {}))
    assert desk.pull().error is None
    assert desk.titles()
    desk.app.publish()
    assert KEY not in everything(tmp_path)
    assert KEY.encode() not in b"".join(found.body for name in ("atom", "rss", "json") if (found := desk.store.rendition("news", name)))
    asked = len(site.asked)
    assert desk.pull().error is None
    assert (path + ASKED, 304) in site.asked[asked:]  # and it is asked for with it as before


def test_no_secret_of_the_address_stands_in_an_error(start, site, tmp_path) -> None:
    desk = start("/feed.xml?key=${KEY}", ENV)
    site.moved = {f"/feed.xml{ASKED}": f"http://[nowhere/{ASKED}"}
    outcome = desk.pull()
    assert outcome.error is not None
    assert "leads nowhere" in str(outcome.error)
    assert KEY not in str(outcome.error) + everything(tmp_path)


def test_a_list_of_the_web_leads_to_no_file(start, site) -> None:
    site.pages = {"/list.html": LIST}
    desk = start("/list.html", kind="page")
    with pytest.raises(Exception, match="no address of the web"):
        desk.run(desk.trade.further(desk.source, "file:///etc/hosts", ()))
