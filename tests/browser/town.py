"""What a populated site holds: Chinese and English news, long and short, with pictures and without, and texts that mean harm."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from aggregator.app import pulling
from aggregator.config import Config, load
from aggregator.records import NextPull, Placed, Placement, Pulled
from feeds.clean.markup import sanitise
from feeds.errors import NotAFeed
from feeds.records import Author, Content, Credit, Document, Enclosure, Entry, Precision, Role
from tests.hostile.vectors import VECTORS

CHINA = ZoneInfo("Asia/Shanghai")
NOW = datetime(2024, 5, 20, 4, 0, tzinfo=UTC)
PICTURES = "https://pictures.example"

TITLES = (
    "市水务局海河中心党总支“三通六联”打造共建共联新模式",
    "社区夜校开班",
    "老楼换新颜 居民议事厅议出“金点子”",
    "关于进一步加强全市机关、企业、学校、社区精神文明建设工作并开展2024年度“文明单位”创建活动的通知（征求意见稿）",
    "Volunteers clear 3.5 km of the river bank in one morning",
    "第12届市民读书节4月23日启幕，线上线下共办1,200场活动",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "“小药箱”送到家门口——志愿医生守护老街坊",
    "A library of things opens: drills, ladders, sewing machines and a cargo bike, all free to borrow for anybody with a city card",
    "AI与传统文化融合：杨柳青年画“活”起来",
)
TEXT = (
    "<p>晚上七点，向阳楼社区活动室灯火通明，剪纸、面塑和古琴三间教室坐得满满当当。"
    "“白天上班，晚上学艺”，家住附近的李女士说，这是她第3次来上课。</p>"
    "<p>据了解，夜校共开设12门课程，累计服务1,800余人次（2024年数据）。</p>"
    "<blockquote>共建不是挂牌子，而是一起干活。</blockquote>"
    "<table><tr><th>社区</th><th>支部</th><th>活动</th></tr><tr><td>向阳楼</td><td>第一支部</td><td>净滩行动</td></tr></table>"
)
ENGLISH = (
    "<p>More than two hundred people came to the river on Saturday morning. They brought gloves, buckets and three rowing boats.</p>"
    "<ul><li>1.2 tonnes of plastic</li><li>14 bicycles</li><li>one piano</li></ul>"
    '<p>The <a href="https://english.example/report">full report</a> is published by the water authority.</p>'
)


def configuration(address: str) -> dict[str, object]:
    def source(title: str, home: str, *sections: str, **more: object) -> dict[str, object]:
        return {"title": title, "kind": "feed", "url": f"https://{home}/feed.xml", "sections": list(sections), **more}

    return {
        "site": {
            "title": "津门文明",
            "url": address,
            "language": "zh-CN",
            "timezone": "Asia/Shanghai",
            "description": "汇集天津各区各部门的文明实践动态，每一篇都注明出处。",
            "contact": "desk@example.org",
        },
        "database": "sqlite:///haihe.db",
        "sections": {
            "jsjx": {"title": "精神建设进行时", "description": "机关、企业与社区的精神文明建设动态。", "size": 50},
            "zyfw": {"title": "志愿服务", "body": "full"},
            "english": {"title": "Tianjin in English", "body": "full"},
            "jieri": {"title": "我们的节日", "body": "link"},
            "wcnr": {"title": "未成年人"},
            "hostile": {"title": "<script>alert(1)</script>", "body": "full", "size": 200},
        },
        "sources": {
            "jinshui": source(
                "津水微言",
                "swj.example",
                "jsjx",
                credit={"publisher": "天津市水务局", "homepage": "https://swj.example/", "rights": "转载请注明来源"},
            ),
            "wenming": source("天津文明网", "wenming.example", "jsjx", "zyfw", republish="full"),
            "herald": source("The River Herald", "english.example", "english", republish="full", language="en"),
            "shequ": source("津沽融媒", "rt.example", "jieri", republish="full"),
            "broken": source("津城日报", "ep.example", "wcnr"),
            "quiet": source("津西信息港", "qx.example", "wcnr", enabled=False),
            "evil": source('"><img src=x onerror=alert(1)>', "evil.example", "hostile", republish="full"),
        },
    }


def ordinary() -> Iterator[tuple[str, Placed]]:
    """source -> an entry of it."""
    people = (Author(name="王喆", role=Role.REPORTER), Author(name="刘映", role=Role.CORRESPONDENT))
    desk = (Author(name="张丽", role=Role.EDITOR), Author(name="张雨航", role=Role.REVIEWER))
    for number in range(72):
        title = TITLES[number % len(TITLES)]
        day = number % 3 == 0
        at = NOW - timedelta(hours=7 * number + 1)
        yield (
            "jinshui" if number % 2 else "wenming",
            _placed(
                Entry(
                    uid=f"jsjx-{number}",
                    title=f"{title}（{number}）",
                    title_prefix="[视频]" if number % 11 == 5 else None,
                    link=f"https://wenming.example/2024/{number}.shtml",
                    content=Content(value=TEXT) if number % 4 else None,
                    published=at.astimezone(CHINA).replace(hour=0, minute=0) if day else at,
                    precision=Precision.DAY if day else Precision.MINUTE,
                    authors=people if number % 5 == 0 else (),
                    contributors=desk if number % 2 == 0 else (),
                    image=f"{PICTURES}/{number}.jpg" if number % 3 == 1 else None,
                    rights="转载请注明来源",
                    credit=Credit(
                        source=("今晚报", "津云", "天津广播电视台")[number % 3],
                        source_url=f"https://weixin.example/s/{number}",
                        publisher="天津文明网",
                        homepage="https://wenming.example/",
                        chain=("津云", "津水微言") if number % 7 == 0 else (),
                        original_title="“三通六联”共建共联" if number == 0 else None,
                        original_url="https://weixin.example/s/k3Jm" if number == 0 else None,
                    ),
                ),
                "jsjx",
                *(["zyfw"] if number % 6 == 0 else []),
            ),
        )
    for number in range(9):
        yield (
            "herald",
            _placed(
                Entry(
                    uid=f"english-{number}",
                    title=f"{TITLES[4] if number % 2 else TITLES[8]} ({number})",
                    link=f"https://english.example/{number}",
                    content=Content(
                        value=ENGLISH + "".join(f'<p><img src="{PICTURES}/{number}-{each}.jpg" alt="The bank"></p>' for each in range(12))
                    ),
                    published=NOW - timedelta(days=number),
                    language="en",
                    authors=(Author(name="Mary O'Neill"),),
                    enclosures=(Enclosure(url=f"{PICTURES}/{number}.mp3", type="audio/mpeg", length=1_000_000),),
                    credit=Credit(source="The River Herald", publisher="City of Tianjin"),
                ),
                "english",
            ),
        )
    yield "shequ", _placed(Entry(uid="poem", title="中秋诗会进社区", link="https://rt.example/5"), "jieri")


def hostile() -> Iterator[tuple[str, Placed]]:
    """Each vector in every field that a source fills; bodies went through the one sanitiser, as every reader's do."""
    for number, vector in enumerate(VECTORS):
        address = f"https://evil.example/{number}?a=\"'><script>alert(1)</script>"
        entry = Entry(
            uid=f"evil-{number}",
            title=vector,
            title_prefix=vector if number % 5 == 0 else None,
            link=f"javascript:alert({number})" if number % 3 == 0 else address,
            image="javascript:alert(1)" if number % 2 else address,
            summary=Content(value=vector, type="text"),
            content=Content(value=sanitise(f"<p>{vector}</p>", "https://evil.example/")) if number % 2 else None,
            published=NOW - timedelta(minutes=number),
            language=vector if number % 7 == 0 else None,
            rights=vector,
            column=vector,
            authors=(Author(name=vector, uri=address),),
            contributors=(Author(name=vector, role=Role.EDITOR),),
            credit=Credit(
                source=vector,
                source_url="javascript:alert(2)",
                publisher=vector,
                homepage=address,
                agency=vector,
                chain=(vector,),
                original_title=vector,
                original_url="data:text/html,<script>alert(3)</script>",
            ),
        )
        yield "evil", Placed(entry=entry, placements=(Placement(section="hostile", rule=vector),))


