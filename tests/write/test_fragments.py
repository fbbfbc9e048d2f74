"""What was written before may save work and must never show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from msgspec import structs

from aggregator.plugins import load
from feeds.records import Content, Role
from feeds.write.fragments import Fragments

FORMATS = load("haihe.formats")
CHINA = timezone(timedelta(hours=8))


@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
def test_with_fragments_and_without_a_feed_has_the_same_bytes(form, entry, feed):
    kept = Fragments()
    noon = datetime(2026, 3, 4, 12, tzinfo=CHINA)
    one, two = entry(1, published=noon), entry(2)
    twin = structs.replace(one, published=noon.astimezone(UTC))  # equal as a record, and not as a text
    assert twin == one
    undated = entry(3, published=None, updated=None)
    silent = structs.replace(one, summary=None, content=None)
    half = structs.replace(two, title="半\ud800个")
    feeds = [
        feed(one, two),
        feed(two, one),
        feed(twin, two),
        feed(two, structs.replace(one, title="改过的标题")),
        feed(one, one),
        feed(),
        feed(silent, language="zh-CN"),
        feed(silent, language="en"),
        feed(undated, updated=noon),
        feed(undated, updated=noon + timedelta(days=1)),
        feed(one, half, two, title="另一个"),
        feed(structs.replace(one, content=Content(value="<p>全文</entry></item></p>")), title="</channel></rss></feed>"),
    ]
    for _ in range(2):
        for each in feeds:
            assert form.render(each, kept) == form.render(each)


@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
def test_one_revised_entry_is_all_that_is_written_anew(form, entry, feed):
    seen = []

    class Counting(Fragments):
        def of(self, entries, form, around, write):
            def counted(some):
                seen.extend(some)
                return write(some)

            return super().of(entries, form, around, counted)

    kept = Counting()
    entries = [entry(number) for number in range(5)]
    form.render(feed(*entries), kept)
    revised = structs.replace(entries[3], authors=(structs.replace(entries[3].contributors[0], role=Role.REPORTER),))
    seen.clear()
    form.render(feed(*entries[:3], revised, entries[4]), kept)
    assert seen == [revised]


def test_what_was_not_used_for_the_longest_time_makes_room(entry):
    written = []

    def write(some):
        written.append([each.uid for each in some])
        return [b"x" * 40 for _ in some]

    kept = Fragments(room=100)
    one, two, three = (entry(number) for number in range(3))
    for asked in ([one, two], [one], [three], [one], [two]):
        assert kept.of(asked, "atom", None, write) == [b"x" * 40] * len(asked)
    assert written == [["u0", "u1"], ["u2"], ["u1"]]
    assert kept.of([one], "rss", None, write)
    assert written[-1] == ["u0"]  # another format is another text
