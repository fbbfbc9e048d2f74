"""What is said about feeds beside their bytes, which the lane serves: where they moved, that there are none, the list of all."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.wrappers import Response as BaseResponse

from aggregator.serve import answers
from aggregator.serve.edition import CORS
from aggregator.serve.surface import ALL, Surface
from feeds.records import Author, Outline

# Extension (also the name of the format) -> what it is called, and the type that clients look for in autodiscovery.
FORMATS = {"rss": ("RSS", "application/rss+xml"), "atom": ("Atom", "application/atom+xml"), "json": ("JSON Feed", "application/feed+json")}
METHODS = "GET, HEAD, OPTIONS"
LIST_AGE = 300  # seconds that the list of feeds need not be asked for again


def feeds(surface: Surface) -> Blueprint:
    blueprint = Blueprint("feeds", __name__)
    base = surface.site.url.rstrip("/")

    @blueprint.route("/feeds/<key>.<extension>", methods=["GET"], provide_automatic_options=False)
    def feed(key: str, extension: str) -> BaseResponse:
        """Whatever the lane does not answer from memory."""
        if key in surface.renamed and extension in FORMATS:
            return _moved(surface.renamed[key], extension)
        if key != ALL and key not in surface.named:
            return (
                _plain(410, f"This section was closed. The sections that there are stand at {base}/")
                if surface.closed(key)
                else elsewhere(key)
            )
        if extension in FORMATS and request.environ["PATH_INFO"].startswith("//"):  # as joined by who adds a slash to our address
            return _moved(key, extension)
        if extension in FORMATS:
            raise MethodNotAllowed(METHODS.split(", "))  # methods are case-sensitive (RFC 9110 §9.1), and the lane knows them as they are
        return _plain(404, f"There is no format {extension}. There are {', '.join(FORMATS)}.")

    @blueprint.route("/feeds.opml", methods=["GET"], provide_automatic_options=False)
    def outline() -> Response:
        media_type, body = _outline(surface)
        content_type = f"{media_type}; charset=utf-8"
        return answers.packed(request, answers.Packed(body), content_type=content_type, max_age=LIST_AGE, vary="Accept-Encoding")

    @blueprint.route("/feeds/<path:_>", methods=["GET"], provide_automatic_options=False)
    def elsewhere(_: str) -> Response:
        return _plain(404, f"There is no feed here. The sections and their feeds are listed at {base}/")

    @blueprint.route("/feeds/<path:_>", methods=["OPTIONS"], provide_automatic_options=False)
    @blueprint.route("/feeds.opml", methods=["OPTIONS"], provide_automatic_options=False, defaults={"_": ""})
    def preflight(_: str) -> Response:
        allowed = {
            "Allow": METHODS,
            "Access-Control-Allow-Methods": METHODS,
            "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since, Cache-Control",
            "Access-Control-Max-Age": "86400",
        }
        response = Response(status=204, headers=allowed)
        del response.headers["Content-Type"]
        return response

    @blueprint.after_request
    def readable_anywhere(response: Response) -> Response:
        response.headers.update(CORS)
        return response

    return blueprint


def _moved(key: str, extension: str) -> BaseResponse:
    """For good, and with what was asked for beside: who wanted ten entries is not to get all of them."""
    query = request.query_string.decode("ascii", "ignore")
    there = url_for("feeds.feed", key=key, extension=extension)
    return redirect(f"{there}?{query}" if query else there, 301)


def _outline(surface: Surface) -> tuple[str, bytes]:
    """Every section once, in the format that most readers know, and its media type. Undated, so that it changes only when the sections
    do."""
    from feeds.write import opml  # what writes XML is loaded when somebody asks for such a list

    site = surface.site
    base = site.url.rstrip("/")
    owner = Author(name=site.author.name if site.author else site.title, email=site.author.email if site.author else None, uri=f"{base}/")
    outlines = (
        Outline(text=section.title, title=section.title, xml_url=f"{base}/feeds/{key}.rss", html_url=f"{base}/sections/{key}/")
        for key, section in surface.named.items()
    )
    return opml.MEDIA_TYPE, opml.render(site.title, outlines, owner=owner)


def _plain(status: int, text: str) -> Response:
    return Response(f"{text}\n", status=status, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-cache"})
