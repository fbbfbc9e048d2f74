from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from feeds.identity import distinct, entry_id, entry_uid, fingerprint, iri, public_id, twin
from feeds.records import Author, Content, Credit, Entry

AT = datetime(2022, 9, 28, tzinfo=UTC)
ENTRY = Entry(uid="u", title="t", link="https://example.org/1", content=Content(value="<p>x</p>"))


def test_the_stated_id_comes_first_then_the_link_then_what_is_said() -> None:
    assert entry_uid("  tag:x,2022:1\n", "https://example.org/1") == "tag:x,2022:1"
    assert entry_uid("", "http://example.org/1?utm_source=x") == entry_uid(None, "https://EXAMPLE.org/1")
    hashed = entry_uid(None, None, "题  目", AT, " text ")
    assert hashed.startswith("hash:")
    assert hashed == entry_uid(" ", "", "题 目", AT, "text")
    assert hashed != entry_uid(None, None, "题目", AT, "text")


def test_ids_are_uuids_of_source_and_uid() -> None:
    assert entry_id("a", "1") == entry_id("a", "1")
    assert len({entry_id("a", "1"), entry_id("a", "2"), entry_id("b", "1")}) == 3
    assert public_id(structs.replace(ENTRY, id="tag:x,2022:1"), "a") == "tag:x,2022:1"
    assert public_id(structs.replace(ENTRY, id="88097"), "a") == public_id(ENTRY, "a") == "urn:uuid:" + entry_id("a", "u")


@pytest.mark.parametrize(
    "stated",
    [
        "urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a",
        "urn:isbn:9787111",
        "tag:example.org,2026:1",
        "tag:desk@example.org,2026-01-31:/a/b?c=d#e",
        "https://example.org/",
        "http://example.org:8080/%E6%B4%A5/?p=1&q=a+b#top",
        "http://example.org:8080/p/1-2.html",
        "https://a_b.example/x",
    ],
)
def test_what_may_stand_as_an_id_anywhere(stated: str) -> None:
    assert iri(f" {stated}\n") == stated


@pytest.mark.parametrize(
    "stated",
    [
        *(None, "", "88097", "a b", "C:x", "javascript:x", "yt:video:1", "mailto:a@example.org"),
        *("tag:https://example.org,2025-07-13:/a", "tag:example.org,:/", "tag:example.org,2020-13-01:x", "tag:河.example,2020:x"),
        *("urn:x:1", "urn:uuid:1", "urn:has blank:x", "URN:isbn:1", "urn:isbn:"),
        *("http://", "http:///x", "https://example.org", "https://Example.org/", "HTTPS://example.org/", "http://example.org:80/"),
        *("https://example.org:443/", "https://example.org/%e6%b4%a5", "https://example.org/%7Ea", "https://example.org/a/../b"),
        *("https://example.org/津", "https://example.org/%FF", "https://example.org/%", "https://example.org/e%CC%81", "http://[::1]/"),
        *("http://example.org:99999/", "http://example.org:080/p", "https://example.org:443/p", "http://example.org:/p"),
        *("https://me:secret@example.org/", "https://example.org/#a#b", "https://example.org/<b>"),
    ],
)
def test_what_may_not(stated: str | None) -> None:
    """Each would be another id after some program has normalised it, or is no id by the rules of its own scheme."""
    assert iri(stated) is None


def test_a_site_that_moves_to_tls_has_twins() -> None:
    assert twin("http://example.org/1") == "https://example.org/1"
    assert twin("https://example.org/1") == "http://example.org/1"
    assert twin("tag:x") is None


def test_the_fingerprint_is_of_what_is_said() -> None:
    same = (
        structs.replace(ENTRY, uid="other", id="urn:x:1"),
        structs.replace(ENTRY, link="http://example.org/1?utm_medium=rss"),
        structs.replace(ENTRY, updated=AT),
        structs.replace(ENTRY, fingerprint="x"),
        structs.replace(ENTRY, authors=(), credit=Credit()),
    )
    assert {fingerprint(entry) for entry in same} == {fingerprint(ENTRY)}
    changed = (
        structs.replace(ENTRY, title="T"),
        structs.replace(ENTRY, content=Content(value="<p>x</p>", type="text")),
        structs.replace(ENTRY, content=None, summary=ENTRY.content),
        structs.replace(ENTRY, authors=(Author(name="a"),)),
        structs.replace(ENTRY, contributors=(Author(name="a"),)),
        structs.replace(ENTRY, credit=Credit(source="s")),
        structs.replace(ENTRY, published=AT),
    )
    assert len({fingerprint(entry) for entry in (ENTRY, *changed)}) == len(changed) + 1


def test_a_date_that_merely_moves_is_no_revision() -> None:
    assert fingerprint(structs.replace(ENTRY, published=AT)) == fingerprint(structs.replace(ENTRY, published=AT + timedelta(minutes=1)))


def test_repeated_items_are_merged() -> None:
    kept, repeated, apart = distinct([ENTRY, structs.replace(ENTRY, uid="v"), ENTRY])
    assert ([entry.uid for _, entry in kept], repeated, apart) == (["u", "v"], 1, 0)


def test_the_newest_of_several_versions_stays() -> None:
    old, new = structs.replace(ENTRY, title="old", updated=AT), structs.replace(ENTRY, title="new", updated=AT + timedelta(hours=1))
    for order in ([old, new], [new, old]):
        kept, repeated, apart = distinct(order)
        assert ([entry.title for _, entry in kept], repeated, apart) == (["new"], 1, 0)


def test_different_items_under_one_id_are_told_apart_and_give_it_up() -> None:
    one = structs.replace(ENTRY, id="urn:x:1")
    two = structs.replace(one, link="https://example.org/2")
    three = structs.replace(one, title="other")
    kept, _, apart = distinct([one, two, three])
    assert apart == 3
    assert len({entry.uid for _, entry in kept}) == 3
    assert {entry.id for _, entry in kept} == {None}


entries = st.builds(
    lambda uid, link, title, hours: Entry(uid=uid, link=link, title=title, updated=AT + timedelta(hours=hours) if hours else None),
    st.sampled_from("ab"),
    st.sampled_from([None, "https://x.example/1", "http://x.example/1", "https://x.example/2"]),
    st.sampled_from(["t", "t ", "T"]),
    st.integers(0, 3),
)


@given(st.lists(entries, max_size=6))
def test_uids_are_distinct_whatever_the_order(found: list[Entry]) -> None:
    kept, _, _ = distinct(found)
    uids = {entry.uid for _, entry in kept}
    assert len(uids) == len(kept)
    assert {entry.uid for _, entry in distinct(found[::-1])[0]} == uids


@given(
    st.sampled_from(["http://", "https://", "ftp://", ""]),
    st.sampled_from(["a.example", "a", "-a.example", "a_b.example", "A.example", "", "a..example", "a.example."]),
    st.text("ab.%20/?#:@&=~-_é ", max_size=12),
)
def test_an_address_is_judged_alike_whether_it_is_common_or_not(scheme: str, host: str, rest: str) -> None:
    common, rare = f"{scheme}{host}/{rest}x", f"{scheme}{host}:8080/{rest}x"  # a port is rare, and changes nothing about the verdict
    assert (iri(common) is None) == (iri(rare) is None)


def test_halves_of_a_character_have_a_fingerprint_too() -> None:
    one, other = (fingerprint(structs.replace(ENTRY, title=f"t\ud800{more}")) for more in "ab")
    assert one != other
    assert fingerprint(structs.replace(ENTRY, title="t\ud800a")) == one
