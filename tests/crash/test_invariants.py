"""`Store.check` sees each thing that must not be, in a database that was sound before; and what it says to do mends it."""

import gzip
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, text

from aggregator.errors import Failing, Gone, StoreError
from aggregator.records import NextPull, Placed, Placement, Pulled, Rendition
from aggregator.store import Store
from aggregator.store import tables as store_tables
from feeds.identity import entry_id
from feeds.records import Content, Document, Entry

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
BODY = b"<feed>1</feed>"
ONE, TWO, THREE, OTHER = entry_id("a", "1"), entry_id("a", "2"), entry_id("a", "3"), entry_id("it's", "1")
DUE = NextPull(at=NOW + HOUR, why="every hour")


def placed(uid: str, said: str, *sections: str) -> Placed:
    entry = Entry(uid=uid, title=f"{uid}: {said}", content=Content(value=f"<p>{said}</p>"), fingerprint=f"1:{said}")
    return Placed(entry=entry, placements=tuple(Placement(section=section, rule="by hand") for section in sections))


def pulled() -> Pulled:
    return Pulled(document=Document(url="https://a.example/feed", body=b""), etag='"1"', last_modified="Sun, 01 Mar 2026", body_hash="h")


def rendition(section: str) -> Rendition:
    return Rendition(
        section=section,
        format="atom",
        media_type="application/atom+xml",
        etag=Rendition.tag(BODY),
        updated_at=NOW,
        body=BODY,
        encoded={"gzip": gzip.compress(BODY, mtime=0)},
    )


def bring(store: Store, key: str, *entries: Placed, at: datetime = NOW) -> None:
    store.record(key, pulled(), (), entries, DUE, at)


@pytest.fixture
def store(database_url):
    """Entries placed, unplaced and revised; sources that are fine, failing, ended and fresh; every section published."""
    store = Store.open(database_url)
    store.migrate()
    store.enrol({key: f"{key}.example" for key in ("a", "it's", "ended", "failing", "fresh")}, NOW)
    bring(store, "a", placed("1", "first", "s", "t"), placed("2", "first", "s"), placed("3", "first"))
    bring(store, "it's", placed("1", "first", "it's"), at=NOW + HOUR)
    bring(store, "a", placed("1", "second", "s"), at=NOW + 2 * HOUR)
    store.fail("ended", Gone(), NextPull(at=None, why="ended"), NOW)
    store.fail("failing", Failing(), DUE, NOW)
    publish(store)
    assert store.check(NOW) == []
    yield store
    store.close()


def publish(store: Store) -> None:
    for section in store.sections():
        store.publish(section.key, [rendition(section.key)], NOW + 2 * HOUR, section.changed_at)


