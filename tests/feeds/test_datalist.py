"""JSON lists: by looking and by path, wrapped, without addresses, in pages."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import FeedError, Malformed, NothingFound
from feeds.read import datalist, look, read
from feeds.records import Document, Feed, Hints, ListSelectors

URL = "https://gov.example/api/list?page=1&size=2"
ROWS = [
    {"id": 11, "title": "<b>河长</b>巡河记", "publishTime": 1663895700, "summary": "一天走两万步。", "url": "../art/11.html"},
    {"id": 12, "title": "春灌开闸", "publishTime": "2022-09-22 11:40:00", "url": "/art/12.html"},
]
BARE = {
    "code": 0,
    "data": {"list": [{"docId": "a 1", "meta": {"name": "河长巡河记"}, "time": {"pub": "2022-09-23"}}], "tags": [{"name": "水"}]},
}


def got(value: object, selectors: ListSelectors | None = None, url: str = URL, kind: str | None = "json") -> Feed:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return read(Document(url=url, body=text.encode()), Hints(kind=kind, timezone="Asia/Shanghai", list=selectors or ListSelectors()))


def test_by_looking() -> None:
    feed = got({"total": 2, "ads": [{"title": "x", "url": "/x"}], "result": {"rows": ROWS}}, kind=None)
    assert feed.kind == "json"
    first, second = feed.entries
    assert (first.title, first.link, first.uid) == ("河长巡河记", "https://gov.example/art/11.html", "//gov.example/art/11.html")
    assert first.published is not None
    assert first.published.timestamp() == 1663895700
    assert first.summary is not None
    assert first.summary.value == "一天走两万步。"
    assert second.published is not None
    assert second.published.isoformat() == "2022-09-22T11:40:00+08:00"


@pytest.mark.parametrize("wrapped", ["callback({});", "var ds = {};", "jQuery1.fn( {} )", "\ufeff{}", "/**/cb({})"])
def test_wrapped_in_a_script(wrapped: str) -> None:
    assert len(got(wrapped.replace("{}", json.dumps({"rows": ROWS}))).entries) == 2


def test_by_paths_and_templates() -> None:
    chosen = ListSelectors(item="data.list", title="meta.name", link="https://gov.example/d/{docId}.html", date="time.pub")
    (entry,) = got(BARE, chosen).entries
    assert (entry.title, entry.link) == ("河长巡河记", "https://gov.example/d/a%201.html")
    assert entry.published is not None
    assert entry.published.isoformat() == "2022-09-23T00:00:00+08:00"


@pytest.mark.parametrize(("path", "found"), [("groups.items", 3), ("groups[1].items", 1), ("$.groups.0.items", 2), ("groups", 2)])
def test_paths_lead_through_lists(path: str, found: int) -> None:
    one, two, three = ({"title": f"标题{number}", "url": f"/{number}"} for number in (1, 2, 3))
    groups = [{"title": "甲", "url": "/a", "items": [one, two]}, {"title": "乙", "url": "/b", "items": [three]}]
    assert len(got({"groups": groups}, ListSelectors(item=path)).entries) == found


@pytest.mark.parametrize(
    ("value", "selectors", "says"),
    [
        (BARE | {"data": {"list": [{"docId": 1, "id": 2, "title": "河长"}]}}, None, r'link: "https://example.org/\{id\}.html"'),
        ({"a": 1}, None, "no list of objects"),
        (BARE, ListSelectors(item="data.rows"), "item 'data.rows' finds no objects"),
        (BARE, ListSelectors(item="data.list", title="name"), "none of the 1 objects has a title and an address by title 'name'"),
        (BARE, ListSelectors(item="data.list", title="meta.name", link="/d/{id}"), "none of the 1 objects"),
    ],
)
def test_what_finds_nothing_is_named(value: object, selectors: ListSelectors | None, says: str) -> None:
    with pytest.raises(NothingFound, match=says):
        got(value, selectors)


def test_broken_json_and_no_json() -> None:
    with pytest.raises(Malformed, match="broken"):
        got('{"rows": [')
    with pytest.raises(FeedError):
        got("<html><body>maintenance</body></html>")


@pytest.mark.parametrize(
    ("url", "around", "following"),
    [
        ("https://g.example/l?page=1&size=2", {"total": 5}, "https://g.example/l?page=2&size=2"),
        ("https://g.example/l?page=3&size=2", {"total": 5}, None),
        ("https://g.example/l?pageNo=1", {"pages": 3}, "https://g.example/l?pageNo=2"),
        ("https://g.example/l?page=0", {"totalPage": 1}, None),
        ("https://g.example/l?page=4", {}, "https://g.example/l?page=5"),
        ("https://g.example/l?page=4", {"hasMore": False}, None),
        ("https://g.example/l?offset=20&limit=2", {"total": 30}, "https://g.example/l?offset=22&limit=2"),
        ("https://g.example/l?offset=28&limit=2", {"total": 30}, None),
        ("https://g.example/l", {"data": {"next_url": "/l?cursor=abc"}}, "https://g.example/l?cursor=abc"),
        ("https://g.example/l", {"next": "https://g.example/l"}, None),
        ("https://g.example/l", {"total": 99}, None),
    ],
)
def test_where_it_goes_on(url: str, around: dict[str, object], following: str | None) -> None:
    assert got({"rows": ROWS} | around, url=url).next_link == following


def test_where_it_goes_on_by_the_operators_word() -> None:
    chosen = ListSelectors(item="rows", next="/api/list?after={cursor.last}")
    assert got({"rows": ROWS, "cursor": {"last": "x/1"}}, chosen).next_link == "https://gov.example/api/list?after=x/1"
    assert got({"rows": ROWS}, chosen).next_link is None


def test_json_that_is_a_feed_stays_one() -> None:
    def kind(value: object) -> str:
        return look(Document(url=URL, body=json.dumps(value).encode()))

    assert kind({"version": "https://jsonfeed.org/version/1.1", "items": []}) == "feed"
    assert kind({"title": "t", "items": [{"id": "1", "content_text": "x"}]}) == "feed"
    assert kind({"items": ROWS}) == "json"


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers()
    | st.sampled_from(["标题", "/a.html", "https://x.example/1", "next", "2022-09-28"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["title", "url", "id", "next", "total", "rows", "page"]), inner)
    ),
    max_leaves=20,
)


@given(
    json_values,
    st.sampled_from([ListSelectors(), ListSelectors(item="rows.title"), ListSelectors(link="/{id}/{rows[0]}", next="next.0.url")]),
)
def test_any_json_is_read_or_refused(value: object, selectors: ListSelectors) -> None:
    try:
        feed = got(value, selectors)
    except FeedError:
        return
    assert all(each.title and each.link for each in feed.entries)


@given(st.text(alphabet="ab.[]{}0$ /", max_size=12))
def test_any_path_is_judged_and_harmless(path: str) -> None:
    if datalist.check(path) is None:
        try:
            got({"a": [{"b": "标题", "title": "标题", "url": "/1"}]}, ListSelectors(item=path, link=path, next=path))
        except NothingFound:
            return
