"""The words that stand before a credit: 来源, 责任编辑, 记者 … and their English fellows.

Labels of one kind mean one fact and are never mixed: who edits is not who writes. `Kind.OTHER` are labels that only end the value before
them (dates, counters, buttons). Words are in simplified characters and lower case; `folded` brings a text to that shape letter by letter.
"""

from __future__ import annotations

import re
from enum import Enum, auto


class Kind(Enum):
    """What a label introduces."""

    SOURCE = auto()
    PUBLISHER = auto()
    SUPPLIER = auto()
    AUTHOR = auto()
    REPORTER = auto()
    CORRESPONDENT = auto()
    EDITOR = auto()
    DUTY_EDITOR = auto()
    REVIEWER = auto()
    CONTRIBUTOR = auto()
    RIGHTS = auto()
    ORIGINAL_TITLE = auto()
    ORIGINAL_URL = auto()
    OTHER = auto()


PEOPLE = frozenset({Kind.AUTHOR, Kind.REPORTER, Kind.CORRESPONDENT, Kind.EDITOR, Kind.DUTY_EDITOR, Kind.REVIEWER, Kind.CONTRIBUTOR})

_WORDS: dict[Kind, str] = {
    Kind.SOURCE: """
        来源 稿源 信息来源 文章来源 稿件来源 新闻来源 内容来源 消息来源 资讯来源 讯息来源 来源网站 来源单位 来源媒体 来源于
        稿件出处 文章出处 出处 转载自 转自 转载 来自 摘自 原载 综合自 来源综合 综合来源 本文来源 图文来源 素材来源
        本文转自 本文转载自 本文摘自 文章转自 内容转自 转载来源 部分内容来源 источник""",
    Kind.PUBLISHER: "发布者 发布机构 发布单位 发布机关 发布部门 信息发布机构 公开机构 公开单位 发文机关",
    Kind.SUPPLIER: "供稿 供稿单位 供稿部门 来稿 来稿单位 投稿单位 报送单位",
    Kind.AUTHOR: """
        作者 原作者 文章作者 原创作者 本文作者 署名 文 撰文 撰稿 撰稿人 特约撰稿人 特约作者 执笔 执笔人 文字 文图 图文
        文/摄影 摄影/文 文/摄 取材·文 取材・文 автор
        文/图 图/文 文字整理 文案 采访撰文 采访整理 撰文摄影 评论员 本报评论员 特约评论员 本网评论员 供稿人""",
    Kind.REPORTER: """
        记者 本报记者 本网记者 本站记者 本台记者 实习记者 见习记者 特约记者 首席记者 全媒体记者 融媒体记者 融媒记者 全媒记者
        特派记者 文字记者 跟班记者 本刊记者 驻地记者 采写 采访 报道 采编""",
    Kind.CORRESPONDENT: "通讯员 特约通讯员 本报通讯员 本网通讯员 通联员 特约记者通讯员",
    Kind.EDITOR: """
        编辑 责编 网编 责任编辑 网络编辑 网路编辑 网站编辑 版面编辑 本期编辑 文字编辑 新媒体编辑 执行编辑 见习编辑 实习编辑 页面编辑
        微信编辑 本文编辑 信息编辑 图文编辑 频道编辑 栏目编辑 内容编辑 稿件编辑 运营编辑 编辑整理 编集
        本版编辑 本版责编 责任编委 编务 主编 执行主编
        副主编 编""",
    Kind.DUTY_EDITOR: "值班编辑 值班编委 值班主编 值班主任 值班总编 值班总编辑 值班副总编 值班副总编辑 值班总监 值班责编 当班编辑 值班",
    Kind.REVIEWER: """
        审核 编审 审稿 审校 审阅 审签 签发 审核人 审稿人 签发人 审发 审读 核稿 核发 核审 初审 复审 覆审 终审 一审 二审 三审 四审 审定 审
        监审 一审一校 二审二校 三审三校 核稿编辑 覆核
        初审编辑 复审编辑 终审编辑 责任审核 内容审核 信息审核 审核发布 审核编辑""",
    Kind.CONTRIBUTOR: """
        监制 总监制 出品人 校对 一校 二校 三校 责任校对 策划 总策划 统筹 制图 制作 美编 美术编辑 图片编辑 视觉编辑 视频编辑 设计 海报设计
        版式设计 视觉设计 视觉 版式 漫画 创意 技术 海报 编导 制片 导演 摄影 摄影记者 图片记者 航拍 摄 摄像 图 图片
        图片摄影 供图 校读 插图 视频 剪辑 配音 翻译 编译 整理 实习生""",
    Kind.RIGHTS: "版权声明 版权所有 版权 著作权",
    Kind.ORIGINAL_TITLE: "原标题 原标题为 原题 原题为 原文标题 本文原标题 标题原为",
    Kind.ORIGINAL_URL: "原文链接 原文连结 原文地址 原文网址 来源链接 来源连结 来源网址 来源地址 文章链接",
    Kind.OTHER: """
        日期 时间 发布时间 发布日期 发表时间 发表日期 更新时间 更新日期 成文日期 成文时间 生成日期 生效日期 创建时间 录入时间
        发文日期 公开日期 信息时间 稿件时间 浏览 浏览次数 浏览量 点击 点击数 点击量 点击率 阅读 阅读次数 阅读量 访问量
        访问次数 人气 评论 评论数 字体 字号 字体大小 视力保护色 保护视力色 分享 分享到 分享至 打印 列印 收藏 转发 索引号 分类
        主题分类 文号 发文字号 名称 信息名称 关键词 关键字 标签 栏目 所属栏目 频道 主题词 有效性 公开方式 公开范围 语种 出品
        出品方 出品单位 主办 主办单位 承办 承办单位 协办 协办单位 联系我们 联系电话 联系人 联系方式 电话 传真 邮箱 地址 邮编
        举报电话 技术支持 网站标识码 备案号 内容提要 摘要 导读 提要 附件 相关附件 扫一扫 版次 版面 星期""",
}

