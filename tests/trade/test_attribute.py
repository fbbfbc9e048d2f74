from __future__ import annotations

from aggregator.attribute import attribute
from aggregator.config import CreditConfig, Source
from aggregator.config.publishers import Publishers, Record
from feeds.records import Author, Credit, Entry, Feed
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


def test_the_source_that_an_entry_states_wins_over_the_operator_s():
    known = BRIDGE.model_copy(update={"credit": CreditConfig(source="天津水务")})
    assert credited(Entry(uid="1", credit=Credit(source="津云")), known).credit.source == "津云"
    assert credited(Entry(uid="1"), known).credit.source == "天津水务"


def test_where_an_entry_first_stood_is_kept_else_named():
    assert credited(Entry(uid="1", source=Origin(title="原站"))).source == Origin(title="原站")
    named = credited(Entry(uid="1")).source
    assert (named.id, named.title, named.link, named.feed) == ("urn:feed", "津水微言", "https://bridge.example/", BRIDGE.url)


def test_an_address_from_the_environment_is_never_published():
    secret = Source(key="s", title="s", url="https://bridge.example/feed?key=hidden", written="${BRIDGE}", kind="feed")
    origin = credited(Entry(uid="1"), secret, Feed(kind="rss", title="t")).source
    assert "hidden" not in repr(origin)
    assert origin.feed is None


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


def test_the_column_that_the_operator_knows_is_for_entries_that_state_none():
    source = BRIDGE.model_copy(update={"column": "工作动态"})
    assert credited(Entry(uid="1"), source).column == "工作动态"
    assert credited(Entry(uid="1", column="通知公告"), source).column == "通知公告"


def test_a_title_that_begins_with_the_feeds_own_author_names_who_publishes():
    source = Source(key="diary", title="和平里社区日记", url="https://sq.example/atom.xml")
    feed = Feed(kind="atom", title="和平里社区日记", authors=(Author(name="和平里社区"),))
    assert credited(Entry(uid="1"), source, feed).credit.publisher == "和平里社区"
    assert credited(Entry(uid="1"), source, FEED).credit.publisher == "和平里社区日记"
    stranger = Feed(kind="atom", title="和平里社区日记", authors=(Author(name="社区小秘书"),))
    assert credited(Entry(uid="1"), source, stranger).credit.publisher == "和平里社区日记"
