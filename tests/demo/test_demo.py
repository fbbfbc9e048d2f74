"""The bundled upstream: it answers as a real one would, and its configuration is right."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from html.parser import HTMLParser
from http.client import HTTPMessage
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import etree

from aggregator import demo
from aggregator.config import load

FOUNDING = "/system/2022/09/28/053169031.shtml"


@pytest.fixture(scope="module")
def upstream():
    with demo.serve() as base:
        yield base


def get(url: str, method: str = "GET", **headers: str) -> tuple[int, HTTPMessage, bytes]:
    request = urllib.request.Request(url, method=method, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/jsjx/index.shtml", "text/html"),
        ("/jsjx/", "text/html"),
        ("/volunteer/feed.xml", "application/rss+xml; charset=utf-8"),
        ("/riverside/feed.atom", "application/atom+xml; charset=utf-8"),
        ("/library/feed.json", "application/feed+json"),
        ("/pic/haihe-1.png", "image/png"),
        ("/robots.txt", "text/plain; charset=utf-8"),
    ],
)
def test_each_file_has_its_media_type_and_validators(upstream, path, media_type):
    status, headers, body = get(upstream + path)
    assert (status, headers["Content-Type"], int(headers["Content-Length"])) == (200, media_type, len(body))
    etag, changed = headers["ETag"], headers["Last-Modified"]
    assert re.fullmatch(r'"[0-9a-f]+"', etag)
    assert get(upstream + path, "HEAD")[0::2] == (200, b"")
    for conditions in (
        {"If_None_Match": etag},
        {"If_None_Match": f'"x", W/{etag}'},
        {"If_None_Match": "*"},
        {"If_Modified_Since": changed},
    ):
        assert get(upstream + path, **conditions)[0::2] == (304, b"")
    for conditions in ({"If_None_Match": '"x"', "If_Modified_Since": changed}, {"If_Modified_Since": "yesterday"}):
        assert get(upstream + path, **conditions)[0] == 200


@pytest.mark.parametrize("path", ["/nothing", "/../__init__.py", "/%2e%2e/__init__.py", "/..%2f__init__.py", "/%00", "/images"])
def test_what_is_not_there_and_what_lies_outside(upstream, path):
    assert get(upstream + path)[0] == 404


def test_the_list_page_is_gbk_that_calls_itself_gb2312(upstream):
    body = get(upstream + "/jsjx/index.shtml")[2]
    assert b"charset=gb2312" in body
    text = body.decode("gbk")
    assert f'href="{FOUNDING}"' in text
    assert "<span>2022/09/28</span>" in text


def test_the_founding_page_has_what_an_article_of_its_kind_has(upstream):
    text = get(upstream + FOUNDING)[2].decode("gbk")
    for part in (
        "市水务局海河中心党总支“三通六联”打造共建共联新模式",
        '<td align="center" class="date">2022/09/28</td>',
        "文明网</a> &gt;&gt;",
        "&gt;&gt; 工作传真",
        "稿源:津水微言&nbsp; 编辑:张丽",
        '<img src="/pic/haihe-1.png"',
    ):
        assert part in text


def test_the_feeds_are_well_formed_and_lead_back_to_the_server(upstream):
    rss = etree.fromstring(get(upstream + "/volunteer/feed.xml")[2])
    atom = etree.fromstring(get(upstream + "/riverside/feed.atom")[2])
    feed = json.loads(get(upstream + "/library/feed.json")[2])
    links = [item.findtext("link") for item in rss.iter("item")]
    links += [link.get("href") for link in atom.findall("{*}entry/{*}link")]
    links += [item["url"] for item in feed["items"]]
    assert len(links) == 10
    assert {get(link)[0] for link in links} == {200}
    assert {urlsplit(link).netloc for link in links} == {urlsplit(upstream).netloc}


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in ("href", "src") and value]


def test_no_link_on_any_page_is_broken(upstream):
    pages = [path for path in demo.SITE.rglob("*") if path.suffix in (".html", ".shtml")]
    assert len(pages) > 15
    for page in pages:
        links = Links()
        links.feed(page.read_bytes().decode("gbk" if page.suffix == ".shtml" else "utf-8"))
        for link in links.found:
            assert get(urljoin(f"{upstream}/{page.relative_to(demo.SITE)}", link))[0] == 200, (page, link)


def test_two_upstreams_at_once_and_none_afterwards(tmp_path):
    (tmp_path / "index.html").write_text("mine")
    with demo.serve() as one, demo.serve(tmp_path) as other:
        assert one != other
        assert get(other + "/")[2] == b"mine"
    with pytest.raises(urllib.error.URLError):
        get(other + "/")


def test_its_configuration_names_one_source_of_each_kind(tmp_path, upstream):
    config = load(demo.write(tmp_path, upstream, 8099), {})
    assert config.serve.port == 8099
    assert config.database == f"sqlite:///{tmp_path}/haihe.db"
    assert [str(network) for network in config.pull.allow_private] == ["127.0.0.0/8"]
    assert not config.pull.spacing
    assert list(config.active) == ["wenming-jsjx", "volunteer", "riverside", "library"]
    for source in config.active.values():
        assert get(source.url)[0] == 200
    assert {route.to for route in config.routes} == {("zyfw",), ("wmdjr",)}


def test_a_database_address_with_odd_characters_survives(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text(demo.config_text("http://127.0.0.1:1", f'sqlite:///{tmp_path}/a "b": #c.db', 8099), encoding="utf-8")
    assert load(path, {}).database == f'sqlite:///{tmp_path}/a "b": #c.db'
