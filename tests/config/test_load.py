"""What a right configuration becomes."""

from __future__ import annotations

import base64
import time
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from aggregator.config import Pull, Route, Section, When, hints, load
from feeds.records import ListSelectors

SITE = 'site: {title: Site, url: "https://feeds.example.org/"}\n'
REPOSITORY = Path(__file__).parents[2]


def test_the_least_that_will_do(folder):
    config = folder.load(SITE)
    assert config.site.url == "https://feeds.example.org"
    assert config.site.timezone == "UTC"
    assert config.database == f"sqlite:///{folder.path}/var/haihe.db"
    assert config.pull.timeout == timedelta(seconds=20)
    assert config.pull.max_bytes == 10 * 1024 * 1024
    assert config.pull.user_agent.startswith("Haihe/")
    assert config.pull.user_agent.endswith(" (+https://feeds.example.org)")
    assert config.pace.every == timedelta(minutes=30)
    assert (dict(config.sections), dict(config.sources), config.routes) == ({}, {}, ())
    assert config.path == folder.path / "config.yaml"


def test_everything_at_once(folder):
    config = folder.load(
        """
site: {title: 津门文明, url: "https://feeds.example.org", timezone: Asia/Shanghai, author: {name: 编辑部, email: desk@example.org}}
database: postgres://haihe:${PASSWORD}@db.example/haihe
serve: {host: 0.0.0.0, port: 9000, workers: 2}
pull: {timeout: 1m30s, max_bytes: 512KiB, spacing: 0s, allow_private: [127.0.0.0/8, "::1/128"], user_agent: Me}
pace: {every: 1h, at_least: 10m, at_most: 2d}
sections:
  jsjx: {title: 精神建设进行时, aliases: [精神文明建设], was: js, size: 20, body: full}
  no: {title: no}
sources:
  wenming:
    kind: page
    title: 天津文明网
    url: http://wenming.example/jsjx/
    list: {item: "ul.news li", link: a, title: "a@title", date: span}
    sections: jsjx
    every: 20m
    headers: {Authorization: "Bearer ${TOKEN}"}
    enabled: yes
routes:
  - {when: {title: [志愿, /义\\s*工/]}, to: [jsjx, no]}
  - when: {source: wenming, column: 视频}
    drop: true
""",
        {"PASSWORD": "geheim", "TOKEN": "abc"},
    )
    assert config.database == "postgresql+psycopg://haihe:geheim@db.example/haihe"
    assert config.pull == Pull(
        timeout=timedelta(seconds=90),
        max_bytes=524288,
        spacing=timedelta(),
        allow_private=(ip_network("127.0.0.0/8"), ip_network("::1/128")),
        user_agent="Me",
    )
    assert config.sections["jsjx"] == Section(
        key="jsjx", title="精神建设进行时", aliases=("精神文明建设",), was=("js",), size=20, body="full"
    )
    assert config.sections["no"].title == "no"
    source = config.sources["wenming"]
    assert (source.key, source.sections, source.on, source.republish) == ("wenming", ("jsjx",), True, "summary")
    assert source.secret_headers() == {"Authorization": "Bearer abc"}
    assert config.routes == (
        Route(name="config.yaml:21", when=When(title=("志愿", "/义\\s*工/")), to=("jsjx", "no")),
        Route(name="config.yaml:22", when=When(source=("wenming",), column=("视频",)), drop=True),
    )
    told = hints(source, config.site)
    assert (told.kind, told.timezone, told.name) == ("page", "Asia/Shanghai", "天津文明网")
    assert told.list == ListSelectors(item="ul.news li", link="a", title="a@title", date="span")


