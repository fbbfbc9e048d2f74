"""What the fuzzer found: bytes that once were a fault of ours, each cut down to what made it one (`fuzz/read.py`)."""

from __future__ import annotations

import pytest

from feeds.errors import FeedError
from feeds.read import read
from feeds.records import Document, Hints

TEXT = "河道两岸的志愿者今天又来巡河，清理漂浮物，劝导垂钓。" * 8
LINKS = [f'<a href="/n/2026{number}.html">第{number}件：河道两岸的志愿者今天又来巡河</a>' for number in range(1200, 1208)]
FOUND = {
    "a host that NFKC would change": (
        "article",
        f'<h1>标题是这样</h1><div id="Zoom"><p>{TEXT}</p><p><a href="http://a.example\u2100b/c">(来源：津云 编辑：张丽)</a></p></div>',
    ),
    "a bracket without its pair": ("survey", f'<h1>标题是这样</h1><p>{TEXT}</p><a href="//[::1">RSS</a>'),
    "a comment among the parts of a fenced body": (
        "article",
        f"<h1>标题是这样</h1><!--<$[信息内容]>begin--><p>{TEXT}</p><!-- x --><p>{TEXT}</p><!--<$[信息内容]>end-->",
    ),
    "elements of odd names around a list": ("survey", "<main`<x class=news>" + "".join(f"<p class=row>{link}</p>" for link in LINKS)),
    "a date in an element of an odd name": (
        "survey",
        "<ul class=list>" + "".join(f"<li>{link} <t;>2024-05-01</t;></li>" for link in LINKS) + "</ul>",
    ),
}


@pytest.mark.parametrize("name", FOUND)
def test_it_is_read_or_refused(name: str) -> None:
    kind, html = FOUND[name]
    document = Document(url="https://site.example/a.html", body=html.encode(), content_type="text/html; charset=utf-8")
    try:
        feed = read(document, Hints(kind=kind, timezone="Asia/Shanghai"))
    except FeedError:
        return
    assert feed.kind in ("article", "page")


def test_references_to_controls_behind_what_is_taken_out_of_a_text() -> None:
    for before in ("", "<b>z</b>"):
        html = f"<h1>河长制见成效</h1><div id=content>{before}<script>1</script>a&#1;b&#xFFFE;c<p>{'很长的正文。' * 20}</p></div>"
        (entry,) = read(Document(url="https://site.example/a.html", body=html.encode()), Hints(kind="article")).entries
        assert entry.content
        assert "\x01" not in entry.content.value
