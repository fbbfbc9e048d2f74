"""`/img/<signed>`."""

from __future__ import annotations

from flask import Blueprint, Response, request

from aggregator.errors import StoreError
from aggregator.serve import answers
from aggregator.serve.pictures.look import look
from aggregator.serve.pictures.signed import Signer
from aggregator.serve.pictures.studio import Busy, NoPicture, Studio

AGE = 7 * 86_400  # seconds that a picture may be kept
SHORT = 300  # seconds that it need not be asked for again where it cannot be had
# A picture is looked at and nothing else, also when it is opened by itself; it may stand on any page.
HARMLESS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Content-Disposition": "inline",
}


def view(signer: Signer, studio: Studio) -> Blueprint:
    blueprint = Blueprint("pictures", __name__)

    @blueprint.get("/img/<signed>")
    def picture(signed: str) -> Response:
        try:
            address = signer.read(signed)
        except StoreError:
            return _later("What is stored cannot be read at the moment.")
        if address is None:
            return _no(404, "This address was not made here.")
        try:
            body = studio.picture(address)
        except NoPicture as error:
            return _no(error.status, "This picture cannot be had at the moment.")
        except Busy:
            return _later("Too many pictures are being fetched. Please ask again in a moment.")
        found = look(body)
        if found is None:  # a file that somebody else put there
            return _no(404, "This is no picture.")
        response = answers.answer(request, body, content_type=found.type, etag=answers.tag(body), max_age=AGE, vary="Accept-Encoding")
        response.headers.update(HARMLESS)
        return response

    return blueprint


def _later(text: str) -> Response:
    response = _no(503, text)
    response.headers.update({"Cache-Control": "no-store", "Retry-After": "2"})
    return response


def _no(status: int, text: str) -> Response:
    headers = HARMLESS | {"Cache-Control": f"public, max-age={SHORT}"}
    return Response(f"{text}\n", status, headers, content_type="text/plain; charset=utf-8")
