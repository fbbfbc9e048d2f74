"""What holds of every feed, whatever is in it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from html import escape

from hypothesis import given, settings
from hypothesis import strategies as st

from feeds import identity
from feeds.clean import charset, dates, text, urls
from feeds.read import read
from feeds.records import Document, Entry, Feed, Hints

ADDRESS = "https://a.example/feed"
HINTS = Hints(kind="feed", timezone="Asia/Shanghai")
BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
DAY = datetime(2026, 11, 23, tzinfo=UTC)

words = st.text(alphabet="abc 市水务局海河&<>'\"，。\u202e\u2066\u200b\u3000", min_size=1, max_size=20).filter(
    lambda told: text.plain(told) != ""
)
blanks = st.text(alphabet=" \t\n", max_size=4)
links = st.builds(
    "https://a.example/{}/{}?id={}".format, st.sampled_from(["p", "新闻", "a.b", "x%20y"]), st.integers(0, 9), st.integers(0, 99)
)
items = st.fixed_dictionaries({"title": words, "link": links, "guid": st.none() | st.uuids().map(str), "body": words})


def item(each: dict[str, str | None], blank: str = "") -> str:
    guid = f"<guid isPermaLink='false'>{blank}{each['guid']}{blank}</guid>{blank}" if each["guid"] else ""
    inner = (
        f"<title>{blank}{escape(each['title'] or '')}{blank}</title>",
        f"<link>{blank}{escape(each['link'] or '')}{blank}</link>",
        guid,
        f"<description>{escape(each['body'] or '')}</description>",
    )
    return blank.join(("", "<item>", *inner, "</item>", ""))


def rss(*told: str) -> Feed:
    body = f"<rss version='2.0'><channel><title>源</title>{''.join(told)}</channel></rss>"
    return read(Document(url=ADDRESS, body=body.encode()), HINTS)


def uids(feed: Feed) -> set[str]:
    return {entry.uid for entry in feed.entries}


@given(st.lists(items, max_size=5), st.randoms(use_true_random=False), blanks)
def test_order_and_blanks_do_not_change_ids(facts, chance, blank) -> None:
    mixed = list(facts)
    chance.shuffle(mixed)
    assert uids(rss(*(item(each) for each in facts))) == uids(rss(*(item(each, blank) for each in mixed)))


@given(links, st.sampled_from(["utm_source=x", "utm_medium=feed", "spm=a.1", "fbclid=1", "from_source=rss"]), st.booleans())
def test_schemes_tracking_and_fragments_do_not_change_ids(link: str, track: str, first: bool) -> None:
    path, query = link.split("?")
    other = "http" + path[5:] + "?" + (f"{track}&{query}" if first else f"{query}&{track}") + "#top"
    one, two = (rss(f"<item><title>题</title><link>{escape(each)}</link></item>") for each in (link, other))
    assert uids(one) == uids(two)


@given(links)
def test_an_address_in_its_normal_form_is_in_its_normal_form(link: str) -> None:
    normal = urls.normalise(link)
    assert urls.normalise("https:" + normal) == normal
    made = urls.absolute("", link)
    assert made is not None
    assert urls.absolute("", made) == made


@given(st.text(max_size=60))
def test_plain_text_is_plain_and_stays_so(told: str) -> None:
    once = text.clean(told)
    assert text.clean(once) == once
    assert text.excerpt(text.excerpt(once, 20), 20) == text.excerpt(once, 20)
    assert len(text.excerpt(once, 20)) <= 20
    assert BIDI.search(text.plain(told)) is None


@settings(max_examples=60)
@given(st.text(max_size=40).map(text.legal))
def test_titles_hold_no_markup_and_no_tricks(told: str) -> None:
    said = f"<b onclick='x()'>{told}</b><script>alert(1)</script>\u202e"
    found: list[Entry] = [
        *rss(f"<item><title>{escape(said)}</title><guid>1</guid></item>").entries,
        *read(
            Document(
                url=ADDRESS,
                body=json.dumps(
                    {"version": "https://jsonfeed.org/version/1.1", "title": "源", "items": [{"id": "1", "title": said}]}
                ).encode(),
            ),
            HINTS,
        ).entries,
    ]
    for entry in found:
        assert BIDI.search(entry.title) is None
        assert "onclick" not in entry.title.replace(told, "")
        assert "\n" not in entry.title
    assert len({entry.title for entry in found}) == 1


@given(
    st.text(alphabet=st.characters(exclude_categories=["Nd", "Nl", "No"]), max_size=30).filter(
        lambda told: not re.search("[〇零一二三四五六七八九十廿卅元]", told)
    )
)
def test_what_names_no_day_is_no_date(told: str) -> None:
    assert dates.parse(told, "Asia/Shanghai") is None


@given(st.text(max_size=40) | st.from_regex(r"[0-9 :/.\-TZ年月日+]{0,30}", fullmatch=True))
def test_no_date_lies_in_the_future_or_has_no_zone(told: str) -> None:
    found = dates.parse(told, "Asia/Shanghai", reference=DAY)
    if found is not None:
        assert found.at.utcoffset() is not None
        assert 1970 <= found.at.year <= 2026
        assert (found.at - DAY).days < 2
        again = dates.parse(found.at.isoformat(), "UTC", reference=DAY)
        assert again is not None
        assert again.at == found.at


@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60).filter(
        lambda told: not told.startswith("\ufeff") and "\0" not in told[:4]
    )
)
def test_what_is_utf_8_is_read_as_it_is(told: str) -> None:
    decoded = charset.decode(told.encode())
    assert decoded.text == told or decoded.repairs


@given(st.lists(items, min_size=1, max_size=4))
def test_to_normalise_what_is_normal_changes_nothing(facts) -> None:
    feed = rss(*(item(each) for each in facts))
    kept, repeated, apart = identity.distinct(feed.entries)
    assert ([entry for _, entry in kept], repeated, apart) == (list(feed.entries), 0, 0)
    assert [text.clean(entry.title) for entry in feed.entries] == [entry.title for entry in feed.entries]
