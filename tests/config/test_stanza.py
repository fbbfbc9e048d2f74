"""What `haihe discover` calls a source that it found."""

from __future__ import annotations

import pytest
import yaml

from aggregator.config import Config
from aggregator.verbs.stanza import in_full, stanza, titled, untitled
from feeds.records import Credit, Entry

CONFIG = Config.model_validate(
    {
        "site": {"title": "x", "url": "https://x.example"},
        "sections": {"gzdt": {"title": "工作动态"}, "tj": {"title": "天津", "aliases": ["津门"]}},
    }
)


@pytest.mark.parametrize(
    ("kind", "title", "column", "publisher", "told"),
    [
        ("page", "工作动态_青河市水务局", "工作动态", "青河市水务局", {"title": "青河市水务局·工作动态", "sections": ["gzdt"]}),
        ("page", "青河市水务局", None, "青河市水务局", {"title": "青河市水务局"}),
        ("page", "水务局", None, "青河市水务局", {"title": "青河市水务局"}),
        ("page", "滚动新闻", None, "青河网", {"title": "青河网·滚动新闻"}),
        ("json", "津门频道-青河网", None, "青河网", {"title": "青河网·津门频道", "column": "津门频道", "sections": ["tj"]}),
        ("page", "津门频道-青河网", None, "青河网", {"title": "青河网·津门频道", "sections": ["tj"]}),
        ("sitemap", "", None, "青河网", {"title": "青河网"}),
        ("sitemap", "", None, None, {"title": "swj.qinghe.gov.cn"}),
        ("feed", "Elm Harbor News", None, None, {"title": "Elm Harbor News"}),
    ],
)
def test_a_source_is_called_after_its_site_and_its_column(
    kind: str, title: str, column: str | None, publisher: str | None, told: dict[str, object]
) -> None:
    source = titled(untitled("https://swj.qinghe.gov.cn/xwzx/gzdt/index.html", kind, ()), title, column, publisher, CONFIG)
    ((key, found),) = yaml.safe_load(stanza(source)).items()
    assert key == "swj-gzdt"
    assert found.pop("credit", None) == ({"publisher": publisher} if publisher and publisher != told["title"] else None)
    assert found == {"kind": kind, "url": "https://swj.qinghe.gov.cn/xwzx/gzdt/index.html"} | told


@pytest.mark.parametrize(
    ("address", "taken", "key"),
    [
        ("http://wenming.enorth.com.cn/jsjx/index.shtml", (), "enorth-jsjx"),
        ("http://wenming.enorth.com.cn/jsjx/index.shtml", ("enorth-jsjx",), "enorth-jsjx-2"),
        ("http://www.tj.xinhuanet.com/ds_7f3c9a1be2.json", (), "xinhuanet"),
        ("http://127.0.0.1:8080/a/news.xml", (), "source-news"),
        ("https://www.elmharbor.gov/CivicAlerts.aspx", (), "elmharbor-civicalerts"),
    ],
)
def test_keys_are_short_and_free(address: str, taken: tuple[str, ...], key: str) -> None:
    assert untitled(address, "page", taken).key == key


def test_the_short_name_of_a_site_gives_way_to_the_whole_one_that_its_articles_state() -> None:
    stated = [Entry(uid="1", credit=Credit(source=source)) for source in ("经济参考报", "中国新闻网")]
    assert in_full("中新网", stated) == "中国新闻网"
    assert in_full("北方网", stated) == "北方网"
    assert in_full("人民网", [Entry(uid="1", credit=Credit(source="人民日报海外网"))]) == "人民网"
    assert in_full("BBC", [Entry(uid="1", credit=Credit(source="BoatBC"))]) == "BBC"
