"""SIGKILL at any moment: nothing is lost, nothing doubled, and the database is sound each time.

The quick test kills a few times; `make soak` kills a hundred times over 200 sources and says what came of it."""

import random
import sqlite3
import time
from collections import Counter
from contextlib import suppress

import pytest

from aggregator.store.migrations import STEPS

pytestmark = pytest.mark.process


def kill_again_and_again(house, until, kills: int, chance: random.Random) -> dict[str, float]:
    """Figures of a run that was killed `kills` times and then left alone until it knew the last of every feed."""
    started, in_work = time.monotonic(), 0
    for _ in range(kills):
        program, before = house.start("run", "--no-serve"), house.upstream.asked
        if chance.random() < 0.15:
            time.sleep(chance.uniform(0, 1.2))  # somewhere in its start
        else:  # somewhere in its work: requests, reading, recording, publishing
            most = before + chance.randrange(1, 2 * len(house.upstream.feeds))
            until(lambda most=most: house.upstream.asked >= most, 20, lambda program=program: program.output[-3000:])
            time.sleep(chance.uniform(0, 0.3))
        assert program.process.poll() is None, program.output
        program.kill()
        in_work += house.upstream.asked > before
        until(lambda program=program: not program.alive(), 5, lambda program=program: f"its readers have ended, not {program.alive()}")
        assert not faults(program.output), program.output
        if house.database.exists() and in_shape(house):
            house.check()
    house.upstream.still = True
    program = house.start("run", "--no-serve")
    until(lambda: house.upstream.settled, 60, lambda: stuck(house, program))
    program.process.terminate()
    until(lambda: program.process.poll() is not None, 40, lambda: f"it ends as told: {stuck(house, program)}")
    assert program.process.returncode == 0, program.output[-3000:]
    house.check()
    kept, served = house.kept(), house.upstream.served
    texts = dict(kept)
    return {
        "kills": kills,
        "kills in the middle of pulls": in_work,
        "seconds": round(time.monotonic() - started, 1),
        "requests": house.upstream.asked,
        "served": len(served),
        "revised": sum(not text.endswith("revision 1") for text in served.values()),
        "stored": len(kept),
        "lost": len(served.keys() - texts.keys()),
        "outdated": sum(texts[name] != text for name, text in served.items() if name in texts),
        "doubled": sum(times - 1 for times in Counter(name for name, _ in kept).values()),
        "invented": len(texts.keys() - served.keys()),
    }


def in_shape(house) -> bool:
    """Not where the making of the file was cut off: what stands in its journal can be taken back by a program that writes alone, and of its
    steps, each whole, the rest comes with the next start."""
    with suppress(sqlite3.OperationalError):
        return house.rows("SELECT max(version) FROM schema") == [(len(STEPS),)]
    return False


def stuck(house, program) -> str:
    """Of which feeds the last is not known, what is known of them, who is at work, and what was said in the end."""
    late = [one for one in house.upstream.feeds if one.acknowledged != one.version]
    told = [f"s{one.number}: version {one.version}, known {one.acknowledged}, asked {one.asked} times" for one in late]
    columns = "key, next_pull_at / 1000000, leased_until / 1000000, failures, error_text, etag"
    rows = [row for row in house.rows(f"SELECT {columns} FROM sources") if row[0] in {f"s{one.number}" for one in late}]
    return "\n".join(map(str, (f"at {time.time():.0f}", *told, columns, *rows, *program.alive(), program.output[-3000:])))


def faults(output: str) -> list[str]:
    """Tracebacks; but a reader whose beginning was cut off, because we died while we started it, cannot say it in any other way."""
    return [each for each in output.split("Traceback (most recent call last):")[1:] if "reduction.pickle.load(from_parent)" not in each]


def sound(figures: dict[str, float]) -> bool:
    return not any(figures[what] for what in ("lost", "outdated", "doubled", "invented")) and figures["stored"] == figures["served"]


def test_a_few_kills_lose_nothing_and_double_nothing(house_of, until):
    seed = random.randrange(2**32)
    figures = kill_again_and_again(house_of(20, seed=seed), until, 4, random.Random(seed))
    assert sound(figures), (seed, figures)
    assert figures["kills in the middle of pulls"] >= 2, figures


@pytest.mark.long
def test_a_hundred_kills_over_two_hundred_sources(house_of, until, capsys):
    seed = random.randrange(2**32)
    figures = kill_again_and_again(house_of(200, seed=seed), until, 100, random.Random(seed))
    with capsys.disabled():
        print(f"\nseed {seed}: " + ", ".join(f"{name} {value:g}" for name, value in figures.items()))  # noqa: T201 - the figures are the point
    assert sound(figures), (seed, figures)
    assert figures["kills in the middle of pulls"] >= 70, figures
