"""Full-text search over what is shown. The index is made of terms (`feeds.clean.terms`) by us, so that both databases find the same, in
every language and whatever their locale: FTS5 without its content on SQLite, a ``tsvector`` with a GIN index on PostgreSQL.

It follows the entries lazily (`fill`) and is nothing but derived: whether an entry may be found is asked of the entry itself, each time;
what is withdrawn or emptied leaves it at once. On SQLite what such an entry or a revised one said before stays in the index, where nothing
leads to it; when that is most of it, it is made anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection, bindparam, delete, func, inspect, or_, select, text

from aggregator.records import Item
from aggregator.store import shelf
from aggregator.store.tables import ALL, entries, searched
from aggregator.store.withdrawal import forget
from feeds import codec
from feeds.clean.terms import Phrase, asked, terms
from feeds.clean.text import plain
from feeds.records import Content, Entry

TERMS = 2000  # of a text; what an article is about it says by then
WASTE = 2000  # documents of a past state that are always borne with
CANDIDATES = 1000  # matches, those taken in last, among which the best are chosen
_TITLE = 8.0  # how much more a word in the title tells

# Whoever is behind is found by two narrow indices; only then are records looked at.
_BEHIND = (
    select(entries.c.id)
    .select_from(entries.outerjoin(searched, searched.c.entry == entries.c.id))
    .where(or_(searched.c.doc.is_(None), searched.c.revision != entries.c.revisions))
    .cte("behind")
    .prefix_with("MATERIALIZED", dialect="sqlite")
    .prefix_with("MATERIALIZED", dialect="postgresql")
)
_PENDING = (
    select(entries.c.id, entries.c.revisions, entries.c.record)
    .join(_BEHIND, _BEHIND.c.id == entries.c.id)
    .where(*shelf.SHOWN)
    .order_by(entries.c.sort_at)  # so that what is taken in last is the newest
    .limit(bindparam("most"))
)
_TAKE = text("INSERT INTO searched (entry, revision) VALUES (:entry, :revision) ON CONFLICT DO NOTHING RETURNING doc")

# The same in two tongues. Many thousands may match a common word: those taken in last are looked at, and ranked. SQLite walks its index
# from the end and stops there, with the rank at hand; PostgreSQL finds all first (OFFSET 0 keeps the planner from another order), and
# ranks those that are left.
_NEWEST = {
    "sqlite": """
        SELECT s.entry AS entry, p.sort_at AS sort_at, -bm25(searched_terms, {title}, 1.0) AS rank
        FROM searched_terms CROSS JOIN searched AS s ON s.doc = searched_terms.rowid
        CROSS JOIN placements AS p ON p.entry = s.entry AND p.section = :section {source}
        WHERE searched_terms MATCH :asked ORDER BY searched_terms.rowid DESC LIMIT :candidates""",
    "postgresql": """
        SELECT n.entry, n.sort_at, ts_rank(t.terms, CAST(:asked AS tsquery), 1) AS rank FROM (
            SELECT s.doc, s.entry, p.sort_at
            FROM (SELECT doc FROM searched_terms WHERE terms @@ CAST(:asked AS tsquery) OFFSET 0) AS m
            JOIN searched AS s ON s.doc = m.doc
            JOIN placements AS p ON p.entry = s.entry AND p.section = :section {source}
            ORDER BY s.doc DESC LIMIT :candidates
        ) AS n JOIN searched_terms AS t ON t.doc = n.doc""",
}
_OF_SOURCE = "JOIN entries AS f ON f.id = s.entry AND f.source = :source"
_SEARCH = """
    WITH newest AS MATERIALIZED ({newest})
    SELECT newest.entry FROM newest JOIN entries AS e ON e.id = newest.entry
    WHERE e.withdrawn_at IS NULL AND e.held_at IS NULL AND e.record IS NOT NULL
    ORDER BY newest.rank DESC, newest.sort_at DESC, newest.entry DESC LIMIT :most OFFSET :skip"""
_FIND = {
    (dialect, filtered): text(_SEARCH.format(newest=newest.format(title=_TITLE, source=_OF_SOURCE if filtered else "")))
    for dialect, newest in _NEWEST.items()
    for filtered in (False, True)
}


def search(connection: Connection, query: str, limit: int, skip: int, section: str | None, source: str | None) -> list[Item] | None:
    """None when this database cannot search (SQLite that was built without FTS5)."""
    dialect = connection.dialect.name
    if not inspect(connection).has_table("searched_terms"):
        return None
    phrases = asked(query)
    if not phrases:
        return []
    values = {
        "asked": _ASKED[dialect](phrases),
        "section": section or ALL,
        **({"source": source} if source is not None else {}),
        "candidates": max(CANDIDATES, skip + limit),
        "most": limit,
        "skip": skip,
    }
    ids = [row.entry for row in connection.execute(_FIND[dialect, source is not None], values)]
    return shelf.items(connection, ids)


@dataclass(frozen=True, slots=True)
class Ready:
    """An entry in one of its revisions, with the terms of its title and of its text."""

    entry: str
    revision: int
    title: list[str]
    body: list[str]


def pending(connection: Connection, limit: int) -> list[tuple[str, int, str]]:
    """Up to `limit` entries that the index does not have as they are: id, revision, record."""
    if not inspect(connection).has_table("searched_terms"):
        return []
    return [(row.id, row.revisions, row.record) for row in connection.execute(_PENDING, {"most": limit})]


def prepare(rows: Iterable[tuple[str, int, str]]) -> list[Ready]:
    """The slow part, which needs no database."""
    return [Ready(id_, revision, *_texts(codec.load(record))) for id_, revision, record in rows]


def fill(connection: Connection, ready: Sequence[Ready]) -> None:
    """Take them into the index. One that was revised since is pending again; one that another process was first with is left to it."""
    forget(connection, [one.entry for one in ready])
    docs = ((connection.scalar(_TAKE, {"entry": one.entry, "revision": one.revision}), one) for one in ready)
    _WRITE[connection.dialect.name](connection, [(doc, one.title, one.body) for doc, one in docs if doc is not None])


def _texts(entry: Entry) -> tuple[list[str], list[str]]:
    """Terms of the title, and of the rest: who is named, then what is said."""
    credit = entry.credit
    named = (credit.source, credit.publisher, credit.agency, entry.column, *(person.name for person in entry.people))
    said = (" ".join(filter(None, named)), *(_plain(each) for each in (entry.summary, entry.content) if each))
    title = list(islice(terms(f"{entry.title_prefix or ''} {entry.title}"), TERMS))
    return title, list(islice((term for each in said for term in terms(each)), TERMS))


def _plain(content: Content) -> str:
    return plain(content.value) if content.type == "html" else content.value


# -- SQLite ------------------------------------------------------------------------------------------------------------------------------


def _write_sqlite(connection: Connection, documents: Sequence[tuple[int, list[str], list[str]]]) -> None:
    rows = [{"doc": doc, "title": " ".join(title), "body": " ".join(body)} for doc, title, body in documents]
    if rows:
        connection.execute(text("INSERT INTO searched_terms (rowid, title, body) VALUES (:doc, :title, :body)"), rows)
    last, kept = connection.execute(select(func.max(searched.c.doc), func.count())).one()
    if last and last > 2 * kept + WASTE:
        connection.exec_driver_sql("INSERT INTO searched_terms (searched_terms) VALUES ('delete-all')")
        connection.execute(delete(searched))
        connection.exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = 'searched'")


def _ask_sqlite(phrases: Iterable[Phrase]) -> str:
    return " AND ".join(f'"{" ".join(phrase.terms)}"{" *" if phrase.begins else ""}' for phrase in phrases)


# -- PostgreSQL --------------------------------------------------------------------------------------------------------------------------


def _write_postgresql(connection: Connection, documents: Sequence[tuple[int, list[str], list[str]]]) -> None:
    rows = [{"doc": doc, "terms": _vector(title, body)} for doc, title, body in documents]
    if rows:
        connection.execute(text("INSERT INTO searched_terms (doc, terms) VALUES (:doc, CAST(:terms AS tsvector))"), rows)


def _vector(title: Sequence[str], body: Sequence[str]) -> str:
    """As PostgreSQL writes a tsvector, with its places; our terms are letters and digits and need no quoting. A place between the title and
    the rest stays empty, so that no phrase stands across."""
    places: dict[str, list[str]] = {}
    for at, term in enumerate(title, 1):
        places.setdefault(term, []).append(f"{at}A")
    for at, term in enumerate(body, len(title) + 2):
        places.setdefault(term, []).append(str(at))
    return " ".join(f"'{term}':{','.join(at[:255])}" for term, at in places.items())


def _ask_postgresql(phrases: Iterable[Phrase]) -> str:
    return " & ".join("(" + " <-> ".join(f"'{term}'{':*' if phrase.begins else ''}" for term in phrase.terms) + ")" for phrase in phrases)


_ASKED: dict[str, Callable[[Iterable[Phrase]], str]] = {"sqlite": _ask_sqlite, "postgresql": _ask_postgresql}
_WRITE = {"sqlite": _write_sqlite, "postgresql": _write_postgresql}
