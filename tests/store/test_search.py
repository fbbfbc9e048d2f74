"""What is found and what never is, on both databases."""

import pytest
from msgspec import structs

from aggregator.records import Placed, Placement
from aggregator.store import Limits
from feeds.records import Author, Content, Credit, Entry

TEXTS = {
    "night": ("社区夜校开班", "剪纸、面塑和古琴三间教室坐得满满当当。志愿者值守。"),
    "river": ("志愿服务走进海河沿岸", "两百余人清理河岸。"),
    "library": ("A library of things opens", "Volunteers lend drills, ladders and a cargo bike at the café."),
    "wish": ("心愿墙", "居民把志向写在墙上，愿望成真。"),
    "hands": ("双手托起希望", "让服务更暖心，志愿之光。"),
}


@pytest.fixture
def filled(desk):
    desk.store.enrol({"a": "a.example", "b": "b.example"}, desk.now)
    for key, names in (("a", ("night", "river", "wish", "hands")), ("b", ("library",))):
        desk.record(*(placed(name) for name in names), key=key)
        desk.later()
    while desk.store.index(2):
        pass
    return desk


def placed(name, **changes) -> Placed:
    title, text = TEXTS[name]
    entry = Entry(
        uid=name,
        title=title,
        content=Content(value=f"<p>{text}</p>"),
        authors=(Author(name="王喆"),),
        credit=Credit(source="今晚报"),
        fingerprint=f"1:{title}",
    )
    sections = ("t",) if name == "library" else ("s",)
    return Placed(entry=structs.replace(entry, **changes), placements=tuple(Placement(section=one, rule="") for one in sections))


def found(desk, query, **where):
    return [item.entry.uid for item in desk.store.search(query, 10, **where)]


@pytest.mark.parametrize(
    ("query", "uids"),
    [
        ("夜校", ["night"]),  # two characters, the length of most words
        ("志愿", ["river", "hands", "night"]),  # the one that has it in the title first
        ("志愿服务", ["river"]),  # not where both words stand apart
        ("河", ["river"]),
        ("岸", ["river"]),
        ("墙", ["wish"]),
        ("愿望", ["wish"]),
        ("VOLUNTEER", ["library"]),  # the beginning of a word
        ("cafe", ["library"]),
        ("library 夜校", []),  # all of it, not any
        ("cargo bike", ["library"]),
        ("开班剪纸", []),  # no phrase stands across the title and the text
        ("教室 古琴", ["night"]),
        ("王喆", None),
        ("今晚报", None),
        ("火星", []),
        ("", []),
        ("!!! “”", []),
    ],
)
def test_what_is_found(filled, query, uids):
    answer = found(filled, query)
    if uids is None:
        assert set(answer) == set(TEXTS)
    elif query == "志愿":
        assert answer[0] == uids[0]
        assert set(answer) == set(uids)
    else:
        assert answer == uids


@pytest.mark.parametrize(
    "query", ['"', "'", "NEAR(a b)", "a* OR b", "-x", "title:夜校 AND", "a & | ! <-> b", "夜校'--", "\0夜\ud800校", "^夜校", "%", "\\"]
)
def test_a_question_is_never_a_command(filled, query):
    assert filled.store.search(query, 10) is not None
    assert found(filled, f"{query} 夜校") in ([], ["night"])


def test_of_a_section_and_of_a_source(filled):
    assert found(filled, "今晚报", section="t") == ["library"]
    assert found(filled, "今晚报", source="b") == ["library"]
    assert found(filled, "今晚报", section="t", source="a") == []
    assert len(found(filled, "今晚报", section="s", source="a")) == 4


def test_page_by_page(filled):
    whole = [item.id for item in filled.store.search("今晚报", 10)]
    assert [item.id for skip in range(5) for item in filled.store.search("今晚报", 1, skip)] == whole


@pytest.mark.parametrize("mark", ["withdrawn_at", "held_at"])
def test_what_must_not_be_seen_is_not_found(filled, mark):
    (item,) = filled.store.search("夜校", 10)
    filled.mark(item.id, **{mark: filled.now})
    assert found(filled, "夜校") == []
    filled.mark(item.id, **{mark: None})
    assert found(filled, "夜校") == ["night"]
    filled.mark(item.id, record=None)
    assert found(filled, "夜校") == []


def kept_by_search(desk):
    with desk.store._database.read() as connection:
        return set(connection.exec_driver_sql("SELECT entry FROM searched").scalars())


def test_what_is_withdrawn_leaves_the_index_and_comes_back_with_it(filled):
    (item,) = filled.store.search("夜校", 10)
    filled.store.withdraw([item.id], "operator", None, filled.later())
    assert item.id not in kept_by_search(filled)
    assert len(kept_by_search(filled)) == len(TEXTS) - 1
    assert filled.store.index() == 0
    filled.store.reinstate([item.id], filled.later())
    assert filled.store.index() == 1
    assert found(filled, "夜校") == ["night"]


def test_what_retention_empties_leaves_the_index(filled):
    assert len(kept_by_search(filled)) == len(TEXTS)
    past = filled.later()
    while filled.store.retain(Limits(past, past, past), 2, past):
        pass
    assert kept_by_search(filled) == set()
    assert filled.store.index() == 0


def test_an_entry_that_stands_nowhere_is_not_found(filled):
    filled.record(structs.replace(placed("night", uid="nowhere"), placements=()))
    filled.store.index()
    assert found(filled, "夜校") == ["night"]


def test_a_revised_entry_is_found_by_what_it_says_now(filled):
    filled.record(placed("night", title="社区画展", fingerprint="2:"))
    assert found(filled, "画展") == []  # lazily
    assert filled.store.index() == 1
    assert filled.store.index() == 0
    assert found(filled, "画展") == ["night"]
    assert found(filled, "夜校") == []


def test_an_index_that_is_mostly_past_is_made_anew(filled, monkeypatch):
    monkeypatch.setattr("aggregator.store.search.WASTE", 3)
    for number in range(12):
        filled.record(placed("night", title=f"社区画展{number}", fingerprint=f"2:{number}"))
        filled.later()
        filled.store.index()
    while filled.store.index():
        pass
    assert found(filled, "画展11") == found(filled, "社区") == ["night"]
    assert found(filled, "画展10") == []
    assert len(found(filled, "今晚报")) == 5


def test_a_database_that_cannot_search_says_so(filled):
    with filled.store._database.write() as connection:
        connection.exec_driver_sql("DROP TABLE searched_terms")
    assert filled.store.search("夜校", 10) is None
    assert filled.store.index() == 0
