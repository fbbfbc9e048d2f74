"""The grammar of credit lines: what each shape states, and that prose states nothing."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.clean.byline import Byline, is_credit, parse
from feeds.clean.labels import KINDS, Kind
from feeds.clean.names import is_person, people

NBSP = "\u00a0"


def stated(line: str, **given: object) -> dict[str, object]:
    found = parse(line, **given)  # type: ignore[arg-type]
    return {each.name: value for each in fields(found) if each.name != "evidence" and (value := getattr(found, each.name))}


@pytest.mark.parametrize(
    ("line", "facts"),
    [
        (f"稿源:津水微言{NBSP} 编辑:张丽", {"source": "津水微言", "editors": ("张丽",)}),
        (f"稿源: 渤海早报{NBSP} 编辑: 洪涛", {"source": "渤海早报", "editors": ("洪涛",)}),
        (f"稿源:{NBSP} 编辑:张丽", {"editors": ("张丽",)}),
        ("稿源:津水微言编辑:张丽", {"source": "津水微言", "editors": ("张丽",)}),
        ("来源：  作者： 编辑：侯静", {"editors": ("侯静",)}),
        (
            "来源： 天津日报 作者：刘茵 石磊 编辑：侯婧 2022-09-27 08:45:11",
            {"source": "天津日报", "authors": ("刘茵", "石磊"), "editors": ("侯婧",)},
        ),
        ("來源： 天津日報 作者：劉茵 石磊 編輯：侯婧", {"source": "天津日報", "authors": ("劉茵", "石磊"), "editors": ("侯婧",)}),
        ("时间：2024-10-25 08:03:30　 来源：黑龙江日报　 作者：", {"source": "黑龙江日报"}),
        ("2018-05-02 09:16:00来源:央广网", {"source": "央广网"}),
        ("2022年09月28日 10:21　来源：中国新闻网 参与互动", {"source": "中国新闻网"}),
        ("来 源：今晚报　作 者：王小明", {"source": "今晚报", "authors": ("王小明",)}),
        ("(责编：汤诗瑶、丁涛)", {"editors": ("汤诗瑶", "丁涛")}),
        ("【编辑:李岩】", {"editors": ("李岩",)}),
        ("【责任编辑:刘笑冬\n】", {"editors": ("刘笑冬",)}),
        ("【纠错】 责任编辑：韩笑", {"editors": ("韩笑",)}),
        ("责任编辑：\n韩笑", {"editors": ("韩笑",)}),
        ("责任编辑：李 纵", {"editors": ("李纵",)}),
        ("责任编辑：王晓 SF183", {"editors": ("王晓",)}),
        ("编辑：阿卜杜拉·买买提、李丽", {"editors": ("阿卜杜拉·买买提", "李丽")}),
        ("值班编辑：何静　编辑：陈晨", {"duty_editors": ("何静",), "editors": ("陈晨",)}),
        ("供稿丨海河管理中心", {"supplier": "海河管理中心"}),
        ("编辑丨孙倩", {"editors": ("孙倩",)}),
        ("来源｜新潮周刊（ID：xinchao-weekly）", {"source": "新潮周刊"}),
        ("（图/社交媒体截图）", {}),
        ("（来源：海潮日报 记者 林思远）", {"source": "海潮日报", "reporters": ("林思远",)}),
        ("一审一校：陈晨 二审二校：何静 三审三校：孙倩", {"reviewers": ("陈晨", "何静", "孙倩")}),
        ("责任编辑：孙倩　监审：何静", {"editors": ("孙倩",), "reviewers": ("何静",)}),
        ("網編：孫倩　核稿編輯：何靜", {"editors": ("孫倩",), "reviewers": ("何靜",)}),
        ("采写/见习记者 林思远", {"reporters": ("林思远",)}),
        ("来源/海潮新闻", {"source": "海潮新闻"}),
        ("（原题为《今年的桃子熟了》）", {"original_title": "今年的桃子熟了"}),
        ("本文原标题：《今年的桃子熟了》", {"original_title": "今年的桃子熟了"}),
        ("記者 林思遠 報導", {"reporters": ("林思遠",)}),
        ("【本報記者林思遠專訪】", {"reporters": ("林思遠",)}),
        ("採訪撰文／林思遠", {"authors": ("林思遠",)}),
        ("實習記者林思遠／台北報導", {"reporters": ("林思遠",)}),
        ("编辑|孙倩 海报题字|何静 校读|陈晨", {"editors": ("孙倩",), "contributors": ("陈晨",)}),
        ("（文/图 林思远 周蕙）", {"authors": ("林思远", "周蕙")}),
        ("《海潮》作者 林思远", {"authors": ("林思远",)}),
        ("作者：《海潮人物》记者 林思远", {"reporters": ("林思远",)}),
        ("(作者：方敏北京大学经济学院教授)", {"authors": ("方敏",)}),
        ("发表于2023-05-06 21:30| 116次阅读| 来源HCDN| 0 条评论| 作者周蕙", {"source": "HCDN", "authors": ("周蕙",)}),
        ("2023-05-06 21:30 来源 海潮网 编辑：孙倩", {"source": "海潮网", "editors": ("孙倩",)}),
        ("救援仍在繼續。（林思遠報導）", {"reporters": ("林思遠",)}),
        ("原因有待釐清。（林思遠／台中報導）《海潮》關心你", {"reporters": ("林思遠",)}),
        ("2023/05/06 18:58 周蕙 林思遠 報導 地區：台北市報導", {"reporters": ("周蕙", "林思遠")}),
        ("（评论员 林思远 周蕙）", {"authors": ("林思远", "周蕙")}),
        ("编辑 | 孙倩", {"editors": ("孙倩",)}),
        ("供稿：节水办｜撰稿：陈晨｜审核：何静", {"supplier": "节水办", "editors": ("陈晨",), "reviewers": ("何静",)}),
        ("撰稿：陈晨｜审核：何静", {"authors": ("陈晨",), "reviewers": ("何静",)}),
        ("策划：苏禾 制图：梁溪 编审：康乐", {"contributors": ("苏禾", "梁溪", "康乐")}),
        ("文/北京青年报记者 武文君", {"reporters": ("武文君",)}),
        ("每经记者 张三 每经编辑 李四", {"reporters": ("张三",), "editors": ("李四",)}),
        ("新京报记者 张三 编辑 李四 校对 王五", {"reporters": ("张三",), "editors": ("李四",), "contributors": ("王五",)}),
        ("来源 | 山城日报  编辑 | 周一帆", {"source": "山城日报", "editors": ("周一帆",)}),
        ("综合自：新华社、人民日报", {"source": "新华社、人民日报"}),
        ("作者：温念之 南风周刊 2023-05-06 21:18", {"authors": ("温念之",)}),
        ("【财新网】（记者 萧辉阳）风力指数", {"agency": "财新网", "reporters": ("萧辉阳",)}),
        ("【环球网报道 记者 张小帅】据了解", {"agency": "环球网", "reporters": ("张小帅",)}),
        ("（中央社記者王大明台北6日電）市府今天", {"agency": "中央社", "reporters": ("王大明",)}),
        ("記者李大同／高雄報導", {"reporters": ("李大同",)}),
        ("撰文：張大文 攝影：李小明 編輯：王小文", {"authors": ("張大文",), "photographers": ("李小明",), "editors": ("王小文",)}),
        ("LONDON, May 4 (Reuters) - The river", {"agency": "Reuters"}),
        ("By Jane Doe, Education Correspondent", {"authors": ("Jane Doe",)}),
        ("By JANE DOE, Associated Press", {"authors": ("JANE DOE",)}),
        ("Reporting by Jane Doe in London; Editing by Tom Fell", {"reporters": ("Jane Doe",), "editors": ("Tom Fell",)}),
        ("Photographs: Ann Poe/Reuters", {"photographers": ("Ann Poe",)}),
        ("初审：陈晨 复审：何静 终审：赵宏", {"reviewers": ("陈晨", "何静", "赵宏")}),
        ("记者：邵然 | 编辑：金海 | 审核：尚文", {"reporters": ("邵然",), "editors": ("金海",), "reviewers": ("尚文",)}),
        (
            "稿源:津云客户端 作者:赵明 通讯员 钱芳 编辑:李美",
            {"source": "津云客户端", "authors": ("赵明",), "correspondents": ("钱芳",), "editors": ("李美",)},
        ),
        ("文/本报记者 张强 图/李伟", {"reporters": ("张强",), "photographers": ("李伟",)}),
        ("本报记者　孟然", {"reporters": ("孟然",)}),
        ("□ 本报记者 孟然 通讯员 何田", {"reporters": ("孟然",), "correspondents": ("何田",)}),
        ("风雨无阻。（津云新闻编辑刘颖）", {"editors": ("刘颖",)}),
        ("（平川日报记者 郝建国 摄影报道）", {"reporters": ("郝建国",)}),
        ("村民在晾晒山楂片。新华社记者 杜鹏 摄", {"photographers": ("杜鹏",)}),
        ("新华社天津9月28日电（记者周蕙、林子轩）“小巷管家”启动", {"agency": "新华社", "reporters": ("周蕙", "林子轩")}),
        ("中新社天津八月一日电 (周雪 范可)在天津", {"agency": "中新社", "reporters": ("周雪", "范可")}),
        ("人民网北京8月25日电 （朱 虹、孟令欣）下楼", {"agency": "人民网", "reporters": ("朱虹", "孟令欣")}),
        ("央广网天津9月26日消息（记者夏雨 通讯员何田）新学期", {"agency": "央广网", "reporters": ("夏雨",), "correspondents": ("何田",)}),
        ("长江网10月4日讯（记者陈智 整合）昨天", {"agency": "长江网", "reporters": ("陈智",)}),
        ("本报讯（记者 吴晓莹）河北区", {"reporters": ("吴晓莹",)}),
        ("天津北方网讯：每天下午", {"agency": "天津北方网"}),
        ("评剧小组 发表于 2022年09月27日 21:05", {"authors": ("评剧小组",)}),
        ("　　原标题：旧标题 一点没改", {"original_title": "旧标题 一点没改"}),
        ("文章来源:http://a.example/1.html", {"original_url": "http://a.example/1.html"}),
        ("稿源:津云（转自“津水微言”微信公众号） 编辑:李美", {"source": "津云", "chain": ("津云", "津水微言"), "editors": ("李美",)}),
        ("来源：津云  津水微言", {"source": "津云", "chain": ("津云", "津水微言")}),
        ("来源：津云-津水微言", {"source": "津云", "chain": ("津云", "津水微言")}),
        ("来源：人民网－天津频道", {"source": "人民网－天津频道"}),
        ("来源：人民日报 海外版", {"source": "人民日报海外版"}),
        ("来源：市河（湖）长办", {"source": "市河（湖）长办"}),
        ("发布机构：  津沽区人民政府办公室  成文日期：  2022-09-20", {"publisher": "津沽区人民政府办公室"}),
        ("By Ada Brook and Tom Fell | 4 May 2023 | Editor: Jane Moss", {"authors": ("Ada Brook", "Tom Fell"), "editors": ("Jane Moss",)}),
        ("Source: Xinhua | Editor: Huaxia", {"source": "Xinhua", "editors": ("Huaxia",)}),
        ("Reviewed by: Sam Hill", {"reviewers": ("Sam Hill",)}),
    ],
)
def test_what_a_line_states(line: str, facts: dict[str, object]) -> None:
    assert stated(line) == facts


@pytest.mark.parametrize(
    "prose",
    [
        "",
        "他说，消息来源：不明。",
        "记者看到，编辑部里很热闹。",
        "（记者手记）",
        "（编辑部）",
        "记者：您怎么看？",
        "By the river he sat down and wept.",
        "首页 | 视频 | 图片 | 评论 | 财经",
        "字体：大 中 小 打印 分享到：",
        "来源：网络",
        "作者：佚名　编辑：系统管理员",
        "责任编辑:wb001",
        "editor: 1610",
        "浏览次数：2022",
        "作为编辑，张丽每天要看三百条来稿。",
        "主办：天津市水务局　网站标识码：1200000099",
        "扫描关注我们",
    ],
)
def test_prose_and_buttons_state_nothing(prose: str) -> None:
    assert stated(prose) == {}
    assert not parse(prose)


def test_this_site_is_its_name_when_that_is_known() -> None:
    assert stated("来源：本网", name="滨河网") == {"source": "滨河网"}
    assert stated("来源：本站原创", name="滨河网") == {"source": "滨河网"}
    assert stated("来源：本网") == {}
    assert stated("本报讯（记者 吴晓莹）河北区", name="滨河日报") == {"agency": "滨河日报", "reporters": ("吴晓莹",)}


def test_evidence_is_the_text_as_it_stood() -> None:
    found = parse("稿源: 今晚报  编辑: 刘映", where="below the text")
    assert [(each.field, each.where, each.text) for each in found.evidence] == [
        ("source", "below the text", "稿源: 今晚报"),
        ("editors", "below the text", "编辑: 刘映"),
    ]


@pytest.mark.parametrize(
    ("line", "credit"),
    [
        ("编辑：侯静", True),
        ("（供稿：海河管理中心　编辑：孙倩　审核：赵宏）", True),
        ("【纠错】 责任编辑：刘笑", True),
        ("发布日期：2022-09-28　浏览次数：77", True),
        ("本报记者　孟然", True),
        ("By Ada Brook | 4 May 2023 | Editor: Jane Moss", True),
        ("附件：推荐表.docx", False),
        ("新华社天津9月28日电（记者周蕙、林子轩）“小巷管家”启动", False),
        ("编辑们说：这样的稿子越多越好。", False),
        ("内容提要：百米画廊亮相", False),
    ],
)
def test_which_lines_are_credits_alone(line: str, credit: bool) -> None:
    assert is_credit(line) is credit


def test_names() -> None:
    assert people("李 纵 王 明") == ("李纵", "王明")
    assert people("海河管理中心") == ("海河管理中心",)
    assert people("海河管理中心", strict=True) == ()
    assert people("张三、李四等") == ("张三", "李四等")
    assert is_person("欧阳文")
    assert not is_person("管理员")


# --- laws -----------------------------------------------------------------------------------------------------------------------------

_SURNAMES = "张王李赵陈刘杨黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = "丽明伟芳娜敏静强磊洋艳勇军杰娟涛超霞平刚"
NAMES = st.builds(lambda s, g: s + g, st.sampled_from(_SURNAMES), st.text(_GIVEN, min_size=1, max_size=2))
SOURCES = st.sampled_from(["津水微言", "渤海早报", "天津日报", "新华社", "市河（湖）长办", "津云客户端", "人民网－天津频道", "河西融媒"])
GROUPS = st.lists(NAMES, min_size=1, max_size=3, unique=True)
COLONS = st.sampled_from([":", "：", ": ", "： ", f":{NBSP}"])
GAPS = st.sampled_from([" ", "  ", "　", f"{NBSP} ", " | ", "｜"])
LABELS = {
    "authors": ["作者", "撰文", "作 者"],
    "reporters": ["记者", "本报记者"],
    "correspondents": ["通讯员", "通訊員"],
    "editors": ["编辑", "责编", "责任编辑", "責任編輯", "编　辑"],
    "duty_editors": ["值班编辑"],
    "reviewers": ["审核", "编审", "審核"],
}


@st.composite
def bylines(draw: st.DrawFn) -> tuple[str, dict[str, object]]:
    colon, gap, comma = draw(COLONS), draw(GAPS), draw(st.sampled_from(["、", "，", ",", " ", "、 "]))
    facts: dict[str, object] = {}
    parts = []
    if draw(st.booleans()):
        source = draw(SOURCES)
        facts["source"] = source
        parts.append(draw(st.sampled_from(["来源", "稿源", "信息来源", "來源"])) + colon + source)
    for key in draw(st.lists(st.sampled_from(sorted(LABELS)), min_size=0 if parts else 1, max_size=4, unique=True)):
        names = draw(GROUPS)
        facts[key] = tuple(names)
        parts.append(draw(st.sampled_from(LABELS[key])) + colon + comma.join(names))
    opening, closing = draw(st.sampled_from([("", ""), ("（", "）"), ("(", ")"), ("【", "】")]))
    return opening + gap.join(parts) + closing, facts


@given(bylines())
def test_what_is_written_is_read_back(written: tuple[str, dict[str, object]]) -> None:
    line, facts = written
    assert stated(line) == facts
    assert is_credit(line)


_PIECES = st.sampled_from(
    [
        *"：:（）()【】|丨/、，。 \n\u3000\u00a0",
        *"来源编辑记者作者审核责任张丽新华社电讯本报",
        "http://",
        "by ",
        "Source: ",
        "2022-09-28",
        "…",
    ]
)


@given(st.one_of(st.text(max_size=200), st.lists(_PIECES, max_size=60).map("".join)))
def test_nothing_breaks_it(text: str) -> None:
    found = parse(text, name="滨河网")
    assert isinstance(found, Byline)
    is_credit(text)
    for names in (found.authors, found.editors, found.reviewers):
        assert all(names)
        assert all(name == name.strip() for name in names)


@given(GROUPS)
def test_an_editor_is_never_an_author(names: list[str]) -> None:
    found = parse("编辑：" + "、".join(names))
    assert found.authors + found.reporters + found.correspondents == ()


@pytest.mark.parametrize(
    ("line", "authors", "editors"),
    [
        ("供稿：节水办｜撰稿：陈晨｜审核：何静", (), ("陈晨",)),
        ("供稿：节水办\n撰稿：陈晨\n初审：何静\n终审：田野", (), ("陈晨",)),
        ("撰稿：陈晨｜审核：何静", ("陈晨",), ()),  # without the office whose text it is
        ("供稿：节水办｜撰稿：陈晨｜编辑：苗青｜审核：何静", ("陈晨",), ("苗青",)),  # somebody else edited it
        ("撰稿：陈晨｜供稿：节水办｜审核：何静", ("陈晨",), ()),  # no steps, but a roll
        ("供稿：何静｜撰稿：陈晨｜审核：田野", ("陈晨",), ()),  # a person sent it in
        ("供稿：节水办｜作者：陈晨｜审核：何静", ("陈晨",), ()),
        ("供稿：节水办｜撰稿：陈晨", ("陈晨",), ()),
    ],
)
def test_who_prepared_a_text_for_an_office_is_no_author_of_it(line: str, authors: tuple[str, ...], editors: tuple[str, ...]) -> None:
    found = parse(line)
    assert (found.authors, found.editors) == (authors, editors)
    assert all(each.sure == 0.6 for each in found.evidence if each.field == "editors" and "撰稿" in each.text)


@pytest.mark.parametrize(
    ("line", "stated"),
    [
        ("【撰文】何嘉欣", Byline(authors=("何嘉欣",))),
        ("【撰文】何嘉欣 林晓冬【编辑】丁若曦", Byline(authors=("何嘉欣", "林晓冬"), editors=("丁若曦",))),
        ("[视频]河东区社区夜校开班 上班族下班学非遗", Byline()),
        ("[图片]金秋", Byline()),
        ("【编辑】部招募志愿者", Byline()),
        ("【记者】走基层：老街的一天", Byline()),
    ],
)
def test_a_label_in_brackets_is_one_before_names_only(line: str, stated: Byline) -> None:
    assert parse(line) == stated


@pytest.mark.parametrize("label", sorted(word for word in KINDS if word.isascii()))
def test_every_english_label_before_a_name_is_read_without_a_colon_too(label: str) -> None:
    found = parse(f"{label.capitalize()} Jane Doe | 6 May 2023")
    assert not found.authors or KINDS[label] is Kind.AUTHOR
    is_credit(f"{label.capitalize()} Jane Doe")
