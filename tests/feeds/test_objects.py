"""JSON read up to a number of values is what `json.loads` makes of it, faults included."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.read import read
from feeds.read.objects import beginning
from feeds.read.reading import MOST_ENTRIES
from feeds.records import Document, Hints

KEYS = st.text(max_size=3) | st.just("items")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


def loaded(text: str) -> object:
    try:
        return json.loads(text, strict=False)
    except ValueError:
        return ValueError


def begun(text: str) -> tuple[object, int]:
    try:
        return beginning(text, "items", 2)
    except ValueError:
        return ValueError, 0


@given(
    whole=st.dictionaries(KEYS, VALUES, max_size=4) | VALUES,
    indent=st.sampled_from([None, 1]),
    at=st.integers(0, 200),
    sign=st.sampled_from(["", "x", ",", "}", "]", "{", "[", '"', ":", " "]),
)
def test_it_is_what_json_makes_of_it(whole: object, indent: int | None, at: int, sign: str):
    good = json.dumps(whole, indent=indent)
    broken = good[:at] + sign + good[at + 1 :]
    for text in (good, broken):
        expected, (found, more) = loaded(text), begun(text)
        if isinstance(expected, dict) and isinstance(expected.get("items"), list):
            assert more == max(0, len(expected["items"]) - 2)
            expected["items"] = expected["items"][:2]
        assert found == expected, text


@pytest.mark.parametrize(
    "text", ["", " ", "{", '{"a"', '{"a":', '{"a":1', '{"a":1,', '{"a":1,}', '{"items":[', '{"items":[1', '{"items":[1,]}', "{}x", "{1:2}"]
)
def test_what_breaks_off_is_a_fault(text: str):
    with pytest.raises(ValueError, match=r"\w"):
        beginning(text, "items", 2)


def test_of_a_flood_of_items_the_first_are_read_and_the_rest_is_counted():
    items = [{"id": str(number), "title": f"No {number}"} for number in range(MOST_ENTRIES + 7)]
    feed = {"items": items, "version": "https://jsonfeed.org/version/1.1", "title": "After its items"}
    found = read(Document(url="https://up.example/feed.json", body=json.dumps(feed).encode()), Hints(kind="feed"))
    assert (found.title, len(found.entries)) == ("After its items", MOST_ENTRIES)
    assert f"of {MOST_ENTRIES + 7:,} items the first {MOST_ENTRIES:,} were read" in found.repairs
