"""The Flask application: pages, feeds, errors in plain words, and headers that keep both harmless.

lane (feeds from memory) -> surface -> pages | feeds | the small rest (style sheet, robots, health)
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from aggregator.config import Section, Site, Source
from aggregator.serve import answers, links
from aggregator.serve.edition import CORS
from aggregator.serve.feeds import FORMATS, feeds
from aggregator.serve.lane import Lane
from aggregator.serve.mount import Mounted
from aggregator.serve.newsstand import Newsstand, Render
from aggregator.serve.pages import pages
from aggregator.serve.shelf import Shelf
from aggregator.serve.surface import ALL, Surface
from aggregator.serve.withdrawn import withdrawn
from aggregator.serve.words import choose, native

STYLE_AGE = 31_536_000  # a year: the address names the bytes

# No scripts at all; pictures, sound and film from the originals, as entries carry them.
_POLICY = (
    "default-src 'none'",
    "img-src https: http: data:",
    "media-src https: http:",
    "style-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)
HEADERS = {"Content-Security-Policy": "; ".join(_POLICY), "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


def create(
    site: Site,
    sections: Mapping[str, Section],
    sources: Mapping[str, Source],
    shelf: Shelf,
    *,
    render: Render | None = None,
    follow: bool = False,
) -> Flask:
    """The site over a shelf. `sections` may hold the reserved `all`, which has a feed and no page; `render` makes the renditions of feeds
    that are made only when somebody asks. `follow`: serve feeds from memory and look for news in a thread, as a web worker does; otherwise
    the shelf is looked at for each answer."""
    named = {key: section for key, section in sections.items() if key != ALL}
    surface = Surface(site=site, named=named, sources=sources, shelf=shelf)
    app = Flask("aggregator.serve", static_folder=None, template_folder=str(templates()))
    stand = Newsstand(shelf, (*named, ALL), FORMATS, render, list(HEADERS.items()))
    if follow:
        stand.follow()
    lane = Lane(app.wsgi_app, stand, list(HEADERS.items()))
    app.wsgi_app = Mounted(lane, site.url)  # type: ignore[method-assign]  # the way that Flask documents
    app.register_blueprint(pages(surface))
    app.register_blueprint(feeds(surface))
    app.register_blueprint(withdrawn(shelf, site))
    _dress(app, surface)
    _rest(app, surface)
    _errors(app)
    return app


def templates() -> Path:
    """The folder of the templates: inside the package once installed, at the top of the tree in a checkout."""
    here = Path(__file__).resolve().parent
    for folder in (here / "templates", here.parents[1] / "templates"):
        if (folder / "base.html").is_file():
            return folder
    raise FileNotFoundError(f"the templates are missing: they should be in {here / 'templates'}; install haihe again")


def _dress(app: Flask, surface: Surface) -> None:
    """What every template can say."""
    site = surface.site
    environment = app.jinja_env
    environment.undefined = StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.filters["web"] = links.web
    environment.globals.update(site=site, sections=tuple(surface.named.values()), formats=FORMATS, ALL=ALL)
    style = answers.tag((templates() / "style.css").read_bytes())[3:15]

    @app.before_request
    def listen() -> None:
        g.words = choose(request.accept_languages, site.language)

    @app.context_processor
    def speak() -> dict[str, Any]:
        words = choose(request.accept_languages, site.language)

        def foreign(language: str | None) -> str | None:
            """The language of a text where it is not that of the page, for its `lang`."""
            stated = language or site.language
            return (
                None if stated.lower() == words.tag.lower() or (native(stated) == words.language == "en" and stated[:2] == "en") else stated
            )

        return {
            "_": words.gettext,
            "ngettext": words.ngettext,
            "words": words,
            "foreign": foreign,
            "moment": lambda at: surface.moment(at, words),
            "style": url_for("style", v=style),
        }


def _rest(app: Flask, surface: Surface) -> None:
    sheet = (templates() / "style.css").read_bytes()
    tag = answers.tag(sheet)

    @app.get("/style.css")
    def style() -> Response:
        exact = request.args.get("v") == tag[3:15]
        return answers.answer(
            request, sheet, content_type="text/css; charset=utf-8", etag=tag, max_age=STYLE_AGE if exact else 300, vary="Accept-Encoding"
        )

    @app.get("/robots.txt")
    def robots() -> Response:
        return Response(
            "User-agent: *\nAllow: /\n", content_type="text/plain; charset=utf-8", headers={"Cache-Control": "public, max-age=86400"}
        )

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
        return response


def _errors(app: Flask) -> None:
    @app.errorhandler(HTTPException)
    def wrong(error: HTTPException) -> BaseResponse | HTTPException:
        """Any error as a page in plain words; to what asks for a feed, in one line. Redirects pass as they are."""
        code = error.code or 500
        if code < 400 or error.response is not None:
            return error
        headers = {"Cache-Control": "no-store" if code >= 500 else "no-cache"}
        if allowed := getattr(error, "valid_methods", None):
            headers["Allow"] = ", ".join(sorted(allowed))
        if request.path.startswith("/feeds"):
            return Response(f"{code} {error.name}\n", code, headers | CORS, content_type="text/plain; charset=utf-8")
        headers["Vary"] = "Accept-Language"
        return Response(render_template("error.html", code=code), code, headers, content_type="text/html; charset=utf-8")