_ENGLISH: dict[Kind, str] = {
    Kind.SOURCE: """
        source, sources, original source, via, reprinted from, republished from, originally published by, fuente, quelle, fonte, bron""",
    Kind.PUBLISHER: "publisher, published by, issued by",
    Kind.AUTHOR: """
        author, authors, by, written by, words by, text by, text, story by, reported and written by, autor, autora, auteur, autore, texto,
        texte, testo, por, par, von""",
    Kind.REPORTER: "reporter, reporters, staff reporter, reported by, reporting by, writing by",
    Kind.CORRESPONDENT: "correspondent, correspondents",
    Kind.EDITOR: "editor, editors, edited by, editing by, responsible editor, web editor, executive editor, copy editor",
    Kind.DUTY_EDITOR: "duty editor, editor on duty",
    Kind.REVIEWER: "reviewer, reviewers, reviewed by, approved by, proofread by",
    Kind.CONTRIBUTOR: """
        photo, photos, photo by, photos by, photographer, photographs, photographs by, photography, photography by, foto, fotos,
        photographies, illustration by, illustrations by, graphics by, video by, translator, translated by, contributor, contributors,
        additional reporting by, producer, produced by""",
    Kind.RIGHTS: "copyright, rights",
    Kind.ORIGINAL_TITLE: "original title, original headline, originally titled",
    Kind.ORIGINAL_URL: "original url, original link, original article, source url",
    Kind.OTHER: """
        date, time, published, published on, updated, last updated, posted, views, font size, share, print, tags, keywords, category""",
}

KINDS: dict[str, Kind] = {word: kind for kind, words in _WORDS.items() for word in words.split()}
KINDS |= {phrase.strip(): kind for kind, phrases in _ENGLISH.items() for phrase in phrases.split(",")}

# Verbs and nouns of everyday prose: they need their separator even where other labels do without.
_OF_PROSE = """报道 采访 采写 采编 文字 图片 视频 值班 文案 署名 制作 设计 整理 翻译 策划 统筹 插图 转载 视觉 版式 漫画 创意 技术 海报 导演
    航拍 副主编"""
PROSE = frozenset(_OF_PROSE.split())
_BY = frozenset({"by", *(word for word, kind in KINDS.items() if word.endswith(" by") and kind in PEOPLE)})

