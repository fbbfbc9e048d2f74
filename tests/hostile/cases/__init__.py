"""The cases, by what they abuse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.hostile.case import Case
from tests.hostile.cases import charsets, framing, headers, items, lists, notfeeds, packed, redirects, validators, wire, xml, xss

GROUPS: Mapping[str, Sequence[Case]] = {
    "wire": wire.CASES,
    "framing": framing.CASES,
    "packed": packed.CASES,
    "redirects": redirects.CASES,
    "headers": headers.CASES,
    "validators": validators.CASES,
    "xml": xml.CASES,
    "charsets": charsets.CASES,
    "not feeds": notfeeds.CASES,
    "items": items.CASES,
    "lists": lists.CASES,
    "xss": xss.CASES,
}
ALL = [case for cases in GROUPS.values() for case in cases]