@pytest.mark.parametrize(
    ("credit", "publisher"), [("", None), ("swj", "天津市水务局"), ("津水微言", "天津市水务局"), ("区融媒体中心", "区融媒体中心")]
)
def test_the_reader_is_told_who_publishes_by_the_name_of_the_record(folder, credit: str, publisher: str | None) -> None:
    config = folder.load(
        SITE
        + f"""
publishers: {{swj: {{name: 天津市水务局, aliases: [津水微言]}}}}
sources: {{a: {{title: 水务局·工作动态, url: "https://swj.example/", kind: page{f", credit: {{publisher: {credit}}}" if credit else ""}}}}}
"""
    )
    told = hints(config.sources["a"], config.site)
    assert (told.name, told.publisher) == ("水务局·工作动态", publisher)


def test_secrets_are_shown_nowhere(folder):
    config = folder.load(
        SITE
        + """
database: postgresql+psycopg://haihe:${SECRET}@db.example/haihe
sources: {a: {title: A, url: "https://bridge.example/feed?key=${SECRET}", headers: {X-Key: "${SECRET}"}}}
""",
        {"SECRET": "geheim"},
    )
    source = config.sources["a"]
    assert source.url == "https://bridge.example/feed?key=geheim"
    assert source.public_url is None
    assert source.written == "https://bridge.example/feed?key=${SECRET}"
    assert "geheim" not in repr(config) + str(source)


def test_secrets_are_not_in_complaints_either(folder):
    said = folder.complaints(
        SITE
        + """
database: "mysql://${SECRET}"
sources:
  a: {title: A, url: "htp://${SECRET}"}
  b: {title: B, url: "http://user:${SECRET}@x.example/"}
  c: {title: C, url: "http://x.example/", headers: {X: "${SECRET}\\n"}}
""",
        {"SECRET": "geheim"},
    )
    assert len(said) == 4
    assert "geheim" not in "".join(said)


def test_how_a_source_is_entered_is_shown_nowhere(folder):
    text = """sources:
  a: {title: A, url: http://a.example/, auth: {user: "${WHO}", password: "${SECRET}"}, cookies: {sid: "${SECRET}", lang: zh},
      proxy: "http://me:${SECRET}@proxy.example:3128"}
  b: {title: B, url: http://b.example/, proxy: "${PROXY}"}
"""
    env = {"WHO": "王", "SECRET": "ge@heim/:%", "PROXY": "https://u:geheim@p.example:8080/"}
    config = folder.load(SITE + text, env)
    a, b = config.sources["a"], config.sources["b"]
    pair = base64.b64encode("王:ge@heim/:%".encode()).decode()
    assert a.secret_headers() == {"Authorization": f"Basic {pair}", "Cookie": "sid=ge@heim/:%; lang=zh"}
    assert a.proxy_address() == "http://me:ge%40heim%2F%3A%25@proxy.example:3128"
    assert b.proxy_address() == env["PROXY"]
    shown = repr(config) + str(a) + str(b) + repr(a.auth) + config.model_dump_json()
    assert not [secret for secret in ("heim", "王", pair) if secret in shown]


def test_the_secret_of_pictures_comes_from_the_environment_and_is_shown_nowhere(folder):
    config = folder.load(SITE + 'serve: {host: x, picture_secret: "${SECRET}"}\n', {"SECRET": "geheim " * 5})
    assert config.serve.picture_secret.get_secret_value() == "geheim " * 5
    assert config.serve.host == "x"
    assert "geheim" not in repr(config) + config.model_dump_json()
    assert folder.load(SITE, {}).serve.picture_secret is None


def test_secrets_of_access_are_not_in_complaints(folder):
    text = """sources:
  a: {title: A, url: http://a.example/, auth: {user: "x:${SECRET}", password: "${SECRET}\\n"}}
  b: {title: B, url: http://b.example/, cookies: {a: "${SECRET};"}, proxy: "http://${SECRET}"}
  c: {title: C, url: http://c.example/, proxy: "http://u:${SECRET}@p.example:x"}
"""
    said = folder.complaints(SITE + text, {"SECRET": "geheim /"})
    assert len(said) == 5
    assert "geheim" not in "".join(said)


