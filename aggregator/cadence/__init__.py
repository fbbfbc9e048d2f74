"""When to pull a source again, and why: pure decisions that `haihe explain` can repeat in words.

    wait = what the operator wants (`every`), moved by the source's own rhythm: sooner when news is likely, later when it is not
           (`likely`; an `every` of the source's own is the operator's word and is not moved);
           never less than what the source asks for (max-age, ttl, sy:*, Retry-After), nor than twice `every` where each pull costs it
           the whole document; between the walls `at_least` and `at_most`;
           then hours and days that the source wants skipped are skipped.
    After errors the wait doubles with each failure, by the advice that the error carries, and `Retry-After` is honoured (`after_failure`).

A twentieth of the wait (half of it after a first pull), fixed by the source's key and the time, spreads sources that came in together.
`after_restart` spreads what a pause left overdue, `proposal` says when redirects have proved that a source has moved.
"""

from aggregator.cadence.decide import LONGEST_RETRY, Walls, after_failure, after_success
from aggregator.cadence.likely import by_hour, habit
from aggregator.cadence.moved import proposal
from aggregator.cadence.restart import after_restart
from aggregator.cadence.spans import words

__all__ = ["LONGEST_RETRY", "Walls", "after_failure", "after_restart", "after_success", "by_hour", "habit", "proposal", "words"]
