"""The embed in other people's pages, in a real browser: plain, like a blog system's, and one whose style is out to get it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from tests.browser.conftest import until
from tests.browser.test_hostile import LIVE
from tests.browser.test_rules import SHIFTS, told

STRICT = "default-src 'none'; script-src {0}; connect-src {0}; img-src https:; style-src 'none'; frame-src {0}"
ROOM = 'style="display:block;min-height:42.5em"'
ELEMENT = '<haihe-feed section="{section}" {more}><a href="{site}/sections/{section}/">more</a></haihe-feed>'
PLAIN = """<!doctype html><html lang=zh-CN><meta charset=utf-8><title>Partner</title>
<main><h1>Partner</h1>{script}{body}<p id=after>after</p></main>"""
BLOG = """<!doctype html><html lang=en><meta charset=utf-8><title>Blog</title><style>
body{{font:18px/1.6 Georgia,serif;color:#28303d;background:#d1e4dd;max-width:40rem;margin:auto}}
a{{color:#28303d;text-decoration:underline}}
h2,h3{{font-size:2rem}} ul,ol{{padding-left:3rem}} li{{margin-bottom:2rem}} img{{width:100%;height:auto}}</style>
<main><h1>Blog</h1><article class=entry-content>{script}{body}<p id=after>after</p></article></main>"""
HOSTILE = """<!doctype html><html lang=en><meta charset=utf-8><title>Hostile</title><style>
* {{letter-spacing:.4em!important;text-transform:uppercase!important;line-height:.6!important}}
* {{float:left;text-indent:-9px}}
a,p,span,li,ol,section,header,footer,time{{display:none!important;color:#eee!important;font-size:3px!important}}
.title,.credit{{position:fixed;left:-9999px;opacity:0}} body{{margin:0;background:#fff;color:#222}}
main,h1{{display:block!important}}</style>
<main><h1>Hostile</h1>{script}{body}<b id=after>after</b></main>"""

SHOWN = "() => [...document.querySelectorAll('haihe-feed')].every(each => each.shadowRoot.querySelector('li'))"
ROWS = """() => [...document.querySelector('haihe-feed').shadowRoot.querySelectorAll('li')].map(row => ({
    title: row.querySelector('.title').textContent, link: row.querySelector('.title').href,
    credit: row.querySelector('.credit').textContent,
    said: row.querySelector('.summary')?.textContent ?? '', height: row.getBoundingClientRect().height,
    seen: row.querySelector('.credit').checkVisibility({opacityProperty: true, visibilityProperty: true}),
    inside: row.querySelector('.credit').getBoundingClientRect().left >= 0 }))"""


@pytest.fixture
def partner(browser, site, host) -> Callable[..., Any]:
    """`async with partner(body, frame=PLAIN) as (page, said)`: a page of another site with a body; what was said and asked."""

    @asynccontextmanager
    async def open_(body: str, *, frame: str = PLAIN, policy: str = "", ready: Any = None, **more: Any) -> AsyncIterator[tuple[Page, dict]]:
        host.policy = policy.format(site.url)
        script = f'<script async src="{site.url}/embed.js"></script>'
        host.pages["/"] = frame.format(script=script, body=body)
        context = await browser.new_context(viewport={"width": 800, "height": 900}, **{"locale": "zh-CN", **more})
        context.set_default_timeout(15_000)
        said: dict[str, list[str]] = {"errors": [], "console": [], "dialogs": [], "asked": []}
        try:
            page = await context.new_page()
            await context.route(lambda url: not url.startswith((f"{site.url}/", f"{host.url}/")), lambda route: route.abort())
            page.on("pageerror", lambda error: said["errors"].append(str(error)))
            page.on("console", lambda message: said["console"].append(f"{message.type}: {message.text}"))
            page.on("request", lambda request: said["asked"].append(request.url))

            async def dismiss(dialog: Any) -> None:
                said["dialogs"].append(dialog.message)
                await dialog.dismiss()

            page.on("dialog", dismiss)
            if ready:
                await ready(page)
            await page.goto(f"{host.url}/")
            yield page, said
        finally:
            await context.close()

    return open_


async def see_all(page: Page) -> None:
    """Scroll past every element: they load when they come near."""
    for at in range(await page.locator("haihe-feed").count()):
        await page.locator("haihe-feed").nth(at).evaluate("each => each.scrollIntoView()")
        await until(page, f"!!document.querySelectorAll('haihe-feed')[{at}].shadowRoot?.querySelector('li')")


def element(site: Any, section: str = "jsjx", more: str = 'limit="5"') -> str:
    return ELEMENT.format(site=site.url, section=section, more=more)


@pytest.mark.parametrize("layout", ["list", "cards", "headlines"])
@pytest.mark.parametrize("frame", [PLAIN, BLOG, HOSTILE], ids=["plain", "blog", "hostile"])
async def test_it_is_whole_and_credited_in_any_page(partner, site, frame, layout):
    async with partner(element(site, more=f'limit="5" layout="{layout}"'), frame=frame) as (page, said):
        await until(page, SHOWN)
        rows = await page.evaluate(ROWS)
        assert len(rows) == 5
        for row in rows:
            assert row["title"]
            assert row["link"].startswith("http")
            assert not row["link"].startswith(site.url)  # the original, not our page
            assert row["credit"].startswith("Source: " if "lang=en" in frame else "稿源：")
            assert row["seen"]
            assert "编辑：" not in row["said"]  # the credits once, in their place
            assert row["inside"]
            assert 20 < row["height"] < 420
        results = await Axe().run(page, {"include": [["haihe-feed"]]})
        assert not told(results), "\n".join(told(results))
        assert not said["errors"]


@pytest.mark.parametrize(
    "style",
    [
        "* { all: unset !important }",
        "div, section, ol, li, a, span, p { display: none !important }",
        "* { font-size: 40px !important; width: 3000px; position: absolute }",
        "haihe-feed { width: 180px }",
    ],
    ids=["unset", "none", "huge", "narrow"],
)
async def test_no_style_of_the_page_takes_it_apart(partner, site, style):
    async with partner(f"<style>{style}</style>{element(site)}") as (page, said):
        await until(page, SHOWN)
        rows = await page.evaluate(ROWS)
        assert len(rows) == 5
        assert all(row["seen"] and row["credit"] for row in rows)
        inside = "[...document.querySelector('haihe-feed').shadowRoot.querySelectorAll('li *')]"
        assert await page.evaluate(
            f"{inside}.every(each => each.getBoundingClientRect().right <= 1 + "
            "document.querySelector('haihe-feed').getBoundingClientRect().right)"
        )
        assert not said["errors"]


async def test_of_a_section_that_is_not_there_only_the_link_inside_is_left(partner, site):
    async with partner(element(site, "nowhere")) as (page, said):
        await until(page, "document.querySelector('haihe-feed').offsetHeight < 60 && !!customElements.get('haihe-feed')")
        assert await page.locator("haihe-feed a").inner_text() == "more"
        assert not said["errors"]
        assert not [each for each in said["console"] if "CORS" in each]


async def test_it_works_under_a_strict_policy_with_its_hash_pinned(partner, site, opened):
    async with opened("/embed/") as (builder, _):
        pinned = await builder.evaluate(
            "[...document.querySelectorAll('code')].find(each => each.textContent.includes('integrity')).textContent"
        )
    frame = PLAIN.replace("{script}", pinned)
    async with partner(element(site), frame=frame, policy=STRICT) as (page, said):
        await until(page, SHOWN)
        assert (
            await page.evaluate("getComputedStyle(document.querySelector('haihe-feed').shadowRoot.querySelector('ol')).listStyleType")
            == "none"
        )
        assert not [each for each in said["console"] if "Content Security Policy" in each]
        assert not said["errors"]


async def test_one_request_for_many_and_nobody_else_is_asked(partner, site):
    async with partner("".join(element(site, more=f'limit="{number % 9 + 1}"') for number in range(30))) as (page, said):
        await see_all(page)
        feeds = [each for each in said["asked"] if "/embed/jsjx.json" in each]
        assert len(feeds) == 1
        assert {each for each in said["asked"] if site.url not in each and not each.endswith(("/", ".jpg"))} == set()
        assert await page.evaluate("document.cookie") == ""
        assert await page.evaluate("localStorage.length + sessionStorage.length") == 0


async def test_what_stands_below_does_not_jump(partner, site):
    async def watch(page: Page) -> None:
        await page.add_init_script(SHIFTS)

    async with partner(element(site, more=f'limit="5" images="off" {ROOM}'), ready=watch) as (page, _):
        await until(page, SHOWN)
        await page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert await page.evaluate("window.moved") < 0.02


async def test_it_is_loaded_when_it_comes_near(partner, site):
    async with partner(f'<div style="height:4000px"></div>{element(site)}') as (page, said):
        await until(page, "!!customElements.get('haihe-feed')")
        await page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert not [each for each in said["asked"] if ".json" in each]
        await page.evaluate("document.querySelector('#after').scrollIntoView()")
        await until(page, SHOWN)


@pytest.mark.parametrize("policy", [STRICT, ""], ids=["policy", "no policy"])
async def test_hostile_texts_stay_texts(partner, site, policy):
    every = "".join(element(site, "hostile", f'limit="50" layout="{layout}"') for layout in ("list", "cards", "headlines"))
    async with partner(every, policy=policy, bypass_csp=not policy) as (page, said):
        await see_all(page)
        inside = LIVE.replace(
            "document.querySelectorAll('*')",
            "[...document.querySelectorAll('haihe-feed')].flatMap(one => [...one.shadowRoot.querySelectorAll('*')])",
        )
        assert inside != LIVE
        assert await page.evaluate(inside) == []
        assert not said["dialogs"]
        assert not said["errors"]
        for address in ("/embed/hostile?limit=50", "/embed/hostile?limit=50&layout=cards"):
            await page.goto(f"{site.url}{address}")
            assert [each for each in await page.evaluate(LIVE) if not each.startswith("SCRIPT")] == []
        assert not said["dialogs"]


async def test_without_scripts_the_link_inside_is_shown(partner, site):
    async with partner(element(site), java_script_enabled=False) as (page, _):
        assert await page.locator("haihe-feed a").inner_text() == "more"


async def test_an_attribute_that_changes_is_followed(partner, site):
    async with partner(element(site)) as (page, _):
        await until(page, SHOWN)
        await page.evaluate("document.querySelector('haihe-feed').setAttribute('limit', '2')")
        assert len(await page.evaluate(ROWS)) == 2
        await page.evaluate("document.querySelector('haihe-feed').setAttribute('section', 'english')")
        await until(page, "document.querySelector('haihe-feed').shadowRoot.textContent.includes('English')")


async def test_the_last_good_content_stays_while_we_are_down(partner, site):
    """Down when it asks again, and back: what was shown stays, and it recovers by itself."""
    async with partner(element(site, more='limit="5" images="off"')) as (page, said):
        await until(page, SHOWN)
        before = await page.evaluate(ROWS)
        await page.context.route(f"{site.url}/embed/**", lambda route: route.abort())
        # A second element of another feed cannot be loaded; the first keeps what it has.
        await page.evaluate(
            "other => document.querySelector('#after').insertAdjacentHTML('beforebegin', other)", element(site, "english", "")
        )
        await page.locator("haihe-feed[section=english] a").wait_for(state="visible")
        assert await page.evaluate(ROWS) == before
        assert not said["errors"]
        await page.context.unroute(f"{site.url}/embed/**")
        await until(page, SHOWN)  # it asks again by itself, within seconds


async def test_a_frame_takes_the_height_that_it_needs(partner, site):
    frame = f'<iframe src="{site.url}/embed/jsjx?limit=3" title="news" width="600" height="50"></iframe>'
    async with partner(frame) as (page, said):
        await until(page, "document.querySelector('iframe').offsetHeight > 150")
        assert not said["errors"]


async def test_the_builder_shows_what_is_chosen_and_copies_it(opened, site):
    async with opened("/embed/", language="en", permissions=["clipboard-read", "clipboard-write"]) as (page, seen):
        await until(page, SHOWN)
        await page.get_by_label("Cards").check()
        await page.get_by_label("Entries").fill("3")
        code = page.locator("#as-element")
        await until(page, "document.querySelector('#as-element').textContent.includes('limit=\"3\"')")
        assert 'layout="cards"' in await code.inner_text()
        assert len(await page.evaluate(ROWS)) == 3
        await page.locator(".snippet", has=code).get_by_role("button").click()
        assert await page.evaluate("navigator.clipboard.readText()") == await code.inner_text()
        results = await Axe().run(page)
        assert not told(results), "\n".join(told(results))
        assert not seen.errors
        assert not seen.strangers
