"""A small upstream that comes with the program: an invented civic portal with its list page and articles, and three feeds.

`serve` puts it on a loopback port with validators and 304s, as a real upstream would be; `write` makes a configuration that reads it.
The bundled feeds name hosts under ``.example``; while they are served, those addresses lead back to the server.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate, parsedate_to_datetime
from functools import partial
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from pathlib import Path
from socketserver import BaseServer
from typing import Any
from urllib.parse import unquote, urlsplit

SITE = Path(__file__).parent / "site"

# No charset where the model has none: readers must find it in the document.
MEDIA_TYPES = {
    ".shtml": "text/html",
    ".html": "text/html; charset=utf-8",
    ".xml": "application/rss+xml; charset=utf-8",
    ".atom": "application/atom+xml; charset=utf-8",
    ".json": "application/feed+json",
    ".css": "text/css; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".png": "image/png",
}
_INVENTED = re.compile(rb"https://(?:wenming|volunteer|riverside|library)\.example(?=/)")


@contextmanager
def serve(folder: Path = SITE) -> Iterator[str]:
    """Serve a folder on a free loopback port for as long as the context lasts; gives the base address without a slash at the end."""
    server = _Server(("127.0.0.1", 0), partial(_Handler, folder.resolve()))
    thread = threading.Thread(target=partial(server.serve_forever, poll_interval=0.05), name="demo upstream", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


class _Handler(BaseHTTPRequestHandler):
    server_version = "HaiheDemo"
    sys_version = ""

    def __init__(self, folder: Path, request: Any, client_address: Any, server: BaseServer) -> None:
        self.folder = folder
        self.port = server.server_port if isinstance(server, HTTPServer) else 0
        super().__init__(request, client_address, server)

    def do_GET(self) -> None:
        found = self._find()
        if found is None:
            self._answer(HTTPStatus.NOT_FOUND, b"not found\n", {"Content-Type": "text/plain; charset=utf-8"})
            return
        body = found.read_bytes()
        if found.suffix != ".png":
            body = _INVENTED.sub(f"http://127.0.0.1:{self.port}".encode(), body)
        changed = int(found.stat().st_mtime)
        validators = {"ETag": f'"{sha256(body).hexdigest()[:16]}"', "Last-Modified": formatdate(changed, usegmt=True)}
        if self._unchanged(validators["ETag"], changed):
            self._answer(HTTPStatus.NOT_MODIFIED, b"", validators)
        else:
            self._answer(HTTPStatus.OK, body, {"Content-Type": MEDIA_TYPES[found.suffix], **validators})

    do_HEAD = do_GET  # noqa: N815 (the library's own spelling)

    def _find(self) -> Path | None:
        path = unquote(urlsplit(self.path).path)
        if "\0" in path:
            return None
        found = (self.folder / path.lstrip("/")).resolve()
        if found.is_dir():
            found = next((page for name in ("index.shtml", "index.html") if (page := found / name).is_file()), found)
        return found if found.is_file() and found.is_relative_to(self.folder) and found.suffix in MEDIA_TYPES else None

    def _unchanged(self, etag: str, changed: int) -> bool:
        """RFC 9110 §13.2.2: If-Modified-Since counts only where there is no If-None-Match."""
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            return tags.strip() == "*" or etag in {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        try:
            return changed <= parsedate_to_datetime(self.headers.get("If-Modified-Since", "")).timestamp()
        except (TypeError, ValueError, OverflowError):
            return False

    def _answer(self, status: HTTPStatus, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's own name)
        """Quiet: the demonstration's own output is what counts."""


def write(folder: Path, base_url: str, port: int) -> Path:
    """Write a configuration that reads the upstream at `base_url` into a folder, where its database will be too; gives its path."""
    path = folder / "config.yaml"
    path.write_text(config_text(base_url, "sqlite:///haihe.db", port), encoding="utf-8")
    return path


def config_text(base_url: str, database: str, port: int) -> str:
    """A configuration of four sources, one of each kind, for the upstream at `base_url`; pages and feeds are served on `port`."""
    return f"""\
# The demonstration: four upstreams, all of them invented and served by this program itself.
site:
  title: 海河演示 · Haihe demo
  url: "http://127.0.0.1:{port}"
  language: zh-CN
  timezone: Asia/Shanghai
  description: 一个不连外网的演示：所有来源都随软件附带，文字均为虚构。
  author: {{name: 演示编辑部, email: desk@example.org}}
database: {json.dumps(database)}
serve: {{host: 127.0.0.1, port: {port}}}
pull:
  spacing: 0s                       # the upstream is ours: no need to be gentle
  per_host: 4
  allow_private: [127.0.0.0/8]      # and it runs on this machine
pace: {{every: 15s, at_least: 5s, at_most: 1m}}
sections:
  jsjx: {{title: 精神建设进行时, aliases: [精神文明建设]}}
  zyfw: {{title: 志愿服务, aliases: [志愿者], body: full}}
  wmdjr: {{title: 我们的节日}}
  whsh: {{title: 文化生活, body: full}}
  riverside: {{title: Riverside, description: "Notes from a reading room by the weir, in English.", body: full}}
sources:
  wenming-jsjx:                     # a list page and the articles behind it
    title: 文明网
    kind: page
    url: {json.dumps(base_url + "/jsjx/index.shtml")}
    list: {{item: "ul.news li", link: a, title: "a@title", date: span}}
    article: {{title: "td.title", date: "td.date", body: "#Zoom", byline: ".laiyuan"}}
    sections: [jsjx]
    credit: {{publisher: 文明网, homepage: {json.dumps(base_url + "/")}, rights: 示例文字，可自由使用}}
    republish: full
  volunteer:                        # RSS 2.0
    title: 志愿河畔
    kind: feed
    url: {json.dumps(base_url + "/volunteer/feed.xml")}
    sections: [zyfw]
    republish: full
  riverside:                        # Atom
    title: Riverside Notes
    kind: feed
    url: {json.dumps(base_url + "/riverside/feed.atom")}
    sections: [riverside]
    language: en
    republish: full
  library:                          # JSON Feed
    title: 文化馆手记
    kind: feed
    url: {json.dumps(base_url + "/library/feed.json")}
    sections: [whsh]
    credit: {{publisher: 河口文化馆}}
    republish: full
routes:
  - {{when: {{title: 志愿}}, to: [zyfw]}}
  - {{when: {{category: [我们的节日, 端午]}}, to: [wmdjr]}}
"""
