"""Every case holds, its canary is untouched, and the healthy source beside it has its new entry."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.hostile.case import Case, Seen
from tests.hostile.cases import ALL, GROUPS
from tests.hostile.conftest import River


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
    if sum(seen.seconds) > case.within:
        wrong.append(f"it may take {case.within:g} s, but took {sum(seen.seconds):.1f}")
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
