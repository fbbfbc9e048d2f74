"""Our server dies under a page of somebody else that shows our entries, and comes back: a real process, really killed."""

from __future__ import annotations

import asyncio
import urllib.error
import urllib.request
from itertools import islice
from pathlib import Path

from playwright.async_api import Page

from tests.browser.conftest import until
from tests.browser.test_embed import PLAIN, ROWS, SHOWN
from tests.browser.town import fill, ordinary, populate
from tests.process.conftest import HAIHE, Program, free_port, wait_for

LATER = 700_000  # milliseconds: more than the longest pause between two tries
TITLES = """[...document.querySelectorAll('haihe-feed')]
    .flatMap(one => [...one.shadowRoot.querySelectorAll('.title')].map(each => each.textContent))"""
FEEDS = "".join(
    f'<haihe-feed section="{key}" layout="{layout}" images="off"></haihe-feed>' for key, layout in (("jsjx", "list"), ("zyfw", "headlines"))
)


def serving(folder: Path, url: str) -> Program:
    server = Program(folder, HAIHE, "serve")
    wait_for(lambda: urllib.request.urlopen(f"{url}/healthz", timeout=5).status == 200, 30, "the server answers")
    return server


def silent(url: str) -> bool:
    try:
        urllib.request.urlopen(f"{url}/healthz", timeout=5)
    except urllib.error.URLError as error:
        return isinstance(error.reason, ConnectionRefusedError)
    return False


async def tried(page: Page, failed: list[str], more: int) -> None:
    """Until so many more requests have failed; the page's clock goes on, ours does not."""
    goal = len(failed) + more
    for _ in range(200):
        if len(failed) >= goal:
            return
        await page.clock.fast_forward(LATER)
        await asyncio.sleep(0.05)
    raise AssertionError(f"asked {len(failed)} times in vain instead of {goal}")


async def test_killed_and_started_again(browser, host, tmp_path):
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    config = populate(tmp_path, url, islice(ordinary(), 7), serve={"port": port})
    host.pages["/"] = PLAIN.format(script=f'<script async src="{url}/embed.js"></script>', body=FEEDS)
    context = await browser.new_context(viewport={"width": 800, "height": 3000}, locale="zh-CN")
    errors: list[str] = []
    console: list[str] = []
    failed: list[str] = []

    async def opened() -> Page:
        page = await context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: console.append(message.text))
        page.on("requestfailed", lambda request: failed.append(request.url))
        await page.clock.install()
        await page.goto(f"{host.url}/")
        await until(page, SHOWN)
        return page

    server = await asyncio.to_thread(serving, tmp_path, url)
    try:
        page = await opened()
        await page.evaluate("window.same = true")
        before = await page.evaluate(TITLES)
        assert len(before) == 9
        assert not console

        server.kill()
        await asyncio.to_thread(wait_for, lambda: silent(url), 30, "nobody listens there")
        await tried(page, failed, 4)
        assert await page.evaluate(TITLES) == before
        late = await opened()  # one that is opened only now has it from the browser's cache
        assert await late.evaluate(TITLES) == before
        await late.close()

        fill(config, islice(ordinary(), 7, 8))
        server = await asyncio.to_thread(serving, tmp_path, url)
        for _ in range(200):
            await page.clock.fast_forward(LATER)
            if len(await page.evaluate(TITLES)) == 10:
                break
        rows = await page.evaluate(ROWS)
        assert len(rows) == 8
        assert all(row["credit"] for row in rows)
        assert await page.evaluate("window.same"), "the page was never loaded anew"
    finally:
        server.clean_up()
        await context.close()
    # The script throws nothing and says nothing. What is written there is the browser's own note of a request that failed, one each;
    # no script can keep it from that.
    assert errors == []
    assert set(console) == {"Failed to load resource: net::ERR_CONNECTION_REFUSED"}
    assert len(console) <= len(failed) < 12
    assert all(address.startswith(f"{url}/embed/") for address in failed)
