"""The Flask application: pages, feeds, errors in plain words, and headers that keep both harmless.

lane (feeds from memory) -> surface -> pages | feeds | the small rest (style sheet, robots, health)
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from jinja2 import StrictUndefined
from markupsafe import Markup
from werkzeug.exceptions import HTTPException, ServiceUnavailable
from werkzeug.wrappers import Response as BaseResponse

from aggregator.config import Section, Site, Source
from aggregator.errors import StoreError
from aggregator.serve import answers, links
from aggregator.serve.api import api, problem
from aggregator.serve.archives import archives
from aggregator.serve.assets import script, templates
from aggregator.serve.catalogues import install, read
from aggregator.serve.edition import CORS
from aggregator.serve.embed import embed
from aggregator.serve.feeds import FORMATS, feeds
from aggregator.serve.guard import HEADERS
from aggregator.serve.lane import RETRY, Lane
from aggregator.serve.lists import lists
from aggregator.serve.mount import Mounted
from aggregator.serve.newsstand import Newsstand, Render
from aggregator.serve.pages import pages
from aggregator.serve.pictures import Signer, Studio, view
from aggregator.serve.shelf import Shelf
from aggregator.serve.surface import ALL, Surface
from aggregator.serve.words import Words

log = logging.getLogger("haihe.serve")

_API_ERRORS = {404: "There is nothing at this address. /api/ says what there is.", 405: "The API is for reading: GET, HEAD and OPTIONS."}
STYLE_AGE = 31_536_000  # a year: the address names the bytes
_KEPT = (
    "before",
    "q",
    "section",
    "source",
    "page",
    "layout",
    "theme",
    "limit",
    "images",
)  # what a page is asked with, and stays the same in another language


def create(
    site: Site,
    sections: Mapping[str, Section],
    sources: Mapping[str, Source],
    shelf: Shelf,
    *,
    render: Render | None = None,
    follow: bool = False,
    pictures: tuple[Signer, Studio] | None = None,
) -> Flask:
    """The site over a shelf. `sections` may hold the reserved `all`, which has a feed and no page; `render` makes the renditions of feeds
    that are made only when somebody asks. `follow`: serve feeds from memory and look for news in a thread, as a web worker does; otherwise
    the shelf is looked at for each answer. `pictures` are what those need that go by way of us; without it none do."""
    named = {key: section for key, section in sections.items() if key != ALL}
    surface = Surface(site=site, named=named, sources=sources, shelf=shelf, signer=pictures[0] if pictures else None)
    app = Flask("aggregator.serve", static_folder=None, template_folder=str(templates()))
    stand = Newsstand(shelf, (*named, ALL), FORMATS, render, list(HEADERS.items()))
    if follow:
        stand.follow()
    lane = Lane(app.wsgi_app, stand, list(HEADERS.items()))
    app.wsgi_app = Mounted(lane, site.url)  # type: ignore[method-assign]  # the way that Flask documents
    app.register_blueprint(pages(surface))
    app.register_blueprint(archives(surface))
    app.register_blueprint(lists(surface))
    app.register_blueprint(feeds(surface))
    app.register_blueprint(api(surface))
    if pictures:
        app.register_blueprint(view(*pictures))
    languages = read(templates() / "translations")
    app.register_blueprint(embed(surface, stand, languages, templates() / "embed"))
    _dress(app, surface, languages)
    _rest(app, surface)
    _errors(app)
    return app


def _dress(app: Flask, surface: Surface, languages: Mapping[str, Words]) -> None:
    """What every template can say."""
    site = surface.site
    environment = app.jinja_env
    environment.undefined = StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.filters["web"] = links.web
    environment.globals.update(site=site, sections=tuple(surface.named.values()), formats=FORMATS, ALL=ALL, script=Markup(script().text))  # noqa: S704  our own
    style = answers.tag((templates() / "style.css").read_bytes())[3:15]

    install(app, languages, site.language)

    def elsewhere(tag: str) -> str:
        """This page in another language."""
        if g.get("wrong") or request.endpoint is None or not request.endpoint.startswith(("pages.", "embed.", "api.")):
            return url_for("pages.front", lang=tag)
        asked: dict[str, Any] = {name: request.args[name] for name in _KEPT if name in request.args}
        return url_for(request.endpoint, **asked, **(request.view_args or {}), lang=tag)

    @app.context_processor
    def speak() -> dict[str, Any]:
        words: Words = g.words
        return {
            "words": words,
            "foreign": lambda language: words.foreign(language or site.language),
            "moment": lambda at: surface.moment(at, words),
            "style": url_for("style", v=style),
            "chosen": g.chosen,
            "others": [(each, elsewhere(tag)) for tag, each in languages.items() if tag != words.tag],
        }


def _rest(app: Flask, surface: Surface) -> None:
    sheet = answers.Packed((templates() / "style.css").read_bytes())

    @app.get("/style.css")
    def style() -> Response:
        age = STYLE_AGE if request.args.get("v") == sheet.etag[3:15] else 300
        return answers.packed(request, sheet, content_type="text/css; charset=utf-8", max_age=age, vary="Accept-Encoding")

    @app.get("/robots.txt")
    def robots() -> Response:
        text = f"User-agent: *\nAllow: /\nSitemap: {surface.site.url.rstrip('/')}/sitemap-news.xml\n"
        return Response(text, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "public, max-age=86400"})

    @app.get("/healthz")
    def healthz() -> ResponseReturnValue:
        fresh = {"Cache-Control": "no-store"}
        if "json" in request.args or request.args.get("format") == "json":
            return {"status": "ok", "sections": len(surface.named), "sources": len(surface.sources)}, 200, fresh
        return Response("ok\n", content_type="text/plain; charset=utf-8", headers=fresh)

    @app.after_request
    def guard(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        # A slash too many or too few is Werkzeug's to redirect, with the scheme and the host as they are behind a proxy.
        if (response.location or "").startswith(request.host_url):
            response.location = response.location.removeprefix(request.host_url[:-1])
        return response


def _errors(app: Flask) -> None:
    @app.errorhandler(StoreError)
    def later(error: StoreError) -> BaseResponse | HTTPException:
        log.warning("%s cannot be answered: %s", request.path, error)
        return wrong(ServiceUnavailable())

    @app.errorhandler(HTTPException)
    def wrong(error: HTTPException) -> BaseResponse | HTTPException:
        """Any error as a page in plain words; to what asks for a feed, in one line. Redirects pass as they are."""
        code = error.code or 500
        if code < 400 or error.response is not None:
            return error
        g.wrong = True
        headers = {"Cache-Control": "no-store" if code >= 500 else "no-cache"}
        if allowed := getattr(error, "valid_methods", None):
            headers["Allow"] = ", ".join(sorted(allowed))
        if code == 503:
            headers["Retry-After"] = str(RETRY)
        if request.path.startswith("/api/"):
            return problem(code, _API_ERRORS.get(code), headers)
        if request.path.startswith("/feeds"):
            return Response(f"{code} {error.name}\n", code, headers | CORS, content_type="text/plain; charset=utf-8")
        headers["Vary"] = "Accept-Language"
        return Response(render_template("error.html", code=code), code, headers, content_type="text/html; charset=utf-8")
