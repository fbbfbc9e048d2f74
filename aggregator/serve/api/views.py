"""The operations of the API, and what each answers."""

from __future__ import annotations

from datetime import datetime
from typing import NotRequired, TypedDict, Unpack
from urllib.parse import urlencode

from flask import Blueprint, Response, g, json, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from aggregator.config import Section
from aggregator.errors import StoreError
from aggregator.records import Item
from aggregator.serve import answers
from aggregator.serve.api import rows
from aggregator.serve.api.document import described, document
from aggregator.serve.api.operations import AGE, Body, Desk, Operation, Parameter, key, moment, number, words
from aggregator.serve.api.problems import OPEN, RETRY, Wrong, problem
from aggregator.serve.api.rows import PATH
from aggregator.serve.api.schemas import ENTRIES, SECTIONS, SOURCES, WITHDRAWN, ref
from aggregator.serve.api.walk import Wanted, walk
from aggregator.serve.cursor import BadCursor
from aggregator.serve.surface import ALL, Surface
from aggregator.serve.words import mark
from feeds.write.xml import rfc3339

PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since, Cache-Control",
    "Access-Control-Max-Age": "86400",
}

SECTION = key("key", mark("The key of a section; all is every section."), "all")
ENTRY = key("key", mark("What names the entry here, as in its page's address."), "…")
CURSOR = words("cursor", mark("Where to go on. It comes with next, and means nothing by itself."), most=300)
LIMIT = number("limit", mark("Entries on a page."), most=100, usual=20)
SOURCE = words("source", mark("Only entries that came from the source with this key."), most=200)
LANGUAGE = words(
    "lang",
    mark("Only entries in this language (RFC 4647 §3.3.1: zh takes zh-CN too). Those that state none are in that of the site."),
    most=35,
    pattern="^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$",
    example="zh",
)
SINCE = moment("since", mark("Only entries that were listed then or later."))
WORDS = words("q", mark("Only entries that hold all these words, the best matches first."), most=100, example="志愿")

WITHDRAWN_SINCE = moment("since", mark("Only what was withdrawn then or later."))
WITHDRAWN_AFTER = words(
    "after", mark("Of the very moment of since, only what comes behind this id. It comes with next."), most=300, least=0
)
WITHDRAWN_LIMIT = number("limit", mark("Withdrawals on a page."), most=1000, usual=100)

NO_SECTION = mark("There is no such section.")
CLOSED = mark("The section was closed.")
NO_ENTRY = mark("There is no such entry.")
GONE = mark("The entry was taken back for good: when, by whom and why.")


class Looked(TypedDict):
    """What may be asked of a list of entries, as the parameters above read it; `q` where the site has search."""

    q: NotRequired[str | None]
    source: str | None
    lang: str | None
    since: datetime | None
    limit: int
    cursor: str | None


