"""The embed kit over HTTP: what is sent, to whom, and for how long; every way of embedding keeps the credit and the original."""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from xml.etree import ElementTree

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from aggregator.serve.assets import templates
from aggregator.serve.embed import choices, oembed
from aggregator.serve.embed.kit import scripts
from tests.serve.conftest import rendition

SITE = "https://feeds.example.org"


def test_the_script_is_small_and_readable_from_everywhere(client):
    plain = client.get("/embed.js")
    assert plain.status_code == 200
    assert plain.headers["Access-Control-Allow-Origin"] == "*"
    assert "stale-if-error" in plain.headers["Cache-Control"]
    for coding, unpack in (("br", brotli.decompress), ("gzip", lambda body: zlib.decompress(body, 31))):
        packed = client.get("/embed.js", headers={"Accept-Encoding": coding})
        assert packed.headers["Content-Encoding"] == coding
        assert len(packed.data) <= 5 * 1024
        assert unpack(packed.data) == plain.data
    assert client.get("/embed.js", headers={"If-None-Match": plain.headers["ETag"]}).status_code == 304
    assert b"haihe-feed" in plain.data
    assert b"/*" not in plain.data
    assert b"document.cookie" not in plain.data
    assert b"innerHTML" not in plain.data  # strangers' texts are set as text


def test_a_pinned_script_never_changes(client):
    page = client.get("/embed/").get_data(as_text=True)
    (address,) = set(re.findall(r"https://feeds\.example\.org(/embed-[0-9a-f]+\.js)", page))
    (integrity,) = set(re.findall(r"sha384-([A-Za-z0-9+/=]+)", page))
    pinned = client.get(address)
    assert base64.b64encode(hashlib.sha384(pinned.data).digest()).decode() == integrity
    assert "immutable" in pinned.headers["Cache-Control"]
    assert client.get("/embed-0123456789abcdef.js").status_code == 404


def test_a_script_that_was_pinned_stays_when_a_newer_one_comes(tmp_path):
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "first.js").write_bytes(b"first();\n")
    (tmp_path / "embed.js").write_text("/* new */\n  second();\n")
    newest, named = scripts(tmp_path)
    assert newest.body == b"second();\n"
    assert {script.body for script in named.values()} == {b"first();\n", b"second();\n"}


def test_comments_go_and_texts_stay(tmp_path):
    (tmp_path / "embed.js").write_text('/* one\n   two */\n  // three\n  say("来源 // four");  // five\n', "utf-8")
    newest, _ = scripts(tmp_path)
    assert newest.body.decode() == 'say("来源 // four");  // five\n'
    whole, _ = scripts(templates() / "embed")
    assert b"https://feeds.example.org" not in whole.body  # it stands in a comment only


def listing(client, way="jsjx.json"):
    answer = client.get(f"/embed/{way}")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    return answer.get_json()


def test_what_the_script_shows_is_ready_to_be_shown(client):
    told = listing(client)
    assert (told["lang"], told["title"], told["page"]) == ("zh-CN", "精神建设进行时 - 津门文明", f"{SITE}/sections/jsjx/")
    seed = told["entries"][0]
    assert seed["title"] == "市水务局海河中心党总支“三通六联”打造共建共联新模式"
    assert seed["address"] == "https://wenming.example/2022/09/28/1.shtml"
    assert seed["date"] == {"iso": "2022-09-28", "text": "2022年9月28日"}
    assert seed["credit"] == ["稿源：津水微言", "记者：王喆", "通讯员：刘映", "编辑：张丽"]
    assert all(each["credit"] and each["title"] and each["address"] for each in told["entries"])
    prefixed = next(each for each in told["entries"] if each["title"].startswith("[视频]"))
    assert prefixed["image"] == "https://wenming.example/pics/yexiao.jpg"
    assert listing(client, "all.json")["title"] == "津门文明"


