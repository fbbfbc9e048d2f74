"""What people write where a date should stand -> an aware datetime and how exactly it was stated, or None.

RFC 822/2822/850 and asctime with all their slips, ISO 8601 and W3CDTF, Chinese, Japanese and Korean forms, epoch numbers; relative
and yearless forms only with a reference. Nothing is guessed: what is ambiguous or absurd is None, and "today" is never an answer.
A time without a zone is local to the source.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta

from msgspec import Struct

from feeds.clean import zones
from feeds.clean.months import MONTHS
from feeds.records import Precision


class When(Struct, frozen=True):
    """A moment with a fixed offset, and how exactly it was stated."""

    at: datetime
    precision: Precision


_ZONE = r"(?P<zone>z\b(?!\s?[+-]\d)|(?:gmt|utc?|z)?\s?[+-]\d{1,2}(?::?\d{2})?(?!\d)|[a-z]{1,5}\b(?!/)|[a-z]+/[a-z_/]+)"
_CLOCK = (
    r"(?P<half>上午|下午|凌晨|早上|早晨|清晨|晚上|傍晚|夜间|深夜|中午|午前|午後|오전|오후)?\s?"
    r"(?P<hour>\d{1,2})\s?(?:[:：时時点點시]|h(?=\d\d))\s?(?:(?P<minute>\d{1,2})\s?(?:[:：分분]\s?(?:(?P<second>\d{1,2})(?:[.,](?P<fraction>\d+))?\s?[秒초]?)?)?)?"
    r"(?:\s?(?P<half2>[ap])\.?m\b\.?)?"
)
_NUMBER = re.compile(
    r"(?<!\d)(?P<year>\d{4})(?:\s?[-/.年년]\s?|(?P<gap>\s))(?P<month>\d{1,2})(?(gap)(?:\s?[-/月]\s?|\s)|\s?[-/.月월]\s?)(?P<day>\d{1,2})(?!\d)\s?[日号號일.]?"
    rf"(?:\s?(?:t|[-,_]|at\b|\(.{{1,3}}\)|(?:星期|周|週|礼拜).|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*)?\s?{_CLOCK}\s?(?:{_ZONE})?)?"
)
_COMPACT = re.compile(
    rf"(?P<year>(?:19|20)\d{{2}})(?P<month>\d{{2}})(?P<day>\d{{2}})(?:t?(?P<hour>\d{{2}}):?(?P<minute>\d{{2}})(?::?(?P<second>\d{{2}}))?\s?(?:{_ZONE})?)?$"
)
_MAIL = re.compile(
    r"(?:[^\W\d]{2,12}(?:\.?,\s?|\.?\s))?\s?(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?[\s/-](?:de\s)?"
    r"(?:(?P<name>[^\W\d]{3,12})\.?|(?P<month>\d{1,2})月),?[\s/-](?:de\s)?(?P<year>\d{2,4})(?!\d)"
    rf"(?:(?:\s?г\.?)?[,tT:]?\s?(?:(?:at|à|às|um|kl|[-|])\s)?{_CLOCK}\s?(?:{_ZONE})?)?"
)
_ASCTIME = re.compile(
    rf"(?:[^\W\d]{{2,9}}\.?,?\s)?(?P<name>[^\W\d]{{3,9}})\s(?P<day>\d{{1,2}})\s{_CLOCK}\s(?:{_ZONE}\s)?(?P<year>\d{{4}})$"
)
_AMERICAN = re.compile(
    r"(?:[^\W\d]{2,9}\.?,?\s)?(?P<name>[^\W\d]{3,9})\.?\s(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s(?P<year>\d{4})(?!\d)"
    rf"(?:,?\s?(?:at\s|-\s)?{_CLOCK}\s?(?:{_ZONE})?)?"
)
_YEAR_FIRST = re.compile(
    rf"(?P<year>\d{{4}})[\s-](?P<name>[^\W\d]{{3,12}})\.?[\s-](?P<day>\d{{1,2}})(?!\d)(?:[,t]?\s?{_CLOCK}\s?(?:{_ZONE})?)?"
)
_WEEK = re.compile(rf"(?P<year>\d{{4}})-?w(?P<week>\d{{2}})(?:-?(?P<weekday>[1-7]))(?:t{_CLOCK}\s?(?:{_ZONE})?)?$")
_ORDINAL = re.compile(rf"(?P<year>(?:19|20)\d{{2}})-(?P<day>\d{{3}})(?:t{_CLOCK}\s?(?:{_ZONE})?)?$")
_CLOCK_FIRST = re.compile(
    r"(?P<clock>(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?:\s?[ap]\.?m\b\.?)?)(?:\s?uhr\b)?(?:\s?\(?(?P<zone>gmt|utc?|[a-z]{1,3}[sd]t|[cew]et)\b\)?)?"
    r"[,.]?\s(?:on\s)?(?P<day>.+?)(?:\s?\((?P<behind>[a-z]{2,5})\))?"
)
# Years as Japan and Taiwan count them: what is added gives ours.
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}
_ERA = re.compile(r"(令和|平成|昭和|民國|民国)\s?(\d{1,3}|元)\s?年")
_ROC = re.compile(r"(?<![\d.-])1(\d\d)(?=[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])(?!\d))")  # 112-04-13 in Taiwan
_SLASHED = re.compile(
    rf"(?:(?P<weekday>mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s)?(?P<first>\d{{1,2}})(?P<mark>[/.-])(?P<second_>\d{{1,2}})(?P=mark)(?P<year>\d{{4}})(?!\d)(?:,?\s?(?:-\s)?{_CLOCK}\s?(?:{_ZONE})?)?"
)
# 12 digits that begin so are a day and a time: as a number of milliseconds they would be of 1976.
_EPOCH = re.compile(r"(\d{9,10})(?:\.\d+)?|(?:/date\()?((?!(?:19|20)\d{10}(?!\d))\d{12,13})(?:(?:[+-]\d{4})?\)/)?|(1\d{15})")

_AGO = re.compile(
    r"(?P<count>\d{1,4}|an?|one)\s?个?(?P<unit>秒钟?|分钟?|小时|钟头|天|日|周|星期|seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?)(?:之?前|以前|\s?ago)"
)
_NEAR = re.compile(rf"(?P<word>今天|今日|昨天|昨日|前天|today|yesterday)[,，]?\s?(?:at\s)?(?:{_CLOCK})?")
_YEARLESS = re.compile(
    rf"(?<![\d/.-])(?P<month>\d{{1,2}})\s?[-/月]\s?(?P<day>\d{{1,2}})(?![\d/-])\s?[日号號]?(?:\s?{_CLOCK})?"
    rf"|(?P<name>[a-z]{{3,9}})\.?\s(?P<day_>\d{{1,2}})(?![\d:])$"
)
_YEAR = re.compile(r"\d{4}|年")  # one is stated after all, though not so that it could be read
_DAYS_BACK = {"今天": 0, "今日": 0, "today": 0, "昨天": 1, "昨日": 1, "yesterday": 1, "前天": 2}

_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"))
_HAN_NUMBER = re.compile(r"[〇○零一二三四五六七八九十廿卅]+(?=\s?[年月日号時时点點分秒])")
_ISO = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)")
_RFC = re.compile(
    r"(?:[A-Z][a-z]{2}, )?(\d{1,2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4}) "
    r"(\d\d:\d\d:\d\d) (?:GMT|UTC|Z|([+-](?:0\d|1[0-3]))([0-5]\d))"
)
_NUMBERS = {name: f"{number:02}" for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)}  # noqa: SIM905
_LONGEST = 160
_TOLERANCE = timedelta(hours=36)  # a day stated in a zone far ahead, and a clock that is wrong


def parse(text: str, timezone: str, *, reference: datetime | None = None) -> When | None:
    """The moment that a text states, or None when it states none.

    `timezone` (IANA) is where zone-less times are local, and what an ambiguous abbreviation such as CST means if it is in use there.
    `reference` (aware) gives meaning to 昨天, ``3分钟前`` and dates without a year; without it these are None. With it, a moment that
    lies clearly after it is None too: nothing was published in the future.
    """
    text = text.strip()
    if len(text) <= 35 and _ISO.fullmatch(text):  # the commonest by far
        found = _iso(text, timezone)
    elif mail := _RFC.fullmatch(text):
        found = _rfc(mail, timezone)
    else:
        text = _folded(text[:_LONGEST])
        found = _absolute(text, timezone)
        if found is None and reference is not None:
            found = _relative(text, timezone, reference)
    if found is not None and reference is not None and found.at > reference + _TOLERANCE:
        return None
    return found


def _iso(text: str, timezone: str) -> When | None:
    try:
        at = datetime.fromisoformat(text.upper())
    except ValueError:
        return _absolute(_folded(text), timezone)
    return _sane(at, Precision.SECOND)


def _rfc(found: re.Match[str], timezone: str) -> When | None:
    """RFC 822 as it should be written, with no day that does not exist."""
    day, month, year, clock, hours, minutes = found.groups()
    try:
        at = datetime.fromisoformat(f"{year}-{_NUMBERS[month]}-{day:0>2}T{clock}{hours or '+00'}:{minutes or '00'}")
    except ValueError:
        return _absolute(_folded(found[0]), timezone)
    return _sane(at, Precision.SECOND)


def _folded(text: str) -> str:
    """Half-width, lower case, single blanks, Chinese numerals as digits, brackets gone."""
    if not text.isascii():
        text = _HAN_NUMBER.sub(_han, unicodedata.normalize("NFKC", text)).translate(_DASHES)
    text = re.sub(r"[\[\]【】<>]", " ", text.lower())
    return " ".join(text.split())


def _han(found: re.Match[str]) -> str:
    word = found[0].replace("廿", "二十").replace("卅", "三十")
    if "十" not in word:
        return word.translate(_DIGITS)
    tens, _, ones = word.partition("十")
    return str(int((tens or "一").translate(_DIGITS)) * 10 + int((ones or "零").translate(_DIGITS)))


def _absolute(text: str, timezone: str) -> When | None:
    if found := _EPOCH.fullmatch(text):
        return _epoch(found)
    if "年" in text:
        text = _ERA.sub(lambda era: f"{_ERAS[era[1]] + (1 if era[2] == '元' else int(era[2]))}年", text)
    if timezone == "Asia/Taipei":
        text = _ROC.sub(lambda year: str(int(year[1]) + 2011), text, count=1)
    if first := _CLOCK_FIRST.fullmatch(text):  # 9:30 a.m. EDT, Oct. 16, 2023
        text = " ".join(each for each in first.group("day", "clock", "zone", "behind") if each)
    if found := _COMPACT.match(text):
        return _moment(found, int(found["year"]), int(found["month"]), int(found["day"]), timezone)
    if found := _NUMBER.search(text):
        return _moment(found, int(found["year"]), int(found["month"]), int(found["day"]), timezone)
    for pattern in (_MAIL, _ASCTIME, _AMERICAN, _YEAR_FIRST):
        if (found := pattern.match(text)) and (month := _month(found)):
            return _moment(found, _full_year(found["year"]), month, int(found["day"]), timezone)
    if found := _SLASHED.match(text):
        return _slashed(found, timezone)
    return _numbered_day(text, timezone)


def _month(found: re.Match[str]) -> int | None:
    if found["name"]:
        return MONTHS.get(found["name"])
    return int(found["month"])


def _numbered_day(text: str, timezone: str) -> When | None:
    """ISO 8601 by week or by day of the year: 2023-W42-1, 2023-289."""
    try:
        if found := _WEEK.match(text):
            day = date.fromisocalendar(int(found["year"]), int(found["week"]), int(found["weekday"]))
        elif found := _ORDINAL.match(text):
            day = date(int(found["year"]), 1, 1) + timedelta(days=int(found["day"]) - 1)
            if day.year != int(found["year"]):
                return None
        else:
            return None
    except ValueError:
        return None
    return _moment(found, day.year, day.month, day.day, timezone)


def _epoch(found: re.Match[str]) -> When | None:
    if found[3]:  # microseconds
        return _sane(datetime.fromtimestamp(int(found[3]) / 1_000_000, UTC), Precision.SECOND)
    digits = found[1] or found[2]
    seconds = int(digits) if found[1] else int(digits) / 1000
    return _sane(datetime.fromtimestamp(seconds, UTC), Precision.SECOND)


def _full_year(digits: str) -> int:
    """RFC 2822 §4.3: two and three digits; the line is drawn at 70, for nothing here is older than the epoch."""
    year = int(digits)
    if len(digits) == 2:
        return year + (2000 if year < 70 else 1900)
    return year + 1900 if len(digits) == 3 else year


def _slashed(found: re.Match[str], timezone: str) -> When | None:
    """09/28/2022 and 28/09/2022 where only one reading is possible, by the day of the week too; dots are always day first."""
    first, second = int(found["first"]), int(found["second_"])
    if found["weekday"] and first <= 12 and second <= 12:
        fits = [pair for pair in ((first, second), (second, first)) if _weekday(int(found["year"]), *pair) == found["weekday"]]
        return _moment(found, int(found["year"]), *fits[0], timezone) if len(fits) == 1 or (first == second and fits) else None
    if found["mark"] == "." or first > 12 or first == second:
        return _moment(found, int(found["year"]), second, first, timezone)
    if second > 12:
        return _moment(found, int(found["year"]), first, second, timezone)
    return None


def _weekday(year: int, month: int, day: int) -> str | None:
    try:
        return ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[date(year, month, day).weekday()]
    except ValueError:
        return None


def _moment(found: re.Match[str], year: int, month: int, day: int, timezone: str) -> When | None:
    """The date with the clock and zone that the same match holds."""
    parts = found.groupdict()
    precision = Precision.DAY
    try:
        local = datetime(year, month, day)  # noqa: DTZ001 (the zone comes below)
        if parts.get("hour"):
            precision = Precision.SECOND if parts.get("second") else Precision.MINUTE
            local += _clock(parts)
    except (ValueError, OverflowError):
        return None
    return _sane(_placed(local, parts.get("zone") if precision != Precision.DAY else None, timezone), precision)


def _clock(parts: dict[str, str | None]) -> timedelta:
    hour, minute, second = int(parts["hour"] or 0), int(parts.get("minute") or 0), int(parts.get("second") or 0)
    half = parts.get("half") or ""
    late = half in ("下午", "晚上", "傍晚", "夜间", "深夜", "午後", "오후") or parts.get("half2") == "p"
    early = half in ("上午", "凌晨", "午前", "오전", "早上", "清晨", "早晨") or parts.get("half2") == "a"
    night = half in ("晚上", "深夜", "夜间") and hour < 5
    if (late and hour < 12 and not night) or (half == "中午" and hour < 3):
        hour += 12
    elif early and hour == 12:
        hour = 0
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and (minute or second)):
        raise ValueError("no such time of day")
    fraction = parts.get("fraction") or ""
    return timedelta(hours=hour, minutes=minute, seconds=min(second, 59), microseconds=int(f"{fraction:0<6}"[:6]))


def _placed(local: datetime, zone: str | None, timezone: str) -> datetime:
    """A local time in the stated zone, else in the source's."""
    minutes = zones.stated(zone, local, timezone) if zone else None
    return zones.fixed(local, zones.local(local, timezone) if minutes is None else minutes)


