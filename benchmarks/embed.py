"""An embed in a page of somebody else, on a slow machine: how long after its script entries are shown, and how smooth thirty of them are.

    python benchmarks/embed.py [--runs 20] [--slower 4] [--json]

Needs Chromium and the packages of the tests. The site is a process of its own on loopback; the processor of the page (not of the rest) is
made slower by Chromium. Times are from the last byte of the script until the frame with the entries is drawn, each in a fresh profile.
Beside the clock stands what the page's main thread worked in that time. Where other programs are busy, `chrt -r 1 python …` (as root)
keeps them out of it.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.browser.town import ordinary, populate
from tests.process.conftest import HAIHE, free_port

PAGE = """<!doctype html><html lang=zh-CN><meta charset=utf-8><title>Partner</title>
<script async src="{0}/embed.js"></script><h1>合作网站</h1><p>网站自己的正文。 Text of the page itself.</p>{1}"""
ELEMENT = '<haihe-feed section="jsjx" limit="8" layout="{0}" images="off" style="display:block;min-height:65em"></haihe-feed>'
TRACED = ["devtools.timeline", "disabled-by-default-devtools.timeline", "blink.user_timing"]
WATCH = """const was = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (how) {
  const root = was.call(this, how);
  const seen = new MutationObserver(() => {
    if (window.shown || !root.querySelector('li')) return;
    window.shown = -1;
    requestAnimationFrame(() => {
      const after = new MessageChannel();
      after.port1.onmessage = () => { window.shown = performance.now(); performance.mark('shown'); };
      after.port2.postMessage(0);
    });
  });
  seen.observe(root, { childList: true, subtree: true });
  return root;
};"""
SMOOTH = """async () => {
  const frames = [], end = performance.now() + 3000;
  for (let last = performance.now(); last < end;) {
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    frames.push(now - last);
    last = now;
    scrollBy(0, 60);
  }
  const shown = [...document.querySelectorAll('haihe-feed')].filter(each => each.shadowRoot.querySelector('li')).length;
  return { frames, shown };
}"""


@contextmanager
def site(folder: Path) -> Iterator[str]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    populate(folder, url, islice(ordinary(), 30), serve={"port": port})
    server = subprocess.Popen([*HAIHE, "serve"], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"{url}/embed/jsjx.json?limit=8&lang=zh-CN", timeout=5).read()
                break
            except OSError:
                time.sleep(0.1)
        yield url
    finally:
        server.terminate()
        server.wait()


@contextmanager
def partner(url: str) -> Iterator[str]:
    one = PAGE.format(url, ELEMENT.format("list"))
    many = PAGE.format(url, "".join(ELEMENT.format(layout) for _ in range(10) for layout in ("list", "cards", "headlines")))

    def answer(environ: Any, start: Any) -> list[bytes]:
        start("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [{"/one": one, "/many": many}.get(environ["PATH_INFO"], "").encode()]

    server = make_server("127.0.0.1", 0, answer, threaded=True)
    server.RequestHandlerClass.log_request = lambda *_: None  # type: ignore[method-assign]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def shown(browser: Browser, address: str, slower: float, trace: Path) -> tuple[float, float]:
    """Milliseconds by the clock, and of work of the page's main thread."""
    context = browser.new_context(viewport={"width": 800, "height": 900}, locale="zh-CN")
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
    page.add_init_script(WATCH)
    page.goto("about:blank")
    page.wait_for_timeout(1000)  # until the browser has done with opening a window
    browser.start_tracing(page=page, path=trace, categories=TRACED)
    page.goto(address)
    page.wait_for_timeout(1500)
    clock = page.evaluate("shown - performance.getEntriesByType('resource').find(each => each.name.endsWith('/embed.js')).responseEnd")
    browser.stop_tracing()
    context.close()
    events = json.loads(trace.read_text("utf-8"))["traceEvents"]
    ran = next(each for each in events if each["name"] == "EvaluateScript" and "embed.js" in str(each.get("args")) and "dur" in each)
    end = next(each["ts"] for each in events if each["name"] == "shown")
    thread = ran["pid"], ran["tid"]
    tasks = (each for each in events if each["name"] == "RunTask" and (each["pid"], each["tid"]) == thread and "dur" in each)
    return clock, sum(each.get("tdur", 0) for each in tasks if each["ts"] + each["dur"] > ran["ts"] and each["ts"] < end) / 1000


def smooth(browser: Browser, address: str, slower: float) -> dict[str, Any]:
    context = browser.new_context(viewport={"width": 800, "height": 900}, locale="zh-CN")
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
    page.goto(address)
    page.wait_for_timeout(1000)
    found: dict[str, Any] = page.evaluate(SMOOTH)
    context.close()
    return found


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--runs", type=int, default=20)
    asked.add_argument("--slower", type=float, default=4)
    asked.add_argument("--json", action="store_true")
    told = asked.parse_args()
    chromium = os.environ.get("HAIHE_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as name, site(Path(name)) as url, partner(url) as host, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        times = [shown(browser, f"{host}/one", told.slower, Path(name) / "trace.json") for _ in range(told.runs)]
        many = smooth(browser, f"{host}/many", told.slower)
        browser.close()
    frames = sorted(many["frames"])
    result: dict[str, Any] = {
        "load": round(os.getloadavg()[0], 1),
        "clock": {"median": statistics.median(each[0] for each in times), "worst": max(each[0] for each in times)},
        "work": {"median": statistics.median(each[1] for each in times), "worst": max(each[1] for each in times)},
        "thirty": {"shown": many["shown"], "median": statistics.median(frames), "worst": frames[-1]},
    }
    if told.json:
        print(json.dumps(result))
        return
    clock, work = result["clock"], result["work"]
    print(
        f"shown after its script, {told.runs} runs, {told.slower:g}x slower: median {clock['median']:.0f} ms, worst {clock['worst']:.0f} ms"
    )
    print(f"  in which the page's main thread worked {work['median']:.0f} ms, at worst {work['worst']:.0f} ms")
    print(f"thirty on a page, scrolled: a frame in {result['thirty']['median']:.0f} ms, the worst in {frames[-1]:.0f} ms")
    print(f"load of the machine: {result['load']}")


if __name__ == "__main__":
    main()
