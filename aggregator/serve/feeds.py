"""The feeds over HTTP: stored renditions with their validators, never rendered here (RFC 9110 §8.8, §13)."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from aggregator.serve import answers
from aggregator.serve.conditional import coding, weak
from aggregator.serve.surface import ALL, Surface
from feeds.records import Author, Outline
from feeds.write import opml

# Extension (also the name of the format) -> what it is called, and the type that clients look for in autodiscovery.
FORMATS = {"rss": ("RSS", "application/rss+xml"), "atom": ("Atom", "application/atom+xml"), "json": ("JSON Feed", "application/feed+json")}
RETRY = 30  # seconds after which a section that was never published is worth asking for again

CORS = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "ETag, Last-Modified"}
METHODS = "GET, HEAD, OPTIONS"


def feeds(surface: Surface) -> Blueprint:
    blueprint = Blueprint("feeds", __name__)
    base = surface.site.url.rstrip("/")

    @blueprint.route("/feeds/<key>.<extension>", methods=["GET"], provide_automatic_options=False)
    def feed(key: str, extension: str) -> BaseResponse:
        if key in surface.renamed and extension in FORMATS:
            return redirect(url_for("feeds.feed", key=surface.renamed[key], extension=extension), 301)
        if key != ALL and key not in surface.named:
            return elsewhere(key)
        rendition = surface.shelf.rendition(key, extension)
        if rendition is None and extension in FORMATS:
            waiting = _plain(503, "This feed is not ready yet: its first pull is under way. Please ask again in a moment.")
            waiting.headers["Retry-After"] = str(RETRY)
            return waiting
        if rendition is None:
            return _plain(404, f"There is no format {extension}. There are {', '.join(FORMATS)}.")
        packed = coding(rendition.encoded, request.accept_encodings)
        return answers.answer(
            request,
            rendition.encoded[packed] if packed else rendition.body,
            content_type=_typed(rendition.media_type),
            etag=weak(rendition.etag),
            max_age=surface.max_age,
            vary="Accept-Encoding",
            updated_at=min(rendition.updated_at, datetime.now(UTC)),  # never later than Date (RFC 9110 §8.8.2.1)
            coding=packed,
        )

    @blueprint.route("/feeds.opml", methods=["GET"], provide_automatic_options=False)
    def outline() -> Response:
        body = _outline(surface)
        content_type = f"{opml.MEDIA_TYPE}; charset=utf-8"
        return answers.answer(
            request, body, content_type=content_type, etag=answers.tag(body), max_age=surface.max_age, vary="Accept-Encoding"
        )

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


def _outline(surface: Surface) -> bytes:
    """Every section once, in the format that most readers know. Undated, so that it changes only when the sections do."""
    site = surface.site
    base = site.url.rstrip("/")
    owner = Author(name=site.author.name if site.author else site.title, email=site.author.email if site.author else None, uri=f"{base}/")
    outlines = (
        Outline(text=section.title, title=section.title, xml_url=f"{base}/feeds/{key}.rss", html_url=f"{base}/sections/{key}/")
        for key, section in surface.named.items()
    )
    return opml.render(site.title, outlines, owner=owner)


def _typed(media_type: str) -> str:
    """XML says its charset, lest it be read as US-ASCII (RFC 7303 §8); JSON has one charset and no such parameter (RFC 8259 §11)."""
    return f"{media_type}; charset=utf-8" if "xml" in media_type and "charset" not in media_type else media_type


def _plain(status: int, text: str) -> Response:
    return Response(f"{text}\n", status=status, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-cache"})
