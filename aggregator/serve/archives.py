"""`/feeds/<key>/archive/<n>.atom`: closed archives of a section (RFC 5005 §4)."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from aggregator.serve import answers
from aggregator.serve.edition import CORS
from aggregator.serve.surface import ALL, Surface

AGE = 86_400  # seconds: it never changes, but where an entry was withdrawn


def archives(surface: Surface) -> Blueprint:
    blueprint = Blueprint("archives", __name__)

    @blueprint.route("/feeds/<key>/archive/<int:number>.atom", methods=["GET"], provide_automatic_options=False)
    def archive(key: str, number: int) -> BaseResponse:
        if key in surface.renamed:
            return redirect(url_for("archives.archive", key=surface.renamed[key], number=number), 301)
        if key != ALL and key not in surface.named:
            closed = surface.closed(key)
            return _plain(410 if closed else 404, "This section was closed." if closed else "There is no such section.")
        found = surface.shelf.archive(key, number) if number < 1 << 31 else None
        if found is not None:
            kind = "application/atom+xml; charset=utf-8"
            return answers.packed(request, answers.Packed(found.body, found.etag), content_type=kind, max_age=AGE, vary="Accept-Encoding")
        last = surface.shelf.last_archive(key)
        if number == last + 1:
            return redirect(url_for("feeds.feed", key=key, extension="atom"), 302)  # what is newer than the last stands in the feed
        gone = 1 <= number <= last
        return _plain(410 if gone else 404, "This archive is no longer kept." if gone else f"There are {last} archives here.")

    @blueprint.after_request
    def readable_anywhere(response: Response) -> Response:
        response.headers.update(CORS)
        return response

    return blueprint


def _plain(status: int, text: str) -> Response:
    return Response(f"{text}\n", status=status, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-cache"})
