"""The pages that people read, each a view of what the store holds; plain HTML, no scripts."""

from __future__ import annotations

from collections import Counter
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from aggregator.config import Section
from aggregator.health import Health
from aggregator.records import SourceState, Withdrawal
from aggregator.serve import answers, cursor, links, reasons
from aggregator.serve.health import report
from aggregator.serve.surface import ALL, Surface
from aggregator.serve.words import Words

FRONT = 4  # entries of a section on the front page
HITS = 30  # matches on a page of a search
DEEPEST = 20  # pages of a search
QUESTION = 100  # characters of a question that count
PAGE = 50  # entries on a page of a section


def pages(surface: Surface) -> Blueprint:
    blueprint = Blueprint("pages", __name__)
    site = surface.site

    @blueprint.get("/")
    def front() -> ResponseReturnValue:
        words = _words()
        shown = [(section, surface.cards(surface.shelf.newest(key, FRONT), section, words)) for key, section in surface.named.items()]
        full = [(section, cards) for section, cards in shown if cards]
        states = _states(surface)
        empty = [section for section, cards in shown if not cards]
        return _page("index.html", blocks=full, empty=empty, feed_key=ALL, why=_why_empty(surface, states, None, words))

    @blueprint.get("/sections/<key>/")
    def section(key: str) -> ResponseReturnValue:
        words = _words()
        if key == ALL:
            return redirect(url_for("pages.front"), 302)
        if key in surface.renamed:
            return redirect(url_for("pages.section", key=surface.renamed[key], before=request.args.get("before")), 301)
        if key not in surface.named:
            abort(410 if surface.closed(key) else 404)
        chosen = surface.named[key]
        try:
            before = cursor.read(request.args["before"]) if "before" in request.args else None
        except cursor.BadCursor as error:
            raise BadRequest from error
        found = surface.shelf.newest(key, PAGE + 1, before)
        older = cursor.write(found[PAGE - 1]) if len(found) > PAGE else None
        cards = surface.cards(found[:PAGE], chosen, words)
        why = "" if cards else _why_empty(surface, _states(surface), chosen, words)
        return _page("section.html", section=chosen, cards=cards, older=older, first=before is None, feed_key=key, why=why)

    @blueprint.get("/entries/<id_>/")
    def entry(id_: str) -> ResponseReturnValue:
        words = _words()
        item = surface.shelf.item(id_)
        if item is None and (withdrawn := surface.shelf.withdrawal(id_)):
            return _withdrawn(surface, withdrawn, words)
        if item is None and surface.shelf.emptied(id_):
            abort(410)
        sheet = surface.sheet(item, words) if item else None
        if item is None or sheet is None:
            abort(404)
        card = sheet.card
        home = card.sections[0]
        return _page(
            "entry.html",
            sheet=sheet,
            card=card,
            home=home,
            rules=[
                (surface.named[placed.section], reasons.rule(placed.rule, words), placed.rule)
                for placed in item.placements
                if placed.section in surface.named
            ],
            here=f"{site.url.rstrip('/')}/entries/{card.id}/",
            correction=_correction(surface, card.title, card.id, words) or f"{url_for('pages.about')}#corrections",
            feed_key=home.key,
        )

    @blueprint.get("/sources/")
    def sources() -> ResponseReturnValue:
        words = _words()
        states = _states(surface)
        rows = [
            (source, report(states.get(key), source.off, words), states.get(key), _home(surface, key))
            for key, source in surface.sources.items()
        ]
        counts = Counter(row[1].health for row in rows)
        return _page("sources.html", rows=rows, counts=counts, Health=Health, feed_key=ALL)

    @blueprint.get("/search")
    def search() -> ResponseReturnValue:
        if not site.search:
            abort(404)
        query = request.args.get("q", "").strip()[:QUESTION]
        section = request.args.get("section") if request.args.get("section") in surface.named else None
        source = request.args.get("source") if request.args.get("source") in surface.sources else None
        page = min(max(request.args.get("page", 1, int), 1), DEEPEST)
        found = surface.shelf.search(query, HITS + 1, (page - 1) * HITS, section=section, source=source)

        def at(number: int) -> str:
            return url_for("pages.search", q=query, section=section, source=source, page=number if number > 1 else None)

        return _page(
            "search.html",
            query=query,
            section=section,
            source=source,
            all_sources=sorted(surface.sources.values(), key=lambda each: each.title),
            cards=None if found is None else surface.hits(found[:HITS], query, _words()),
            earlier=at(page - 1) if page > 1 else None,
            more=at(page + 1) if found and len(found) > HITS and page < DEEPEST else None,
            feed_key=ALL,
        )

    @blueprint.get("/about")
    def about() -> ResponseReturnValue:
        words = _words()
        contact = _contact(surface)
        subject = words.gettext("About %(site)s", site=site.title)
        return _page(
            "about.html",
            active=sum(source.on for source in surface.sources.values()),
            contact=_reach(contact, subject),
            contact_text=contact if contact and "@" in contact else None,
            site_host=links.host(site.url) or site.url,
            feed_key=ALL,
        )

    def _page(template: str, **values: object) -> ResponseReturnValue:
        return answers.page(request, render_template(template, **values))

    return blueprint