def test_a_source_whose_address_is_not_set_is_off_and_says_why(folder):
    text = SITE + 'sources: {a: {title: A, url: "${BRIDGE}/a.atom"}, b: {title: B, url: http://b.example/, enabled: off}}'
    config = folder.load(text, {"BRIDGE": ""})
    assert config.sources["a"].off == "BRIDGE is not set"
    assert config.sources["a"].public_url is None
    assert config.sources["b"].off == "enabled is false"
    assert list(config.active) == []
    config = folder.load(text, {"BRIDGE": "https://bridge.example"})
    assert config.sources["a"].off is None
    assert config.sources["a"].url == "https://bridge.example/a.atom"
    assert list(config.active) == ["a"]


def test_relative_paths_are_of_the_folder_of_the_configuration(folder):
    config = folder.load(
        SITE + "database: sqlite:///data/x.db?mode=rw\nsources: {a: {title: A, url: 'file:in/消息 1.xml', base: 'https://a.example/x'}}"
    )
    assert config.database == f"sqlite:///{folder.path}/data/x.db?mode=rw"
    assert config.sources["a"].url == (folder.path / "in/消息 1.xml").as_uri()
    assert config.sources["a"].public_url == "https://a.example/x"
    config = folder.load(SITE + "database: sqlite:////srv/x.db\nsources: {a: {title: A, url: file:///srv/feed.xml}}")
    assert config.database == "sqlite:////srv/x.db"
    assert config.sources["a"].url == "file:///srv/feed.xml"
    assert config.sources["a"].public_url is None


def test_includes_bring_sections_sources_and_routes(folder):
    folder.write(
        "sources: {b: {title: B, url: http://b.example/, sections: [two]}}\nroutes: [{when: {title: x}, to: [one]}]\n", "sources/b.yaml"
    )
    folder.write("sources: {a: {title: A, url: http://a.example/}}\ninclude: more/*.yaml\n", "sources/a.yaml")
    folder.write("sections: {two: {title: Two}}\n", "sources/more/s.yaml")
    config = folder.load(
        SITE + "include: [sources/*.yaml, nothing/*.yaml]\nsections: {one: {title: One}}\nroutes: [{when: {title: y}, to: [two]}]\n"
    )
    assert list(config.sources) == ["a", "b"]
    assert list(config.sections) == ["one", "two"]
    assert [route.name for route in config.routes] == ["config.yaml:4", "sources/b.yaml:2"]


def test_anchors_and_merge_keys(folder):
    config = folder.load(
        SITE
        + """
sources:
  a: &a {title: A, url: http://a.example/, republish: none, language: &tag en}
  b: {<<: *a, title: B}
  c: {<<: [{title: C}, *a], language: *tag}
"""
    )
    assert [(source.key, source.title, source.republish, source.language) for source in config.sources.values()] == [
        ("a", "A", "none", "en"),
        ("b", "B", "none", "en"),
        ("c", "C", "none", "en"),
    ]


def test_what_yaml_would_turn_into_something_else_stays_text(folder):
    config = folder.load(
        SITE.replace("Site", "2022-09-28")
        + "sections: {on: {title: yes}, 2024: {title: 1:30}}\nsources: {12: {title: off, url: http://x.example, sections: [on]}}"
    )
    assert config.site.title == "2022-09-28"
    assert [(key, section.title) for key, section in config.sections.items()] == [("on", "yes"), ("2024", "1:30")]
    assert config.sources["12"].title == "off"


def test_empty_blocks_are_as_if_left_out(folder):
    assert folder.load(SITE + "sections:\nsources:\nroutes:\ninclude:\npull:\n").sources == {}


def test_a_file_with_a_byte_order_mark(folder):
    assert folder.load(b"\xef\xbb\xbf" + SITE.encode()).site.title == "Site"


