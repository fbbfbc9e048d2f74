"""What stands behind a label: names of people, and the source with the steps that it came by.

Chinese names are two to four characters, longer with ``·``; a two-character name may be padded (``李 纵``), so a blank does not always part
two people. Latin names are parted by commas and ``and``, never by a blank.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from feeds.clean.labels import BARE, BUTTONS, NOBODY, OUR_PAPER, OURSELVES, TAILS, folded

_SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳酆鲍史唐"
    "费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧肖尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁"
    "杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫经房裘缪干解应宗丁宣邓郁单杭洪包诸左石崔吉钮龚程嵇邢"
    "滑裴陆荣翁荀羊惠甄曲家封芮储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全班仰秋仲伊宫宁仇栾甘厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄"
    "印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍璩桑桂濮牛寿通边扈燕冀浦尚农温别庄晏柴瞿阎闫充慕连茹习"
    "宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧沃利蔚越夔隆师巩厍聂晁勾敖融冷辛阚那简饶空曾毋沙养鞠须丰巢关蒯相查后荆红"
    "游竺权逯盖益桓公仉督岳帅缑亢况郈琴归海晋楚闫法汝鄢涂钦商牟佘佴伯赏墨哈谯年爱阳佟言福付仝邸苑展矫鹿苟代覃逯门原褟鲜撒布旺丛郗候"
)
_SURNAMES |= frozenset(
    "張陳劉楊黃趙吳孫馬羅鄭謝許鄧馮韓葉蔣鐘鍾盧賴蘇呂龔龐蕭鄒陸閻閆顧賀龍萬錢湯齊嚴溫韋莊譚賈鄔魯喬衛駱鳳蘆樂項邊畢欒應聶婁寧厲沈範紀淩竇湯麥鄺薑甯嶽"
)
_COMPOUNDS = """
    欧阳 歐陽 太史 端木 上官 司马 司馬 东方 東方 独孤 南宫 南宮 闻人 夏侯 诸葛 諸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙
    公孫 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 亓官 司寇 巫马 颛孙 公良 漆雕 乐正 宰父 谷梁 拓跋 轩辕 令狐 段干 百里 呼延 东郭
    南门 羊舌 微生 梁丘 左丘 东门 西门 第五 纳兰"""
_COMPOUND = frozenset(_COMPOUNDS.split())
_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003134f〇"
_CHINESE = re.compile(rf"[{_HAN}]{{2,4}}")
_ETHNIC = re.compile(rf"[{_HAN}]{{1,8}}(?:[·•・‧][{_HAN}]{{1,10}}){{1,4}}")
_PRESS = re.compile(r"(?:报|网|社|台|频道|客户端|新闻|融媒|周刊|杂志|发布|传媒|政府|中心|日报|晚报|公社|局|委|镇)$")
_BODY = re.compile(rf"[{_HAN}A-Za-z0-9“”\"《》()·&]{{2,20}}")
_LATIN = re.compile(r"[^\W\d_](?:[^\W\d_]|[.'’-])*(?: [^\W\d_](?:[^\W\d_]|[.'’-])*){0,4}")
_ONLY_LATIN = re.compile(rf"[^{_HAN}]*")
_DATE = re.compile(r"(?:19|20)\d\d\s*[-/.年]|\d{1,2}\s*月\s*\d{1,2}\s*日|\d{1,2}-\d{1,2}\s+\d{1,2}:\d\d|\d{1,2}:\d\d")
_STOP = re.compile(r"[|。！？!?；;]|\s{3,}|\[|(?<=\s)[^\s:()]{2,8}:")
_AND = re.compile(r"\s*(?:[、，,&＆]|(?:(?<=\s)and|\band|(?<=\s)(?-i:und|et|y|och|og))\s)\s*", re.I)
# What follows an English name and is none: Jane Doe, Education Correspondent · Jane Doe in London · JANE DOE, Associated Press.
_JOB = re.compile(
    r"(?:[A-Z&][\w&'.-]* |[a-z]+ ){0,4}(?:correspondent|reporter|editor|writer|columnist|journalist|producer|analyst|critic|chief|officer|"
    r"manager|director|news|press|times|post|agency|media|staff|service|reuters|xinhua|afp|ap|pa|bbc|cnn|daily)s?",
    re.I,
)
_PLACED = re.compile(r"(?<=[a-z]) (?:in|for|at|from|reporting) [A-Z].*$|(?<=[A-Z]{2}) (?:in|for|at) [A-Z].*$|(?<=\w)\s?/\s?[A-Z].*$")
_ID = re.compile(r"(?:[\s_-]*\b|_+)(?=[A-Za-z]*\d)[A-Za-z]{0,4}\d{2,}\b\s*$|(?<=[\u4e00-\u9fff])\d{2,}$")
_FULL_STOP = re.compile(r"(?<=[a-z]{2})\.$")  # Words by Jane Doe.
_ASIDE = re.compile(r"[(（][^()（）]*[)）]?")


def people(value: str, *, strict: bool = False) -> tuple[str, ...]:
    """The names in `value`, in order, each once. Not strict: reading stops where no name stands any more, and the first may be a body
    (海河管理中心). Strict: all of `value` must be names of people, or nothing is given."""
    value = _FULL_STOP.sub("", value.strip(" \u3000\u00a0\t:："))
    if not strict:
        value = _cut(value)
    value = _ASIDE.sub(" ", value).strip()
    found: list[str] = []
    for part in _AND.split(value):
        if found and _JOB.fullmatch(part.strip()):
            continue
        names, whole = _between_blanks(part, strict)
        if strict and not whole:
            return ()
        found += names
        if not whole:
            break
    return tuple(dict.fromkeys(found))


def is_person(name: str) -> bool:
    """Does `name` look like a Chinese name: two to four characters that begin with a surname, or parts joined by ``·``?"""
    if _ETHNIC.fullmatch(name):
        return True
    flat = folded(name)
    if _CHINESE.fullmatch(name) is None or name in NOBODY or flat in BARE:
        return False
    if len(name) > 2 and _PRESS.search(flat):
        return False
    # Four characters: 欧阳若男, or two surnames in a row (陈李文静).
    return flat[:2] in _COMPOUND or (flat[0] in _SURNAMES and (len(name) < 4 or flat[1] in _SURNAMES))


def _between_blanks(part: str, strict: bool) -> tuple[list[str], bool]:
    """The names of one comma-free part, and whether all of it was names."""
    part = _ID.sub("", part).strip()
    if not part:
        return [], True
    if _ONLY_LATIN.fullmatch(part):
        return _latin(part, strict)
    names: list[str] = []
    for piece in _joined(part.split()):
        piece = piece.strip("“”\"'")
        if folded(piece) in NOBODY:
            continue
        person = _CHINESE.fullmatch(piece) or _ETHNIC.fullmatch(piece)
        if person and folded(piece) in TAILS:
            continue
        if names and not strict and len(piece) > 2 and _PRESS.search(folded(piece)):
            return names, False  # 作者：温念之 南风周刊
        body = not strict and not names and _BODY.fullmatch(piece)
        if body or (person and not (strict and not is_person(piece))):
            names.append(piece)
        else:
            return names, False
    return names, True


# Von Jens Kassner, par Bertrand Bissuel, di Luca Monaco: "by" in other languages. De Niro and Van Morrison are names.
_BY = re.compile(r"^(?:[Bb]y|BY|[Vv]on|VON|[Pp]ar|[Pp]or|[Dd]i|[Oo]leh|[Aa][vf]|[Dd]oor|de|van) (?=[A-ZÀ-Þ][^ ]* [A-ZÀ-Þ])")


def _latin(part: str, strict: bool) -> tuple[list[str], bool]:
    part = _BY.sub("", _PLACED.sub("", part))
    if part.lower() in NOBODY or not _LATIN.fullmatch(part):
        return [], False
    words = part.split()
    capital = all(word[0].isupper() for word in words if word.lower() not in {"de", "da", "van", "von", "der", "bin", "al", "el", "la"})
    if ((strict or len(words) > 3) and not capital) or sum(letter.isalpha() for letter in part) < 2:
        return [], False
    return [part], True


def _joined(pieces: list[str]) -> list[str]:
    """Padded names put together: a lone character belongs to the lone one (or the short rest) after it."""
    joined: list[str] = []
    at = 0
    while at < len(pieces):
        piece = pieces[at]
        if len(piece) == 1 and at + 1 < len(pieces) and len(pieces[at + 1]) <= 2 and _CHINESE.fullmatch(piece + pieces[at + 1]):
            piece += pieces[at + 1]
            at += 1
        joined.append(piece)
        at += 1
    return joined


_BACK = re.compile(r"返回.{1,8}[,，]\s?查看更多|点击进入|点击查看")  # glued to the last name before it


def _cut(value: str) -> str:
    """`value` up to what cannot be part of it: a date, a button, the next label, a sentence's end."""
    flat = folded(value)
    ends = [found.start() for found in (_STOP.search(flat), _DATE.search(flat), _unopened(flat)) if found]
    if found := _BACK.search(flat):
        ends.append(found.start())
    for button in BUTTONS:
        at = flat.find(button)
        if at == 0 or (at > 0 and (len(button) > 3 or not flat[at - 1].isalnum())):
            ends.append(at)
    return value[: min(ends, default=len(value))].strip()


