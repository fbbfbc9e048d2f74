"""What stands in the place of a text: notices of removal, verifications, walls. They come with status 200 and look like articles."""

from __future__ import annotations

import re
from typing import NamedTuple

_PASSING = """
    环境异常|去验证|该?内容暂时无法查看|访问过于频繁|操作频繁|请输入验证码|安全验证|人机验证|滑动验证|访问被拒绝|您的访问(?:请求)?(?:被|可能)|请完成验证|网站防火墙|
    获取全文失败|抓取失败|系统繁忙|网站维护中|正在维护|参数错误|请在微信客户端打开链接|请使用微信打开|请在手机端打开|浏览器版本过低|
    access denied|attention required|checking your browser|verify (?:that )?you are (?:a )?human|enable javascript|javascript is disabled|
    request (?:has been )?blocked|just a moment|too many requests|service unavailable"""
_REMOVED = """该内容已被发布者删除|此内容因违规|此内容被投诉|此[帐账]号已(?:自主)?注销|根据作者隐私设置|内容已被删除|
    (?:文章|稿件)已(?:被)?(?:删除|撤[回销稿])|
    content has been (?:deleted|removed) by the (?:author|publisher)|(?:content|article)[^.]{0,40} (?:removed|viewed)[^.]{0,40} violat|
    account has been (?:deregistered|deactivated|cancell?ed)"""
_NOTHING = """
    链接已过期|该公众号已迁移|您所访问的页面不存在|页面不存在|页面未找到|文章不存在|该文章已|信息不存在|page not found|404 not found|
    请先登录|请登录后|登录后(?:查看|阅读)|付费内容|会员专享|开通会员|
    sign in to continue|log in to continue|subscribe to continue|subscribers only"""


def _one(words: str) -> str:
    return "".join(line.strip() for line in words.splitlines())


_NOTICES = re.compile(rf"(?P<passing>{_one(_PASSING)})|(?P<removed>{_one(_REMOVED)})|{_one(_NOTHING)}", re.I)


class Notice(NamedTuple):
    """The words by which a notice is known; whether it holds for the moment only (`passing`) or says that the text is gone (`removed`)."""

    words: str
    passing: bool
    removed: bool


def find(text: str) -> Notice | None:
    """The first notice in `text`. Whether it is the text's matter or stands in its place is for the caller to say, by its length."""
    found = _NOTICES.search(text)
    return Notice(found[0], found["passing"] is not None, found["removed"] is not None) if found else None
