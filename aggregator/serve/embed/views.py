"""The addresses of the embed kit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, abort, g, json, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from aggregator.config import Section
from aggregator.errors import StoreError
from aggregator.serve import answers
from aggregator.serve.assets import script as page_script
from aggregator.serve.edition import CORS
from aggregator.serve.embed import choices, oembed
from aggregator.serve.embed.board import LIMITS, Board
from aggregator.serve.embed.choices import Choices
from aggregator.serve.embed.kit import Script, scripts
from aggregator.serve.lane import RETRY
from aggregator.serve.newsstand import Newsstand
from aggregator.serve.surface import ALL, Card, Surface
from aggregator.serve.words import ENGLISH, Words, nearest

FOREVER = 31_536_000  # a year: the address names the bytes
SCRIPT_AGE = 3600  # seconds in which a page may go without the newest script
FRAME_AGE = 300
DATED = CORS | {"Access-Control-Expose-Headers": "Date"}  # the script sees by it whether what its browser kept is old
# Frames may stand anywhere; besides that they may no more than a page.
FRAMED = (
    "default-src 'none'; img-src https: http: data:; style-src 'self'; script-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors *"
)
BUILDER = (
    f"default-src 'none'; img-src https: http: data:; style-src 'self'; script-src 'self' {page_script().hash}; connect-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def embed(surface: Surface, stand: Newsstand, languages: Mapping[str, Words], folder: Path) -> Blueprint:
    """`stand` knows what is published, `languages` are those of the pages; `folder` is where the kit's files are: `templates/embed`."""
    blueprint = Blueprint("embed", __name__)
    board = Board(surface, stand)
    own = nearest(surface.site.language, tuple(languages)) or ENGLISH
    site = surface.site
    base = site.url.rstrip("/")
    newest, named = scripts(folder)
    beside = (path for path in folder.iterdir() if path.suffix in (".css", ".js") and path.name != "embed.js")
    files = {path.name: answers.Packed(path.read_bytes()) for path in beside}

    @blueprint.get("/embed.js")
    def script() -> Response:
        return _script(newest, f"public, max-age={SCRIPT_AGE}, stale-while-revalidate=86400, stale-if-error=2592000")

    @blueprint.get("/embed-<name>.js")
    def pinned(name: str) -> Response:
        if name not in named:
            abort(404)
        return _script(named[name], f"public, max-age={FOREVER}, immutable")

    @blueprint.get("/embed/files/<name>")
    def file(name: str) -> Response:
        if name not in files:
            abort(404)
        kind = "text/css" if name.endswith("css") else "text/javascript"
        age = FOREVER if request.args.get("v") == files[name].etag[3:15] else FRAME_AGE
        return answers.packed(request, files[name], content_type=f"{kind}; charset=utf-8", max_age=age, vary="Accept-Encoding")

    def page_of(key: str) -> str:
        return f"{base}/sections/{key}/" if key != ALL else f"{base}/"

    def address_of(name: str) -> str:
        return url_for("embed.file", name=name, v=files[name].etag[3:15])

    @blueprint.get("/embed/<key>")
    def frame(key: str) -> ResponseReturnValue:
        chosen, section = choices.read(request.args), _section(surface, key)
        if section is None:
            return _elsewhere(surface, key, "embed.frame")
        return _framed(section, _cards(surface, section, chosen), chosen, page_of(key))

    @blueprint.get("/embed/entries/<id_>")
    def entry(id_: str) -> ResponseReturnValue:
        chosen = choices.read(request.args)
        item = surface.shelf.item(id_)
        places = surface.places(item) if item else ()
        cards = surface.cards([item], places[0], _words()) if item and places else []
        if not cards:
            abort(410 if item is None and surface.shelf.withdrawal(id_) else 404)
        return _framed(places[0], cards, chosen, f"{base}/sections/{places[0].key}/")

    def _framed(section: Section, cards: list[Card], chosen: Choices, page: str) -> Response:
        html = render_template(
            "embed/frame.html", **_told(section, cards, chosen, page), frame_css=address_of("frame.css"), frame_js=address_of("frame.js")
        )
        answer = answers.page(request, html)
        answer.headers["Cache-Control"] = f"public, max-age={FRAME_AGE}"
        answer.headers["Content-Security-Policy"] = FRAMED
        return answer

    @blueprint.get("/embed/<key>.json")
    def listing(key: str) -> ResponseReturnValue:
        """What the script shows: in the language of the page that asks, not of the reader, so that one answer is for all."""
        chosen, section = choices.read(request.args), _section(surface, key)
        if section is None:
            return _elsewhere(surface, key, "embed.listing") if key in surface.renamed else _no(410 if surface.closed(key) else 404)
        words = languages[nearest(request.args.get("lang", ""), tuple(languages)) or own]
        limit = next(each for each in LIMITS if each >= chosen.limit)
        try:
            poster = board.poster(section, limit, words, page_of(key))
        except StoreError:
            return _no(503)
        answer = answers.packed(request, poster.body, content_type="application/json", max_age=poster.age, vary="Accept-Encoding")
        answer.headers.update(DATED)
        return answer

    @blueprint.get("/embed/<key>.html")
    def fragment(key: str) -> ResponseReturnValue:
        chosen, section = choices.read(request.args), _section(surface, key)
        if section is None:
            return _elsewhere(surface, key, "embed.fragment")
        told = _told(section, _cards(surface, section, chosen), chosen, page_of(key))
        answer = answers.page(request, render_template("embed/fragment.html", **told))
        answer.headers["Cache-Control"] = f"public, max-age={FRAME_AGE}, stale-if-error=86400"
        answer.headers.update(CORS)
        return answer

    def _told(section: Section, cards: list[Card], chosen: Choices, page: str) -> dict[str, object]:
        return {
            "section": section,
            "cards": cards,
            "page": page,
            "base": base,
            "layout": chosen.layout,
            "theme": chosen.theme,
            "images": chosen.images,
            "heading": chosen.heading,
            "top": Markup(' target="_top"'),  # out of the frame, and harmless elsewhere
        }

    @blueprint.get("/embed/")
    def builder() -> Response:
        said = {**request.args}
        if said and "images" not in said:
            said["images"] = "off"  # a box that is not ticked is not sent
        chosen = choices.read(said)
        key = said.get("section", "")
        section = surface.named.get(key) or _first(surface)
        if section is None:
            abort(404)
        _ = _words().gettext
        html = render_template(
            "embed/builder.html",
            chosen={"section": section.key, "layout": chosen.layout, "theme": chosen.theme, "limit": chosen.limit, "images": chosen.images},
            layouts=[("list", _("List")), ("cards", _("Cards")), ("headlines", _("Headlines"))],
            themes=[("auto", _("As the page")), ("light", _("Light")), ("dark", _("Dark"))],
            element=preview(section, chosen, url_for("pages.section", key=section.key)),
            snippets=_snippets(section, chosen),
            kit={"address": url_for("embed.script")},
            origin="{0.scheme}://{0.netloc}".format(urlsplit(base)),
            builder_css=address_of("builder.css"),
            builder_js=address_of("builder.js"),
            feed_key=ALL,
        )
        answer = answers.page(request, html)
        answer.headers["Content-Security-Policy"] = BUILDER
        return answer

    def _snippets(section: Section, chosen: Choices) -> dict[str, str]:
        query = urlencode(chosen.query)
        asked = f"?{query}" if query else ""
        src = f"{base}/embed/{section.key}"
        width, height = oembed.size({}, chosen.limit)
        title = f"{section.title} - {site.title}"
        page = f"{base}/sections/{section.key}/"
        return {
            "element": f'<script async src="{base}/embed.js"></script>\n{element(section, chosen, page)}',
            "frame": oembed.frame(src + asked, title, width, height),
            "fragment": f'<!--#include virtual="{urlsplit(src).path}.html{asked}" -->\n<esi:include src="{src}.html{asked}"/>\n'
            f'<?php echo file_get_contents("{src}.html{asked}"); ?>',
            "link": page,
            "pinned": f'<script async src="{base}/embed-{newest.name}.js"\n'
            f'  integrity="{newest.integrity}" crossorigin="anonymous"></script>',
        }

    def element(section: Section, chosen: Choices, page: str) -> Markup:
        said = {"section": section.key, **chosen.query}
        attributes = Markup(" ").join(Markup('{}="{}"').format(name, value) for name, value in said.items())
        # The style keeps the page from jumping before the script is there. A policy without inline styles passes over it.
        return Markup('<haihe-feed {} style="display:block;min-height:{}"><a href="{}">{}</a></haihe-feed>').format(
            attributes, chosen.room, page, section.title
        )

    def preview(section: Section, chosen: Choices, page: str) -> Markup:
        """The element for a page of ours, whose policy takes no inline styles."""
        return Markup(re.sub(r' style="[^"]*"', "", element(section, chosen, page), count=1))  # noqa: S704  escaped above

    @blueprint.get("/oembed")
    def discovered() -> ResponseReturnValue:
        form = request.args.get("format", "json")
        if form not in ("json", "xml"):
            return Response("The formats are json and xml.\n", 501, content_type="text/plain; charset=utf-8")
        found = oembed.path_of(request.args.get("url", ""), site.url)
        answer = _answer(*found) if found else None
        if answer is None:
            return Response("Nothing of this site stands at that address.\n", 404, CORS, content_type="text/plain; charset=utf-8")
        body = json.dumps(answer).encode() if form == "json" else oembed.as_xml(answer)
        kind = "application/json" if form == "json" else "text/xml; charset=utf-8"
        made = answers.packed(request, answers.Packed(body), content_type=kind, max_age=oembed.AGE, vary="Accept-Encoding")
        made.headers.update(CORS)
        return made

    def _answer(what: str, key: str) -> oembed.Answer | None:
        if what == "sections":
            key = surface.renamed.get(key, key)
            section = _section(surface, key)
            return _rich(f"{base}/embed/{key}", section.title, site.title, choices.USUAL) if section else None
        item = surface.shelf.item(key)
        places = surface.places(item) if item else ()
        cards = surface.cards([item], places[0], _words()) if item and places else []
        if not cards:
            return None
        return _rich(f"{base}/embed/entries/{key}", cards[0].title, _signed(cards[0]), 1)

    def _rich(address: str, title: str, author: str, rows: int) -> oembed.Answer:
        width, height = oembed.size(request.args, rows)
        return {
            "version": "1.0",
            "type": "rich",
            "provider_name": site.title,
            "provider_url": f"{base}/",
            "title": title,
            "author_name": author,
            "cache_age": oembed.AGE,
            "html": oembed.frame(address, title, width, height),
            "width": width,
            "height": height,
        }

    return blueprint


