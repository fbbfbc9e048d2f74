"""withdraw, hold, release: what an editor types, what readers see after it, and what nothing brings back."""

from __future__ import annotations

import pytest


@pytest.fixture
def two(town, news):
    town.bring(news(1), news(2))
    return town


def test_a_withdrawn_entry_is_gone_at_once_for_good_and_the_reason_is_told(two, news):
    item = two.item("News 1")
    told = two.json("withdraw", f"https://feeds.example.org/entries/{item.id}/", "--reason", "asked for by the author")
    assert told == {"done": "withdrawn", "entries": [{"entry": item.id, "title": "News 1"}]}
    for section in ("news", "all"):
        assert "News 1" not in two.published(section)
        assert "News 2" in two.published(section)
        assert "asked for by the author" in two.published(section)
    again = two.say("withdraw", item.id)
    assert (again.exit_code, "nothing was changed" in again.output) == (0, True)
    two.bring(news(1, "News 1, again"))
    assert "News 1" not in two.published("news")
    explained = two.json("explain", item.id)["entries"][0]
    assert (explained["withdrawn_by"], explained["withdrawn_why"]) == ("operator", "asked for by the author")
    assert "by an editor: asked for by the author" in two.say("explain", item.id).output


def test_a_withdrawal_is_undone_only_by_saying_so(two):
    item = two.item("News 1")
    two.say("withdraw", item.id)
    refused = two.say("release", item.id)
    assert (refused.exit_code, "haihe withdraw --undo" in refused.output) == (2, True)
    assert "shown again" in two.say("withdraw", item.entry.link, "--undo").output
    assert "News 1" in two.published("news")
    assert "deleted-entry" not in two.published("news")
    assert two.say("withdraw", item.id, "--undo").exit_code == 2
    assert two.say("withdraw", item.id, "--undo", "--reason", "x").exit_code == 2


def test_a_held_entry_is_shown_nowhere_until_it_is_released(two):
    item = two.item("News 2")
    assert "held back" in two.say("hold", item.id, "--reason", "is it true?").output
    assert "News 2" not in two.published("news")
    assert "is it true?" not in two.published("news"), "the reason is for the editors"
    assert "deleted-entry" not in two.published("news")
    assert "is it true?" in two.say("explain", item.id).output
    assert "was held back before" in two.say("hold", item.id).output
    assert "released" in two.say("release", item.id).output
    assert "News 2" in two.published("news")
    two.say("withdraw", item.id)
    assert two.say("hold", item.id).exit_code == 2


def test_what_is_no_entry_or_several_is_said(two, news):
    for verb in ("withdraw", "hold", "release"):
        done = two.say(verb, "nobody")
        assert (done.exit_code, "no entry is kept under 'nobody'" in done.output) == (2, True)
    two.bring(news(3, link="https://herald.example/"), news(4, link="https://herald.example/"))
    several = two.say("withdraw", "https://herald.example/")
    assert several.exit_code == 2
    assert "name one of them by its id" in several.output
    assert "News 4" in several.output


def test_a_copy_in_another_source_goes_along(two, news):
    two.bring(news(1, "志愿 News", uid="other"), source="bridge")
    done = two.say("withdraw", "https://herald.example/1.html")
    assert "withdrawn, with 1 copy" in done.output
    assert ("News 1" in two.published("news"), "志愿 News" in two.published("help")) == (False, False)


def test_explain_tells_the_revisions_of_an_entry(two, news):
    item = two.item("News 1")
    two.bring(news(1, "News 1, corrected"))
    told = two.json("explain", item.id)["entries"][0]
    assert (told["edition"], told["corrected"]) == (2, ["title"])
    assert told["log"][0] | {"at": ""} == {
        "number": 2,
        "at": "",
        "changed": ["title"],
        "significant": ["title"],
        "corrected": ["title"],
        "before": {"title": "News 1"},
    }
    assert "corrects title (title); the title was “News 1”" in two.say("explain", item.id).output
