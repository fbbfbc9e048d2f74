"""What Atom and RSS have no element of their own for, in those of Media RSS and the DCMI terms, one way for both formats: who did what, who
is stated to have said it and the rest of the credit, what the text was called there, how exactly a time is known, when it was corrected."""

from __future__ import annotations

from lxml import etree

from feeds import credit
from feeds.records import Entry
from feeds.write import attribution
from feeds.write.xml import MEDIA, TERMS, name, put, rfc3339, w3cdtf, words


def terms(element: etree._Element, entry: Entry, source: str | None) -> None:
    """Into an entry or item; `source` is the name that stands there as its source already."""
    for person, role in attribution.roles(entry).items():
        put(element, f"{{{MEDIA}}}credit", name(person), role=role)
    stated = entry.credit
    if words(stated.source) and words(stated.source) != words(source):
        put(element, f"{{{TERMS}}}provenance", name(stated.source))
    if words(stated.original_title):
        put(element, f"{{{TERMS}}}alternative", name(stated.original_title))
    if rest := credit.structured(entry):
        put(element, f"{{{TERMS}}}bibliographicCitation", name(rest))
    if entry.corrected:
        put(element, f"{{{TERMS}}}modified", rfc3339(entry.corrected.at))
    at = attribution.published(entry)
    if at is not None and (exactly := w3cdtf(at, entry.precision)):
        put(element, f"{{{TERMS}}}created", exactly)
