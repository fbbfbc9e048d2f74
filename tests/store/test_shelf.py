"""What publishing and serving read, on both databases."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import event

from aggregator.records import Rendition
from aggregator.store import ALL

HOUR = timedelta(hours=1)


def fill(desk, count=7):
    """Entries 0 … of which the even ones are in `s` and the odd ones in `t`, the highest number the newest; three share a moment."""
    published = [desk.now - HOUR * (count - number) for number in range(count)]
    published[2] = published[3] = published[4]
    return desk.record(*(desk.entry(str(number), "t" if number % 2 else "s", published=published[number]) for number in range(count)))


def test_newest_first(desk):
    fill(desk)
    assert desk.uids("s", 2) == ["6", *[uid for uid in desk.uids("s") if uid in "24"][:1]]
    assert desk.uids("t") == ["5", "3", "1"]
    assert set(desk.uids(None)) == set("0123456")
    assert desk.uids("unheard of") == []


def test_of_one_source_and_since_a_moment(desk):
    desk.store.enrol({"a": "a.example", "b": "b.example"}, desk.now)
    fill(desk)
    desk.record(desk.entry("b1", "s", published=desk.now - HOUR * 9), desk.entry("b2", "s", published=desk.now), key="b")

    def uids(**asked):
        return [item.entry.uid for item in desk.store.newest("s", 100, **asked)]

    assert uids(source="b") == ["b2", "b1"]
    assert uids(source="b", before=(desk.now - HOUR, "")) == ["b1"]
    assert uids(since=desk.now - HOUR) == ["b2", "6"]
    assert uids(source="a", since=desk.now - HOUR) == ["6"]
    assert uids(source="nobody") == []


@pytest.mark.parametrize("section", [None, "s"])
def test_paging_meets_each_item_once(desk, section):
    fill(desk)
    whole = desk.store.newest(section, 100)
    assert [(item.sort_at, item.id) for item in whole] == sorted(((item.sort_at, item.id) for item in whole), reverse=True)
    paged, before = [], None
    while page := desk.store.newest(section, 2, before):
        paged += page
        before = (page[-1].sort_at, page[-1].id)
    assert paged == whole


def test_an_entry_in_two_sections_is_once_in_all(desk):
    desk.record(desk.entry("1", "s", "t"))
    (item,) = desk.store.newest(None, 10)
    assert [place.section for place in item.placements] == ["s", "t"], "the place that makes it part of all is not shown"


def test_what_must_not_be_seen_is_not(desk):
    recorded = desk.record(*(desk.entry(uid, "s") for uid in ("shown", "withdrawn", "held", "emptied")), desk.entry("unplaced"))
    shown, withdrawn, held, emptied, unplaced = recorded.new
    desk.mark(withdrawn, withdrawn_at=desk.now)
    desk.mark(held, held_at=desk.now)
    desk.mark(emptied, record=None)
    assert desk.uids("s") == desk.uids(None) == ["shown"]
    assert [desk.store.item(one) is None for one in (shown, withdrawn, held, emptied, unplaced)] == [False, True, True, True, False]
    assert desk.store.item("no such id") is None
    assert desk.store.item("\0") is None


def test_an_item_comes_back_as_it_went_in(desk):
    placed = desk.entry("1", "s", published=desk.now - HOUR, iri="tag:a.example,2026:1")
    recorded = desk.record(placed)
    item = desk.store.item(recorded.new[0])
    assert (item.source, item.revisions, item.placements) == ("a", 1, placed.placements)
    assert item.entry == placed.entry
    assert desk.store.newest("s", 1) == [item]


def test_states(desk):
    assert desk.store.sections() == []
    fill(desk)
    states = {state.key: state for state in desk.store.sections()}
    assert list(states) == [ALL, "s", "t"], "all is published like a section, so it has a state like one"
    assert [states[key].entries for key in (ALL, "s", "t")] == [7, 4, 3]
    assert states["s"].changed_at == desk.now
    assert states["s"].published_at is None


def test_stale_until_published(desk):
    assert desk.store.stale(["t", "s", ALL]) == ["t", "s", ALL], "never published"
    publish(desk, "s", "t", ALL)
    assert desk.store.stale(["t", "s", ALL]) == []
    desk.record(desk.entry("1", "s"))
    assert desk.store.stale(["t", "s", ALL]) == ["s", ALL]
    assert desk.store.stale(["t"]) == []
    publish(desk, "s", ALL)
    assert desk.store.stale(["t", "s", ALL]) == []
    assert {state.key: state.published_at for state in desk.store.sections()}["s"] == desk.now


def test_a_change_that_comes_while_rendering_is_not_lost(desk):
    desk.record(desk.entry("1", "s"))
    seen = changed_at(desk, "s")
    desk.record(desk.entry("2", "s"))  # at the same moment by the clock
    desk.store.publish("s", [], desk.later(), seen)
    assert desk.store.stale(["s"]) == ["s"]


def test_a_change_by_a_slow_clock_is_not_lost(desk):
    desk.record(desk.entry("1", "s"))
    publish(desk, "s")
    desk.later(-HOUR)
    desk.record(desk.entry("2", "s"))
    assert desk.store.stale(["s"]) == ["s"]


def test_a_publisher_who_saw_less_comes_too_late(desk):
    desk.record(desk.entry("1", "s"))
    less = changed_at(desk, "s")
    desk.record(desk.entry("2", "s"))
    desk.store.publish("s", [rendition("s", body=b"2")], desk.now, changed_at(desk, "s"))
    desk.store.publish("s", [rendition("s", body=b"1")], desk.now, less)
    desk.store.publish("s", [rendition("s", body=b"0")], desk.now, None)
    assert desk.store.rendition("s", "atom").body == b"2"
    assert desk.store.stale(["s"]) == []


def test_renditions(desk):
    whole = rendition("s", body=b"<feed>\0\xff</feed>", encoded={"gzip": b"\x1f\x8b", "br": b"\x0b", "zstd": b"\x28"})
    plain = rendition("s", form="rss")
    desk.store.publish("s", [whole, plain], desk.now, None)
    assert desk.store.rendition("s", "atom") == whole
    assert desk.store.rendition("s", "rss") == plain
    assert desk.store.rendition("s", "json") is None
    assert desk.store.rendition("t", "atom") is None

    newer = rendition("s", body=b"newer")
    desk.store.publish("s", [newer], desk.now, None)
    assert desk.store.rendition("s", "atom") == newer, "and the old twins are gone"
    assert desk.store.rendition("s", "rss") == plain, "what was not rendered anew stays"


def test_a_coding_without_a_column_is_refused(desk):
    with pytest.raises(ValueError, match="deflate"):
        desk.store.publish("s", [rendition("s", encoded={"deflate": b""})], desk.now, None)
    assert desk.store.stale(["s"]) == ["s"]


def test_the_hot_path_goes_by_indices(desk):
    """Asked of the database itself, about the statements as they were sent."""
    fill(desk)
    sent: list[tuple[str, object]] = []
    database, store = desk.store._database, desk.store

    def note(connection, cursor, statement, parameters, context, executemany):
        sent.append((statement, parameters))

    for call, index in (
        (lambda: store.newest("s", 5), "placements_newest"),
        (lambda: store.newest(None, 5), "placements_newest"),
        (lambda: store.newest("s", 5, (desk.now, "x")), "placements_newest"),
        (lambda: store.fingerprints("a"), "entries_of_source"),
        (lambda: store.claim(desk.now, 5, HOUR), "sources_due"),
    ):
        sent.clear()
        event.listen(database.engine, "before_cursor_execute", note)
        call()
        event.remove(database.engine, "before_cursor_execute", note)
        statement, parameters = next((statement, parameters) for statement, parameters in sent if "BEGIN" not in statement)
        said = explained(database, statement, parameters)
        assert index in said, said
        assert "TEMP B-TREE" not in said, said
        assert "Sort" not in said, said


def explained(database, statement: str, parameters: object) -> str:
    with database.write() as connection:
        if database.dialect == "sqlite":
            return "\n".join(row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters))
        for way in ("seqscan", "bitmapscan"):  # a handful of rows is read whole otherwise
            connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
        return "\n".join(connection.exec_driver_sql(f"EXPLAIN {statement}", parameters).scalars())


def publish(desk, *sections: str) -> None:
    for section in sections:
        desk.store.publish(section, [rendition(section)], desk.now, changed_at(desk, section))


def changed_at(desk, section: str) -> datetime | None:
    return {state.key: state.changed_at for state in desk.store.sections()}.get(section)


def rendition(section: str, form: str = "atom", body: bytes = b"<feed/>", encoded: dict[str, bytes] | None = None) -> Rendition:
    return Rendition(
        section=section,
        format=form,
        media_type="application/atom+xml",
        etag='W/"1"',
        updated_at=datetime.fromisoformat("2026-03-01T08:00:00.123456Z"),
        body=body,
        encoded=encoded or {},
    )


def test_an_entry_is_found_by_whatever_an_operator_calls_it(desk):
    iri = "tag:a.example,2026:1"
    (id_,) = desk.record(desk.entry("1", "s", iri=iri)).new
    for word in (id_, iri, "https://a.example/entry", "HTTP://A.example:80/entry?utm_source=x"):
        assert [item.id for item in desk.store.find(word)] == [id_], word
    assert [desk.store.find(word) for word in ("1", "", "%", "https://a.example/", "x" * 5000, "\udcff\0")] == [[]] * 6
    desk.mark(id_, withdrawn_at=desk.now)
    (item,) = desk.store.find(id_)
    assert (item.withdrawn_at, item.held_at) == (desk.now, None)
    assert desk.store.item(id_) is None