def _withdrawn(surface: Surface, withdrawn: Withdrawal, words: Words) -> ResponseReturnValue:
    """Gone for good (RFC 9110 §15.5.11), with the reason that was given, and nothing of what stood here."""
    html = render_template(
        "gone.html", moment=surface.moment(withdrawn.at, words), upstream=withdrawn.by == "upstream", reason=withdrawn.reason
    )
    return Response(html, 410, {"Cache-Control": f"public, max-age={answers.PAGE_AGE}", "Vary": "Accept-Language"})


def _words() -> Words:
    words: Words = g.words
    return words


def _states(surface: Surface) -> dict[str, SourceState]:
    return {state.key: state for state in surface.shelf.sources()}


def _home(surface: Surface, key: str) -> str | None:
    """The page that people would want to see: the credited homepage, else the address that is pulled, where that may be shown."""
    source = surface.sources[key]
    return links.web(source.credit.homepage) or links.web(source.public_url)


def _why_empty(surface: Surface, states: dict[str, SourceState], section: Section | None, words: Words) -> str:
    """Why a section, or the whole site, has nothing to show, and what will change it."""
    feeding = [key for key, source in surface.sources.items() if source.on and (section is None or section.key in source.sections)]
    known = [states[key] for key in feeding if key in states]
    if not surface.sources:
        return words.gettext("No source is set up yet: name the first one in the configuration and this page will fill.")
    if feeding and len(known) == len(feeding) and all(state.failures for state in known):
        return words.gettext(
            "No entries yet: the sources cannot be read at the moment. The list of sources says why; they are tried again by themselves."
        )
    if any(state.pulled_at for state in known):
        return words.gettext(
            "No entries yet: the sources have been read and had nothing for this place. New entries will appear by themselves."
        )
    if feeding or section is None:
        return words.gettext("No entries yet: the first pull is under way. Look again in a minute.")
    return words.gettext("No entries yet: no source fills this section by itself. Entries come here by rules, as they arrive.")


def _correction(surface: Surface, title: str, id_: str, words: Words) -> str | None:
    """Where to ask for a correction or a removal: a letter with its subject, or the page that the operator names."""
    return _reach(_contact(surface), words.gettext("Correction or removal: %(title)s (%(id)s)", title=title, id=id_))


def _contact(surface: Surface) -> str | None:
    site = surface.site
    return site.contact or (site.author.email if site.author else None)


def _reach(contact: str | None, subject: str) -> str | None:
    if contact and urlsplit(contact).scheme in ("http", "https"):
        return links.web(contact)
    return links.letter(contact, subject)