def _placed(entry: Entry, *sections: str) -> Placed:
    return Placed(entry=entry, placements=tuple(Placement(section=section, rule="source town names the section") for section in sections))


def populate(folder: Path, address: str, placed: Iterable[tuple[str, Placed]] | None = None, **more: object) -> Config:
    """A configuration in `folder`, with `more` in it, and its store filled (with `placed`, or all that there is) and published."""
    path = folder / "config.yaml"
    path.write_text(json.dumps(configuration(address) | more, ensure_ascii=False), "utf-8")
    config = load(path, {})
    fill(config, (*ordinary(), *hostile()) if placed is None else placed)
    return config


def fill(config: Config, entries: Iterable[tuple[str, Placed]]) -> None:
    """As if the sources had brought these entries just now."""
    by_source: dict[str, list[Placed]] = {}
    for key, placed in entries:
        by_source.setdefault(key, []).append(placed)
    due = NextPull(at=NOW + timedelta(minutes=30), why="every half an hour")
    with pulling(config) as app:
        for key, placed in by_source.items():
            pulled = Pulled(document=Document(url=config.sources[key].url, body=b""))
            app.store.record(key, pulled, (), placed, due, NOW)
        app.store.fail("broken", NotAFeed("a web page, not a feed: <title>502 Bad Gateway</title>"), due, NOW)
        app.publish(everything=True)
        while app.store.index():
            pass
