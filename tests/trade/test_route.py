from __future__ import annotations

from aggregator.config import Route, Section, Source, When
from aggregator.route import Rules, route
from feeds.records import Author, Category, Content, Credit, Entry

SECTIONS = {
    "jsjx": Section(key="jsjx", title="精神建设进行时", aliases=("精神文明建设",)),
    "zyfw": Section(key="zyfw", title="志愿服务", aliases=("天津志愿者",)),
    "hrb": Section(key="hrb", title="身边好人榜"),
}


def source(**settings) -> Source:
    return Source(**({"key": "wm", "title": "天津文明网", "url": "https://wm.example/feed"} | settings))


def placed(entry: Entry, *routes: Route, **settings) -> dict[str, str]:
    (one,) = route([entry], source(**settings), Rules.of(SECTIONS, routes))
    return {placement.section: placement.rule for placement in one.placements}


def test_a_source_names_its_sections():
    assert placed(Entry(uid="1", title="x"), sections=("jsjx", "hrb")) == {
        "jsjx": "source wm names the section",
        "hrb": "source wm names the section",
    }


def test_upstream_names_lead_to_the_section_where_the_source_names_none():
    entry = Entry(uid="1", title="x", column="“天津志愿者”", categories=(Category(term="精神文明建设"), Category(term="其他")))
    assert placed(entry) == {
        "zyfw": "the section is called '“天津志愿者”' upstream",
        "jsjx": "the section is called '精神文明建设' upstream",
    }
    assert list(placed(entry, sections=("hrb",))) == ["hrb"]


def test_routes_add_sections_and_say_by_which_line():
    rule = Route(name="config.yaml:87", when=When(title=("志愿", "义工")), to=("zyfw",))
    assert placed(Entry(uid="1", title="社区志愿者"), rule, sections=("jsjx",)) == {
        "jsjx": "source wm names the section",
        "zyfw": "config.yaml:87: title has '志愿' or '义工'",
    }
    assert placed(Entry(uid="1", title="社区"), rule) == {}


def test_all_conditions_of_a_rule_must_hold():
    rule = Route(name="c:1", when=When(title=("志愿",), source=("wm",), author=("吴晓莹",)), to=("zyfw",))
    signed = Entry(uid="1", title="志愿", authors=(Author(name="吴晓莹"),))
    assert list(placed(signed, rule)) == ["zyfw"]
    assert placed(Entry(uid="1", title="志愿"), rule) == {}
    assert placed(signed, rule, key="other") == {}


def test_the_source_of_a_rule_is_a_key_or_a_stated_source_whole():
    rule = Route(name="c:1", when=When(source=("津水微言",)), to=("zyfw",))
    assert list(placed(Entry(uid="1", credit=Credit(source="津水微言")), rule)) == ["zyfw"]
    assert placed(Entry(uid="1", credit=Credit(source="津水微言2")), rule) == {}


def test_regular_expressions_and_the_text():
    rule = Route(name="c:1", when=When(text=(r"/\d+名志愿者/",)), to=("zyfw",))
    assert list(placed(Entry(uid="1", content=Content(value="<p>有120名<b>志愿者</b></p>")), rule)) == ["zyfw"]
    assert placed(Entry(uid="1", content=Content(value="<p>志愿者</p>")), rule) == {}


def test_a_drop_keeps_an_entry_out_of_every_section():
    drop = Route(name="c:2", when=When(title=("讣告",)), drop=True)
    assert placed(Entry(uid="1", title="讣告"), drop, sections=("jsjx",)) == {}
