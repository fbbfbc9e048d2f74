"""Records as the JSON objects that `schemas` describes. No more of an entry than `publishable` lets out, as in the feeds; and no address
that is not one of the web, so that whoever makes it a link is safe."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from aggregator.config import Section, Source
from aggregator.health import judge
from aggregator.publish import feed_address, publishable
from aggregator.records import Item, SourceState, Withdrawal
from aggregator.serve import links
from aggregator.serve.feeds import FORMATS
from aggregator.serve.surface import Surface
from feeds import credit
from feeds.records import Content, Enclosure, Entry
from feeds.write import attribution
from feeds.write.languages import language
from feeds.write.xml import chars, rfc3339, uri

Row = dict[str, object]
PATH = "/api/v1"


def entry(item: Item, surface: Surface, section: Section | None = None) -> Row | None:
    """As a section shows it; by itself, as the most open of its sections does. None when it may not be shown, or stands nowhere."""
    places = surface.places(item)
    within = section or surface.most_open(item)
    shown = publishable(item, within, surface.sources.get(item.source), surface.site) if within and places else None
    if shown is None:
        return None
    source, base = surface.sources.get(item.source), surface.base
    published = attribution.published(shown)
    return _stated(
        {
            "id": attribution.entry_id(shown),
            "key": item.id,
            "url": f"{base}{PATH}/entries/{item.id}",
            "page": f"{base}/entries/{item.id}/",
            "link": _web(shown.link),
            "title": _line(attribution.title(shown)),
            "title_prefix": _line(shown.title_prefix),
            "summary": chars(attribution.said(shown.summary)),
            **_text(shown.content),
            "published": rfc3339(published) if published else None,
            "updated": rfc3339(item.updated_at),
            "listed": rfc3339(item.sort_at),
            "language": language(shown.language),
            "image": _web(shown.image),
            "categories": list(dict.fromkeys(filter(None, (_line(each.label or each.term) for each in shown.categories)))),
            "enclosures": [row for each in shown.enclosures if (row := _enclosure(each))],
        }
    ) | _stated_around(item, shown, places, source)


def _stated_around(item: Item, shown: Entry, places: tuple[Section, ...], source: Source | None) -> Row:
    edition = item.edition
    corrected = {"corrected": {"at": rfc3339(edition.corrected_at), "facts": list(edition.corrected)}} if edition.corrected_at else {}
    return {
        "sections": [{"key": each.key, "title": each.title} for each in places],
        "source": {"key": item.source, "title": source.title if source else shown.credit.publisher or item.source},
        "credit": _credit(shown),
        **corrected,
    }


def _credit(shown: Entry) -> Row:
    stated = credit.facts(shown)
    unsafe = {name for name in credit.ADDRESSES if name in stated and not _web(stated[name])}
    addresses = {name: _web(stated[name]) for name in credit.ADDRESSES if name in stated}
    return {name: addresses.get(name, value) for name, value in stated.items() if name not in unsafe}


def section(one: Section, surface: Surface) -> Row:
    base = surface.base
    return _stated(
        {
            "key": one.key,
            "title": one.title,
            "description": one.description,
            "page": f"{base}/sections/{one.key}/",
            "entries": f"{base}{PATH}/sections/{one.key}/entries",
            "feeds": {name: feed_address(one.key, name, surface.site) for name in FORMATS},
            "body": one.body,
        }
    )


def source(one: Source, state: SourceState | None, surface: Surface) -> Row:
    return _stated(
        {
            "key": one.key,
            "title": one.title,
            "publisher": one.credit.publisher,
            "homepage": _web(one.credit.homepage),
            "rights": one.credit.rights,
            "language": one.language,
            "address": _web(one.public_url),
            "republish": one.republish,
        }
    ) | {
        "sections": [key for key in one.sections if key in surface.named],
        "entries": f"{surface.base}{PATH}/entries?source={one.key}",
        "health": judge(state, one.off).value,
        **_times(checked=state.pulled_at if state else None, changed=state.changed_at if state else None),
    }


def withdrawal(one: Withdrawal, base: str) -> Row:
    row = {"id": one.iri, "page": f"{base}/entries/{one.id}/", "source": one.source, "withdrawn_at": rfc3339(one.at), "by": one.by}
    return _stated(row | {"reason": one.reason})


def _times(**times: datetime | None) -> Row:
    return {name: rfc3339(at) for name, at in times.items() if at}


def _text(content: Content | None) -> Row:
    if attribution.written(content) is None or content is None:
        return {}
    return {"content_html" if content.type == "html" else "content_text": chars(content.value)}


def _enclosure(one: Enclosure) -> Row | None:
    if (url := _web(one.url)) is None:
        return None
    numbers = {name: value for name, value in (("length", one.length), ("duration", one.duration)) if value and value > 0}
    return _stated({"url": url, "type": _line(one.type), "title": _line(one.title)}) | numbers


def _web(address: object) -> str | None:
    return links.web(uri(address)) if isinstance(address, str) else None


def _line(text: str | None) -> str:
    return " ".join(chars(text).split()) if text else ""


def _stated(row: Mapping[str, object]) -> Row:
    """Without what nobody stated."""
    return {name: value for name, value in row.items() if value not in (None, "", [], {})}
