"""Whose texts a platform carries, and what can be the name of an account."""

import pytest

from feeds.read import accounts


@pytest.mark.parametrize(
    ("url", "hosted"),
    [
        ("https://baijiahao.baidu.com/s?id=17000000", True),
        ("https://www.toutiao.com/a6802149563361657348/", True),
        ("https://www.sohu.com/a/655000001_121123711", True),
        ("https://www.163.com/dy/article/G33O1QTA05372UZS.html", True),
        ("https://www.163.com/news/article/FGLF5U6A00019B3E.html", False),
        ("https://news.sohu.com/20230318/n1.shtml", False),
        ("https://example.org/?u=https://www.toutiao.com/a1/", False),
        ("https://www.toutiao.com.example.org/a1/", False),
    ],
)
def test_which_addresses_are_of_accounts(url: str, hosted: bool) -> None:
    assert accounts.hosts(url) is hosted


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("潮间人文", "潮间人文"),
        ("原创 GameForce", "GameForce"),
        (" 王小明 ", "王小明"),
        ("关注", None),
        ("分享到", None),
        ("1024", None),
        ("佚名", None),
        ("评论：很好。", None),
        ("", None),
    ],
)
def test_what_can_be_the_name_of_one(text: str, name: str | None) -> None:
    assert accounts.name(text) == name