def api(surface: Surface) -> Blueprint:
    blueprint = Blueprint("api", __name__)
    desk = Desk(blueprint)
    base = surface.base
    looking: tuple[Parameter, ...] = (*([WORDS] if surface.site.search else []), SOURCE, LANGUAGE, SINCE, LIMIT, CURSOR)

    @desk.get(Operation(name="sections", path=f"{PATH}/sections", title=mark("Sections"), says=SECTIONS["description"], gives=SECTIONS))
    def sections() -> Body:
        return {"sections": [rows.section(each, surface) for each in surface.named.values()]}

    @desk.get(
        Operation(
            name="section_entries",
            path=f"{PATH}/sections/{{key}}/entries",
            title=mark("Entries of a section"),
            says=mark("What stands in a section, with as much text as the section shows; the newest first."),
            takes=(SECTION, *looking),
            gives=ENTRIES,
            fails={301: mark("The section has another key now."), 404: NO_SECTION, 410: CLOSED},
        )
    )
    def section_entries(key: str, **asked: Unpack[Looked]) -> Body | BaseResponse:
        if key in surface.renamed:
            query = request.query_string.decode("ascii", "ignore")
            there = url_for("api.section_entries", key=surface.renamed[key])
            return redirect(f"{there}?{query}" if query else there, 301)
        if key != ALL and key not in surface.named:
            return problem(410, CLOSED) if surface.closed(key) else problem(404, f"{NO_SECTION} {base}{PATH}/sections lists them.")
        return _page(surface, surface.named.get(key), asked)

    @desk.get(
        Operation(
            name="entries",
            path=f"{PATH}/entries",
            title=mark("All entries"),
            says=mark("All entries, each with as much text as the most open of its sections shows; the newest first."),
            takes=looking,
            gives=ENTRIES,
        )
    )
    def entries(**asked: Unpack[Looked]) -> Body | Response:
        return _page(surface, None, asked)

    @desk.get(
        Operation(
            name="entry",
            path=f"{PATH}/entries/{{key}}",
            title=mark("An entry"),
            says=mark("One entry with its whole credit."),
            takes=(ENTRY,),
            gives=ref("Entry"),
            fails={404: NO_ENTRY, 410: GONE},
        )
    )
    def entry(key: str) -> Body | Response:
        item = surface.shelf.item(key)
        if row := rows.entry(item, surface) if item else None:
            return row
        if item is None and (gone := surface.shelf.withdrawal(key)):
            why = {"reason": gone.reason} if gone.reason else {}
            return problem(410, "This entry was taken back for good.", members={"withdrawn_at": rfc3339(gone.at), "by": gone.by, **why})
        return problem(404, NO_ENTRY)

    @desk.get(Operation(name="sources", path=f"{PATH}/sources", title=mark("Sources"), says=SOURCES["description"], gives=SOURCES))
    def sources() -> Body:
        states = {state.key: state for state in surface.shelf.sources()}
        return {"sources": [rows.source(each, states.get(each.key), surface) for each in surface.sources.values()]}

    @desk.get(
        Operation(
            name="withdrawn",
            path=f"{PATH}/withdrawn",
            title=mark("What was withdrawn"),
            says=mark("For whoever keeps copies: read to the end, keep the last next, and ask again with it for what came since."),
            takes=(WITHDRAWN_SINCE, WITHDRAWN_AFTER, WITHDRAWN_LIMIT),
            gives=WITHDRAWN,
        )
    )
    def withdrawn(since: datetime | None, after: str | None, limit: int) -> Body:
        after = (after or "") if since else ""
        found = surface.shelf.withdrawn(since, limit, after)
        if found:
            since, after = found[-1].at, found[-1].id
        on = {"since": rfc3339(since), "after": after, "limit": limit} if since else {"limit": limit}
        return {
            "withdrawn": [rows.withdrawal(one, base) for one in found],
            "more": len(found) == limit,
            "next": f"{base}{PATH}/withdrawn?{urlencode(on)}",
        }

    told = document(surface.site, desk.operations)
    packed = answers.Packed(json.dumps(told, ensure_ascii=False, indent=1, sort_keys=False).encode() + b"\n")

    @blueprint.get(f"{PATH}/openapi.json")
    def openapi() -> Response:
        return answers.packed(request, packed, content_type="application/json", max_age=AGE, vary="Accept-Encoding")

    @blueprint.get("/api/")
    def page() -> Response:
        return answers.page(request, render_template("api.html", feed_key=ALL, **described(told, g.words)))

    @blueprint.errorhandler(StoreError)
    def later(_: StoreError) -> Response:
        return problem(503, "What is stored cannot be read at the moment.", {"Retry-After": str(RETRY)})

    @blueprint.after_request
    def readable_anywhere(response: Response) -> Response:
        if request.endpoint != "api.page":
            response.headers.update(OPEN)
            if request.method == "OPTIONS":
                response.headers.update(PREFLIGHT)
        return response

    return blueprint


def _page(surface: Surface, section: Section | None, asked: Looked) -> Body | Response:
    language = asked["lang"]

    def keep(item: Item) -> bool:
        return surface.policy(item, section) != "none" and bool(surface.places(item)) and _speaks(item, language, surface.site.language)

    wanted = Wanted(
        section=section.key if section else None,
        q=asked.get("q"),
        source=asked["source"],
        since=asked["since"],
        limit=asked["limit"],
        keep=keep,
        picky=language is not None,
    )
    try:
        found = walk(surface.shelf, wanted, asked["cursor"])
    except BadCursor:
        raise Wrong("cursor", "cursor is a place in this list as a next has it: begin without one.") from None
    if found is None:
        raise Wrong("q", "q cannot be answered: what this site stores cannot be searched.")
    items, onward = found
    shown = [row for item in items if (row := rows.entry(item, surface, section))]
    if onward is None:
        return {"entries": shown}
    said = [(name, value) for name, value in request.args.items() if name in asked and name != "cursor"]
    return {"entries": shown, "next": f"{surface.base}{request.path}?{urlencode([*said, ('cursor', onward)])}"}


def _speaks(item: Item, wanted: str | None, usual: str) -> bool:
    """Basic filtering (RFC 4647 §3.3.1)."""
    stated = (item.entry.language or usual).lower().replace("_", "-")
    return wanted is None or stated == wanted.lower() or stated.startswith(f"{wanted.lower()}-")