# Before a name these need no separator, provided that the whole bracket, line or sentence is made of labels and names.
BARE = frozenset(word for word, kind in KINDS.items() if kind in PEOPLE and not word.isascii() and len(word) > 1)
BARE = (BARE - PROSE) | _BY

# What may stand after a name (杜鹏 摄, 陈智 整合, 张三 文/图), longest first.
TAILS = (
    "摄影报道",
    "图文报道",
    "采访报导",
    "综合报导",
    "摄影报导",
    "报导",
    "专访",
    "文并图",
    "文/摄影",
    "文/图",
    "文/摄",
    "摄/文",
    "图/文",
    "报道",
    "整合",
    "整理",
    "摄影",
    "综合",
    "编译",
    "供图",
    "摄",
    "文",
    "图",
)
PHOTO_TAILS = frozenset({"摄", "摄影", "图", "供图"})
_PHOTO = """photo, photos, photo by, photos by, photographs, photographs by, photography, photography by, photographer, foto, fotos,
    photographies"""
PHOTO_LABELS = frozenset(
    {"摄影", "摄", "图", "图片", "图片摄影", "供图", "摄像", "摄影记者", "图片记者", "航拍", *re.split(r",\s+", _PHOTO)}
)

# What ends a value although it is no label: buttons and hints of the page around it.
_BUTTONS = """
    参与互动 我要纠错 纠错 打印本页 打印 列印 关闭窗口 关闭 收藏 分享 大中小 放大 缩小 默认 原创稿 点击 微信扫一扫 扫一扫 扫码 字号 字体
    手机看新闻 手机版 返回 进入论坛 查看原图 我要评论 参与评论 订阅 关注 复制链接 举报 展开 浏览 阅读 星期 转寄 字級 字级"""
BUTTONS = tuple(_BUTTONS.split())

# Values that name nobody.
_NAMELESS = """
    无 未知 不详 佚名 匿名 网络 网路 互联网 转载 其他 其它 原创 暂无 无名 系统管理员 超级管理员 管理员 网站管理员 本站编辑 网络转载
    来自网络 系统 admin administrator root system null none unknown n/a anonymous undefined editor author test webmaster user nobody nan
    单位 部门 简介 手记 观察 调查 整理 姓名 署名 编辑部 网络整理 网络综合 综合整理
    发布于 发表于 相关文章 最新文章 热门文章 更多文章 name news"""
NOBODY = frozenset(_NAMELESS.split())

# 本网 means the site that says it.
_OURS = "本网 本站 本网站 本网讯 本站讯 本站原创 本网原创 本社 本台 本"
OURSELVES = frozenset(_OURS.split())
OUR_PAPER = frozenset({"本报", "本报讯"})

_SEPARATORS = dict.fromkeys("：︰﹕∶ː꞉＝", ":") | dict.fromkeys("｜丨∣│┃︱", "|") | dict.fromkeys("／∕╱", "/")
_BLANKS = dict.fromkeys("\u00a0\u3000\u2002\u2003\u2009\u200b\t\v\f", " ")
_BRACKETS = dict.fromkeys("（﹙", "(") | dict.fromkeys("）﹚", ")") | dict.fromkeys("【［〔〖", "[") | dict.fromkeys("】］〕〗", "]")
_TRADITIONAL = (
    "來編輯責記訊員審覈轉載發佈機構單報網臺實習見約採訪寫體執筆圖監製劃統籌設計攝視頻譯權聲標題鏈連結時間瀏覽點擊閱讀號關鍵詞",
    "簽欄導內當複終綜據電話絡評論資無詳暫繫聯頁檔陸戶雲區華聞東專畫黨團學國縣鎮鄉農會衛醫護勞動廣場辦處錄稱類齡範圍種傳郵協備屬舉簡",
)
_SIMPLIFIED = (
    "来编辑责记讯员审核转载发布机构单报网台实习见约采访写体执笔图监制划统筹设计摄视频译权声标题链连结时间浏览点击阅读号关键词",
    "签栏导内当复终综据电话络评论资无详暂系联页档陆户云区华闻东专画党团学国县镇乡农会卫医护劳动广场办处录称类龄范围种传邮协备属举简",
)
_LETTERS = dict(zip("".join(_TRADITIONAL), "".join(_SIMPLIFIED), strict=True))
_FOLD = str.maketrans(_SEPARATORS | _BLANKS | _BRACKETS | _LETTERS)