def corrupt(store: Store, *statements: str) -> None:
    """As no code of ours would: without references, and with the moments of the database's own kind."""
    sqlite = store._database.dialect == "sqlite"
    if sqlite:
        store._database.engine.dispose()
        event.listen(store._database.engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys = OFF"))
    hour = "3600000000" if sqlite else "interval '1 hour'"
    with store._database.write() as connection:
        for statement in statements:
            if not sqlite and "REFERENCES" in statement:
                continue
            connection.execute(text(statement.replace("HOUR", hour)))


def drop_references(store: Store) -> None:
    if store._database.dialect == "postgresql":
        corrupt(
            store,
            "ALTER TABLE placements DROP CONSTRAINT placements_entry_fkey",
            "ALTER TABLE entries DROP CONSTRAINT entries_source_fkey",
            "ALTER TABLE entries DROP CONSTRAINT entries_source_uid_key",
        )


def retell(entry: str, said: str) -> str:
    """SQL that replaces words of a record, which is text on both databases."""
    before, after = said.split(" -> ")
    return f"UPDATE entries SET record = replace(record, '{before}', '{after}') WHERE id = '{entry}'"


# What is done to the database -> where it is seen, what is said.
WOUNDS = {
    "a place without its entry": (
        (f"DELETE FROM entries WHERE id = '{OTHER}'", "UPDATE sources SET changed_at = NULL WHERE key = 'it''s'"),
        f"section it's, entry {OTHER}",
        "its entry is not",
    ),
    "an entry without its source": (("DELETE FROM sources WHERE key = 'it''s'",), f"entry {OTHER} of source it's", "its source is not"),
    "a place that is not where its entry is": (
        (f"UPDATE placements SET sort_at = sort_at - HOUR WHERE entry = '{TWO}' AND section = 's'",),
        f"section s, entry {TWO}",
        "the place is at",
    ),
    "no place in all": ((f"DELETE FROM placements WHERE entry = '{TWO}' AND section = 'all'",), f"section s, entry {TWO}", "none in 'all'"),
    "a place in all alone": (
        (f"DELETE FROM placements WHERE entry = '{TWO}' AND section = 's'",),
        f"section all, entry {TWO}",
        "none in any section",
    ),
    "a record that is no JSON": ((f"UPDATE entries SET record = '{{' WHERE id = '{TWO}'",), f"entry {TWO}", "cannot be read"),
    "a record that is no entry": ((f"UPDATE entries SET record = '{{}}' WHERE id = '{TWO}'",), f"entry {TWO}", "cannot be read"),
    "a record of another entry": ((retell(TWO, '"uid":"2" -> "uid":"5"'),), f"entry {TWO}", "it says uid '5'"),
    "another id than the public one": ((f"UPDATE entries SET iri = 'urn:x:1' WHERE id = '{TWO}'",), f"entry {TWO}", "its row 'urn:x:1'"),
    "no public id": ((f"UPDATE entries SET iri = '' WHERE id = '{ONE}'",), f"entry {ONE}", "no public id"),
    "a revision written by half": (
        (f"UPDATE entries SET fingerprint = '1:third' WHERE id = '{ONE}'",),
        f"entry {ONE}",
        "not written whole",
    ),
    "no revision": ((f"UPDATE entries SET revisions = 0 WHERE id = '{THREE}'",), f"entry {THREE}", "0 revisions"),
    "revised before it was seen": (
        (f"UPDATE entries SET updated_at = first_seen_at - HOUR WHERE id = '{THREE}'",),
        f"entry {THREE}",
        "revised",
    ),
    "an entry from the future": (
        (f"UPDATE entries SET sort_at = first_seen_at + HOUR WHERE id = '{THREE}'",),
        f"entry {THREE}",
        "which is after",
    ),
    "validators for nothing": (("UPDATE sources SET etag = '\"1\"' WHERE key = 'fresh'",), "source fresh", "never pulled"),
    "entries that went": (
        ("UPDATE sources SET changed_at = pulled_at WHERE key = 'failing'",),
        "source failing",
        "has brought entries, and none are here",
    ),
    "entries from nowhere": (("UPDATE sources SET changed_at = NULL WHERE key = 'a'",), "source a", "never brought one"),
    "never again, and no reason": (("UPDATE sources SET next_pull_at = NULL WHERE key = 'fresh'",), "source fresh", "nothing says why"),
    "never again, for a passing reason": (
        ("UPDATE sources SET next_pull_at = NULL WHERE key = 'failing'",),
        "source failing",
        "nothing says why",
    ),
    "a lease for days": (("UPDATE sources SET leased_until = next_pull_at + 99 * HOUR WHERE key = 'a'",), "source a", "it is held until"),
    "a section that missed a change": (
        ("UPDATE sections SET changed_at = changed_at - 2 * HOUR, seen_changed_at = NULL WHERE name = 'it''s'",),
        "section it's",
        "it has an entry of",
    ),
    "a section that is not there": (("DELETE FROM sections WHERE name = 'it''s'",), "section it's", "never changed"),
    "a section that has fewer entries": (("UPDATE sections SET tally = tally + 1 WHERE name = 's'",), "section s", "and has"),
    "a source that has more entries": (("UPDATE sources SET tally = 0 WHERE key = 'a'",), "source a", "said to have 0"),
    "published beyond its last change": (
        ("UPDATE sections SET seen_changed_at = changed_at + HOUR WHERE name = 's'",),
        "section s",
        "is published up to",
    ),
    "rendered and not published": (
        ("UPDATE sections SET published_at = NULL WHERE name = 's'",),
        "section s, format atom",
        "never published",
    ),
    "other bytes": (
        ("UPDATE renditions SET etag = 'W/\"0\"' WHERE section = 'it''s'",),
        "section it's, format atom",
        "not those of its ETag",
    ),
    "another twin": (("UPDATE renditions SET gzip = body WHERE section = 's'",), "section s, format atom", "gzip twin does not unpack"),
    "a twin that is cut": (("UPDATE renditions SET gzip = substr(gzip, 1, 20) WHERE section = 's'",), "section s", "gzip twin"),
}


@pytest.mark.parametrize("wound", WOUNDS)
def test_what_must_not_be_is_seen_and_told_how_to_mend(store, wound):
    statements, where, what = WOUNDS[wound]
    drop_references(store)
    corrupt(store, *statements)
    found = store.check(NOW)
    assert [one for one in found if where in one.where and what in one.what], found
    assert all(one.do for one in found)
    assert mended(store, found) == []


def mended(store, found):
    """What is still found after the SQL that was told, and a pull and a publication as `haihe run` would do them."""
    pulls = set()
    for one in found:
        # The mark of one kind of finding that is none of SQL: a pull sets it right.
        pulls |= set(re.findall(r"^haihe pull (\S+)", one.do))
        statements = [part.strip() for part in re.split("; ", one.do) if re.match(r"\s*(DELETE|UPDATE|INSERT)", part)]
        assert statements or pulls or "restore a backup" in one.do, one.do
        with store._database.write() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement.replace("%", "%%"))
    for key in pulls:
        bring(store, key)
    publish(store)
    rest = store.check(NOW)
    return [one for one in rest if "restore a backup" not in one.do]


