"""What is said of a wrong configuration, to the letter. The place that is meant is marked with ¦."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.config import BadConfig, load
from aggregator.errors import ConfigError

ONE = "sections: {jsjx: {title: 精神, aliases: [建设]}, zyfw: {title: 志愿服务}}\n"
SOURCE = "sources: {a: {title: A, url: http://a.example/, %s}}"
SET = "write ${NAME}, and set NAME in the environment of haihe"
SAME = "say the same; keep one of the two"
PROXY = "write http://proxy.example:3128, or http://user:${PASSWORD}@proxy.example:3128"


def at(text: str, message: str) -> str:
    """The complaint at the place that is marked with ¦."""
    before = text[: text.index("¦")]
    return f"config.yaml:{before.count(chr(10)) + 2}:{len(before) - before.rfind(chr(10))}: {message}"


def said(text: str) -> str:
    """The one complaint without its file."""
    return f"config.yaml:{text}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("¦secions: {}", 'unknown key "secions"; did you mean "sections"?'),
        (
            "¦colour: red",
            'unknown key "colour"; known here are: site, database, serve, pull, pace, retention, publishers, sections, sources, routes',
        ),
        (
            "¦path: x",
            'unknown key "path"; known here are: site, database, serve, pull, pace, retention, publishers, sections, sources, routes',
        ),
        (
            "publishers: {a: {name: 水务}, b: {name: 水, aliases: [津水, ¦“水 务”]}}",
            '"“水 务”" is a name of publisher a already; a name leads to one publisher',
        ),
        ("publishers: {a: {name: 水务, republish: ¦some}}", '"some" is not one of full, summary, link, none'),
        ("serve: {¦prot: 1}", 'unknown key "prot"; did you mean "port"?'),
        ("serve: {port: ¦70000}", "this must be 65535 or less"),
        ('serve: {port: ¦"80"}', "a whole number is expected, not text; write it without quotes"),
        ("serve: {port: ¦true}", "a whole number is expected, not true"),
        ("serve: {port: ¦1:30}", "a whole number is expected, not text"),
        ("serve: {workers: ¦0}", "this must be 1 or more"),
        ("serve: {picture_secret: ¦0123456789abcdef0123456789abcdef}", f"a secret cannot stand in the file; {SET}"),
        ("serve: {picture_secret: ¦'${TOKEN}'}", "TOKEN is not set; set it in the environment of haihe"),
        ("serve: {picture_secret: ¦'${HOME}'}", "a secret of at least 32 characters is expected; openssl rand -base64 32 makes one"),
        ("serve: {picture_secret: ¦[1]}", "text is expected, not a list"),
        ("serve: ¦[8080]", "a mapping is expected (key: value), not a list"),
        ("pull: {timeout: ¦20}", "a duration is expected, like 20s, 30m, 1h30m or 1d; write 20s, 20m or 20h"),
        ("pull: {timeout: ¦0s}", "this must be longer than nothing"),
        ("pull: {timeout: ¦20x}", "a duration is expected, like 20s, 30m, 1h30m or 1d"),
        ("pull: {timeout: ¦99999d}", "this is longer than ten years"),
        ("pull: {max_bytes: ¦ten}", "a size is expected, like 512KiB or 10MiB"),
        ("pull: {max_bytes: ¦1KB}", "this must be 1024 or more"),
        ("pull: {allow_private: [¦127.0.0.1/8]}", '"127.0.0.1/8" is an address within a network; did you mean "127.0.0.0/8"?'),
        ("pull: {allow_private: [¦here]}", '"here" is no network; write it like 127.0.0.0/8'),
        ("pace: {every: ¦1m}", "every 1m is shorter than at_least 5m; lower pace.at_least or be slower"),
        ("pace: {every: ¦2d}", "every 2d is longer than at_most 1d; raise pace.at_most or be faster"),
        ("pace: {at_least: ¦2d}", "at_least 2d is longer than at_most 1d"),
        ("sections: ¦[]", "a mapping is expected (key: value), not a list"),
        ("sections: {¦a: }", "a mapping is expected (key: value), not nothing"),
        ("sections: {a: {¦titel: x, title: y}}", 'unknown key "titel"; did you mean "title"?'),
        ("sections: {¦a: {}}", 'the key "title" is missing'),
        ("sections: {a: {title: ¦12}}", 'text is expected, not a number; write it in quotes: "12"'),
        ("sections: {a: {title: ¦true}}", 'text is expected, not true; write it in quotes: "true"'),
        ("sections: {a: {title: ¦[x]}}", "text is expected, not a list"),
        ("sections: {a: {title: ¦}}", "this is empty; text is expected"),
        ('sections: {a: {title: ¦" "}}', "this is empty"),
        ("sections: {a: {title: x, body: ¦sumary}}", '"sumary" is not one of full, summary, link; did you mean "summary"?'),
        ("sections: {a: {title: x, ¦key: b}}", 'unknown key "key"; known here are: title, aliases, description, size, body, was'),
        ("sections: {¦A_b: {title: x}}", 'the section key "A_b" goes into addresses; use a-z, 0-9 and hyphens only'),
        ("sections: {¦all: {title: x}}", '"all" is reserved: it stands for every section; choose another key'),
        ("sections: {a: {title: x}, b: {title: ¦x}}", '"x" is the title of section a already; give each section its own title'),
        ("sections: {a: {title: x}, b: {title: y, aliases: [¦X]}}", '"X" is the title of section a already; a name leads to one section'),
        (
            "sections: {a: {title: x, aliases: z}, b: {title: y, aliases: [¦“z”]}}",
            '"“z”" is the alias of section a already; a name leads to one section',
        ),
        ("sections: {a: {title: x, was: ¦b}, b: {title: y}}", '"b" is the key of a section; was names keys that are no longer used'),
        ("sections: {a: {title: x, was: c}, b: {title: y, was: [¦c]}}", '"c" leads to section a already'),
        ("sections: {a: {title: x, was: [¦all]}}", '"all" cannot have been the key of a section; use a-z, 0-9 and hyphens only'),
        (
            "database: ¦mysql://x",
            "this is no database that haihe can use; write sqlite:///var/haihe.db or postgresql+psycopg://user:${PASSWORD}@host/name",
        ),
        (
            "database: ¦'sqlite:///:memory:'",
            "this is no database that haihe can use; write sqlite:///var/haihe.db or postgresql+psycopg://user:${PASSWORD}@host/name",
        ),
        ("database: ¦postgresql://h:${PW}@x/y", "PW is not set; set it in the environment of haihe"),
        ('database: ¦"sqlite:///${1}"', "this is no variable; write ${NAME}"),
        ("database: ¦12", "text is expected, not a number; write sqlite:///var/haihe.db"),
        ("routes: ¦{}", "a list is expected, not a mapping; write - {when: {…}, to: […]}"),
        (
            "sources: {¦'a b': {title: A, url: http://a.example}}",
            'the source key "a b" goes into commands; use letters, digits and - . _ only',
        ),
        ("sources: {¦a: {title: A}}", 'the key "url" is missing'),
        ("sources: {a: {title: A, url: ¦htp://a.example}}", 'a web address or a file: address is expected; did you mean "http"?'),
        (
            "sources: {a: {title: A, url: ¦a.example}}",
            "a web address or a file: address is expected; write it in full, like https://example.org/feed.xml",
        ),
        ("sources: {a: {title: A, url: ¦'http://'}}", "a web address is expected; write it in full, like https://example.org/feed.xml"),
        ("sources: {a: {title: A, url: ¦'http://[x/'}}", "this is no web address; write it like https://example.org/feed.xml"),
        (
            "sources: {a: {title: A, url: ¦'file:'}}",
            "this is no address of a file; write file:path/from/this/folder or file:///absolute/path",
        ),
        (
            "sources: {a: {title: A, url: ¦'http://u:p@a.example/'}}",
            'a name and password cannot stand in the address; write auth: {user: name, password: "${NAME}"}',
        ),
        ("sources: {a: {title: A, url: ¦'${A B}'}}", "this is no variable; write ${NAME}"),
        (SOURCE % "kind: ¦pge", '"pge" is not one of feed, page, sitemap, json, wechat; did you mean "page"?'),
        (
            SOURCE % "kind: sitemap, list: {link: '*/news/*', date: ¦time}",
            "a sitemap has no date to select; only link can be set, as a pattern like */news/*",
        ),
        (
            SOURCE % "kind: json, list: {item: ¦'data..list'}",
            "this is no path into JSON; write names with dots between them, like data.list or items[0].title",
        ),
        (
            SOURCE % "kind: json, list: {link: ¦'https://a.example/{id'}",
            "this is no path into JSON; a brace is not closed; write it like https://example.org/{id}.html",
        ),
        (SOURCE % "republish: ¦1", "a number is not one of full, summary, link, none"),
        (SOURCE % "base: ¦http://b.example/", "base is only for a file: address, as the web address that it stands for; remove it"),
        (SOURCE % "timezone: ¦Asia/Shangai", 'there is no time zone "Asia/Shangai"; did you mean "Asia/Shanghai"?'),
        (SOURCE % "timezone: ¦Asia", 'there is no time zone "Asia"; write it like Asia/Shanghai'),
        (SOURCE % "language: ¦chinese", '"chinese" is no language tag; write it like zh-CN or en'),
        ("sections: {a: {title: A, aliases: ¦2026}}", 'text or a list of texts is expected, not a number; write it in quotes: "2026"'),
        (SOURCE % "language: ¦中文", '"中文" is no language tag; write it like zh-CN or en'),
        (SOURCE % "every: ¦1m", "every 1m is shorter than at_least 5m; lower pace.at_least or be slower"),
        (SOURCE % "enabled: ¦maybe", "true or false is expected, not text"),
        (
            SOURCE % "¦off: moved",
            (
                'unknown key "off"; known here are: title, url, base, kind, sections, column, credit, republish, pictures, '
                "list, article, timezone, language, every, headers, auth, cookies, proxy, robots, enabled"
            ),
        ),
        (SOURCE % "credit: {homepage: ¦swj.tj.gov.cn}", "a web address is expected; write it in full, like https://example.org/feed.xml"),
        (SOURCE % "credit: {¦publsher: x}", 'unknown key "publsher"; did you mean "publisher"?'),
        (SOURCE % "headers: {X: ¦'${TOKEN}'}", "TOKEN is not set; set it in the environment of haihe"),
        (SOURCE % "headers: {host: ¦x}", "the header host is set by haihe itself; remove it"),
        (SOURCE % 'headers: {X: ¦"a\\nb"}', "a header must be one line without control characters"),
        (SOURCE % "headers: {X: ¦1}", 'text is expected, not a number; write it in quotes: "1"'),
        (SOURCE % "auth: {user: a, password: ¦x}", f"a password cannot stand in the file; {SET}"),
        (SOURCE % "auth: {user: a, password: ¦'${TOKEN}'}", "TOKEN is not set; set it in the environment of haihe"),
        (SOURCE % "auth: {user: ¦'a:b', password: '${HOME}'}", "a user cannot have a colon in its name"),
        (SOURCE % "auth: {user: a, password: '${HOME}', ¦pasword: x}", 'unknown key "pasword"; did you mean "password"?'),
        (SOURCE % "¦auth: {user: a}", 'the key "password" is missing'),
        (SOURCE % "auth: ¦secret", "a mapping is expected (key: value), not text"),
        (SOURCE % "headers: {authorization: x}, auth: ¦{user: a, password: '${HOME}'}", f"auth and the header Authorization {SAME}"),
        (SOURCE % "headers: {Cookie: x}, cookies: ¦{a: b}", f"cookies and the header Cookie {SAME}"),
        (SOURCE % "cookies: {'a b': ¦x}", '"a b" is no name of a cookie'),
        (SOURCE % "cookies: {a: ¦'x; b=y'}", "a cookie is one line without ; and control characters; write each cookie under its own name"),
        (SOURCE % "proxy: ¦'socks5://p.example:1080'", f"only HTTP proxies can be used; {PROXY}"),
        (SOURCE % "proxy: ¦p.example:3128", f"only HTTP proxies can be used; {PROXY}"),
        (SOURCE % "proxy: ¦'http://p.example:99999'", f"this is no address of a proxy; {PROXY}"),
        (SOURCE % "proxy: ¦'http://p.example/x'", f"this is no address of a proxy; {PROXY}"),
        (SOURCE % "proxy: ¦'http://u:p@p.example:3128'", f"a password cannot stand in the file; {SET}"),
        (SOURCE % "proxy: ¦'http://u:${TOKEN}@p.example:3128'", "TOKEN is not set; set it in the environment of haihe"),
        (SOURCE % "proxy: ¦'http://u:${TO KEN}@p.example:3128'", "this is no variable; write ${NAME}"),
        ("sources: {a: {title: A, url: 'file:x.xml', proxy: ¦'http://p.example'}}", "proxy is for web addresses only; remove it"),
        (
            "sources: {a: {title: A, url: [http://a.example/, ¦htp://b.example]}}",
            'a web address or a file: address is expected; did you mean "http"?',
        ),
        ("sources: {a: {title: A, url: [http://a.example/, ¦1]}}", "text is expected, not a number; write each address in full"),
        ("sources: {a: {title: A, url: [http://a.example/, ¦http://a.example/]}}", "this address is given twice; remove one"),
        ("sources: {a: {title: A, url: [http://a.example/, ¦'${A B}']}}", "this is no variable; write ${NAME}"),
        (
            "sources: {a: {title: A, url: ¦[]}}",
            "this is empty; an address is expected; write it in full, like https://example.org/feed.xml",
        ),
        ("sources: {a: {title: A, url: ¦{}}}", "text is expected, not a mapping"),
        (SOURCE % "robots: ¦ignore", "the reason is missing; write robots: {ignore: why}"),
        (SOURCE % "¦robots: {}", 'the key "ignore" is missing'),
        (SOURCE % "robots: ¦no", '"no" is not known here; write robots: {ignore: why}'),
        (SOURCE % "sections: ¦{}", "a list is expected, not a mapping"),
        (SOURCE % "sections: [¦nowhere]", 'there is no section "nowhere"'),
    ],
)
def test_each_mistake_is_named_at_its_place(complain, text, expected):
    assert complain(text.replace("¦", ""), {"HOME": "x"}) == [at(text, expected)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SOURCE % "sections: [¦jsjk]", 'there is no section "jsjk"; did you mean "jsjx"?'),
        (SOURCE % "sections: [¦志愿服务]", 'there is no section "志愿服务"; did you mean "zyfw"?'),
        (SOURCE % "sections: [¦other]", 'there is no section "other"; known are: jsjx, zyfw'),
        ("routes: [{when: {title: x}, to: [¦zyf]}]", 'there is no section "zyf"; did you mean "zyfw"?'),
        ("routes: [¦{when: {title: x}}]", "a route needs either to or drop; write to: [section], or drop: true"),
        ("routes: [{when: {title: x}, to: zyfw, drop: ¦yes}]", "a route needs either to or drop; write to: [section], or drop: true"),
        ("routes: [{when: ¦{}, to: zyfw}]", "this names no condition; write when: {title: part of the title}"),
        ("routes: [¦{to: zyfw}]", 'the key "when" is missing'),
        (
            "routes: [{when: {title: ¦/a(/}, to: zyfw}]",
            "this regular expression cannot be read: missing ), unterminated subpattern at position 1",
        ),
        ("routes: [¦zyfw]", "a mapping is expected (key: value), not text"),
    ],
)
def test_sections_and_routes_that_do_not_fit(complain, text, expected):
    assert complain(ONE + text.replace("¦", "")) == [at(ONE + text, expected)]


def test_a_route_for_a_source_that_is_all_but_spelt_right(complain):
    text = "sections: {s: {title: S}}\nsources: {wenming-jsjx: {title: A, url: http://a.example/}}\nroutes: [{when: {source: %s}, to: s}]"
    assert complain(text % "wenming-jsj") == [said('4:26: there is no source "wenming-jsj"; did you mean "wenming-jsjx"?')]


def test_broken_selectors_are_named_at_their_place(complain):
    text = SOURCE % "kind: page, list: {item: 'li[[', link: a}, article: {body: '//p['}"
    first, second = complain(text)
    assert first.startswith("config.yaml:2:74: this selector cannot be used: ")
    assert second.startswith("config.yaml:2:108: this selector cannot be used: ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "",
            (
                "1:1: the file is empty; begin with one of: site, database, serve, pull, pace, retention, publishers, sections, "
                "sources, routes, include"
            ),
        ),
        (
            "# nothing\n",
            (
                "1:1: the file is empty; begin with one of: site, database, serve, pull, pace, retention, publishers, sections, "
                "sources, routes, include"
            ),
        ),
        ("- site", "1:1: a mapping is expected (key: value), not a list"),
        ("site", "1:1: a mapping is expected (key: value), not text"),
        ("serve: {}", '1:1: the key "site" is missing; write site: {title: …, url: https://…}'),
        ("site: {title: a: b}", None),
        ("site:\n\ttitle: x", "2:1: a tab cannot indent YAML; use spaces"),
        ("site: {title: x", "1:7: a { is not closed; a mapping is written {key: value, key: value}"),
        ("site:\n  title: x\n url: y", "3:2: this does not fit what stands above; check the indentation and the quotes"),
        ("site: x: y", '1:8: a key with a value cannot stand here; put text that holds ": " in quotes, or check the indentation'),
        ('site: "x', "1:7: a quote is not closed"),
        ("include: *.yaml", "1:10: text that begins with * or & must stand in quotes"),
        ("include: *all", '1:10: there is no anchor &all above; text that begins with * stands in quotes: "*all"'),
        ("site: @x", "1:7: text that begins with @ must stand in quotes"),
        ("site: &s [*s]", "1:11: the alias *s stands inside its own anchor"),
        ("site: !!python/name:os.system x", "1:7: the tag !!python/name:os.system is not read here; write the plain value"),
        ("site: {}\n---\nsite: {}", "2:1: a second document begins here; one file holds one document: remove the ---"),
        ("? [a]\n: b", "1:3: a key must be plain text"),
        (b"site:\n  title: \xce\xc4\xc3\xf7", "2:10: this is not UTF-8 text; save the file as UTF-8"),
        (b"site:\n  \xe6\x96\x87: \x00", "2:6: a control character stands here (U+0000); remove it"),
        ("a: " + "[" * 100_000, "1:44: this is nested too deeply"),
    ],
)
def test_what_is_no_configuration_at_all(folder, text, expected):
    lines = folder.complaints(text)
    assert len(lines) == 1
    assert expected is None or lines == [said(expected)]


def test_every_problem_at_once_in_order_of_place(folder):
    assert folder.complaints(
        """\