def _script(script: Script, keep: str) -> Response:
    """For everybody's pages: readable across origins, so that SRI can check it."""
    kind = "text/javascript; charset=utf-8"
    answer = answers.packed(request, script.packed, content_type=kind, max_age=SCRIPT_AGE, vary="Accept-Encoding")
    answer.headers["Cache-Control"] = keep
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


def _no(status: int) -> Response:
    """For the script, which may read the status from any page."""
    kept = {"Retry-After": str(RETRY), "Cache-Control": "no-store"} if status == 503 else {"Cache-Control": f"public, max-age={FRAME_AGE}"}
    return Response("", status, CORS | kept, content_type="text/plain; charset=utf-8")


def _first(surface: Surface) -> Section | None:
    """The first section that has anything to show, else the first."""
    filled = {state.key for state in surface.shelf.sections() if state.entries}
    return next((one for key, one in surface.named.items() if key in filled), None) or next(iter(surface.named.values()), None)


def _section(surface: Surface, key: str) -> Section | None:
    return Section(key=ALL, title=surface.site.title) if key == ALL else surface.named.get(key)


def _elsewhere(surface: Surface, key: str, endpoint: str) -> ResponseReturnValue:
    """Where a renamed section went; its embeds follow it, from any page."""
    if key not in surface.renamed:
        abort(410 if surface.closed(key) else 404)
    query = request.query_string.decode("ascii", "ignore")
    moved = redirect(url_for(endpoint, key=surface.renamed[key]) + (f"?{query}" if query else ""), 301)
    moved.headers.update(CORS)
    return moved


def _cards(surface: Surface, section: Section, chosen: Choices) -> list[Card]:
    return surface.cards(surface.shelf.newest(section.key, chosen.limit), section, _words())


def _signed(card: Card) -> str:
    """The credits in one text, for a field that takes no more."""
    _ = _words().gettext
    said = (_("%(label)s: %(names)s", label=label, names=names) for label, names in card.credit)
    return _("  ").join(said) or card.source_title


def _words() -> Words:
    words: Words = g.words
    return words
