from __future__ import annotations

from aggregator.attribute import attribute
from aggregator.config import CreditConfig, Source
from aggregator.config.publishers import Publishers, Record
from feeds.records import Author, Content, Credit, Entry, Feed, Role
from feeds.records import Source as Origin

BRIDGE = Source(
    key="jinshui",
    title="津水微言",
    url="https://bridge.example/feeds/MP_WXS_1.atom",
    kind="feed",
    credit=CreditConfig(publisher="天津市水务局", homepage="https://swj.tj.gov.cn/", rights="转载请注明来源"),
)
FEED = Feed(kind="atom", id="urn:feed", title="津水微言", link="https://bridge.example/", language="zh-CN")


def credited(entry: Entry, source: Source = BRIDGE, feed: Feed = FEED) -> Entry:
    (one,) = attribute(Feed(**{name: getattr(feed, name) for name in Feed.__slots__} | {"entries": (entry,)}), source).entries
    return one


def test_the_operator_fills_what_the_entry_leaves_open():
    entry = credited(Entry(uid="1", title="x"))
    assert (entry.credit.publisher, entry.credit.homepage, entry.rights) == ("天津市水务局", "https://swj.tj.gov.cn/", "转载请注明来源")
    assert entry.credit.source is None  # nobody stated one: it stays absent
    assert entry.authors == ()
    assert entry.language == "zh-CN"


def test_what_the_entry_states_wins():
    stated = Entry(uid="1", rights="CC BY", language="en", credit=Credit(source="津云", publisher="文明网", homepage="https://wm.example/"))
    entry = credited(stated)
    assert (entry.credit.source, entry.credit.publisher, entry.credit.homepage) == ("津云", "文明网", "https://wm.example/")
    assert (entry.rights, entry.language) == ("CC BY", "en")


def test_a_byline_at_the_end_of_a_feeds_text_is_read():
    body = "<p>今年以来，支部共建。</p><p>稿源:津水微言&nbsp; 编辑:张丽</p>"
    entry = credited(Entry(uid="1", content=Content(value=body)))
    assert entry.credit.source == "津水微言"
    assert [(person.name, person.role) for person in entry.contributors] == [("张丽", Role.EDITOR)]
    assert entry.authors == ()
    assert [fact.where for fact in entry.credit.evidence if fact.field == "source"] == ["the end of the text"]


def test_prose_is_no_byline():
    entry = credited(Entry(uid="1", content=Content(value="<p>来源于生活的编辑工作让他成为一名好记者。</p>")))
    assert (entry.credit.source, entry.authors, entry.contributors) == (None, (), ())


def test_stated_authors_are_not_replaced_by_a_byline():
    entry = credited(Entry(uid="1", authors=(Author(name="吴晓莹"),), content=Content(value="<p>正文。</p><p>记者：李四</p>")))
    assert [person.name for person in entry.authors] == ["吴晓莹"]


def test_where_an_entry_first_stood_is_kept_else_named():
    assert credited(Entry(uid="1", source=Origin(title="原站"))).source == Origin(title="原站")
    named = credited(Entry(uid="1")).source
    assert (named.id, named.title, named.link, named.feed) == ("urn:feed", "津水微言", "https://bridge.example/", BRIDGE.url)


def test_an_address_from_the_environment_is_never_published():
    secret = Source(key="s", title="s", url="https://bridge.example/feed?key=hidden", written="${BRIDGE}", kind="feed")
    origin = credited(Entry(uid="1"), secret, Feed(kind="rss", title="t")).source
    assert "hidden" not in repr(origin)
    assert origin.feed is None


def test_every_role_of_a_byline_is_kept_apart():
    body = "<p>正文。</p><p>来源：津云 记者：吴晓莹 通讯员：刘佳、孙可 编辑：张丽 审核：王强</p>"
    entry = credited(Entry(uid="1", content=Content(value=body)))
    assert entry.credit.source == "津云"
    assert [(person.name, person.role.value) for person in entry.people] == [
        ("吴晓莹", "reporter"),
        ("刘佳", "correspondent"),
        ("孙可", "correspondent"),
        ("张丽", "editor"),
        ("王强", "reviewer"),
    ]


WATER = Record(name="天津市水务局", homepage="https://swj.tj.gov.cn/", rights="转载请注明来源")
PORTAL = Source(
    key="wm",
    title="天津文明网",
    url="https://wm.example/",
    credit=CreditConfig(rights="文明网版权所有"),
    publishers=Publishers.of([(("天津市水务局", "津水微言", "“天津水务”"), WATER)], []),
)


def test_a_stated_source_is_known_by_any_of_its_names():
    entry = credited(Entry(uid="1", credit=Credit(source="津水 微言")), PORTAL)
    assert (entry.credit.source, entry.credit.organization) == ("津水 微言", "天津市水务局")  # as stated, and whose that is
    assert (entry.credit.source_url, entry.rights, entry.credit.publisher) == ("https://swj.tj.gov.cn/", "转载请注明来源", "天津文明网")
    itself = credited(Entry(uid="1", credit=Credit(source="天津市水务局")), PORTAL)
    assert (itself.credit.organization, itself.credit.source_url) == (None, "https://swj.tj.gov.cn/")


def test_a_source_that_nobody_knows_is_left_as_it_is():
    entry = credited(Entry(uid="1", credit=Credit(source="津云")), PORTAL)
    assert (entry.credit.source_url, entry.credit.organization, entry.rights) == (None, None, "文明网版权所有")


def test_what_the_entry_states_of_its_source_wins_over_the_record():
    stated = Entry(uid="1", rights="CC BY", credit=Credit(source="津水微言", source_url="https://mp.example/s/1"))
    entry = credited(stated, PORTAL)
    assert (entry.rights, entry.credit.source_url) == ("CC BY", "https://mp.example/s/1")


def test_a_name_of_two_records_leads_to_none():
    implied = [(("天津发布",), Record(name="a")), (("天津发布",), Record(name="b")), (("津云",), Record(name="c"))]
    known = Publishers.of([], implied)
    assert known.find("天津发布") is None
    assert known.find("津云") == Record(name="c")
    assert Publishers.of([(("天津发布",), Record(name="sure"))], implied).find("“天津发布”") == Record(name="sure")


def test_a_dateline_at_the_beginning_of_a_feeds_text_is_read():
    body = "<p>　　中新网天津9月28日电 (记者 王砚)流动献血车28日开进大学城。</p>" + "<p>首日三百余人挽袖。</p>" * 4
    entry = credited(Entry(uid="1", content=Content(value=body)))
    assert (entry.credit.agency, entry.credit.source) == ("中新网", None)  # a dateline is evidence, not the source
    assert [(person.name, person.role) for person in entry.authors] == [("王砚", Role.REPORTER)]
    assert {fact.where for fact in entry.credit.evidence} == {"the beginning of the text", "the beginning of the text, dateline"}
    brief = credited(Entry(uid="2", summary=Content(value="LONDON, May 4 (Reuters) - Dredgers returned on Saturday.", type="text")))
    assert brief.credit.agency == "Reuters"


def test_stated_authors_win_over_a_dateline_and_prose_is_none():
    stated = Entry(uid="1", authors=(Author(name="吴晓莹"),), content=Content(value="<p>本报讯（记者 李四）今天。</p>"))
    assert [person.name for person in credited(stated).authors] == ["吴晓莹"]
    prose = credited(Entry(uid="2", content=Content(value="<p>今天，记者从水务局获悉，堤岸修好了（见图）。</p>")))
    assert (prose.authors, prose.credit.agency) == ((), None)
