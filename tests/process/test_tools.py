"""The operator's tools as they are typed: discover, preview, check --online. They store nothing and say what they found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from aggregator.config import load
from tests.trade.upstream import serve

pytestmark = pytest.mark.process


def test_preview_of_a_source_is_a_table_and_leaves_nothing_behind(haihe, site, tmp_path: Path) -> None:
    done = haihe("preview", "wenming-jsjx", "--limit", "2")
    assert done.returncode == 0, done.stderr
    assert "2 entries: 2 dated, 2 with a source or an author; nothing was stored" in done.stdout
    assert "3 more articles wait" in done.stdout
    assert "稿源：" in done.stdout
    assert not (tmp_path / "haihe.db").exists()


def test_preview_says_what_is_kept_already(haihe, site) -> None:
    assert haihe("pull", "volunteer").returncode == 0
    told = json.loads(haihe("preview", "volunteer", "--json").stdout)
    assert [each["verdict"] for each in told["entries"]] == ["kept as it is"] * 4


def test_preview_of_one_entry_gives_each_fact_its_evidence(haihe, site) -> None:
    done = haihe("preview", "wenming-jsjx", "--entry", "1")
    assert "“稿源:" in done.stdout
    assert "% sure)" in done.stdout
    assert "source wenming-jsjx names the section" in done.stdout
    assert haihe("preview", "wenming-jsjx", "--entry", "40").returncode == 2


def test_preview_of_an_article_by_its_address_is_read_as_its_source_would(haihe, site, upstream: str) -> None:
    told = json.loads(haihe("preview", f"{upstream}/system/2022/09/28/053169031.shtml", "--json").stdout)
    assert told["kind"] == "article"
    (entry,) = told["entries"]
    assert entry["credit"]["editors"]
    assert {each["field"] for each in entry["evidence"]} >= {"title", "source", "published", "content"}


@pytest.mark.parametrize(("word", "code", "says"), [("volunter", 2, 'did you mean "volunteer"?'), ("{base}/none.html", 1, "404")])
def test_preview_of_what_is_not_there(haihe, site, upstream: str, word: str, code: int, says: str) -> None:
    done = haihe("preview", word.format(base=upstream))
    assert (done.returncode, says in done.stderr) == (code, True), done.stderr
    assert "Traceback" not in done.stderr


def test_discover_gives_a_stanza_that_loads_and_pulls(haihe, site, upstream: str, tmp_path: Path) -> None:
    told = json.loads(haihe("discover", f"{upstream}/jsjx/index.shtml", "--json").stdout)
    (offer,) = told["offers"]
    assert (offer["kind"], offer["entries"]) == ("page", 5)
    config = tmp_path / "config.yaml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("\nsources:\n", f"\nsources:\n{offer['stanza']}\n"), encoding="utf-8")
    (key,) = yaml.safe_load(offer["stanza"])
    assert load(config, {}).active[key].sections == ("jsjx",)  # its title names the section
    done = haihe("pull", key)
    assert "5 new entries" in done.stdout, done.stderr


def test_discover_names_the_site_the_column_and_who_publishes_and_finds_a_list_that_a_script_loads(haihe, site) -> None:
    with serve() as bare:
        bare.pages["/news/index.html"] = "<html><head><title>今日潮阳</title></head><body><div data-url='ds_1.json'></div></body></html>"
        listed = [{"title": f"<a href='/n/{n}.html'>潮阳渔港迎来第{n}个开海日</a>", "url": f"/n/{n}.html"} for n in (1, 2)]
        bare.pages["/news/ds_1.json"] = json.dumps({"datasource": listed})
        for n in (1, 2):
            bare.pages[f"/n/{n}.html"] = (
                f"<html><head><title>潮阳渔港迎来第{n}个开海日-潮新网</title></head><body><h1>潮阳渔港迎来第{n}个开海日</h1>"
                "<p>2023-04-15 10:20 来源：潮阳新闻网</p>"
                "<div><p>潮阳渔港昨天迎来开海，二百一十条渔船依次出港，码头上站满了送行的人。</p></div></body></html>"
            )
        (offer,) = json.loads(haihe("discover", f"{bare.base}/news/index.html", "--json").stdout)["offers"]
    (stanza,) = yaml.safe_load(offer["stanza"]).values()
    assert (stanza["kind"], stanza["url"]) == ("json", f"{bare.base}/news/ds_1.json")
    assert (stanza["title"], stanza["credit"]) == ("潮阳新闻网·今日潮阳", {"publisher": "潮阳新闻网"})
    assert "column" not in stanza  # the title of the page may be the site's own


def test_discover_prefers_the_feeds_that_a_page_names(haihe, site, upstream: str) -> None:
    done = haihe("discover", f"{upstream}/library/index.html")
    assert done.returncode == 0, done.stderr
    assert f"url: {upstream}/library/feed.json" in done.stdout
    assert "kind: feed" in done.stdout


def test_discover_offers_the_sitemap_that_robots_txt_names(haihe, site) -> None:
    with serve() as bare:
        bare.pages["/"] = "<html><head><title>潮阳在线</title></head><body><div id='app'></div></body></html>"
        bare.pages["/robots.txt"] = f"User-agent: *\nSitemap: {bare.base}/maps/news.xml\n"
        news = "<news:news><news:title>潮阳渔港迎来开海首日</news:title></news:news>"
        bare.pages["/maps/news.xml"] = (
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
            f"<url><loc>{bare.base}/2023/04/15/p1.html</loc>{news}</url></urlset>"
        )
        done = haihe("discover", f"{bare.base}/")
    assert done.returncode == 0, done.stdout
    assert "kind: sitemap" in done.stdout
    assert f"url: {bare.base}/maps/news.xml" in done.stdout


def test_discover_finds_nothing_and_says_so(haihe, site, upstream: str) -> None:
    done = haihe("discover", f"{upstream}/nothing.html")
    assert done.returncode == 1
    assert "404" in done.stdout
    article = haihe("discover", f"{upstream}/system/2022/09/28/053169031.shtml")
    assert "is one article" in article.stdout


def test_discover_and_preview_say_when_they_are_not_sure_and_why(haihe, site) -> None:
    with serve() as bare:
        for n in (1, 2):
            bare.pages[f"/n/{n}.html"] = (
                f"<html><body><h1>Tide table number {n} is out</h1><p>{'The tide turns at noon. ' * 9}</p></body></html>"
            )
        rows = "".join(f"<h2><a href='/n/{n}.html'>Tide table number {n} is out</a></h2>" for n in (1, 2))
        bare.pages["/n/"] = f"<html><head><title>Tides</title></head><body><div id='l'>{rows}</div></body></html>"
        shown = haihe("discover", f"{bare.base}/n/")
        (offer,) = json.loads(haihe("discover", f"{bare.base}/n/", "--json").stdout)["offers"]
        tried = json.loads(haihe("preview", f"{bare.base}/n/", "--json").stdout)
        said = haihe("preview", f"{bare.base}/n/").stdout
    assert shown.returncode == 0
    assert "not sure: the list has only 2 rows" in shown.stdout
    assert "haihe preview" in shown.stdout
    for told in (offer, tried):
        assert (told["sure"], told["doubts"]) == (False, ["the list has only 2 rows", "no row says a date"])
    assert "not sure of the list, which was found by looking: no row says a date" in " ".join(said.split())


def test_check_online_tells_what_upstreams_do_from_what_the_operator_must_mend(haihe, site, upstream: str, tmp_path: Path) -> None:
    assert haihe("check", "--online").returncode == 0
    config = tmp_path / "config.yaml"
    good = config.read_text(encoding="utf-8")
    gone = f'\nsources:\n  gone: {{title: gone, url: "{upstream}/none.xml"}}\n'
    config.write_text(good.replace("\nsources:\n", gone, 1), encoding="utf-8")
    assert "gone" in load(config, {}).active
    done = haihe("check", "--online")
    assert (done.returncode, "404" in done.stdout) == (1, True)
    config.write_text(good.replace("ul.news li", "ul.none li", 1), encoding="utf-8")
    done = haihe("check", "--online")
    assert (done.returncode, "'ul.none li' finds nothing" in done.stdout) == (2, True), done.stdout
    assert not (tmp_path / "haihe.db").exists()
