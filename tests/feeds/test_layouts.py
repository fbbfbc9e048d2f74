"""Article pages of large newsrooms: headlines with kickers, texts in pieces, boxes beside and within the text, who signs, and when."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from feeds.clean.text import plain
from feeds.read.article import read_article
from feeds.records import Document, Entry, Hints, Precision

PARTS = [
    "The old ferry will run again from the first of May, the town council decided on Tuesday evening after a debate of three hours.",
    "Its engine was taken apart during the winter by eleven volunteers, who found that only two of its forty valves had to be replaced.",
    "Tickets will cost what they cost in 1998, when the last trip was made; children and bicycles go free, dogs pay half, said the mayor.",
    "Until then the landing stage has to be dredged, because three winters without traffic have left a metre of mud between its piles.",
    "The bridge upstream remains closed to lorries at least until the autumn, so that many in both villages have waited for this day.",
    "Whoever wants to help can sign up at the town hall, where lists lie open every morning, also for those who would rather bake a cake.",
]
WORDS = "".join(f"<p>{part}</p>" for part in PARTS)


def opened(body: str, head: str = "", url: str = "https://herald.example/news/ferry.html") -> Entry:
    html = f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>"
    page = Document(url=url, body=html.encode(), content_type="text/html; charset=utf-8")
    return read_article(page, Hints(timezone="Europe/Berlin"))


def said(entry: Entry) -> str:
    return plain(entry.content.value) if entry.content else ""


def linked(**facts: str) -> str:
    stated = "".join(f',"{name}":{value}' for name, value in facts.items())
    return f'<script type="application/ld+json">{{"@type":"NewsArticle"{stated}}}</script>'


# --- the headline -----------------------------------------------------------------------------------------------------------------------


def test_a_kicker_in_the_heading_is_no_headline() -> None:
    told = "Ferry returns: Town votes for May"
    head = f'<title>{told} | The Herald</title><meta property="og:title" content="{told}">'
    entry = opened(f"<h1><span class=kicker>Ferry returns</span><span>Town votes for May</span></h1>{WORDS}", head)
    assert entry.title == told


def test_the_name_of_the_site_is_no_headline() -> None:
    head = '<title>Town votes for May | Herald</title><meta property="og:site_name" content="The Herald">'
    told = linked(headline='"Town votes for May"')
    entry = opened(f"<header><span class=title>Herald</span></header><main>{WORDS}</main>", head + told)
    assert entry.title == "Town votes for May"


def test_what_programs_are_told_is_read_without_its_references() -> None:
    entry = opened(WORDS, linked(headline='"The mayor&#8217;s ferry &amp; its valves"'))
    assert entry.title == "The mayor’s ferry & its valves"


# --- the text ---------------------------------------------------------------------------------------------------------------------------


def test_a_text_in_pieces_is_joined() -> None:
    ad = "<div class=ad-slot>Advertisement</div>"
    parts = [f"{day}: {part}" for day in ("Monday", "Tuesday", "Friday") for part in PARTS]
    pieces = ad.join(f"<section class='piece x'><div class=inline><p>{part}</p></div></section>" for part in parts)
    offers = "".join(f"<li>Every article of this paper and its archive, every day, wherever you are, {n}.</li>" for n in range(5))
    entry = opened(f"<h1>Town votes for May</h1><main><div>{pieces}</div></main><div class=wall><ul>{offers}</ul></div>")
    assert [part for part in parts if part not in said(entry)] == []
    assert "archive" not in said(entry)


def test_pieces_of_other_articles_are_not_joined() -> None:
    teaser = "<div class=box><h3><a href=/n/{n}>A headline of some other day, number {n}</a></h3><p>{part}</p></div>"
    others = "".join(teaser.format(n=n, part=f"Elsewhere {part}") for n, part in enumerate(PARTS))
    entry = opened(f"<h1>Town votes for May</h1><div class=box>{WORDS}</div><div>{others}</div>")
    assert "Elsewhere" not in said(entry)
    assert PARTS[-1] in said(entry)


@pytest.mark.parametrize("name", ["post-share-container", "with-sidebar sidebar", "summary related"])
def test_a_layout_may_be_called_after_what_stands_in_it(name: str) -> None:
    cookies = "<div><p>We keep what you allow us to keep, as long as it is needed to run this service, and for nothing else.</p></div>"
    entry = opened(f"<h1>Town votes for May</h1>{cookies}<article><div class='{name}'><div class=story>{WORDS}</div></div></article>")
    assert [part for part in PARTS if part not in said(entry)] == []


def test_boxes_of_links_within_the_text_go_and_links_of_the_text_stay() -> None:
    box = "".join(f"<p><a href=/n/{n}>Another headline of this paper, number {n}</a></p>" for n in range(4))
    own = '<p>The minutes are <a href="/minutes">on the pages of the council</a>, with all the votes.</p>'
    files = "".join(f'<li><a href="/doc{n}.pdf">Annex {n} of the decision</a></li>' for n in range(3))
    entry = opened(f"<h1>Town votes for May</h1><div class=story>{WORDS[:600]}<div>{box}</div>{WORDS[600:]}{own}<ul>{files}</ul></div>")
    assert "Another headline" not in said(entry)
    assert "on the pages of the council" in said(entry)
    assert "Annex 2" in said(entry)


# --- who signs --------------------------------------------------------------------------------------------------------------------------

ONE, TWO = '{"@type":"Person","name":"Ada Ferris"}', '[{"@type":"Person","name":"Ada Ferris"},{"@type":"Person","name":"Bo Quay"}]'


@pytest.mark.parametrize(
    ("byline", "author", "names"),
    [
        ("<p>By Ada Ferris Follow</p>", ONE, ["Ada Ferris"]),
        ("<span class=author>Ada Ferris</span><a rel=author>Cy Stranger</a>", ONE, ["Ada Ferris"]),
        (
            "<span class=author>Ada Ferris</span><span class=author>Ada Ferris Travel Reporter</span><b class=author>By</b>",
            "null",
            ["Ada Ferris"],
        ),
        ("<span class=author>Von Ada Ferris</span>", "null", ["Ada Ferris"]),
        ("<span class=author>di Ada Ferris</span>", "null", ["Ada Ferris"]),
        ("<span class=author>Van Morrison</span>", "null", ["Van Morrison"]),
        ("<div class=author>April 25, 2023</div>", ONE, ["Ada Ferris"]),
        ("<meta name=author content='Ada Ferris'>", TWO, ["Ada Ferris", "Bo Quay"]),
        ("<meta name=author content='herald.example'>", "null", []),
        ("<span class=source>Add us as a preferred source</span>", "null", []),
    ],
)
def test_who_wrote_it(byline: str, author: str, names: list[str]) -> None:
    entry = opened(f"<h1>Town votes for May</h1>{byline}<div class=story>{WORDS}</div>", linked(author=author))
    assert [each.name for each in entry.authors] == names
    assert entry.credit.source is None


@pytest.mark.parametrize(
    ("line", "source", "names"),
    [
        ("【林思遠／台北報導】", None, ["林思遠"]),
        ("【陳若蘭╱綜合外電報導】", None, ["陳若蘭"]),
        ("【海潮晚報╱記者林思遠/台北報導】", "海潮晚報", ["林思遠"]),
        ("【海潮報╱本報記者林思遠】", "海潮報", ["林思遠"]),
        ("海潮報 林思遠／特稿", "海潮報", ["林思遠"]),
        ("2023-04-18 23:59海潮報 記者林思遠／港口機場報導", "海潮報", ["林思遠"]),
        ("社會中心／綜合報導", None, []),
        ("林志遠／王大陸", None, []),
    ],
)
def test_bylines_of_taiwan(line: str, source: str | None, names: list[str]) -> None:
    story = "<p>老渡口的木船下月起恢復行駛，鎮公所昨天討論三小時後決定。</p><p>十一名志工花一個冬天拆修引擎，四十個閥門只換了兩個。</p>"
    entry = opened(f"<h1>老渡口木船復航</h1><p>{line}</p><div class=story>{story}</div>")
    assert (entry.credit.source, [each.name for each in entry.authors]) == (source, names)


@pytest.mark.parametrize("line", ["〔記者林思遠、陳若蘭／台北報導〕", "（中央社記者林思遠、陳若蘭仁川富平29日專電）"])
def test_the_byline_of_the_first_paragraph_below_a_picture_and_its_caption(line: str) -> None:
    caption = "<p>鎮公所的木船去年停在舊碼頭。</p><p>重新出發</p>"
    entry = opened(
        f"<h1>老渡口木船復航</h1><div class=story>{caption}<p>{line}老渡口的木船下月起恢復行駛，鎮公所昨天決定。</p>{WORDS}</div>"
    )
    assert [each.name for each in entry.authors] == ["林思遠", "陳若蘭"]


def test_a_site_that_names_itself_as_the_source_gives_way_to_the_paper_in_the_byline() -> None:
    head = '<meta name="source" content="海潮新聞網"><meta property="og:site_name" content="海潮新聞網">'
    story = "<p>老渡口的木船下月起恢復行駛，鎮公所昨天討論三小時後決定。</p><p>十一名志工花一個冬天拆修引擎。</p>"
    assert opened(f"<h1>老渡口木船復航</h1><p>海潮報 林思遠／特稿</p><div>{story}</div>", head).credit.source == "海潮報"
    assert opened(f"<h1>老渡口木船復航</h1><div>{story}</div>", head).credit.source == "海潮新聞網"


# --- when -------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("label", ["更新時間：", "最新更新時間:", "更新时间 "])
def test_the_date_of_the_last_change_counts_where_there_is_no_other(label: str) -> None:
    entry = opened(f"<h1>Town votes for May</h1><p>{label}2023/04/18 18:33</p><div>{WORDS}</div>")
    assert (entry.published, entry.precision) == (datetime(2023, 4, 18, 16, 33, tzinfo=UTC), Precision.MINUTE)
    (evidence,) = (each for each in entry.credit.evidence if each.field == "published")
    assert evidence.sure == 0.5
    other = opened(f"<h1>Town votes for May</h1><p>{label}2023/04/18 18:33</p><p>2023-04-15 08:00</p><div>{WORDS}</div>")
    assert other.published == datetime(2023, 4, 15, 6, 0, tzinfo=UTC)


# --- what is not seen -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "mark", ["class=visually-hidden", "class='b sr-only'", "class=screen-reader-text", "data-testid=visually-hidden-text"]
)
def test_what_only_screen_readers_say_is_no_text(mark: str) -> None:
    entry = opened(
        f"<h1><span {mark}>Video, </span>Town votes for May</h1><div class=story><h2 {mark}>Article Information</h2>{WORDS}</div>"
    )
    assert entry.title == "Town votes for May"
    assert "Article Information" not in said(entry)
    assert PARTS[0] in said(opened(f"<h1>Town votes for May</h1><div class='story overflow-hidden'>{WORDS}</div>"))


def test_each_name_of_a_byline_for_programs_has_its_evidence() -> None:
    head = linked(author='{"@type":"Person","name":"記者林思遠／台北報導"}')
    entry = opened(f"<h1>老渡口木船復航</h1><div>{WORDS}</div>", head)
    assert [(each.role.value, each.name) for each in entry.authors] == [("reporter", "林思遠")]
    assert [(each.field, each.where) for each in entry.credit.evidence if "林思遠" in each.text] == [("reporters", "JSON-LD author")]


# --- what is taken out ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("between", ["<!-- x -->", "<?x?>", "<script>x</script>", "<button>Share</button>", "<i hidden>x</i>"])
def test_what_stands_behind_the_things_taken_out_stays_in_order(between: str) -> None:
    told = [f"number {number}" for number in range(600)]
    middle = f"<p>{between}{between.join(told)}{between}<b>and</b>{between} no more</p>"
    body = f"<h1>A list of numbers</h1><article>{WORDS}{middle}{WORDS}</article>"
    assert f"{PARTS[-1]} {' '.join(told)} and no more {PARTS[0]}".replace(" ", "") in "".join(said(opened(body)).split())


def test_a_notice_takes_the_boxes_along_that_held_nothing_else() -> None:
    entry = opened(
        f"<h1>The ferry</h1><article>{WORDS}<div><div><p>Sign up</p></div><p>Share this</p></div><div><p>Read more</p></div></article>"
    )
    assert "<div>" not in (entry.content.value if entry.content else "<div>")


@pytest.mark.parametrize("said_there", ["Story continues below", "Article continues after this advertisement", "Read more"])
def test_what_leads_on_past_an_advertisement_is_no_sentence_of_the_text(said_there: str) -> None:
    entry = opened(f"<h1>The ferry</h1><article>{WORDS}<p>{said_there}</p>{WORDS}</article>")
    assert said_there not in said(entry)
    assert said(entry).count(PARTS[-1]) == 2, "what stands behind it is the text too"


def test_a_side_column_that_was_never_closed_holds_the_article() -> None:
    menu = "".join(f"<li><a href=/c/{number}>Column {number}</a></li>" for number in range(6))
    body = f"<aside><ul>{menu}</ul><div class=left><div class=c3>{WORDS}</div></div>"
    assert said(opened(body, "<title>The ferry runs again</title>")) == " ".join(PARTS)


def test_a_box_a_paragraph_is_the_text_though_what_is_offered_has_more_in_one() -> None:
    told = (PARTS + PARTS[::-1]) * 3
    pieces = "<div class=ad-slot></div>".join(f"<div><section class=piece><div><p>{part}</p></div></section></div>" for part in told)
    plan = "<p>Enjoy every story, puzzle, podcast and newsletter that we have, for one dollar a week, and end it when you like.</p>" * 5
    entry = opened(f"<h1>The ferry</h1><div class=story>{pieces}</div><div class=offer>{plan}</div><div class=offer>{plan}</div>")
    assert said(entry) == " ".join(told)
