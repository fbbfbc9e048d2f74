"""Any sequence of pulls, good and bad, leaves the store sound."""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from aggregator.errors import Unreachable
from aggregator.records import NextPull, Placed, Placement, Pulled, Unchanged
from aggregator.store import ALL, Store, tables
from feeds import identity
from feeds.records import Document, Entry

HOUR = timedelta(hours=1)
START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)

sources = st.sampled_from(["a", "b"])
published = st.none() | st.integers(-50, 50).map(lambda hours: START + hours * HOUR)
places = st.sets(st.sampled_from(["s", "t", "u"])).map(lambda names: tuple(Placement(section=name, rule="r") for name in sorted(names)))
placed = st.builds(
    lambda uid, text, published, places: Placed(
        entry=Entry(uid=uid, title=text, published=published, fingerprint=f"1:{text}"), placements=places
    ),
    st.sampled_from("123456"),
    st.sampled_from("xyz"),
    published,
    places,
)


class Life(RuleBasedStateMachine):
    """`said` is what each entry should say by now, told without a database."""

    @initialize()
    def begin(self):
        self.folder = tempfile.TemporaryDirectory(prefix="haihe-")
        self.store = Store.open(f"sqlite:///{Path(self.folder.name)}/haihe.db")
        self.store.migrate()
        self.now = START
        self.store.enrol({"a": "one.example", "b": "one.example"}, self.now)
        self.said: dict[tuple[str, str], Placed] = {}
        self.revisions: dict[tuple[str, str], int] = {}
        self.first: dict[tuple[str, str], tuple[datetime, datetime]] = {}
        self.withdrawn: set[tuple[str, str]] = set()
        self.etags: dict[str, str | None] = {}
        self.failures = {"a": 0, "b": 0}

    def teardown(self):
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()

    def tick(self) -> NextPull:
        self.now += HOUR
        return NextPull(at=self.now + HOUR, why="every hour")

    @rule(source=sources, batch=st.lists(placed, max_size=8), complete=st.booleans(), etag=st.none() | st.sampled_from(['"1"', '"2"']))
    def record(self, source, batch, complete, etag):
        due = self.tick()
        pulled = Pulled(document=Document(url="https://one.example/", body=b""), etag=etag, missed=() if complete else ("one",))
        recorded = self.store.record(source, pulled, (), batch, due, self.now)
        merged = {one.entry.uid: one for one in reversed(batch)}
        new, revised = set(), set()
        for uid, one in merged.items():
            name = (source, uid)
            if name not in self.said:
                new.add(name)
            elif name not in self.withdrawn and self.said[name].entry.fingerprint != one.entry.fingerprint:
                revised.add(name)
        lost = {place.section for name in revised for place in self.said[name].placements}
        for name in new | revised:
            self.said[name] = merged[name[1]]
            self.revisions[name] = self.revisions.get(name, 0) + 1
        gained = {place.section for name in new | revised for place in self.said[name].placements}
        assert (len(recorded.new), len(recorded.revised)) == (len(new), len(revised))
        assert recorded.same == len(merged) - len(new) - len(revised)
        assert recorded.sections == lost | gained
        assert set(self.store.stale(recorded.sections)) == recorded.sections
        self.etags[source] = etag if complete else None
        self.failures[source] = 0

    @rule(source=sources, etag=st.none() | st.just('"3"'))
    def rest(self, source, etag):
        self.store.rest(source, Unchanged(why="304", etag=etag), self.tick(), self.now)
        self.etags[source] = etag or self.etags.get(source)
        self.failures[source] = 0

    @rule(source=sources)
    def fail(self, source):
        self.store.fail(source, Unreachable(), self.tick(), self.now)
        self.failures[source] += 1

    @rule(data=st.data())
    def withdraw(self, data):
        if not self.said:
            return
        source, uid = name = data.draw(st.sampled_from(sorted(self.said)))
        expected = () if name in self.withdrawn else (identity.entry_id(source, uid),)
        assert self.store.withdraw([identity.entry_id(source, uid)], "operator", None, self.now) == expected
        self.withdrawn.add(name)

    @rule(section=st.sampled_from(["s", "t", "u", ALL]))
    def publish(self, section):
        seen = {state.key: state.changed_at for state in self.store.sections()}.get(section)
        self.store.publish(section, [], self.now, seen)
        assert self.store.stale([section]) == []

    @invariant()
    def each_entry_is_kept_once_and_says_what_it_last_said(self):
        with self.store._database.read() as connection:
            rows = connection.execute(select(tables.entries)).all()
        assert {(row.source, row.uid): row.fingerprint for row in rows} == {name: one.entry.fingerprint for name, one in self.said.items()}
        assert {(row.source, row.uid): row.revisions for row in rows} == self.revisions
        assert len({row.updated_at for row in rows}) == len(rows)
        for row in rows:
            assert row.sort_at <= row.first_seen_at <= row.updated_at
            assert self.first.setdefault((row.source, row.uid), (row.sort_at, row.first_seen_at)) == (row.sort_at, row.first_seen_at)

    @invariant()
    def what_is_shown_is_what_is_placed(self):
        shown = {name: one for name, one in self.said.items() if name not in self.withdrawn and one.placements}
        items = self.store.newest(None, 100)
        assert {(item.source, item.entry.uid): item.placements for item in items} == {name: one.placements for name, one in shown.items()}
        assert [(item.sort_at, item.id) for item in items] == sorted(((item.sort_at, item.id) for item in items), reverse=True)
        for section in "stu":
            assert {(item.source, item.entry.uid) for item in self.store.newest(section, 100)} == {
                name for name, one in shown.items() if section in {place.section for place in one.placements}
            }

    @invariant()
    def validators_stand_for_what_is_kept(self):
        for source, failures in self.failures.items():
            known = self.store.known(source)
            assert (known.etag, known.failures) == (self.etags.get(source), failures)
            assert known.first == (not any(name[0] == source for name in self.said))


Life.TestCase.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
TestLife = Life.TestCase