def test_an_entry_that_is_there_twice(store):
    """Only a lost constraint makes this possible: the table is made again without any."""
    drop_references(store)
    columns = [column.name for column in store_tables.entries.columns if column.name != "id"]
    twin = f"'twin', {', '.join(columns)} FROM entries WHERE id = '{TWO}'"
    if store._database.dialect == "sqlite":
        corrupt(store, "CREATE TABLE loose AS SELECT * FROM entries", "DROP TABLE entries", "ALTER TABLE loose RENAME TO entries")
    corrupt(store, f"INSERT INTO entries (id, {', '.join(columns)}) SELECT {twin}")
    assert ("source a, uid 2", "it is kept 2 times") in [(one.where, one.what) for one in store.check(NOW)]


def test_many_of_a_kind_are_counted_not_listed(store):
    bring(store, "a", *(placed(f"many {number}", "first", "s") for number in range(1000)), at=NOW + 3 * HOUR)
    corrupt(store, "UPDATE placements SET sort_at = sort_at - HOUR WHERE section = 's'")
    found = [one for one in store.check(NOW) if "the place is at" in one.what]
    assert len(found) == 21
    assert found[-1].where == "982 more places"


def test_a_damaged_file_is_told_alone(tmp_path):
    store = Store.open(f"sqlite:///{tmp_path}/haihe.db")
    store.migrate()
    store.enrol({"a": "a.example"}, NOW)
    bring(store, "a", *(placed(str(number), "first " * 50, "s") for number in range(300)))
    store.close()
    path = tmp_path / "haihe.db"
    whole = path.read_bytes()
    seen = []
    for place in range(5000, len(whole), len(whole) // 20):  # a page here and there is overwritten, as a failing disk would
        path.write_bytes(whole[:place] + bytes(500) + whole[place + 500 :])
        seen.append(said_of(path))
    assert sum(map(bool, seen)) >= len(seen) // 2, "zeros are only missed where nothing was"
    damage = [lines for lines in seen if any("is damaged" in line for line in lines)]
    assert damage
    assert all("restore a backup" in line for lines in damage for line in lines), damage


def said_of(path):
    store = Store.open(f"sqlite:///{path}")
    try:
        return [f"{one.where} {one.what} {one.do}" for one in store.check(NOW)]
    except StoreError as error:  # there is too much of it to look further
        return [str(error)]
    finally:
        store.close()


def test_a_check_reads_and_changes_nothing(store):
    states = (store.sources(), store.sections(), store.newest(None, 100))
    store.check(NOW)
    assert (store.sources(), store.sections(), store.newest(None, 100)) == states