secions: {}
site: {title: 12}
sources:
  b: {title: B, url: http://b.example/, sections: [jsj], kind: jsn}
  a: {url: nowhere}
sections: {jsjx: {title: x, size: many}}
"""
    ) == [
        'config.yaml:1:1: unknown key "secions"; did you mean "sections"?',
        'config.yaml:2:1: the key "url" is missing',
        'config.yaml:2:15: text is expected, not a number; write it in quotes: "12"',
        'config.yaml:4:52: there is no section "jsj"; did you mean "jsjx"?',
        'config.yaml:4:64: "jsn" is not one of feed, page, sitemap, json, wechat; did you mean "json"?',
        'config.yaml:5:3: the key "title" is missing',
        'config.yaml:6:35: a whole number is expected, not text',
    ]  # fmt: skip


def test_keys_given_twice(complain):
    assert complain("serve: {port: 1, port: 2}\nsections:\n  a: {title: A}\n  a: {title: B}\nserve: {}") == [
        'config.yaml:2:18: the key "port" is given twice, first in line 2',
        'config.yaml:5:3: the key "a" is given twice, first in line 4',
        'config.yaml:6:1: the key "serve" is given twice, first in line 2',
    ]


def test_merging_what_is_no_mapping(complain):
    assert complain("sections: {a: {<<: [x], title: A}}") == [
        "config.yaml:2:16: << merges mappings only; write <<: *name of an anchored mapping"
    ]


@pytest.mark.parametrize("width", [9, 40])
def test_aliases_that_unfold_without_end(folder, width):
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width)}]\n" for n in range(1, 30))
    merged = "m0: &m0 {a: 1}\n" + "".join(f"m{n}: &m{n} {{<<: [{', '.join([f'*m{n - 1}'] * width)}]}}\n" for n in range(1, 30))
    for text in (bomb, merged):
        (line,) = folder.complaints(text)
        assert line.endswith(": the aliases of this file unfold to too many values")


def test_files_that_are_not_there(tmp_path):
    for path, expected in ((tmp_path / "none.yaml", "there is no such file"), (tmp_path, "this is not a file")):
        with pytest.raises(ConfigError) as caught:
            load(path, {})
        assert str(caught.value) == f"{path}: {expected}"
    with pytest.raises(BadConfig, match="there is no such file"):
        load(Path("a\0b"), {})


def test_includes_that_are_not_there_or_lead_in_a_circle(folder):
    folder.write("include: c.yaml\nsources: {a: {title: A, url: http://a.example/}}\npace: {every: 1h}\nsecions: {}\n", "b.yaml")
    folder.write("include: [b.yaml]\n", "c.yaml")
    site = 'site: {title: Site, url: "https://feeds.example.org"}\n'
    assert folder.complaints(site + "include:\n- missing.yaml\n- b.yaml\n- 12\n- config.yaml\n") == [
        'config.yaml:3:3: there is no file "missing.yaml"; the path is taken from this file\'s folder',
        "config.yaml:5:3: the name of a file is expected, not a number; write sources/*.yaml",
        'config.yaml:6:3: "config.yaml" includes this file again; remove one of the two',
        'b.yaml:3:1: "pace" belongs in the first file; move it to config.yaml',
        'b.yaml:4:1: unknown key "secions"; did you mean "sections"?',
        'c.yaml:1:11: "b.yaml" includes this file again; remove one of the two',
    ]


def test_what_is_defined_in_two_files(folder):
    folder.write("sources:\n  a: {title: 12, url: x}\nroutes:\n  - {when: {title: x}, to: [t]}\n", "b.yaml")
    site = 'site: {title: Site, url: "https://feeds.example.org"}\ninclude: "*.yaml"\n'
    assert folder.complaints(site + "sources: {a: {title: A, url: http://a.example/, kind: x}}\nroutes: [{to: [s]}]\n") == [
        'config.yaml:3:55: "x" is not one of feed, page, sitemap, json, wechat',
        'config.yaml:4:10: the key "when" is missing',
        'b.yaml:2:3: the source "a" is defined twice, first at config.yaml:3; remove one, or give it another key',
        'b.yaml:4:29: there is no section "t"',
    ]
