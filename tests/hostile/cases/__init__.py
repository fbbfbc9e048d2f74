"""The cases, by what they abuse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.hostile.case import Case
from tests.hostile.cases import (
    charsets,
    exchanges,
    framing,
    headers,
    items,
    leads,
    lists,
    notfeeds,
    packed,
    redirects,
    sitemaps,
    validators,
    wire,
    xml,
    xss,
)

GROUPS: Mapping[str, Sequence[Case]] = {
    "wire": wire.CASES,
    "framing": framing.CASES,
    "exchanges": exchanges.CASES,
    "packed": packed.CASES,
    "redirects": redirects.CASES,
    "headers": headers.CASES,
    "validators": validators.CASES,
    "xml": xml.CASES,
    "charsets": charsets.CASES,
    "not feeds": notfeeds.CASES,
    "items": items.CASES,
    "lists": lists.CASES,
    "sitemaps": sitemaps.CASES,
    "leads": leads.CASES,
    "xss": xss.CASES,
}
ALL = [case for cases in GROUPS.values() for case in cases]
