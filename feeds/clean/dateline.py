"""Datelines, in Chinese (both scripts) and English: 新华社天津9月28日电（记者周蕙）, (中央社記者王大明台北6日電), LONDON (Reuters) -."""

from __future__ import annotations

import re

from feeds.clean.labels import OUR_PAPER, OURSELVES, folded
from feeds.clean.names import is_person, origin, people
from feeds.clean.stated import Byline, both, with_evidence
from feeds.clean.units import read_unit

_DAY = r"(?:\d{1,2}|[〇一二三四五六七八九十]{1,3})月(?:\d{1,2}|[〇一二三四五六七八九十]{1,3})日"
_DATELINE = re.compile(
    r"^\s*据?(?P<agency>新华社|中新社|中新网|新华网|人民网|央广网|央视网|光明网|中国网|法新社|路透社|本报|本网|本站|本台"
    r"|[\u4e00-\u9fff·]{1,10}?(?:日报|晚报|早报|时报|晨报|快报|商报|报|通讯社|社|网|电视台|广播电台|电台|台|频道|客户端|融媒体中心|融媒|在线|云))"
    rf"(?P<place>[\u4e00-\u9fff·、]{{0,14}}?)\s*(?P<day>{_DAY})?\s*(?P<mark>综合电|专电|电|讯|消息|报道)\s*(?P<after>\(|:|\s|$)?"
)
# (中央社記者王大明台北6日電), 〔記者王大明／台北報導〕, 記者王大明／台北報導: the people stand inside.
_PLACES = """台北 新北 桃园 桃園 台中 台南 高雄 基隆 新竹
    嘉义 嘉義 苗栗 彰化 南投 云林 屏东 屏東 宜兰 宜蘭 花莲 花蓮 台东 澎湖 金门 香港 澳门 澳門 东京 纽约 紐約 伦敦 倫敦 华盛顿 巴黎 柏林"""
_SIGNING = r"[\u4e00-\u9fff]{2,3}(?:[、,][\u4e00-\u9fff]{2,3}){0,3}"
_ISLAND = re.compile(
    rf"^\s*[\[(]?(?P<agency>[\u4e00-\u9fff]{{2,6}}?(?:社|报|网|台))?\s*(?:实习|特约|特派|驻地)?记者\s?(?P<who>{_SIGNING})"
    rf"(?:\s?/\s?[\u4e00-\u9fff]{{2,6}}|(?:{'|'.join(_PLACES.split())}|[\u4e00-\u9fff]{{2,5}})\d{{1,2}}日)"
    r"(?:综合|专)?(?:外)?(?:报导|报道|[电電]|讯)\s*[\])]?"
)
# 【林思遠／台北報導】, 【海潮晚報╱記者林思遠/台北報導】, 海潮報 林思遠／特稿: the paper, its people, and from where; without a paper or
# a bracket only where nothing else stands on the line.
_DESKED = re.compile(
    r"^(?:(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}(?: \d{1,2}:\d\d)?\s?)?(?P<open>\[)?"
    r"\s*(?:(?P<paper>[\u4e00-\u9fff]{2,8}(?:报|社|网|台))\s?[/ ]\s?)?(?P<title>(?:本报|特派|特约)?记者)?"
    rf"\s?(?P<who>{_SIGNING})\s?(?P<desk>/\s?[\u4e00-\u9fff、]{{0,10}}?(?:\d{{1,2}}日)?"
    r"(?:报导|报道|[电電]|特稿|专[访訪電电]|编译|整理|撰文|分析))?\s?(?P<close>\]|$)"
)
# 【环球网报道 记者 王大明】, 【财新网】(记者 王大明)
_FRAMED = re.compile(
    r"^\s*\[(?P<agency>[\u4e00-\u9fff·]{2,10}?(?:报|网|社|台|新闻|周刊|杂志))(?P<inner>[^\[\]]{0,30})\]\s*(?:\((?P<who>[^()]{2,40})\))?"
)
# LONDON, May 4 (Reuters) - …
_WIRE = re.compile(
    r"^\s*[A-Z][A-Z .'/-]{2,40}(?:,\s*[A-Z][a-z]{2,8}\.?(?:\s+\d{1,2})?)*\s*"
    r"\((?P<agency>[A-Z][A-Za-z]{1,12}(?: [A-Z][A-Za-z]{1,12}){0,2})\)\s*[-–—]"
)


def dateline(line: str, *, name: str | None = None, where: str = "the beginning of the text") -> Byline:
    """What the dateline at the beginning of a text states. `name` is what 本网 means. Prose states nothing. Never raises."""
    line = line.strip(" \u3000\u00a0\t")
    flat = folded(line[:160])
    if signed := _desked(line, flat, where):
        return signed
    if found := _ISLAND.match(flat):
        said = people(line[slice(*found.span("who"))], strict=True)
        outlet = line[slice(*found.span("agency"))] if found["agency"] else None
        outlet = origin(outlet, name).source if outlet and folded(outlet) in OURSELVES | OUR_PAPER else outlet
        return with_evidence(Byline(agency=outlet if said else None, reporters=said), where, line[: found.end()])
    if found := _WIRE.match(line[:160]):
        return with_evidence(Byline(agency=found["agency"]), where, line[: found.end()])
    if (found := _FRAMED.match(flat)) and (found["who"] or found["inner"].strip()):
        key = "who" if found["who"] else "inner"
        bracket = line[slice(*found.span(key))]
        bracket = re.sub(r"^(?:综合)?(?:报道|報道|讯|訊)\s*[,，]?", "", bracket.strip())
        if unit := read_unit(bracket, f"{where}, dateline", reporters=found["who"] is not None):
            return both(unit, with_evidence(Byline(agency=line[slice(*found.span("agency"))]), where, line[: found.end()]))
    found = _DATELINE.match(flat)
    if not found or not (found["day"] or found["after"] in ("(", ":") or found["agency"] in ("本报", "本网", "本站", "本台")):
        return Byline()
    if found["mark"] in ("消息", "报道") and not found["day"]:
        return Byline()
    agency: str | None = line[slice(*found.span("agency"))]
    if agency is not None and (folded(agency) in OURSELVES | OUR_PAPER):
        agency = origin(agency, name).source
    who = re.match(r"\s*\(([^()]{1,60})\)", flat[found.end("mark") :])
    start = found.end("mark")
    result = with_evidence(Byline(agency=agency), where, line[: start + (who.end() if who else 0)])
    if who:
        inner = line[start + who.start(1) : start + who.end(1)]
        result = both(result, read_unit(inner, f"{where}, dateline", reporters=True))
    return result


def _desked(line: str, flat: str, where: str) -> Byline:
    found = _DESKED.match(flat)
    if not found or not (found["desk"] or (found["paper"] and found["title"])) or (found["close"] == "]") is not bool(found["open"]):
        return Byline()
    named = people(line[slice(*found.span("who"))], strict=True)
    if not named or not all(is_person(each) for each in named):
        return Byline()
    paper = line[slice(*found.span("paper"))] if found["paper"] else None
    signed = Byline(source=paper, reporters=named) if found["title"] else Byline(source=paper, authors=named)
    return with_evidence(signed, where, line[: found.end()])
