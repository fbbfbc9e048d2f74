"""The first half of the grammar of credit lines: labels that stand where labels can stand, each with the span of its value."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from feeds.clean.labels import BARE, KINDS, PEOPLE, PROSE, Kind
from feeds.clean.names import is_outlet, people


def _pattern(words: Iterable[str]) -> str:
    spelled = []
    for word in sorted(words, key=len, reverse=True):
        # 编　辑 and 来 源 are set apart so that columns align.
        spelled.append(r" {0,2}".join(map(re.escape, word)) if not word.isascii() and len(word) == 2 else re.escape(word))
    return "|".join(spelled)


_CHINESE_LABEL = _pattern(word for word in KINDS if not word.isascii())
_ENGLISH_LABEL = _pattern(word for word in KINDS if word.isascii())
_LABELLED = re.compile(
    rf"(?:(?P<label>{_CHINESE_LABEL})(?:\s?[/、&]\s?(?P<second>{_CHINESE_LABEL})(?=\s?[:|]))?"
    rf"(?:\s?(?:\([^()]{{1,8}}\))?\s{{0,3}}(?P<sep>:)|(?P<framed>\]):?|\s?(?P<bar>\|)|(?P<slash>/)|(?P<gap>\s+))"
    rf"|(?P<near>来源|稿源|文章来源|信息来源)(?=[^\s:|/\]])|(?:本文)?(?P<quoting>转载自|转自|摘自|来源于)(?=(?:微信)?(?:公众号)?[“\"《「])"
    rf"|(?:本文)?(?P<titled>(?:原标题|原题)为?)(?=《)"
    rf"|(?<![a-z])(?P<english>{_ENGLISH_LABEL})\s?:)\s*"
)
BARE_LABEL = re.compile(rf"(?:{_pattern(BARE)})")
ORGANISATION = re.compile(
    r"[\u4e00-\u9fff·]{0,10}(?:报|网|社|台|云|新闻|频道|融媒|融媒体|客户端|媒体|中心|在线|发布|本刊|传媒|广播|委|局|办|院|校|街道|区|市|县|镇|实习)?"
)
SENTENCES = re.compile(r"[。！？!?]")


_NEAR = frozenset({"来源", "稿源", "文章来源", "信息来源"})
_SAID = re.compile(r"[^\s|/,;()\[\]]{2,16}(?=\s*(?:$|[|\[(])|\s)")
_QUOTED = re.compile(r"(?:微信)?(?:公众号)?[“\"《「][^“”\"《》「」]{2,24}[”\"》」]\s?(?:微信公众号|公众号)?\s*(?:$|[)\];|])")
_NEXT_BAR = re.compile(rf"\s(?:{_CHINESE_LABEL})\s?\|")
_OF_HEADLINES = PROSE | {"图", "文", "图文"}


@dataclass(frozen=True, slots=True)
class Item:
    kind: Kind
    label: str
    start: int
    value: int
    end: int


def find(flat: str) -> list[Item]:
    """The labels of a folded line that stand where a label can stand, each with the span of its value."""
    items: list[Item] = []
    twice: dict[int, str] = {}
    for found in _LABELLED.finditer(flat):
        label = found["english"] or (found["label"] or found["near"] or found["quoting"] or found["titled"]).replace(" ", "")
        kind = KINDS[label]
        if not _may_stand(found, flat, label, kind, items):
            continue
        if items:
            last = items[-1]
            items[-1] = Item(last.kind, last.label, last.start, last.value, found.start())
        items.append(Item(kind, label, found.start(), found.end(), len(flat)))
        if found["second"] and kind in PEOPLE:
            twice[len(items) - 1] = found["second"].replace(" ", "")
    # 编辑/版式：何沛 did both.
    return [each for at, item in enumerate(items) for each in (item, *_also(item, twice.get(at)))]


def _also(item: Item, label: str | None) -> tuple[Item, ...]:
    kind = KINDS[label] if label else item.kind
    return () if label is None or kind is item.kind or kind not in PEOPLE else (replace(item, kind=kind, label=label),)


def _may_stand(found: re.Match[str], flat: str, label: str, kind: Kind, items: list[Item]) -> bool:
    before = flat[found.start() - 1] if found.start() else ""
    edge = not before or before in " ([|/:,、;。.>)]-—·~□■◎●◆▲" or before.isdigit()
    following = flat[found.end() :]
    if found["framed"] is not None:
        # 【撰文】张三, but [视频]社区夜校开班 is a headline.
        names = following.partition("[")[0]
        return before == "[" and kind in PEOPLE and label not in _OF_HEADLINES and bool(people(names, strict=True))
    if found["titled"]:
        return edge  # （原题为《…》）
    if found["quoting"]:
        alone = not flat[: found.start()].strip(" ([")
        return alone and _QUOTED.match(flat, found.end()) is not None  # 转载自“津水微言”, and nothing else
    if found["near"] or (found["gap"] and label in _NEAR):
        # 来源海潮网, | 来源CSDN |: without a separator only before what is called like a medium, and nothing else.
        said = _SAID.match(flat, found.end())
        return edge and said is not None and (is_outlet(said[0]) or (said[0].isascii() and bool(found["near"])))
    if found["gap"] is not None:
        # Without a separator only among people already named: 作者:赵明 通讯员 钱芳.
        beside = bool(items) and (
            items[-1].kind in PEOPLE or (items[-1].kind is Kind.SOURCE and bool(people(following.strip(" )]"), strict=True)))
        )
        return edge and label in BARE and beside and bool(following)
    if found["english"]:
        return edge and (not items or before in " |;([,")
    if found["slash"]:
        if kind is Kind.SOURCE:
            said = _SAID.match(following)
            return edge and said is not None and is_outlet(said[0])
        titled = BARE_LABEL.match(following) is not None
        return edge and kind in PEOPLE and (label not in PROSE or titled) and following[:1] not in {"", " "}
    if found["bar"]:
        nearest = _NEXT_BAR.search(following)
        value = following[: nearest.start()] if nearest else following
        alone = not flat[: found.start()].strip() and bool(people(value, strict=True))
        return edge and kind is not Kind.OTHER and (label not in PROSE or bool(items) or alone) and not _bars_of_navigation(flat)
    if edge or items:
        return len(label) > 1 or edge
    prefix = flat[: found.start()].lstrip(" ([")
    return (
        kind in PEOPLE and len(label) > 1 and 0 < len(prefix) <= 12 and ORGANISATION.fullmatch(prefix) is not None and not prefix.isdigit()
    )


def _bars_of_navigation(flat: str) -> bool:
    """首页 | 视频 | 图片 | 评论: bars between words, none of which is a name."""
    parts = [part.strip() for part in flat.split("|")]
    return len(parts) > 3 and sum(part.rpartition(" ")[2] in KINDS for part in parts) < len(parts) / 2
