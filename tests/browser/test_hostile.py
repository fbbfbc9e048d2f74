"""Strangers' words in a real browser: nothing that they write runs, wherever it is shown, even where the policy of the page is off."""

from __future__ import annotations

import pytest

from aggregator.serve.app import HEADERS

# Whatever runs says so: by a dialog, by an attribute that no script of ours sets, or by an event handler in the page.
LIVE = """() => [...document.querySelectorAll('*')].flatMap(element => [
    ...[...element.attributes].filter(each => each.name.startsWith('on') || each.name === 'style' || each.name === 'srcdoc'
        || /^\\s*(javascript|vbscript|data:text)/i.test(each.value) && ['href', 'src', 'action', 'formaction'].includes(each.name))
        .map(each => `${element.tagName} ${each.name}=${each.value}`),
    ...(['IFRAME', 'OBJECT', 'EMBED', 'BASE', 'TEMPLATE'].includes(element.tagName)
        || (element.tagName === 'SCRIPT' && !element.matches('body > footer + script:last-child')) ? [element.tagName] : [])])"""


@pytest.mark.parametrize("guarded", [True, False], ids=["policy", "no policy"])
async def test_nothing_runs(opened, site, guarded):
    addresses = site.hostile
    assert len(addresses) > 80
    async with opened("/", bypass_csp=not guarded) as (page, seen):
        for address in addresses:
            await page.goto(f"{site.url}{address}", wait_until="domcontentloaded")
            assert await page.evaluate(LIVE) == [], address
        assert not seen.dialogs
        assert not seen.errors
        assert not seen.strangers
        assert not [said for said in seen.console if "Content Security Policy" in said or "Refused" in said]


async def test_what_runs_would_be_seen(opened, site):
    """The measure can fail."""
    async with opened("/", bypass_csp=True) as (page, seen):
        await page.set_content('<a href="javascript:alert(1)" onclick="x()">x</a><script>alert(2)</script>')
        assert len(await page.evaluate(LIVE)) == 3
        assert seen.dialogs == ["2"]


async def test_the_policy_stops_what_would_run(opened, site):
    """The second wall: were a text to become markup, the policy keeps it from running."""
    assert "script-src" not in HEADERS["Content-Security-Policy"] or "unsafe" not in HEADERS["Content-Security-Policy"]
    async with opened("/sources/") as (page, seen):
        await page.evaluate(
            """document.body.insertAdjacentHTML('beforeend',
                "<img src='data:,' onerror='alert(1)'><iframe srcdoc='<script>alert(2)</script>'></iframe>");
            const late = document.createElement('script'); late.textContent = 'alert(3)'; document.body.append(late);"""
        )
        await page.wait_for_timeout(100)
        assert not seen.dialogs
        assert sum("Content Security Policy" in said for said in seen.console) >= 2