def _unopened(flat: str) -> re.Match[str] | None:
    depth = 0
    for found in re.finditer(r"[()\]]", flat):
        depth += {"(": 1, ")": -1}.get(found[0], -9)
        if depth < 0:
            return found
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A source as a byline states it: the first named body, every step in the order stated, and an address when one is given instead."""

    source: str | None = None
    chain: tuple[str, ...] = ()
    url: str | None = None


_URL = re.compile(r"https?://[^\s，。；、<>\"'）)]+")
_STEP = re.compile(r"^(?P<first>[^()]{2,40}?)\s*\((?:转自|转载自|来源|来自|据|源自|via|from)?\s*:?(?P<second>[^()]{2,40})\)\s*$")
_CHANNEL = re.compile(
    r"(?:微信公众平台|微信公众号|官方微信|官方微博|公众号|微信|微博|客户端|视频号|头条号|频道|官网|平台|海外版|数字报|新媒体|APP|版)$", re.I
)
_OUTLET = re.compile(
    r"(?:报|报社|网|社|台|电台|广播|云|频道|客户端|公众号|微言|微语|发布|融媒|融媒体|中心|局|委|办|部|厅|院|校|大学|在线|新闻|资讯|日报|晚报|时报|周刊|杂志|政府|区|市|县|街道|镇|文明网|集团|出版社|通讯社|协会|总队)$"
)
_QUOTES = re.compile(r"^[“\"《「『〈](?P<inner>[^”\"》」』〉]{2,40})[”\"》」』〉](?P<rest>.{0,12})$")
_HYPHEN = re.compile(r"(?<=[\u4e00-\u9fff]{2})\s*(?:-{1,2}|—{1,2}|→|＞|>)\s*(?=[\u4e00-\u9fff]{2})")
_SENTENCE = re.compile(r"[。！？!?，,；;]")
_ACCOUNT_ID = re.compile(r"\s?[(（](?:ID|id|Id|微信号|公众号|微信公众号)\s?[:：]?\s?[\w-]{2,40}[)）]$")  # 新潮周刊（ID：xinchao-weekly）
_OF_ACCOUNT = re.compile(r"^(?:微信)?公众号\s?(?=[“\"「])")  # 公众号“津水微言”
_LABEL_AGAIN = re.compile(r"^(?:来源|稿源|文章来源|信息来源)\s*:\s*")
_LONGEST = 40


def origin(value: str, name: str | None = None) -> Origin:
    """The source that `value` names. 本网, 本站 … mean `name`; 网络, 佚名, prose and an empty value name nothing."""
    value = value.strip(" \u3000\u00a0\t:：、")
    value = value[found.end() :] if (found := _LABEL_AGAIN.match(folded(value))) else value
    if found := _URL.search(value):
        before = origin(value[: found.start()], name)
        return Origin(source=before.source, chain=before.chain, url=found[0])
    value = _OF_ACCOUNT.sub("", _ACCOUNT_ID.sub("", _cut(value)))
    if value.startswith("综合") and all(len(each) > 2 and is_outlet(each) for each in re.split("[、，,]", value[2:])):
        value = value[2:]  # 来源：综合新华社、央视新闻
    value = " ".join(value.strip("“”\"' \u3000·-—|").split()) if value.count("“") != value.count("”") else " ".join(value.split())
    steps = _steps(value)
    named = [said for step in steps if (said := _named(step, name))]
    if not named or len(steps) != len(named):
        return Origin(source=named[0] if named else None)
    return Origin(source=named[0], chain=tuple(dict.fromkeys(named)) if len(set(named)) > 1 else ())


def _steps(value: str) -> list[str]:
    if found := _STEP.match(folded(value)):
        return [value[slice(*found.span("first"))], value[slice(*found.span("second"))]]
    parts = _HYPHEN.split(value)
    if len(parts) == 2 and not _CHANNEL.search(folded(parts[1])):
        return parts
    pieces = value.split(" ")
    if len(pieces) > 1 and not _ONLY_LATIN.fullmatch(value):
        return _with_blanks(pieces)
    return [value]


def _with_blanks(pieces: list[str]) -> list[str]:
    """``津云 津水微言`` are two steps, ``人民日报 海外版`` is one, ``津云 刘颖`` is one and a person without a label."""
    steps = [pieces[0]]
    for piece in pieces[1:]:
        flat = folded(piece)
        if not any("\u4e00" <= letter <= "\u9fff" for letter in piece + steps[-1]):
            steps[-1] += " " + piece
        elif _ONLY_LATIN.fullmatch(steps[-1]) and len(pieces) == 2 and not is_person(piece):
            steps[-1] += " " + piece  # NOWnews 今日新聞
        elif _CHANNEL.fullmatch(flat) or flat in {"海外版", "客户端"}:
            steps[-1] += piece
        elif _OUTLET.search(flat) or (len(piece) >= 4 and not is_person(piece)):
            steps.append(piece)
        else:
            break
    return steps[:3]


def _named(step: str, name: str | None) -> str | None:
    step = step.strip(" \u3000:：、|/·-—")
    if found := _QUOTES.match(step):
        step = found["inner"] if not found["rest"] or _CHANNEL.search(folded(found["rest"].strip())) else step
    step = re.sub(r"\s*[(（](?:原创|转载|综合|整理)[)）]$", "", step)
    flat = folded(step)
    if flat in OURSELVES or (flat in OUR_PAPER and name and folded(name).endswith("报")):
        return name
    if len(flat) < 2 or len(step) > _LONGEST or flat in NOBODY or flat in OUR_PAPER or _SENTENCE.search(step) or flat.isdigit():
        return None
    return step if any(letter.isalpha() for letter in step) else None


# What a medium is called.
_MEDIUM = re.compile(
    r"[\u4e00-\u9fffA-Za-z0-9·－-]{1,16}(?:报|网|社|台|日报|晚报|都市报|青年报|周报|时报|客户端|融媒|频道|发布|新闻|在线|杂志|周刊|融媒体|融媒体中心|卫视|之声|微言|资讯|观察|文明网|中文站|"
    r"政府网|电视台|广播电视台|通讯社|公众号|视频|快讯)"
)


def is_outlet(text: str) -> bool:
    """Is this what a newspaper, a site, a station or an account of one is called?"""
    return _MEDIUM.fullmatch(folded(text).strip()) is not None and not (len(text) <= 3 and is_person(text))
