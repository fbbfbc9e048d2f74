"""A shelf in memory that holds real records, and a small town's news to put on it."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient

from aggregator.config import CreditConfig, Person, Section, Site, Source
from aggregator.errors import StoreError
from aggregator.records import Archive, Edition, Item, Placement, Rendition, Revised, SectionState, SourceState, Stamp, Withdrawal
from aggregator.serve import create
from aggregator.serve.newsstand import Render
from feeds.records import Author, Content, Credit, Entry, Precision, Role

CHINA = ZoneInfo("Asia/Shanghai")
NOON = datetime(2022, 9, 28, 4, 0, tzinfo=UTC)

SITE = Site(
    title="津门文明",
    url="https://feeds.example.org",
    language="zh-CN",
    timezone="Asia/Shanghai",
    description="汇集天津各区各部门的文明实践动态，每一篇都注明出处。",
    author=Person(name="编辑部", email="desk@example.org"),
)
SECTIONS = {
    "jsjx": Section(key="jsjx", title="精神建设进行时", description="机关、企业与社区的精神文明建设动态。", was="jswm"),
    "zyfw": Section(key="zyfw", title="志愿服务"),
    "wmcs": Section(key="wmcs", title="文明城市", body="full"),
    "jieri": Section(key="jieri", title="我们的节日", body="link"),
    "wcnr": Section(key="wcnr", title="未成年人"),
}
SOURCES = {
    "jinshui": Source(
        key="jinshui",
        title="津水微言",
        url="https://bridge.example/feeds/jinshui.atom",
        kind="feed",
        sections="jsjx",
        credit=CreditConfig(publisher="天津市水务局", homepage="https://swj.example/", rights="转载请注明来源"),
    ),
    "wenming": Source(
        key="wenming",
        title="天津文明网",
        url="https://wenming.example/jsjx/index.shtml",
        kind="page",
        sections=("jsjx", "zyfw"),
        republish="full",
    ),
    "quanwen": Source(key="quanwen", title="和平里社区", url="https://sq.example/atom.xml", sections="wmcs", republish="full"),
    "shequ": Source(key="shequ", title="津沽融媒", url="https://rt.example/feed", sections="jieri", republish="full"),
    "jiu": Source(key="jiu", title="津西信息港", url="https://qx.example/list.html", kind="page", sections="wcnr", enabled=False),
    "xin": Source(key="xin", title="津城日报", url="https://ep.example/rss", sections="wcnr"),
    "geheim": Source(key="geheim", title="内部通讯", url="https://nb.example/rss", sections="wcnr", republish="none"),
}
BODY = """<p>今年以来，海河管理中心党总支把支部共建作为推动河道管护的抓手，与沿河社区、学校和企业结成对子。</p>
<p>“三通六联”指的是<b>情况通、资源通、队伍通</b>，以及组织联建、党课联上、活动联办、阵地联用、难题联解、服务联做。</p>
<blockquote>共建不是挂牌子，而是一起干活。</blockquote>
<table><tr><th>社区</th><th>支部</th><th>活动</th></tr><tr><td>向阳楼</td><td>第一支部</td><td>净滩行动</td></tr></table>
<p><a href="https://swj.example/t1.html">活动安排</a></p>"""


@dataclass
class Memory:
    """The shelf's words over plain lists; keyset paging like the store's."""

    items: list[Item] = field(default_factory=list)
    gone: list[Withdrawal] = field(default_factory=list)
    archives: dict[tuple[str, int], Archive] = field(default_factory=dict)
    past: set[str] = field(default_factory=set)
    once: set[str] = field(default_factory=set)
    source_states: list[SourceState] = field(default_factory=list)
    renditions: dict[tuple[str, str], Rendition] = field(default_factory=dict)
    paces: dict[str, timedelta] = field(default_factory=dict)
    broken: bool = False
    log: dict[str, list[Revised]] = field(default_factory=dict)
    asked: tuple[object, ...] = ()

    def search(self, query: str, limit: int, skip: int = 0, *, section: str | None = None, source: str | None = None) -> list[Item] | None:
        self.asked = (query, limit, skip, section, source)
        found = [item for item in self.newest(section, 1000) if query in item.entry.title and source in (None, item.source)]
        return None if self.broken else found[skip : skip + limit]

    def revisions(self, id: str) -> list[Revised]:  # noqa: A002
        return self.log.get(id, [])

    def newest(
        self,
        section: str | None,
        limit: int,
        before: tuple[datetime, str] | None = None,
        *,
        source: str | None = None,
        since: datetime | None = None,
    ) -> list[Item]:
        found = [
            item
            for item in self.items
            if item.placements
            and (section is None or section in {place.section for place in item.placements})
            and source in (None, item.source)
            and (since is None or item.sort_at >= since)
        ]
        ordered = sorted(found, key=lambda item: (item.sort_at, item.id), reverse=True)
        return [item for item in ordered if before is None or (item.sort_at, item.id) < before][:limit]

    def item(self, id: str) -> Item | None:  # noqa: A002
        return next((item for item in self.items if item.id == id), None)

    def withdrawal(self, id: str) -> Withdrawal | None:  # noqa: A002
        return next((one for one in self.gone if one.id == id), None)

    def withdrawn(self, since: datetime | None = None, limit: int = 100, after: str = "") -> list[Withdrawal]:
        ordered = sorted(self.gone, key=lambda one: (one.at, one.id))
        return [one for one in ordered if since is None or (one.at, one.id) > (since, after)][:limit]

    def sources(self) -> list[SourceState]:
        return self.source_states

    def sections(self) -> list[SectionState]:
        return [SectionState(key=key, entries=len(self.newest(key, 1000))) for key in SECTIONS]

    def emptied(self, id: str) -> bool:  # noqa: A002
        return id in self.past

    def archive(self, section: str, number: int) -> Archive | None:
        return self.archives.get((section, number))

    def last_archive(self, section: str) -> int:
        return max((number for key, number in self.archives if key == section), default=0)

    def published(self, section: str) -> bool:
        return section in self.once or any(key == section for key, _ in self.renditions)

    def rendition(self, section: str, format: str) -> Rendition | None:  # noqa: A002
        self._answer()
        return self.renditions.get((section, format))

    def stamps(self) -> dict[tuple[str, str], Stamp]:
        self._answer()
        return {key: Stamp(etag=rendition.etag, updated_at=rendition.updated_at) for key, rendition in self.renditions.items()}

    def news(self) -> bool:
        self._answer()
        return True

    def pace(self, section: str) -> timedelta | None:
        return self.paces.get(section)

    def _answer(self) -> None:
        if self.broken:
            raise StoreError("the disk is full")


def item(
    id_: str,
    entry: Entry,
    *,
    source: str = "jinshui",
    sections: Iterable[str] = ("jsjx",),
    at: datetime = NOON,
    rule: str = "source wenming names the section",
    revisions: int = 1,
) -> Item:
    return Item(
        id=id_,
        source=source,
        entry=entry,
        first_seen_at=at,
        updated_at=at,
        sort_at=at,
        revisions=revisions,
        edition=Edition(number=revisions),
        placements=tuple(Placement(section=section, rule=rule) for section in sections),
    )


def rendition(section: str, format_: str, media_type: str, body: bytes) -> Rendition:
    return Rendition(
        section=section,
        format=format_,
        media_type=media_type,
        etag='W/"abc123"',
        updated_at=NOON.replace(microsecond=250_000),
        body=body,
        encoded={"gzip": gzip.compress(body, mtime=0)},
    )


def town() -> Memory:
    """What a small site holds on an ordinary day."""
    people = (Author(name="王喆", role=Role.REPORTER), Author(name="刘映", role=Role.CORRESPONDENT))
    editor = (Author(name="张丽", role=Role.EDITOR),)
    day = datetime(2022, 9, 28, tzinfo=CHINA)
    stories = [
        item(
            "seed",
            Entry(
                uid="seed",
                title="市水务局海河中心党总支“三通六联”打造共建共联新模式",
                link="https://wenming.example/2022/09/28/1.shtml",
                content=Content(value=BODY),
                published=day,
                precision=Precision.DAY,
                authors=people,
                contributors=editor,
                rights="转载请注明来源",
                credit=Credit(
                    source="津水微言",
                    source_url="https://weixin.example/s/k3Jm",
                    publisher="天津文明网",
                    homepage="https://wenming.example/",
                    chain=("津云", "津水微言"),
                    original_title="“三通六联”共建共联",
                    original_url="https://weixin.example/s/k3Jm",
                ),
            ),
            source="wenming",
            at=NOON,
            revisions=2,
        ),
        item(
            "yexiao",
            Entry(
                uid="yexiao",
                title="河东区社区夜校开班 上班族下班学非遗",
                title_prefix="[视频]",
                link="https://wenming.example/2022/09/27/2.shtml",
                summary=Content(value="晚上七点，河东区向阳楼社区活动室灯火通明，剪纸、面塑和古琴三间教室坐得满满当当。", type="text"),
                published=day - timedelta(days=1),
                precision=Precision.DAY,
                image="https://wenming.example/pics/yexiao.jpg",
                contributors=(Author(name="王喆", role=Role.EDITOR),),
                credit=Credit(source="天津广播电视台", publisher="天津文明网"),
            ),
            source="wenming",
            sections=("jsjx", "zyfw"),
            at=NOON - timedelta(hours=3),
        ),
        item(
            "yaoxiang",
            Entry(
                uid="yaoxiang",
                title="社区“小药箱”送到家门口 志愿医生守护老街坊",
                link="https://bridge.example/3",
                content=Content(value="<p>“王奶奶，血压药还剩几天的量？”每周一上午，退休医生李素琴都会准时敲开独居老人的门。</p>"),
                published=datetime(2022, 9, 26, 10, 51, tzinfo=CHINA),
                precision=Precision.MINUTE,
                contributors=(Author(name="刘映", role=Role.EDITOR),),
                credit=Credit(source="今晚报", publisher="天津市水务局"),
            ),
            sections=("zyfw",),
            at=NOON - timedelta(days=2),
        ),
        item(
            "yishi",
            Entry(
                uid="yishi",
                title="老楼换新颜 居民议事厅议出“金点子”",
                link="https://sq.example/4",
                content=Content(value=BODY),
                published=datetime(2022, 9, 19, 8, 30, tzinfo=CHINA),
                authors=(Author(name="吴晓莹", role=Role.REPORTER),),
                credit=Credit(source="天津日报", publisher="和平里社区"),
            ),
            source="quanwen",
            sections=("wmcs",),
            at=NOON - timedelta(days=9),
        ),
        item(
            "zhongqiu",
            Entry(
                uid="zhongqiu",
                title="中秋诗会进社区",
                link="https://rt.example/5",
                content=Content(value="<p>月到中秋分外明。</p>"),
                credit=Credit(publisher="津沽融媒"),
            ),
            source="shequ",
            sections=("jieri",),
            at=NOON - timedelta(days=12),
        ),
    ]
    states = [
        SourceState(
            key="jinshui",
            enrolled=True,
            entries=40,
            pulled_at=NOON,
            changed_at=NOON - timedelta(hours=5),
            next_pull_at=NOON + timedelta(minutes=30),
        ),
        SourceState(key="wenming", enrolled=True, entries=300, pulled_at=NOON, changed_at=NOON, next_pull_at=NOON + timedelta(minutes=30)),
        SourceState(
            key="quanwen",
            enrolled=True,
            entries=12,
            pulled_at=NOON,
            changed_at=NOON - timedelta(days=3),
            failures=4,
            error_kind="Unreachable",
            error_text="connection refused by https://user:secret@sq.example:443",
            next_pull_at=NOON + timedelta(hours=2),
        ),
        SourceState(
            key="shequ",
            enrolled=True,
            entries=9,
            pulled_at=NOON,
            changed_at=NOON - timedelta(days=80),
            failures=1,
            error_kind="Gone",
            error_text="the source has ended (410)",
        ),
        SourceState(key="jiu", enrolled=False, entries=3, changed_at=NOON - timedelta(days=400)),
    ]
    kinds = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}
    made = {("jsjx", name): rendition("jsjx", name, kind, f"<feed>{name} 津门</feed>".encode() * 40) for name, kind in kinds.items()}
    return Memory(items=stories, source_states=states, renditions=made)


Open = Callable[..., FlaskClient]


@pytest.fixture
def shelf() -> Memory:
    return town()


@pytest.fixture
def site(shelf: Memory) -> Flask:
    return create(SITE, SECTIONS, SOURCES, shelf)


@pytest.fixture
def client(site: Flask) -> FlaskClient:
    return site.test_client()


@pytest.fixture
def opened() -> Open:
    """A client of a site that is made for the occasion."""

    def open_(
        shelf: Memory | None = None,
        *,
        site: Site = SITE,
        sections: Mapping[str, Section] = SECTIONS,
        sources: Mapping[str, Source] = SOURCES,
        render: Render | None = None,
    ) -> FlaskClient:
        return create(site, sections, sources, town() if shelf is None else shelf, render=render).test_client()

    return open_
