"""Why an entry stands where it stands, in the reader's language: what routing writes is what the pages understand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.config import Route, Section, Source
from aggregator.config.model import When
from aggregator.route import Rules, places
from aggregator.serve import reasons
from aggregator.serve.assets import templates
from aggregator.serve.catalogues import read
from feeds.records import Entry

LANGUAGES = read(templates() / "translations")
CHINESE, ENGLISH = LANGUAGES["zh-CN"], LANGUAGES["en"]
SECTIONS = {"a": Section(key="a", title="甲"), "b": Section(key="b", title='乙\'s "二"')}


def rule(source: Source, *routes: Route, **facts: object) -> str:
    (place,) = places(Entry(uid="1", title="志愿 it's", **facts), source, Rules.of(SECTIONS, routes))
    return place.rule


def source(*sections: str) -> Source:
    return Source(key="wm", title="文明网", url="https://wm.example/feed", sections=sections)


@pytest.mark.parametrize(
    ("kept", "chinese", "english"),
    [
        (rule(source("a")), "其来源归入本栏目", "its source belongs here"),
        (rule(source(), column=SECTIONS["b"].title), '来源方的栏目名为“乙\'s "二"”', 'its source calls the section “乙\'s "二"”'),
        (
            rule(source(), Route(name="config.yaml:3", when=When(title=("it's", "/义工|志愿/"), source="文明网"), to=("a",))),
            "标题含“it's”或“/义工|志愿/”，并且来源是“文明网”",
            "its title has “it's” or “/义工|志愿/” and its source is “文明网”",
        ),
        ("pinned by an editor", "由编辑放在这里", "an editor put it here"),
        ("pinned by an editor: 节日", "由编辑放在这里：节日", "an editor put it here: 节日"),
    ],
)
def test_a_rule_is_told_in_the_reader_s_language(kept, chinese, english):
    assert reasons.rule(kept, CHINESE) == chinese
    assert reasons.rule(kept, ENGLISH) == english


@given(name=st.text(min_size=1, max_size=20), field=st.sampled_from(sorted(When.model_fields)))
def test_whatever_a_condition_holds_it_is_told_whole(name, field):
    said = reasons.rule(f"config.yaml:7: {field} has {name!r} or {name!r}", ENGLISH)
    assert said is not None
    assert said.count(f"“{name}”") >= 2


@given(st.text(max_size=80))
def test_what_is_not_known_is_left_to_the_page(kept):
    assert reasons.rule(kept, CHINESE) is None
    assert reasons.where(kept, CHINESE) == kept


def test_where_a_fact_was_read():
    assert reasons.where("the selector .laiyuan %(x)s", CHINESE) == "选择器 .laiyuan %(x)s"
    assert reasons.where("the beginning of the text", CHINESE) == "正文开头"
    assert reasons.where("<td>", CHINESE) == "<td>"
