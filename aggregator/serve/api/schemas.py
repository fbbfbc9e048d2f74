"""What answers look like, as JSON Schema 2020-12 (which is what OpenAPI 3.1 speaks). Facts that nobody stated are left out, never null."""

from __future__ import annotations

from typing import Any

from aggregator.health import Health
from aggregator.serve.words import mark
from feeds.credit import ADDRESSES, PEOPLE, TEXTS
from feeds.records import Precision

Schema = dict[str, Any]

URI: Schema = {"type": "string", "format": "uri"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
TEXT: Schema = {"type": "string"}
POLICY: Schema = {"type": "string", "enum": ["full", "summary", "link", "none"]}


def obj(says: str, *optional: str, **properties: Schema) -> Schema:
    """An object with exactly these properties, all there but the `optional` ones."""
    needed = [name for name in properties if name not in optional]
    return {"type": "object", "description": says, "properties": properties, "required": needed, "additionalProperties": False}


def said(schema: Schema, says: str) -> Schema:
    return {**schema, "description": says}


def many(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


_CREDIT = {
    **{name: URI if name in ADDRESSES else TEXT for name in TEXTS},
    "chain": many(TEXT),
    **{name: many(TEXT) for name in PEOPLE},
    "rights": TEXT,
    "precision": {"type": "string", "enum": [each.value for each in Precision]},
}
_NEXT = said(URI, mark("The next page. It is left out on the last one."))

SCHEMAS: dict[str, Schema] = {
    "Entry": obj(
        mark("An entry, with no more text than its source and its section let out."),
        *("link", "title_prefix", "summary", "content_html", "content_text", "published", "language", "image", "categories"),
        *("enclosures", "corrected"),
        id=said(TEXT, mark("Its permanent public id, the same as in the feeds: the upstream's own where that is an IRI.")),
        key=said(TEXT, mark("What names it here; unique.")),
        url=said(URI, mark("The address of this object.")),
        page=said(URI, mark("Its page, for people.")),
        link=said(URI, mark("The original.")),
        title=said(TEXT, mark("Plain text, never empty.")),
        title_prefix=TEXT,
        summary=said(TEXT, mark("Plain text.")),
        content_html=said(TEXT, mark("Sanitised HTML with absolute links, where the full text may be shown.")),
        content_text=said(TEXT, mark("The full text, where that is plain.")),
        published=said(MOMENT, mark("As the source states it; credit.precision says how exactly.")),
        updated=said(MOMENT, mark("Our time of its last revision that counts.")),
        listed=said(MOMENT, mark("The time that orders the lists.")),
        language=said(TEXT, mark("A language tag (BCP 47), where one is stated.")),
        image=URI,
        categories=many(TEXT),
        enclosures=many(ref("Enclosure")),
        sections=many(ref("Place")),
        source=ref("Origin"),
        credit=ref("Credit"),
        corrected=ref("Correction"),
    ),
    "Credit": obj(
        mark("Who said it, who made it, whose page it was taken from: the same names as in the _credit of our JSON Feeds."),
        *_CREDIT,
        **_CREDIT,
    ),
    "Enclosure": obj(
        mark("Something to download."),
        *("type", "length", "title", "duration"),
        url=URI,
        type=TEXT,
        length=said({"type": "integer", "minimum": 0}, mark("Bytes.")),
        title=TEXT,
        duration=said({"type": "integer", "minimum": 0}, mark("Seconds.")),
    ),
    "Place": obj(mark("A section in which an entry stands."), key=TEXT, title=TEXT),
    "Origin": obj(mark("The source from which we have it."), key=TEXT, title=TEXT),
    "Correction": obj(
        mark("The last correction: when, and of which facts."),
        at=MOMENT,
        facts=many({"type": "string", "enum": ["title", "text", "credit"]}),
    ),
    "Section": obj(
        mark("A section of the site."),
        "description",
        key=TEXT,
        title=TEXT,
        description=TEXT,
        page=URI,
        entries=said(URI, mark("Where its entries are.")),
        feeds=obj(mark("The same as feeds."), atom=URI, rss=URI, json=URI),
        body=said({"type": "string", "enum": ["full", "summary", "link"]}, mark("The most text that it shows of an entry.")),
    ),
    "Source": obj(
        mark("An upstream source, whom to credit for it, and how it is doing."),
        *("publisher", "homepage", "rights", "language", "address", "checked", "changed"),
        key=TEXT,
        title=TEXT,
        publisher=TEXT,
        homepage=URI,
        rights=TEXT,
        language=TEXT,
        address=said(URI, mark("What is pulled, where that is public.")),
        republish=said(POLICY, mark("The most text of it that may leave this site.")),
        sections=many(TEXT),
        entries=said(URI, mark("Where its entries are.")),
        health={"type": "string", "enum": [each.value for each in Health]},
        checked=said(MOMENT, mark("The last try.")),
        changed=said(MOMENT, mark("The last time that it brought something.")),
    ),
    "Withdrawal": obj(
        mark("An entry that was taken back for good; whoever keeps a copy is asked to delete it."),
        "reason",
        id=TEXT,
        page=URI,
        source=TEXT,
        withdrawn_at=MOMENT,
        by={"type": "string", "enum": ["operator", "upstream", "copy"]},
        reason=TEXT,
    ),
    "Problem": {
        "type": "object",
        "description": mark("What went wrong (RFC 9457)."),
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": TEXT,
            "status": {"type": "integer"},
            "detail": TEXT,
            "parameter": said(TEXT, mark("The parameter that cannot be so.")),
            "withdrawn_at": MOMENT,
            "by": TEXT,
            "reason": TEXT,
        },
        "required": ["type", "title", "status"],
    },
}

ENTRIES = obj(mark("A page of entries, the newest first."), "next", entries=many(ref("Entry")), next=_NEXT)
SECTIONS = obj(mark("All sections, in the order of the site."), sections=many(ref("Section")))
SOURCES = obj(mark("All sources."), sources=many(ref("Source")))
WITHDRAWN = obj(
    mark("A page of what was withdrawn, the oldest first."),
    withdrawn=many(ref("Withdrawal")),
    more={"type": "boolean"},
    next=said(URI, mark("Where to go on, now or later: keep it, and ask again.")),
)
