"""Durations and sizes as people write them: ``20s``, ``1h30m``, ``1d``; ``512KiB``, ``10MiB``."""

from __future__ import annotations

import re
from datetime import timedelta

_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "y": 31_536_000}
_BYTES = {"B": 1, "KB": 1000, "MB": 1000**2, "GB": 1000**3, "KIB": 1024, "MIB": 1024**2, "GIB": 1024**3}
_STEP = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,6})?)\s*(ms|s|m|h|d|w|y)\s*")
_SIZE = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,6})?)\s*([KMG]i?B|B)", re.IGNORECASE)
LONGEST = timedelta(days=3660)


def duration(text: str) -> timedelta:
    """``1h30m`` -> timedelta. ValueError when it is none, or longer than ten years."""
    at, seconds = 0, 0.0
    text = text.strip()
    for step in _STEP.finditer(text):
        if step.start() != at:
            break
        at, seconds = step.end(), seconds + float(step[1]) * _SECONDS[step[2]]
    if not text or at != len(text):
        raise ValueError("a duration is expected, like 20s, 30m, 1h30m or 1d")
    if seconds > LONGEST.total_seconds():
        raise ValueError("this is longer than ten years")
    return timedelta(seconds=seconds)


def spell(length: timedelta) -> str:
    """timedelta -> the same in the shape that `duration` reads, largest units first: ``1h30m``."""
    left = round(length.total_seconds() * 1000)
    parts = []
    for unit, size in (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def size(text: str) -> int:
    """``10MiB`` -> bytes (KiB, MiB, GiB are powers of 1024; KB, MB, GB of 1000). ValueError when it is none."""
    match = _SIZE.fullmatch(text.strip())
    if not match:
        raise ValueError("a size is expected, like 512KiB or 10MiB")
    return int(float(match[1]) * _BYTES[match[2].upper()])
