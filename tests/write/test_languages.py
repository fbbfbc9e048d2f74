from __future__ import annotations

import pytest

from feeds.write.languages import language


@pytest.mark.parametrize(
    ("told", "tag"),
    [
        *((tag, tag) for tag in ("zh", "zh-CN", "zh-Hans-CN", "en-GB", "EN", "haw", "fil", "mis", "tlh")),
        ("zh_TW", "zh-TW"),
        (" en ", "en"),
        ("yue-HK", "zh-yue-HK"),
        ("cmn", "zh-cmn"),
        *(
            (junk, None)
            for junk in (None, "", "nel", "xq", "english", "中文", "x-private", "en-", "-en", "en--GB", "en-toolongsubtag", "en GB")
        ),
    ],
)
def test_a_tag_is_that_of_a_language(told, tag):
    assert language(told) == tag
