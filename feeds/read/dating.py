"""When an article page says that it was published, and how exactly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from feeds.clean import dates, select
from feeds.clean.dates import When
from feeds.read import meta, signature, wechat
from feeds.read.dom import Page
from feeds.read.meta import Meta
from feeds.records import Evidence, Hints, Precision

_LABELLED = re.compile(
    r"(?:发布|发表|发稿|刊发|刊登|信息|稿件)?(?:时间|日期|時間)\s*[:：]|[发發][布佈]\s*[:：]|发表于|发布于|published", re.I
)
_OTHER_DATES = re.compile(r"(?:更新|修改|成文|生效|失效|打印|发文|截止|截至|有效|今天是|现在是|开庭|公示)(?:时间|日期|期)?")
_UPDATED = re.compile(r"(?:更新(?:時間|时间|日期)|(?:last )?updated(?: on)?|last modified)\s*[:：]?\s*(?=\S)", re.I)
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
_DATED = re.compile(
    r"(?:19|20)\d\d\s?[-/.年 ]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}"
    r"|(?<![\d.-])1\d\d[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)|\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? \d{1,2}/\d{1,2}/(?:19|20)\d\d"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH},?\s+(?:19|20)\d\d|\b{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+(?:19|20)\d\d",
    re.I,
)
_DOTTED_CLOCK = re.compile(r"(?<=[a-z] )((?:19|20)\d\d),? (\d{1,2})\.(\d\d)\b")  # 6 May 2023 07.30 BST
_BARRED_CLOCK = re.compile(r"((?:19|20)\d\d)\s*[|•·]\s*(?=\d{1,2}:\d\d)")  # April 19, 2023 | 5:45 p.m.
_CLOCK_FIRST = re.compile(
    rf"(?P<clock>\b\d{{1,2}}:\d\d\s?[ap]\.?m\b\.?(?:\s[A-Z]{{1,3}}T\b)?),?\s(?:on\s)?(?P<day>{_MONTH}\s+\d{{1,2}},?\s+(?:19|20)\d\d)", re.I
)  # Published 6:15 a.m. CT March 21, 2023
_GLUED_CLOCK = re.compile(r"(?<=[-/.月]\d\d)(?=\d\d:\d\d)")  # <i>2023-05-06</i><i>08:30</i>
_TWO_DIGITS = re.compile(r"^\s*(\d\d)(?=-(?:0\d|1[0-2])-(?:[0-2]\d|3[01])\s?\d\d:\d\d)")  # 发布时间：23-05-06 08:30
_CLOCK_ZONE = re.compile(
    r"[,，]?\s?(?:(格林尼治(?:标准)?时间|格林威治(?:標準)?時間|GMT)|北京时间|北京時間|香港時間|台北時間)\s?(\d{1,2}:\d\d)"
)
_MONTH_FIRST = re.compile(
    r"(?<![\d年])(?P<month>\d{1,2}|[一二三四五六七八九十]{1,2})\s?月\s?(?P<day>\d{1,2})(?:st|nd|rd|th)?日?,\s?(?P<year>(?:19|20)\d\d)(?!\d)"
)  # 十一月 6th, 2009: an English form with Chinese months, as WordPress wrote it
_CLOCK_BELOW = re.compile(
    r"^(?:(?:香港|澳門|北京|台北|臺北)?(?:時間|时间)|issued at (?:[A-Z]{2,4} )?)\s*(?P<clock>\d{1,2}[時时:：]\d{2}分?)$", re.I
)
_SHOWN = "near the headline"
_FOR_PROGRAMS = ("meta ", "JSON-LD", "<time>")
_METAS = (
    "pubdate",
    "article:published_time",
    "publishdate",
    "firstpublishedtime",
    "datepublished",
    "publish_time",
    "publishtime",
    "og:release_date",
)
_BY_THE_MINUTE = frozenset({"pubdate", "firstpublishedtime", "publishdate"})
_PADDED = re.compile(r"(?<=\d\d:\d\d):00$")
_MORE_METAS = ("weibo: article:create_at", "dc.date", "dc.date.issued", "date", "apub:time", "sailthru.date", "parsely-pub-date")


def published(
    page: Page, stated: Meta, where: signature.Parts, hints: Hints, post: wechat.Post | None
) -> tuple[When | None, list[Evidence]]:
    """The first date that can be believed; one of the same day that is stated more exactly is preferred to it, and so may be the
    minute that readers are shown to the one that programs are told."""
    best: tuple[When, Evidence] | None = None
    for when, evidence in _dates(page, stated, where, hints, post):
        if best is None or (
            best[0].precision is Precision.DAY and when.precision is not Precision.DAY and when.at.date() == best[0].at.date()
        ):
            best = (when, evidence)
        elif evidence.where == _SHOWN:
            if when.precision is not Precision.DAY and _rather(when.at, best[0].at):
                best = (when, evidence)
            break
        if best[0].precision is not Precision.DAY and not best[1].where.startswith(_FOR_PROGRAMS):
            break
    return (best[0], [best[1]]) if best else (None, [])


def _rather(shown: datetime, told: datetime) -> bool:
    """Is what readers are shown the time of publishing, rather than what programs are told? The latter often is when the page was made:
    so it is where it lies minutes away, and where it is the later hour of the same day in the same zone. Programs that speak UTC say
    nothing of what zone the page is in."""
    told = told.replace(second=0, microsecond=0)
    if timedelta(minutes=1) <= abs(shown - told) < timedelta(hours=1):
        return True
    zone = told.utcoffset()
    return bool(zone) and zone == shown.utcoffset() and shown < told and shown.date() == told.date()


def _dates(page: Page, stated: Meta, where: signature.Parts, hints: Hints, post: wechat.Post | None) -> Iterator[tuple[When, Evidence]]:
    def read(text: str, place: str, sure: float) -> Iterator[tuple[When, Evidence]]:
        text = _CLOCK_ZONE.sub(lambda found: f" {found[2]}{' GMT' if found[1] else ''}", _GLUED_CLOCK.sub(" ", text))
        text = _DOTTED_CLOCK.sub(r"\1 \2:\3", text)
        text = _CLOCK_FIRST.sub(r"\g<day> \g<clock>", _BARRED_CLOCK.sub(r"\1 ", text))
        begins = _DATED.search(text)
        when = dates.parse(text, hints.timezone) or (dates.parse(text[begins.start() :], hints.timezone) if begins else None)
        if when:
            yield when, Evidence(field="published", where=place, text=text[:120], sure=sure)

    if hints.article.date:
        for text in select.compile(hints.article.date).texts(page.root):
            yield from read(text, f"the selector {hints.article.date}", 1.0)
    if post and post.published:
        at = post.published.at.astimezone(ZoneInfo(hints.timezone))
        yield When(at, post.published.precision), Evidence(field="published", where="the script's ct", text=str(int(at.timestamp())))
    if at_all := stated.machine.get("date"):
        # A midnight to the second is what a system writes for a day.
        at_all = re.sub(r"\s+00:00:00(?:[.:]0+)?$", "", at_all)
        yield from read(re.sub(r":\d+$", "", at_all) if at_all.count(":") == 3 else at_all, "the record of the publishing system", 1.0)
    if fenced := meta.region(page, "date"):
        yield from read(fenced.text, "the comments of the publishing system", 1.0)
    for name in (*_METAS, *_MORE_METAS):
        if value := stated.first(name):
            # 《政府网站发展指引》 has PubDate to the minute; seconds of zero fill it up.
            yield from read(_PADDED.sub("", value) if name in _BY_THE_MINUTE else value, f"meta {name}", 0.95)
    if stated.linked.published:
        yield from read(stated.linked.published, "JSON-LD datePublished", 0.95)
    yield from _marked_dates(page, where, hints)
    # What stands above the headline comes after what stands below it: the page's head often says what day it is.
    above, below = where.before[: where.headed][-25:], where.before[where.headed :]
    below = [*below[:10], *below[10:][-15:]]
    near = _with_clocks([_MONTH_FIRST.sub(_year_first, line.text) for line in (*below, *above, *where.inside[:3], *where.after[:12])])
    for labelled in (True, False):
        for place, text in enumerate(near):
            label = _LABELLED.search(text)
            if len(text) > 200 or (label is not None) is not labelled:
                continue
            said = _TWO_DIGITS.sub(r"20\1", text[label.end() :]) if label else text
            other = _OTHER_DATES.search(text[max(label.end() - 8, 0) : label.end()] if label else text) or (
                not label and _UPDATED.match(text.strip())
            )
            if _DATED.search(said) and not other:
                yield from read(said, _SHOWN if place < len(below) else "near the text", 0.9 if labelled else 0.8)
    if when := meta.date_in(page.url, hints.timezone):
        yield when, Evidence(field="published", where="the address", text=page.url, sure=0.7)
    # Many systems write no other date than that of their last change.
    for text in (*near, *(line.text for line in where.inside[3:8])):
        if len(text) <= 80 and (label := _UPDATED.search(text)):
            yield from read(text[label.end() :], "the date of the last change", 0.5)


_MONTHS = {said: number for number, said in enumerate(["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"], 1)}


def _year_first(found: re.Match[str]) -> str:
    return f"{found['year']}年{_MONTHS.get(found['month'], found['month'])}月{found['day']}日"


def _with_clocks(near: list[str]) -> list[str]:
    """A clock on the line below its date belongs to it."""
    return [
        f"{text.split('（')[0]} {found['clock']}"
        if at + 1 < len(near) and len(text) < 30 and (found := _CLOCK_BELOW.match(near[at + 1].strip()))
        else text
        for at, text in enumerate(near)
    ]


def _marked_dates(page: Page, where: signature.Parts, hints: Hints) -> Iterator[tuple[When, Evidence]]:
    """<time datetime> that the page calls its publication, or the first one in the article's own header."""
    heads = frozenset(line.block for line in (*where.before[-25:], *where.inside[:4]))
    for each in page.body.iter("time"):
        published = "published" in (each.get("class") or "") or each.get("itemprop") == "datePublished" or each.get("pubdate") is not None
        if each.get("datetime") and (published or any(above in heads for above in each.iterancestors())):
            if when := dates.parse(each.get("datetime") or "", hints.timezone):
                yield when, Evidence(field="published", where="<time>", text=each.get("datetime") or "", sure=0.95 if published else 0.85)
            return
