"""Credits as facts, as a line, and read back."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds import credit
from feeds.records import Author, Credit, Entry, Precision, Role, Source

FULL = Entry(
    uid="1",
    title="T",
    published=datetime(2022, 9, 28, tzinfo=UTC),
    precision=Precision.DAY,
    authors=(Author(name="赵明"), Author(name="周蕙", role=Role.REPORTER), Author(name="钱芳", role=Role.CORRESPONDENT)),
    contributors=(
        Author(name="张丽", role=Role.EDITOR),
        Author(name="付文", role=Role.EDITOR),
        Author(name="何静", role=Role.DUTY_EDITOR),
        Author(name="赵宏", role=Role.REVIEWER),
        Author(name="供稿组", role=Role.CONTRIBUTOR),
    ),
    rights="转载请注明来源",
    credit=Credit(
        source="津水微言",
        source_url="https://a.example/",
        publisher="滨河文明网",
        homepage="https://b.example/",
        agency="新华社",
        chain=("津云", "津水微言"),
        original_title="旧题",
        original_url="https://c.example/1",
    ),
)


def test_facts_have_the_names_of_the_surface_and_leave_out_what_is_absent() -> None:
    assert credit.facts(FULL) == {
        "source": "津水微言",
        "source_url": "https://a.example/",
        "publisher": "滨河文明网",
        "homepage": "https://b.example/",
        "authors": ["赵明"],
        "reporters": ["周蕙"],
        "correspondents": ["钱芳"],
        "editors": ["张丽", "付文"],
        "duty_editors": ["何静"],
        "reviewers": ["赵宏"],
        "contributors": ["供稿组"],
        "agency": "新华社",
        "chain": ["津云", "津水微言"],
        "original_title": "旧题",
        "original_url": "https://c.example/1",
        "rights": "转载请注明来源",
        "precision": "day",
    }
    assert credit.facts(Entry(uid="2")) == {}


def test_line_for_readers() -> None:
    entry = Entry(
        uid="1",
        contributors=(Author(name="张丽", role=Role.EDITOR), Author(name="付文", role=Role.EDITOR)),
        authors=(Author(name="周蕙", role=Role.REPORTER),),
        credit=Credit(source="津水微言"),
    )
    assert credit.line(entry) == "稿源：津水微言　记者：周蕙　编辑：张丽、付文"
    assert credit.line(entry, "zh-CN") == credit.line(entry)
    assert credit.line(entry, "en-GB") == "Source: 津水微言  Reporter: 周蕙  Editor: 张丽, 付文"
    assert credit.line(Entry(uid="2")) == ""


@pytest.mark.parametrize(
    ("entry", "names"),
    [
        (Entry(uid="1", authors=(Author(name="A"),), credit=Credit(source="S")), ["A"]),
        (Entry(uid="1", contributors=(Author(name="E", role=Role.EDITOR),), credit=Credit(source="S", publisher="P")), ["S"]),
        (Entry(uid="1", credit=Credit(publisher="P")), ["P"]),
        (Entry(uid="1", source=Source(title="Feed")), ["Feed"]),
        (Entry(uid="1"), []),
    ],
)
def test_who_signs_is_never_an_editor(entry: Entry, names: list[str]) -> None:
    assert [each.name for each in credit.byline_authors(entry)] == names


def test_facts_are_read_back() -> None:
    stated, authors, contributors, rights = credit.from_facts(credit.facts(FULL))
    assert stated == FULL.credit
    assert authors == FULL.authors
    assert contributors == FULL.contributors
    assert rights == FULL.rights
    assert credit.precision(credit.facts(FULL)) is Precision.DAY


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)
_KEYS = st.sampled_from(["source", "authors", "editors", "chain", "rights", "precision", "reviewers", "x"])


@given(st.dictionaries(_KEYS, _JSON))
def test_strangers_facts_never_break_it(mapping: dict[str, object]) -> None:
    stated, authors, contributors, rights = credit.from_facts(mapping)
    entry = Entry(uid="1", credit=stated, authors=authors, contributors=contributors, rights=rights, precision=credit.precision(mapping))
    again = credit.from_facts(credit.facts(entry))
    assert again == (stated, tuple(dict.fromkeys(authors)), tuple(dict.fromkeys(contributors)), rights)


TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1).map(str.strip).filter(bool)


@given(TEXT, TEXT, st.lists(TEXT, max_size=3), st.lists(TEXT, max_size=3, unique=True))
def test_what_other_formats_have_no_element_for_is_read_back(organization, agency, chain, reviewers):
    entry = Entry(
        uid="1",
        title="T",
        contributors=tuple(Author(name=name, role=Role.REVIEWER) for name in reviewers),
        credit=Credit(organization=organization, agency=agency, chain=tuple(chain)),
    )
    stated, _, others, _ = credit.from_facts(credit.from_structured(credit.structured(entry)))
    assert (stated, others) == (entry.credit, entry.contributors)


@pytest.mark.parametrize("text", ["", "Nature 2024, 12; doi=10.1/x", "vol=3; pages=4\\", "organization", "=x;;=", "reviewers="])
def test_a_citation_of_another_kind_says_nothing(text):
    assert credit.from_structured(text) == {}