def test_the_configuration_of_the_repository_loads():
    config = load(REPOSITORY / "config.yaml", {})
    assert len(config.sections) == 15
    assert config.sources["jinshui"].off == "WECHAT_BRIDGE is not set"
    assert {"sample-page", "sample-feed", "wenming-jsjx", "people", "chinanews"} <= set(config.active)
    for key in ("sample-page", "sample-feed"):
        assert Path(config.sources[key].url.removeprefix("file://")).is_file()
    bridged = load(REPOSITORY / "config.yaml", {"WECHAT_BRIDGE": "https://bridge.example/feeds/1.atom"})
    assert bridged.sources["jinshui"].on


def test_a_thousand_sources_load_in_no_time(folder):
    one = """
  source-{0}:
    title: 来源{0}
    url: https://feeds.example/{0}.atom
    sections: [jsjx]
    credit: {{publisher: 某局, homepage: "https://x.example/", rights: 转载请注明来源}}
    list: {{item: "ul.news li", link: a, title: "a@title", date: span}}"""
    path = folder.write(SITE + "sections: {jsjx: {title: 精神建设进行时}}\nsources:" + "".join(map(one.format, range(1000))))
    began = time.process_time()
    assert len(load(path, {}).sources) == 1000
    assert time.process_time() - began < 1.5  # a tenth of that on an idle machine; the rest is for a busy one


@pytest.mark.parametrize("field", ["key", "title"])
def test_models_are_frozen(folder, field):
    config = folder.load(SITE + "sections: {a: {title: A}}")
    with pytest.raises(ValueError, match="frozen"):
        setattr(config.sections["a"], field, "x")


WHO = """
publishers:
  swj: {name: 天津市水务局, aliases: [天津水务], homepage: "https://swj.tj.gov.cn/", rights: 转载请注明来源, republish: link}
sources:
  jinshui: {title: 津水微言, url: "https://bridge.example/1.atom", credit: {publisher: swj}}
  herald: {title: The Herald, url: "https://herald.example/feed", credit: {homepage: "https://herald.example/"}}
  plain: {title: Plain, url: "https://plain.example/feed"}
"""


def test_publishers_are_known_by_every_name_to_every_source(folder):
    config = folder.load(SITE + WHO)
    known = config.sources["plain"].publishers
    water = config.publishers["swj"].record
    assert [known.find(name) for name in ("天津市水务局", "天津水务", "swj", "津水微言")] == [water] * 4
    herald = known.find("the herald")
    assert herald is not None
    assert (herald.name, herald.homepage, herald.republish) == ("The Herald", "https://herald.example/", None)
    assert known.find("Plain") is None


def test_a_source_with_several_addresses(folder):
    text = SITE + 'sources: {a: {title: A, url: ["${ONE}/a.atom", "${TWO}/a?k=1", https://c.example/]}}'
    a = folder.load(text, {"ONE": "https://one.example", "TWO": "https://two.example/geheim"}).sources["a"]
    assert a.addresses == ("${ONE}/a.atom", "${TWO}/a?k=1", "https://c.example/")
    assert (a.url, a.written, a.public_url) == ("https://one.example/a.atom", "${ONE}/a.atom", None)
    second = a.at("${TWO}/a?k=1")
    assert (second.url, second.public_url, a.at("https://c.example/").public_url) == (
        "https://two.example/geheim/a?k=1", None, "https://c.example/",
    )  # fmt: skip
    assert "geheim" not in repr(a) + repr(second)
    a = folder.load(text, {"TWO": "https://two.example"}).sources["a"]
    assert a.addresses == ("${TWO}/a?k=1", "https://c.example/")
    a = folder.load(text, {}).sources["a"]
    assert (a.addresses, a.off) == (("https://c.example/",), None)
    off = folder.load(SITE + 'sources: {a: {title: A, url: ["${ONE}/a", "${TWO}/a"]}}', {}).sources["a"]
    assert off.off == "ONE and TWO are not set"