def _sane(at: datetime, precision: Precision) -> When | None:
    """Nothing from the epoch's first moment (what programs write for no date) or before, nothing beyond 2100."""
    return When(at, precision) if 1970 < at.year <= 2100 or (at.year == 1970 and at.timestamp() > 0) else None


def _relative(text: str, timezone: str, reference: datetime) -> When | None:
    now = reference.astimezone(zones.info(timezone)).replace(tzinfo=None)
    if found := _AGO.search(text):
        return _ago(found, now, timezone)
    if text in ("刚刚", "刚才", "just now"):
        return _near(now.replace(second=0, microsecond=0), Precision.MINUTE, timezone)
    if found := _NEAR.search(text):
        day = now.date() - timedelta(days=_DAYS_BACK[found["word"]])
        return _moment(found, day.year, day.month, day.day, timezone)
    if not _YEAR.search(text) and (found := _YEARLESS.search(text)):
        return _yearless(found, now.date(), timezone)
    return None


def _ago(found: re.Match[str], now: datetime, timezone: str) -> When | None:
    count = int(found["count"]) if found["count"].isdigit() else 1
    unit = found["unit"]
    if unit.startswith(("天", "日", "day", "周", "星期", "week")):
        days = count * (1 if unit.startswith(("天", "日", "day")) else 7)
        start = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return _near(start - timedelta(days=days), Precision.DAY, timezone)
    seconds = count * (1 if unit.startswith(("秒", "sec")) else 60 if unit.startswith(("分", "min")) else 3600)
    return _near((now - timedelta(seconds=seconds)).replace(second=0, microsecond=0), Precision.MINUTE, timezone)


def _near(local: datetime, precision: Precision, timezone: str) -> When | None:
    return _sane(zones.fixed(local, zones.local(local, timezone)), precision)


def _yearless(found: re.Match[str], today: date, timezone: str) -> When | None:
    """The last such day that is not after tomorrow (clocks of two zones may differ by one)."""
    month = int(found["month"]) if found["month"] else MONTHS.get(found["name"] or "", 0)
    day = int(found["day"] or found["day_"])
    for year in range(today.year + 1, today.year - 8, -1):  # eight: the 29th of February may be far
        try:
            candidate = date(year, month, day)
        except ValueError:
            continue
        if candidate <= today + timedelta(days=1):
            return _moment(found, year, month, day, timezone)
    return None
