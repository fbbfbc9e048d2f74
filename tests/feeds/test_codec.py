from __future__ import annotations

import json
import pickle
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.codec import dump, load
from feeds.records import Author, Category, Content, Credit, Enclosure, Entry, Evidence, Feed, Precision, Role, Source

texts = st.text(alphabet=st.characters(blacklist_categories=("Cs",)), max_size=12)
maybe = st.none() | texts
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.none() | st.datetimes(datetime.fromisoformat("1970-01-02"), datetime.fromisoformat("2100-01-01"), timezones=zones)
authors = st.builds(Author, name=texts, email=maybe, uri=maybe, role=st.sampled_from(Role))
contents = st.none() | st.builds(Content, value=texts, type=st.sampled_from(["text", "html"]))


def several(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.lists(strategy, max_size=2).map(tuple)


entries = st.builds(
    Entry,
    uid=texts,
    id=maybe,
    title=texts,
    title_prefix=maybe,
    link=maybe,
    summary=contents,
    content=contents,
    published=moments,
    precision=st.none() | st.sampled_from(Precision),
    updated=moments,
    authors=several(authors),
    contributors=several(authors),
    categories=several(st.builds(Category, term=texts, scheme=maybe, label=maybe)),
    enclosures=several(
        st.builds(Enclosure, url=texts, type=maybe, length=st.none() | st.integers(0, 2**53), duration=st.none() | st.integers(0, 9))
    ),
    image=maybe,
    source=st.none() | st.builds(Source, id=maybe, title=maybe, feed=maybe, updated=moments, authors=several(authors)),
    credit=st.builds(
        Credit,
        source=maybe,
        chain=several(texts),
        evidence=several(st.builds(Evidence, field=texts, where=texts, text=texts, sure=st.floats(0, 1))),
    ),
    fingerprint=texts,
)


@given(entries)
def test_the_round_trip_is_exact(entry: Entry) -> None:
    back = load(dump(entry))
    assert back == entry
    for before, after in ((entry.published, back.published), (entry.updated, back.updated)):
        assert before is None or (after is not None and after.utcoffset() == before.utcoffset())
    assert dump(back) == dump(entry)


@given(entries, st.sampled_from([None, Entry(uid="l", content=Content(value="海" * 1_000_001))]))
def test_an_entry_is_the_same_behind_a_way_between_processes(entry: Entry, large: Entry | None) -> None:
    feed = Feed(kind="feed", entries=(entry, entry) if large is None else (entry, large), same=("a",))
    back = pickle.loads(pickle.dumps(feed))
    assert back == feed
    assert hash(back) == hash(feed)
    with pytest.raises(AttributeError):
        back.entries[0].title = "other"


def test_defaults_are_left_out_and_unknown_fields_passed_over() -> None:
    assert json.loads(dump(Entry(uid="u"))) == json.loads(dump(Entry(uid="u", credit=Credit()))) == {"uid": "u"}
    assert load('{"uid": "u", "field of the future": 1}') == Entry(uid="u")


def test_what_was_written_long_ago_is_read() -> None:
    text = (
        '{"uid":"u","title":"海河 \\u2028 \\"😀\\"","content":{"value":"<p>x</p>"},"published":"2026-03-01T08:00:00.000120+08:00",'
        '"precision":"day","updated":"2026-03-01T00:00:00Z","authors":[{"name":"王","role":"reporter"}],'
        '"enclosures":[{"url":"https://x.example/a","length":9007199254740993}],"credit":{"chain":["a"],'
        '"evidence":[{"field":"f","where":"w","text":"t","sure":0.5},{"field":"f","where":"w","text":"t","sure":0}]}}'
    )
    assert load(text) == Entry(
        uid="u",
        title='海河 \u2028 "😀"',
        content=Content(value="<p>x</p>"),
        published=datetime.fromisoformat("2026-03-01T08:00:00.000120+08:00"),
        precision=Precision.DAY,
        updated=datetime.fromisoformat("2026-03-01T00:00:00+00:00"),
        authors=(Author(name="王", role=Role.REPORTER),),
        enclosures=(Enclosure(url="https://x.example/a", length=9007199254740993),),
        credit=Credit(
            chain=("a",), evidence=(Evidence(field="f", where="w", text="t", sure=0.5), Evidence(field="f", where="w", text="t", sure=0))
        ),
    )


def test_what_the_store_knows_better_stands_instead() -> None:
    assert load('{"uid": "u", "id": "theirs"}', id="ours") == Entry(uid="u", id="ours")
    assert load('{"uid": "u"}', id="ours") == Entry(uid="u", id="ours")


@pytest.mark.parametrize("ours", [{}, {"id": "x"}])
@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"uid": 1}', '{"uid": "u"', '{"uid": "u"}}', "nonsense"])
def test_what_is_no_entry_is_an_error(text: str, ours: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"Expected|missing|truncated|malformed"):
        load(text, **ours)