def test_its_language_is_that_of_the_page_that_asks_and_not_of_the_reader(client):
    english = listing(client, "jsjx.json?lang=en-US")
    assert english["lang"] == "en"
    assert english["title_lang"] == english["entries"][0]["lang"] == "zh-CN"
    assert english["entries"][0]["credit"][0] == "Source: 津水微言"
    assert english["entries"][0]["date"]["text"] == "28 September 2022"
    for asked in ("", "?lang=", "?lang=xx", "?lang=%00"):
        answer = client.get(f"/embed/jsjx.json{asked}", headers={"Accept-Language": "en"})
        assert answer.get_json()["lang"] == "zh-CN"
        assert "Accept-Language" not in answer.headers["Vary"]


def test_it_says_no_more_than_the_section_shows(client):
    (entry,) = listing(client, "jieri.json")["entries"]  # links alone
    assert {"title", "address", "credit"} <= entry.keys() <= {"title", "address", "credit", "date", "lang"}
    empty = listing(client, "wcnr.json")
    assert empty["entries"] == []
    assert empty["more"] == "还没有内容。 更多，见"


def test_any_page_may_ask_for_it_and_ask_again_with_its_tag(client, shelf):
    answer = client.get("/embed/jsjx.json?limit=8", headers={"Accept-Encoding": "br"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Expose-Headers"] == "Date"
    assert answer.headers["Content-Encoding"] == "br"
    assert re.fullmatch(r"public, max-age=\d+", answer.headers["Cache-Control"])
    again = client.get("/embed/jsjx.json?limit=8", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.headers["Access-Control-Allow-Origin"]) == (304, "*")
    moved = client.get("/embed/jswm.json?limit=3&lang=en")
    assert (moved.status_code, moved.headers["Location"]) == (301, "/embed/jsjx.json?limit=3&lang=en")
    assert moved.headers["Access-Control-Allow-Origin"] == "*"  # else a script could not follow
    shelf.once = {"old"}
    for key, status in (("nowhere", 404), ("old", 410)):
        answer = client.get(f"/embed/{key}.json")
        assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (status, "*")  # a script may see why


def test_it_is_made_once_for_all_until_something_is_published(client, shelf):
    shelf.renditions["jsjx", "json"] = rendition("jsjx", "json", "application/feed+json", b"{}")
    first = listing(client)
    shelf.items = []
    assert listing(client) == first
    assert listing(client, "jsjx.json?limit=7") == first  # the next size up is the same one
    shelf.renditions["jsjx", "json"] = structs.replace(shelf.renditions["jsjx", "json"], etag='W/"next"')
    assert listing(client)["entries"] == []


def test_it_stays_up_while_the_store_is_down(client, shelf):
    shelf.renditions["jsjx", "json"] = rendition("jsjx", "json", "application/feed+json", b"{}")
    first = listing(client)
    shelf.broken = True
    assert listing(client) == first


@pytest.mark.parametrize("layout", choices.LAYOUTS)
@pytest.mark.parametrize("way", ["/embed/jsjx?layout={}", "/embed/jsjx.html?layout={}"])
def test_every_layout_names_the_source_and_leads_to_the_original(client, way, layout):
    text = client.get(way.format(layout)).get_data(as_text=True)
    rows = text.split('<li class="haihe-item">')[1:]
    assert rows
    for row in rows:
        assert re.search(r'<a class="haihe-title" href="https?://', row)
        assert re.search(r'class="haihe-credit">\s*(?:<span>)?[^<\s]', row)


def test_a_frame_may_stand_anywhere_and_a_page_nowhere(client):
    frame = client.get("/embed/jsjx")
    assert "frame-ancestors *" in frame.headers["Content-Security-Policy"]
    assert "unsafe" not in frame.headers["Content-Security-Policy"]
    for page in ("/", "/embed/", "/sections/jsjx/"):
        assert "frame-ancestors 'none'" in client.get(page).headers["Content-Security-Policy"]


def test_a_fragment_is_a_piece_of_a_page_without_style_or_script(client):
    answer = client.get("/embed/jsjx.html?limit=1")
    text = answer.get_data(as_text=True)
    assert text.strip().startswith("<section")
    assert text.count('class="haihe-item"') == 1
    assert "<script" not in text
    assert "style=" not in text
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_embeds_follow_a_renamed_section(client):
    answer = client.get("/embed/jswm?limit=3")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/embed/jsjx?limit=3")
    assert client.get("/embed/nowhere").status_code == 404


def test_what_makes_no_sense_is_passed_over(client):
    assert client.get("/embed/jsjx?limit=-1&layout=../x&theme=<script>&images=").status_code == 200


@given(st.dictionaries(st.sampled_from(["limit", "layout", "theme", "images", "heading"]), st.text(max_size=12)))
def test_any_choice_is_one_that_there_is(args):
    chosen = choices.read(args)
    assert 1 <= chosen.limit <= choices.MOST
    assert chosen.layout in choices.LAYOUTS
    assert chosen.theme in choices.THEMES
    assert choices.read(chosen.query) == chosen


def test_the_builder_begins_with_a_section_that_has_something_to_show(client, shelf):
    shelf.items = [item for item in shelf.items if "jsjx" not in {placed.section for placed in item.placements}]
    first = next(key for key in ("jsjx", "zyfw", "wmcs", "jieri", "wcnr") if shelf.newest(key, 1))
    assert first != "jsjx"
    assert f"&lt;haihe-feed section=&#34;{first}&#34;" in client.get("/embed/").get_data(as_text=True)


def test_the_builder_makes_snippets_of_what_was_chosen(client):
    text = client.get("/embed/?section=zyfw&layout=cards&theme=dark&limit=7").get_data(as_text=True)
    assert (
        "&lt;haihe-feed section=&#34;zyfw&#34; limit=&#34;7&#34; layout=&#34;cards&#34; theme=&#34;dark&#34; images=&#34;off&#34; style="
        in text
    )
    assert 'value="zyfw" selected' in text
    assert "https://feeds.example.org/embed/zyfw.html?limit=7" in text


def test_oembed_of_a_section_and_of_an_entry(client):
    for address, author in ((f"{SITE}/sections/jsjx/", "津门文明"), (f"{SITE}/sections/jswm/?x=1", "津门文明"), (f"{SITE}/", "津门文明")):
        answer = client.get("/oembed", query_string={"url": address, "maxwidth": 400, "maxheight": 300})
        said = answer.get_json()
        assert (said["version"], said["type"], said["author_name"]) == ("1.0", "rich", author)
        assert (said["width"], said["height"]) == (400, 300)
        assert '<iframe src="https://feeds.example.org/embed/' in said["html"]
    page = client.get("/sections/jsjx/").get_data(as_text=True)
    (entry,) = re.findall(r'href="(/entries/[^/"]+/)', page)[:1]
    said = client.get("/oembed", query_string={"url": SITE + entry}).get_json()
    assert said["author_name"]
    frame = re.findall(r'src="https://feeds\.example\.org([^"]+)"', said["html"])[0]
    assert client.get(frame).get_data(as_text=True).count('class="haihe-item"') == 1
    assert f"{SITE}/oembed?url=" in client.get(entry).get_data(as_text=True)


def test_oembed_says_what_it_cannot_do(client):
    asked = {"url": f"{SITE}/sections/jsjx/"}
    root = ElementTree.fromstring(client.get("/oembed", query_string=asked | {"format": "xml"}).data)
    assert root.findtext("type") == "rich"
    assert client.get("/oembed", query_string=asked | {"format": "yaml"}).status_code == 501
    for address in (
        "",
        "https://elsewhere.example/sections/jsjx/",
        f"{SITE}/sections/none/",
        f"{SITE}/sources/",
        "javascript:alert(1)",
        "//",
    ):
        assert client.get("/oembed", query_string={"url": address}).status_code == 404, address


@given(st.text(max_size=60))
def test_no_address_is_taken_for_one_of_ours(address):
    found = oembed.path_of(f"https://x.example/{address}", SITE)
    assert found is None


def test_the_room_that_is_kept_free_is_the_script_s_own():
    text = (templates() / "embed/embed.js").read_text(encoding="utf-8")
    stated = ", ".join(f"{layout}: {room:g}" for layout, room in choices.ROWS.items())
    assert f"const ROWS = {{ {stated} }}" in text
