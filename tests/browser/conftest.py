"""A real Chromium over a real site: the pages of a populated store, served on loopback, with whatever the browser asked and said.

The browser is the machine's own (Debian: ``apt-get install chromium``; another one: ``HAIHE_CHROMIUM=/path``). Without one these tests
are skipped by name; `make test-browser` asks for them, so there they fail. Tests are coroutines: Playwright's synchronous interface keeps
an event loop running in the main thread, where other tests start theirs."""

from __future__ import annotations

import asyncio
import inspect
import os
import shutil
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.async_api import Browser, Error, Page, Request, Route, async_playwright
from werkzeug.serving import make_server

from aggregator.app import App
from aggregator.serve import create
from aggregator.store import Store
from tests.browser.town import populate

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
PIXEL = (  # a grey dot: what every stranger's picture is here
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU"
    b"\x00\x00\x00\nIDATx\x9cch\x00\x00\x00\x82\x00\x81w\xcdr\xb6\x00\x00\x00\x00IEND\xaeB`\x82"
)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Coroutine tests run on the loop that the browser lives on."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    pyfuncitem.funcargs["loop"].run(pyfuncitem.obj(**arguments))
    return True


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="session")
def browser(loop: asyncio.Runner) -> Iterator[Browser]:
    path = os.environ.get("HAIHE_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        _missing("there is no Chromium here (Debian: apt-get install chromium), so nothing was seen in a browser")
    playwright = loop.run(async_playwright().start())
    try:
        opened = loop.run(playwright.chromium.launch(executable_path=path))
    except Error as error:
        loop.run(playwright.stop())
        _missing(f"{path} does not start, so nothing was seen in a browser: {str(error).splitlines()[0]}")
    yield opened
    loop.run(opened.close())
    loop.run(playwright.stop())


def _missing(why: str) -> None:
    if os.environ.get("HAIHE_BROWSER") == "required":
        pytest.fail(why, pytrace=False)
    pytest.skip(why)


@dataclass
class Site:
    """The served site: `url` without a slash at the end, and its store."""

    url: str
    store: Store
    entries: dict[str, str]  # uid -> /entries/<id>/

    @property
    def pages(self) -> dict[str, str]:
        """Every kind of page, by name."""
        return {
            "front": "/",
            "section": "/sections/jsjx/",
            "english": "/sections/english/",
            "empty": "/sections/wcnr/",
            "entry": self.entries["jsjx-0"],
            "whole": self.entries["english-1"],
            "bare": self.entries["poem"],
            "sources": "/sources/",
            "about": "/about",
            "programs": "/api/",
            "search": "/search?q=社区",
            "not found": "/search?q=火星",
            "nowhere": "/nowhere/",
        }

    @property
    def hostile(self) -> list[str]:
        """Every page that shows what strangers wrote to do harm."""
        return [
            "/",
            "/sections/hostile/",
            "/sources/",
            "/search?q=script alert",
            "/search?q=<script>alert(1)</script>",
            *(address for uid, address in self.entries.items() if uid.startswith("evil-")),
        ]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Served from memory and threads of this process, by the application that granian would call."""

    def application(environ: Any, start_response: Any) -> Any:
        return served[0](environ, start_response)

    server = make_server("127.0.0.1", 0, application, threaded=True)
    server.RequestHandlerClass.log_request = lambda *_: None  # type: ignore[method-assign]
    url = f"http://127.0.0.1:{server.server_port}"
    config = populate(tmp_path_factory.mktemp("browser"), url)
    store = Store.open(config.database)
    app = App(config, store)
    app.publish(everything=True)
    served = [create(config.site, config.sections, config.sources, store, render=app.tailor)]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    entries = {item.entry.uid: f"/entries/{item.id}/" for item in store.newest(None, 10_000)}
    yield Site(url=url, store=store, entries=entries)
    server.shutdown()
    thread.join()
    server.server_close()
    store.close()


@dataclass
class Seen:
    """What a page asked for and said. `strangers` are requests that went anywhere but to us, the pictures of entries aside."""

    requests: list[Request] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)


Open = Callable[..., Any]


@pytest.fixture
def opened(browser: Browser, site: Site) -> Open:
    """`async with opened("/", width=390, language="en", dark=True) as (page, seen)`: a page of the site in a profile of its own.

    Further keywords are Playwright's (``java_script_enabled``, ``bypass_csp``, ``reduced_motion`` …); `ready` is done with the page before
    it goes anywhere."""

    @asynccontextmanager
    async def open_(
        address: str = "/",
        *,
        width: int = 1280,
        height: int = 900,
        language: str = "zh-CN",
        dark: bool = False,
        ready: Callable[[Page], Awaitable[object]] | None = None,
        **more: Any,
    ) -> AsyncIterator[tuple[Page, Seen]]:
        context = await browser.new_context(
            viewport={"width": width, "height": height}, locale=language, color_scheme="dark" if dark else "light", **more
        )
        context.set_default_timeout(15_000)
        seen = Seen()
        try:
            page = await context.new_page()
            await context.route(lambda url: not url.startswith(f"{site.url}/"), lambda route: _stranger(route, seen))
            page.on("request", lambda request: seen.requests.append(request))  # noqa: PLW0108  a bound method of a list is not taken
            page.on("console", lambda message: seen.console.append(f"{message.type}: {message.text}"))
            page.on("pageerror", lambda error: seen.errors.append(str(error)))
            page.on("dialog", lambda dialog: (seen.dialogs.append(dialog.message), asyncio.ensure_future(dialog.dismiss())))
            if ready:
                await ready(page)
            await page.goto(f"{site.url}{address}")
            yield page, seen
        finally:
            await context.close()

    return open_


async def until(page: Page, true: str) -> None:
    """Playwright's own waiting is by eval in the page, which a strict policy refuses."""
    for _ in range(300):
        if await page.evaluate(true):
            return
        await asyncio.sleep(0.05)
    pytest.fail(f"waited in vain for {true}")


async def _stranger(route: Route, seen: Seen) -> None:
    """No test leaves the machine: a stranger's picture is a grey dot, and all else is noted and refused."""
    if route.request.resource_type == "image":
        await route.fulfill(body=PIXEL, content_type="image/png")
        return
    seen.strangers.append(f"{route.request.resource_type} {route.request.url}")
    await route.abort()


class Host:
    """Another site, on an origin of its own."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.policy = ""
        self.server = make_server("127.0.0.1", 0, self._answer, threaded=True)
        self.server.RequestHandlerClass.log_request = lambda *_: None  # type: ignore[method-assign]
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def _answer(self, environ: Any, start_response: Any) -> list[bytes]:
        headers = [("Content-Type", "text/html; charset=utf-8")]
        start_response("200 OK", headers + ([("Content-Security-Policy", self.policy)] if self.policy else []))
        return [self.pages.get(environ["PATH_INFO"], "<title>nothing</title>").encode()]


@pytest.fixture
def host() -> Iterator[Host]:
    made = Host()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()
