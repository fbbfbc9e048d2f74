"""Rules that every page keeps: usable by everyone, by keyboard, enlarged and without scripts; nothing moves, nobody else is asked."""

from __future__ import annotations

import pytest
from axe_playwright_python.async_playwright import Axe
from axe_playwright_python.base import AxeResults

from tests.browser.conftest import until

PAGES = ("front", "section", "english", "empty", "entry", "whole", "bare", "sources", "about", "programs", "search", "not found", "nowhere")
# Adds up what moved without the reader's doing, from before the first paint (Layout Instability: `hadRecentInput`).
SHIFTS = """
window.moved = 0;
new PerformanceObserver(list => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.moved += entry.value; })
  .observe({type: "layout-shift", buffered: true});
"""


def told(results: AxeResults) -> list[str]:
    return [
        f"{each['id']} ({each['impact']}): {each['help']}\n" + "\n".join(f"    {node['html']}" for node in each["nodes"][:3])
        for each in results.response["violations"]
    ]


@pytest.mark.parametrize(("language", "dark"), [("zh-CN", False), ("en", True)], ids=["zh light", "en dark"])
@pytest.mark.parametrize("name", PAGES)
async def test_axe_finds_nothing(opened, site, name, language, dark):
    async with opened(site.pages[name], language=language, dark=dark, width=390 if dark else 1280) as (page, _):
        results = await Axe().run(page)
        assert len(results.response["passes"]) > 10
        assert not told(results), "\n".join(told(results))


@pytest.mark.parametrize("name", PAGES)
async def test_nothing_moves_and_nobody_else_is_asked(opened, site, name):
    async def watch(page):
        await page.add_init_script(SHIFTS)

    async with opened(site.pages[name], width=390, ready=watch) as (page, seen):
        await page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        await page.wait_for_load_state("networkidle")
        await page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert await page.evaluate("window.moved") == 0
        assert not seen.strangers
        assert not seen.errors
        assert [said for said in seen.console if name != "nowhere" or "404" not in said] == []


async def test_a_shift_would_be_seen(opened):
    """The measure can fail."""

    async def watch(page):
        await page.add_init_script(SHIFTS)

    async with opened("/", width=390, ready=watch) as (page, _):
        await page.evaluate("document.querySelector('main').style.marginTop = '200px'")
        await until(page, "window.moved > 0.01")
