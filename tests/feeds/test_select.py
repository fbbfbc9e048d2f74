"""Selectors: what is compiled, what is taken, and what a broken one says."""

import pytest
from lxml.html import fromstring

from feeds.clean import select

ROOT = fromstring(
    "<div><ul class='news'><li id='a'>·<a href='/1' title='The whole headline'>The whole…</a> <span>2022-09-28</span></li>"
    "<li id='b'><a href='/2'>Second <b>one</b></a></li></ul></div>"
)


@pytest.mark.parametrize(
    ("selector", "texts"),
    [
        ("ul.news li a", ["The whole…", "Second one"]),
        ("a@title", ["The whole headline"]),
        ("a @ href", ["/1", "/2"]),
        ("li:nth-child(2) > a", ["Second one"]),
        (".//li/@id", ["a", "b"]),
        ("//span", ["2022-09-28"]),
        ("(//a)[2]", ["Second one"]),
        ("./ul/li[1]/span/text()", ["2022-09-28"]),
        ("(count(//a))", ["2.0"]),
        ("table", []),
        ("a[href$='2']", ["Second one"]),
    ],
)
def test_texts(selector: str, texts: list[str]) -> None:
    assert select.compile(selector).texts(ROOT) == texts


def test_an_attribute_alone_is_of_the_item_itself() -> None:
    item = select.compile("li").elements(ROOT)[0]
    assert select.compile("@id").text(item) == "a"


def test_xpath_with_two_slashes_stays_below_the_item() -> None:
    second = select.compile("li").elements(ROOT)[1]
    assert select.compile("//a/@href").texts(second) == ["/2"]


@pytest.mark.parametrize(
    "selector", ["", "   ", "ul[", "li:has(", "a@", "//li[", "(//a", "ul >> li", "p::before::after", "./a/@@b", "li:unknown"]
)
def test_a_broken_selector_is_named_with_the_reason(selector: str) -> None:
    with pytest.raises(ValueError, match="cannot be used") as caught:
        select.compile(selector)
    assert isinstance(caught.value, select.SelectorError)
    assert caught.value.selector == selector
    assert repr(selector) in str(caught.value)
    assert caught.value.reason


def test_what_fails_only_when_it_runs_is_named_too() -> None:
    with pytest.raises(select.SelectorError, match="nowhere"):
        select.compile("//a[nowhere:f(.)]").texts(ROOT)
