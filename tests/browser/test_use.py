"""Pages as people use them: light on the line, by keyboard alone, enlarged, without scripts, on a phone and on a wide screen."""

from __future__ import annotations

import pytest

PAGES = ("front", "section", "entry", "whole", "sources", "about", "search")
LIMIT = 40 * 1024  # bytes of the first view of a section of fifty, pictures aside

# What the reader sees of the page, in numbers that fonts hardly move: widths, columns, what stands beside or below what.
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
BOXES = """() => {
  const box = selector => { const found = document.querySelector(selector); return found && found.getBoundingClientRect(); };
  const [title, side, entry, picture] = ['h1', '.subscribe', '.entry .words', '.entry .picture'].map(box);
  const credits = [...document.querySelectorAll('.credit .part')];
  return {
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    left: title.left, measure: entry ? entry.width : 0,
    beside: Boolean(side && side.left > title.right),
    picture: picture ? [picture.width, picture.height] : null, pictureRight: Boolean(picture && entry && picture.left >= entry.right),
    torn: credits.filter(each => each.offsetHeight > 40).length,
    form: getComputedStyle(document.querySelector('form.search')).display !== 'none',
    paper: getComputedStyle(document.body).backgroundColor, ink: getComputedStyle(document.body).color,
  };
}"""


async def test_the_first_view_of_a_section_is_light(opened):
    async with opened("/sections/jsjx/", width=390) as (page, seen):
        assert await page.locator(".entry").count() == 50
        sizes = [await request.sizes() for request in seen.requests if request.resource_type != "image"]
        whole = sum(each["responseBodySize"] + each["responseHeadersSize"] for each in sizes)
        assert 2_000 < whole <= LIMIT, whole
        assert len(sizes) == 2  # the page and its style sheet


@pytest.mark.parametrize("name", PAGES)
async def test_everything_is_there_without_scripts(opened, site, name):
    async with opened(site.pages[name]) as (page, _):
        with_scripts = await page.locator("main").inner_text()
    async with opened(site.pages[name], java_script_enabled=False) as (page, _):
        without = await page.locator("main").inner_text()
    assert with_scripts.replace("复制\n", "").split() == without.split()


async def test_the_address_of_a_feed_is_copied_with_one_click(opened, site):
    async with opened("/sections/jsjx/", permissions=["clipboard-read", "clipboard-write"]) as (page, seen):
        await page.get_by_role("button", name="复制").click()
        await page.get_by_role("button", name="已复制").wait_for()
        assert await page.evaluate("navigator.clipboard.readText()") == f"{site.url}/feeds/jsjx.rss"
        assert not seen.console


async def test_by_keyboard_alone(opened, site):
    """The first key leads past the navigation; every stop shows itself; the search is asked and the entry opened without a mouse."""
    async with opened("/sections/jsjx/") as (page, _):
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.className") == "skip"
        assert (await page.locator(".skip").bounding_box())["y"] >= 0
        await page.keyboard.press("Enter")
        assert await page.evaluate("document.activeElement.id") == "content"
        for _ in range(12):
            await page.keyboard.press("Tab")
            shown = await page.evaluate(
                "(() => { const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();"
                " return style.outlineStyle !== 'none' && box.width > 0 && box.top >= 0 && box.bottom <= innerHeight; })()"
            )
            assert shown, await page.evaluate("document.activeElement.outerHTML")
        await page.focus("#search")
        await page.keyboard.type("夜校")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/search?q=*")
        assert await page.locator("mark").first.inner_text() == "夜校"
        await page.focus(".entry h2 a")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/entries/**")


@pytest.mark.parametrize("name", PAGES)
async def test_enlarged_to_twice_its_size_nothing_is_cut_off(opened, site, name):
    """The page at 200 % and 400 % of a window 1280 wide is one of 640 and of 320; the text alone at 200 % (WCAG 1.4.4, 1.4.10)."""
    async with opened(site.pages[name], width=640, device_scale_factor=2) as (page, _):
        assert await page.evaluate(OVERFLOW) <= 0
        await page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert await page.evaluate(OVERFLOW) <= 0
        await page.evaluate("document.documentElement.style.fontSize = ''")
        await page.set_viewport_size({"width": 320, "height": 800})
        assert await page.evaluate(OVERFLOW) <= 0


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_the_shape_of_a_section(opened, dark, language):
    """The reference of the layout in numbers; test_looks compares what it looks like from afar."""
    async with opened("/sections/jsjx/", dark=dark, language=language) as (page, _):
        shape = {}
        for width in (390, 768, 1280):
            await page.set_viewport_size({"width": width, "height": 900})
            shape[width] = await page.evaluate(BOXES)
    for width, found in shape.items():
        assert found["overflow"] <= 0, width
        assert found["torn"] == 0, "a name left what it did"
        assert found["pictureRight"]
        picture = found["picture"]
        assert picture[0] / picture[1] == pytest.approx(4 / 3, rel=0.02)
        red, green, blue = (int(value) for value in found["paper"].removeprefix("rgb(").removesuffix(")").split(", "))
        assert (red + green + blue < 150) is dark
    assert [shape[width]["beside"] for width in shape] == [False, False, True]
    assert [shape[width]["form"] for width in shape] == [False, True, True]
    assert shape[390]["left"] == pytest.approx(16, abs=2)
    assert shape[768]["left"] == pytest.approx(31, abs=3)
    assert shape[1280]["left"] == pytest.approx(72, abs=4)
    assert shape[390]["picture"][0] == pytest.approx(90, abs=6)
    assert shape[1280]["picture"][0] == pytest.approx(144, abs=6)
    assert 380 <= shape[1280]["measure"] <= 760  # a line that the eye finds its way back from


async def test_a_day_is_shown_as_a_day_and_a_credit_stays_whole_on_a_phone(opened, site):
    async with opened(site.pages["entry"], width=390) as (page, _):
        assert await page.locator("header time").inner_text() == "2024年5月20日"
        assert await page.evaluate("[...document.querySelectorAll('.credit .part')].every(each => each.offsetHeight < 40)")


async def test_less_motion_where_it_is_asked_for(opened):
    async with opened("/sections/jsjx/", reduced_motion="reduce") as (page, _):
        assert await page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
        moves = "each => parseFloat(getComputedStyle(each).transitionDuration) > 0"
        assert not await page.evaluate(f"document.getAnimations().length || [...document.querySelectorAll('*')].some({moves})")


async def test_printed_it_is_the_text_and_its_credit(opened, site):
    async with opened(site.pages["whole"]) as (page, _):
        await page.emulate_media(media="print")
        for hidden in (".masthead nav", ".tools", ".river"):
            assert not await page.locator(hidden).first.is_visible(), hidden
        for shown in ("h1", ".body", ".credits"):
            assert await page.locator(shown).first.is_visible(), shown
