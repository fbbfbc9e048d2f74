"""The gate: what is no article is held back with its reason, what is kept already stays, and nothing else is touched."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec import structs

from aggregator.quality import FAR, HABIT, SAME, gate
from aggregator.records import Placed
from feeds.records import Content, Credit, Enclosure, Entry, Evidence

DAY = datetime(2023, 5, 6, tzinfo=UTC)
TEXT = "渡口老桥修好了，两岸赶集少绕十里。村民陈广田说，老人走不动，孩子上学也得早起半个钟头，如今不必了。"
READ = (Evidence(field="title", where="<h1>", text="…"),)


def article(uid: str = "1", text: str = TEXT * 10, **facts: object) -> Entry:
    """As a page gives it: with the evidence for its headline."""
    entry = Entry(uid=uid, title=f"第{uid}篇", content=Content(value=f"<p>{text}</p>") if text else None, published=DAY)
    entry = structs.replace(entry, credit=Credit(source="山城日报", evidence=READ))
    return structs.replace(entry, **facts)  # type: ignore[arg-type]


def item(text: str) -> Entry:
    """As a feed states it."""
    return Entry(uid="f", title="一条", content=Content(value=text))


def habit(count: int = HABIT, **facts: object) -> list[Entry]:
    return [article(f"kept{n}", f"{n}{TEXT * 12}", **facts) for n in range(count)]


def held(*entries: Entry, recent: list[Entry] | None = None) -> list[str | None]:
    return [one.held for one in gate([Placed(entry=entry) for entry in entries], recent or [], ()).placed]


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (article(text="获取全文失败，请重试~"), "a notice stands in the place of its text: 获取全文失败"),
        (article(text="请在微信客户端打开链接"), "a notice stands in the place of its text: 请在微信客户端打开链接"),
        (article(text="当前环境异常，完成验证后即可继续访问。去验证"), "a notice"),
        (article(text="您好，请登录后继续浏览全部内容。"), "a notice"),
        (article(text="Please enable JavaScript and cookies to go on."), "a notice"),
        (article(text=""), "too short (0 characters"),
        (article(text="打印本页 关闭"), "too short (7 characters"),
        (article(text="".join(f"<a href='/{n}'>{TEXT[:20]}</a>、" for n in range(9))), "mostly links (9 of them)"),
        (item("获取全文失败，请重试~"), "a notice"),
    ],
)
def test_what_is_no_article_is_held_back(entry: Entry, why: str) -> None:
    (reason,) = held(entry)
    assert reason is not None
    assert why in reason


@pytest.mark.parametrize(
    "entry",
    [
        article(),
        article(text=TEXT),
        article(text="<img src='https://a.example/1.jpg'>"),
        article(text="", title="[视频]夜跑团"),
        article(text="", title="图解 | 六项任务"),
        article(text="", image="https://a.example/cover.jpg"),
        article(text="", enclosures=(Enclosure(url="https://a.example/1.pdf"),)),
        article(text=f"有读者说，他点开链接，看到“该内容已被发布者删除”。{TEXT * 4}"),
        item("短"),
        item("Service unavailable in two regions."),
        item(""),
        Entry(uid="stub", title="一个去别处的链接", link="https://else.example/1"),
    ],
)
def test_what_is_one_passes(entry: Entry) -> None:
    assert held(entry) == [None]


def test_one_text_under_many_headlines_is_not_theirs() -> None:
    banner = "本网站使用必要的技术来改善您的浏览体验，并会统计访问情况。"
    assert held(*(article(str(n), banner) for n in range(SAME - 1))) == [None] * (SAME - 1)
    reasons = held(*(article(str(n), banner) for n in range(SAME)), article("own"))
    assert reasons == ["its text is the same as that of other articles"] * SAME + [None]
    before = [article(f"kept{n}", banner) for n in range(SAME - 1)]
    assert held(article("next", banner), recent=before) == ["its text is the same as that of other articles"]


def test_the_same_article_in_two_columns_is_the_same() -> None:
    assert held(*(article(str(n), TEXT, title="同一篇") for n in range(5))) == [None] * 5


def test_what_is_far_from_the_habit_of_its_source() -> None:
    usual = len(TEXT) * 12
    short = article("new", "春" * int(usual * FAR * 0.9))
    assert held(short) == [None]
    assert held(short, recent=habit(HABIT - 1)) == [None]
    (why,) = held(short, recent=habit())
    assert why is not None
    assert "far shorter (" in why
    bare = article("new", published=None, credit=Credit(evidence=READ))
    assert held(bare, recent=habit()) == ["it has neither a date nor a source, and all articles before it had both"]
    assert held(bare, recent=[*habit(), article("odd", published=None)]) == [None]


def test_a_source_of_films_may_be_without_words() -> None:
    assert held(article("new", ""), recent=[article(f"kept{n}", "") for n in range(HABIT)]) == [None]


def test_what_is_kept_stays_as_it_was() -> None:
    bad, good = article("kept", "环境异常"), article("other")
    gated = gate([Placed(entry=bad), Placed(entry=good)], [], {"kept"})
    assert gated.placed == (Placed(entry=good),)
    assert gated.notes == ("“第kept篇” stays as it was: a notice stands in the place of its text: 环境异常",)
    assert gated.held == ()