def folded(text: str) -> str:
    """`text` with full-width punctuation, odd blanks, traditional characters of labels and capitals folded: same length, same places."""
    text = text.translate(_FOLD)
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)


_STATING = [word for word, kind in KINDS.items() if kind is not Kind.OTHER]
_CHINESE = re.compile("|".join(re.escape(word) for word in _STATING if not word.isascii() and len(word) > 1) + r"|[文图编摄审]\s?[:|/]")
_ENGLISH_STATED = re.compile(r"(?<![a-z])(?:" + "|".join(re.escape(word) for word in _STATING if word.isascii()) + r")\s?:")
_BY_LINE = re.compile(r"(?:^|[\n(\[])\s*by\s")


def _beginnings() -> frozenset[str]:
    """The first two letters of all Chinese labels, in every way in which they are written."""
    written: dict[str, str] = {}
    for letter, plain in (_LETTERS | _SEPARATORS | _BLANKS).items():
        written[plain] = written.get(plain, plain) + letter
    pairs: set[str] = set()
    for word in (word for word in _STATING if not word.isascii()):
        second = word[1] if len(word) > 1 else ":|/ \n"
        pairs |= {one + two for one in written.get(word[0], word[0]) for each in second for two in written.get(each, each)}
    return frozenset(pairs)


_BEGINNINGS = _beginnings()
_FIRST, _SECOND = ("".join(sorted({pair[place] for pair in _BEGINNINGS})) for place in (0, 1))
_HIDING = "<&\u200b\u2060\ufeff"  # what may stand between them before markup and what is unseen are removed
_TAGS = re.compile(r"(?:</?[A-Za-z][^<>]*+>)*+")
_PAIR = re.compile(f"[{_FIRST}](?=[{re.escape(_SECOND)}{_HIDING}])")  # few places of prose have letters that follow each other so
_COLON_OR_BY = re.compile(f"[:{''.join(each for each, plain in _SEPARATORS.items() if plain == ':')}]|by", re.I)


def may_hold_label(markup: str) -> bool:
    """Could the text of this HTML have a Chinese label? A quicker look than `mentions_label`, before the markup is removed."""
    for found in _PAIR.finditer(markup):
        at = found.start()
        if markup[at : at + 2] in _BEGINNINGS or (markup[at + 1] in _HIDING and _begins(markup, at)):
            return True
    return False


def _begins(markup: str, at: int) -> bool:
    """Do the letter there and the next that is seen begin a label? So they do where that is not plain to see."""
    between = _TAGS.match(markup, at + 1)
    following = markup[between.end() : between.end() + 1] if between else ""
    return bool(following) and (following in _HIDING or markup[at] + following in _BEGINNINGS)


def mentions_label(text: str) -> bool:
    """Could there be a credit line in `text`? A quick look, for texts most of which have none."""
    begun = () if text.isascii() else [at for found in _PAIR.finditer(text) if text[(at := found.start()) : at + 2] in _BEGINNINGS]
    if not begun and not _COLON_OR_BY.search(text):
        return False
    flat = folded(text)
    if any(_CHINESE.match(flat, at) for at in begun):
        return True
    return ("by" in flat and _BY_LINE.search(flat) is not None) or (":" in flat and _ENGLISH_STATED.search(flat) is not None)


_CAPITALS = r"[A-Z][A-Z .'/,-]{2,}"
_OPENS = re.compile(rf"[^。！？]{{0,40}}?[电電讯訊消报報][^。！？]{{0,4}}?[(（:：】〕]|[^。]{{0,24}}[记記]者|{_CAPITALS}")
_OPENS_ASCII = re.compile(_CAPITALS)


def opens_with_dateline(text: str) -> bool:
    """Could `text` begin with a dateline? A quick look, for texts most of which do not."""
    return (_OPENS_ASCII if text.isascii() else _OPENS).match(text) is not None
