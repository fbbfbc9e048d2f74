"""What pages look like, from far away: each screenshot shrunk to a grid of grey fields and compared with the one that was looked at.

Fonts differ between machines, and with them every letter and many a line break; the fields are so large that those hardly show, while a
column that is missing, a dark page that is light, a style sheet that does not load or a text without its paper do. After a change that
is meant, `HAIHE_LOOKS=new make test-browser` writes the reference anew: look at the pages, and at its diff."""

from __future__ import annotations

import base64
import json
import os
from itertools import product
from pathlib import Path

import pytest
from playwright.async_api import Page

REFERENCE = Path(__file__).with_name("looks.json")
PAGES = ("front", "section", "entry")
WIDTHS = (390, 768, 1280)
HEIGHT = 900
ACROSS, DOWN = 8, 10
FIELD, MEAN = 40, 7.5  # of 255: how far one field may be off, and all of them on average
SHRUNK = """async ([picture, across, down]) => {
  const image = new Image();
  image.src = `data:image/jpeg;base64,${picture}`;
  await image.decode();
  let canvas = document.createElement('canvas'), from = image, width = image.width, height = image.height;
  for (let last = false; !last;) {  // by halves, so that every pixel counts
    last = width <= across * 2 && height <= down * 2;
    [width, height] = last ? [across, down] : [Math.max(across, width >> 1), Math.max(down, height >> 1)];
    canvas = Object.assign(document.createElement('canvas'), { width, height });
    const drawn = canvas.getContext('2d', { willReadFrequently: true });
    drawn.imageSmoothingQuality = 'high';
    drawn.drawImage(from, 0, 0, width, height);
    from = canvas;
  }
  const { data } = canvas.getContext('2d').getImageData(0, 0, across, down);
  return Array.from({ length: across * down }, (_, at) => Math.round((data[4 * at] * 3 + data[4 * at + 1] * 6 + data[4 * at + 2]) / 10));
}"""


async def look(page: Page, width: int, scribble: Page) -> list[int]:
    """`scribble` is a page that has no policy of ours."""
    await page.set_viewport_size({"width": width, "height": HEIGHT})
    picture = base64.b64encode(await page.screenshot(type="jpeg")).decode()
    return await scribble.evaluate(SHRUNK, [picture, ACROSS, DOWN])


def off(one: list[int], other: list[int]) -> tuple[int, float]:
    """How far the worst field is off, and all on average."""
    apart = [abs(a - b) for a, b in zip(one, other, strict=True)]
    return max(apart), sum(apart) / len(apart)


def alike(one: list[int], other: list[int]) -> bool:
    field, mean = off(one, other)
    return field <= FIELD and mean <= MEAN


@pytest.mark.parametrize("name", PAGES)
async def test_it_looks_as_it_did(browser, opened, site, name):
    seen: dict[str, list[int]] = {}
    scribble = await browser.new_page()
    for language, dark in product(("zh-CN", "en"), (False, True)):
        async with opened(site.pages[name], language=language, dark=dark) as (page, _):
            for width in WIDTHS:
                seen[f"{name} {language} {'dark' if dark else 'light'} {width}"] = await look(page, width, scribble)
    await scribble.close()
    known = json.loads(REFERENCE.read_text("utf-8")) if REFERENCE.exists() else {}
    if os.environ.get("HAIHE_LOOKS") == "new":
        text = json.dumps(dict(sorted((known | seen).items())))
        REFERENCE.write_text(text.replace("], ", "],\n").replace(", ", ",") + "\n", "utf-8")
        return
    assert {key: off(fields, known[key]) for key, fields in seen.items() if not alike(fields, known[key])} == {}


async def test_other_fonts_are_passed_over_and_other_pages_are_not(opened, site):
    """The measure holds what it says: it bears other letters, and sees what people would see."""
    known = json.loads(REFERENCE.read_text("utf-8"))["section zh-CN light 1280"]
    async with opened(site.pages["section"], bypass_csp=True) as (page, _):
        scribble = await page.context.new_page()

        async def with_(style: str) -> bool:
            added = await page.add_style_tag(content=style)
            same = alike(await look(page, 1280, scribble), known)
            await added.evaluate("one => one.remove()")
            return same

        for font in ("serif", "sans-serif"):
            assert await with_(f"* {{ font-family: {font} !important; }}"), font
        for wrong in (
            ".split { grid-template-columns: 18rem 1fr !important; }",
            ".picture { display: none !important; }",
            ".masthead { display: none !important; }",
            "body { background: #ddd !important; }",
        ):
            assert not await with_(wrong), wrong
        await page.emulate_media(color_scheme="dark")
        assert not await with_("html { }")
