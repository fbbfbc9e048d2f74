"""Every case holds, its canary is untouched, and the healthy source beside it has its new entry."""

from __future__ import annotations

import inspect
import time
from collections import Counter
from contextlib import suppress

import pytest

from feeds.errors import FeedError
from feeds.read import read
from feeds.records import Document, Hints
from tests.hostile.case import Case, Seen
from tests.hostile.cases import ALL, GROUPS
from tests.hostile.conftest import River
from tests.hostile.upstream import Request, Talk

BUSY = 5.0  # how many times slower than by itself a machine may be; what truly hangs would take far longer yet
LONGEST = 3.0  # seconds of CPU that any document may cost its reader


def test_there_are_enough_and_each_has_a_name_of_its_own():
    assert len(ALL) >= 100
    assert [name for name, count in Counter(case.name for case in ALL).items() if count > 1] == []


def wrong_with(case: Case, seen: Seen) -> list[str]:
    """What does not hold, in words."""
    wrong = []
    for number, (expected, outcome) in enumerate(zip(case.ends, seen.outcomes, strict=True), 1):
        if not expected.holds(outcome):
            what = f"{outcome.error.kind}: {outcome.error}" if outcome.error else f"{outcome.recorded or outcome.unchanged} {outcome.notes}"
            wrong.append(f"pull {number} {expected.what}, but: {what[:500]}")
    if sum(seen.seconds) > BUSY * case.within:
        wrong.append(f"it may take {BUSY:g} times {case.within:g} s, but took {sum(seen.seconds):.1f}")
    if case.asked is not None and len(seen.requests) > case.asked:
        wrong.append(f"at most {case.asked} requests, but there were {len(seen.requests)}")
    if case.titles is not None and [entry.title for entry in seen.entries] != list(case.titles):
        wrong.append(f"keeps {case.titles}, but: {[entry.title for entry in seen.entries]}")
    try:
        if case.holds:
            case.holds(seen)
    except AssertionError as error:
        wrong.append(f"{getattr(case.holds, '__name__', 'it')}: {error}")
    return wrong


@pytest.mark.parametrize("group", GROUPS)
def test_every_case_holds_and_the_healthy_source_is_well(river: River, group: str):
    cases = GROUPS[group]
    seen, well = river.pull(cases)
    wrong = [f"{case.name} ({case.serves[:200]}): {each}" for case, one in zip(cases, seen, strict=True) for each in wrong_with(case, one)]
    if well.outcomes[0].recorded is None or not well.outcomes[0].recorded.new:
        wrong.append(f"the healthy source has nothing new: {well.outcomes[0]}")
    if river.upstream.touched:
        wrong.append(f"the canary was reached: {river.upstream.touched}")
        river.upstream.touched.clear()
    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.parametrize("group", ["xml", "items", "not feeds", "charsets", "sitemaps"])
def test_no_document_costs_its_reader_long(group: str):
    """Time on the CPU, which other programs beside do not lengthen."""
    slow = {}
    for case in GROUPS[group]:
        _head, _, body = _given(case).partition(b"\r\n\r\n")
        began = time.process_time()
        with suppress(FeedError):
            read(Document(url="http://127.0.0.5/feed", body=body), Hints(kind=case.source.get("kind", "feed")))
        if (took := time.process_time() - began) > LONGEST:
            slow[case.name] = f"{took:.1f} s"
    assert not slow


def _given(case: Case) -> bytes:
    """The first answer of a case, where it is not one that depends on the connection."""
    reply = case.reply(Talk(Request("/", {}, b""), 0, {}, "http://up.example", 1, None))
    if inspect.iscoroutine(reply):
        reply.close()
    return reply if isinstance(reply, bytes) else b""
