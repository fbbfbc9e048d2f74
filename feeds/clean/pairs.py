"""How much a sample of bytes speaks Chinese in one of the charsets whose signs are pairs of bytes."""

from __future__ import annotations

import re
from collections import Counter

PAIRS = re.compile(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]")


def share_gb(sample: bytes) -> float:
    """How much of the two-byte pairs is ordinary Chinese: GB 2312 symbols and level-1 characters (level 2 half)."""
    pairs = PAIRS.findall(sample)
    if not pairs:
        return 0.0
    score = 0.0
    for (lead, trail), count in Counter(pairs).items():
        if trail >= 0xA1:
            if 0xB0 <= lead <= 0xD7 or lead in (0xA1, 0xA3):
                score += count
            elif 0xD8 <= lead <= 0xF7:
                score += 0.6 * count
    return (score - stray(sample)) / len(pairs)


def share_big5(sample: bytes) -> float:
    """How much of the two-byte pairs is ordinary Chinese in Big5: symbols and level-1 characters."""
    pairs = PAIRS.findall(sample)
    if not pairs:
        return 0.0
    score = 0.0
    for (lead, trail), count in Counter(pairs).items():
        if 0xA1 <= lead <= 0xC6 and not 0x80 <= trail <= 0xA0:
            score += count
        elif 0xC9 <= lead <= 0xF9:
            score += 0.4 * count
    return (score - stray(sample)) / len(pairs)


def stray(sample: bytes) -> int:
    """High bytes that belong to no pair: many of them mean a single-byte charset."""
    return len(PAIRS.sub(b"", sample).translate(None, bytes(range(128))))
