"""An edit of the rules: what `plan` says of it, what the next start does, and what pins withstand."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from aggregator.app import App
from aggregator.placing import step

NOW = datetime.now(UTC)


@pytest.fixture
def settled(town, news):
    town.bring(*(news(number, f"{number} 志愿" if number % 2 else f"{number} 海河") for number in range(6)))
    town.bring(news(10, "10 志愿"), source="bridge")
    settle(town)
    return town


def settle(town) -> None:
    app = App(town.config, town.store)
    app.enrol()
    assert app.settle()
    app.publish()


def titles(town, section: str) -> set[str]:
    return {item.entry.title for item in town.store.newest(section, 100)}


def test_where_nothing_was_edited_nothing_would_change(settled):
    told = settled.json("plan")
    assert (told["changes"], told["entries"]["examined"], told["entries"]["moved"]) == (False, 7, 0)
    assert settled.say("plan", "--exit-code").exit_code == 0
    assert "nothing would change" in settled.say("plan").output


def test_a_plan_says_what_the_next_start_does(settled):
    settled.edit("{title: 志愿}, to: [help]", "{title: 海河}, to: [help]")
    before = {section: titles(settled, section) for section in ("news", "help")}
    told = settled.json("plan")
    assert told["entries"]["by_section"] == {"help": {"appear": 3, "leave": 3}}
    assert told["entries"]["moved"] == 6
    assert len(told["entries"]["examples"]["help"]["appear"]) == 3
    assert settled.say("plan", "--exit-code").exit_code == 1
    shown = settled.say("plan").output
    assert "+3" in shown
    assert "-3" in shown
    assert {section: titles(settled, section) for section in before} == before, "a plan changes nothing"
    settle(settled)
    assert titles(settled, "news") == before["news"]
    assert titles(settled, "help") == {"0 海河", "2 海河", "4 海河", "10 志愿"}
    assert "0 海河" in settled.published("help")
    assert settled.json("plan")["changes"] is False
    assert settled.store.check(NOW) == []


def test_sources_and_sections_that_come_and_go_are_named(settled):
    settled.edit('  bridge: {title: Bridge, url: "https://bridge.example/feed", sections: [help]}\n', "")
    settled.edit("https://herald.example/feed", "https://herald.example/rss")
    settled.edit("help: {title: 志愿服务}", "river: {title: River, was: [help]}\n  more: {title: More}")
    settled.edit("to: [help]", "to: [river]")
    settled.edit("routes:", '  third: {title: Third, url: "https://third.example/", sections: [more]}\nroutes:')
    told = settled.json("plan")
    assert told["sources"] == {"herald": "edited", "bridge": "gone", "third": "new"}
    assert told["sections"] == {"river": "was help", "more": "new"}
    assert told["entries"]["by_section"] == {}, "a new key of a section moves nobody"
    settle(settled)
    assert titles(settled, "river") == {"1 志愿", "3 志愿", "5 志愿", "10 志愿"}, "what came from a source that is gone follows its section"
    settled.edit("  news: {title: News}\n", "")
    settled.edit("sections: [news]", "sections: [more]")
    told = settled.json("plan")
    assert told["sections"] == {"news": "closed"}
    assert told["entries"]["by_section"] == {"news": {"appear": 0, "leave": 6}, "more": {"appear": 6, "leave": 0}}
    assert "closed" in settled.say("plan").output


def test_a_dropped_entry_leaves_all_and_comes_back_when_it_is_dropped_no_more(settled):
    settled.edit("routes:", "routes:\n  - {when: {title: 海河}, drop: true}")
    settle(settled)
    assert titles(settled, None) == {"1 志愿", "3 志愿", "5 志愿", "10 志愿"}
    assert settled.store.check(NOW) == []
    settled.edit("\n  - {when: {title: 海河}, drop: true}", "")
    settle(settled)
    assert len(titles(settled, None)) == 7


def test_pins_withstand_rules_and_revisions_until_they_are_undone(settled, news):
    item = settled.item("0 海河")
    assert "pinned to help" in settled.say("pin", item.id, "help", "--reason", "asked for").output
    assert "0 海河" in settled.published("help")
    assert "pinned by an editor: asked for" in settled.say("explain", item.id).output
    settled.bring(news(0, "0 海河, revised"))
    settled.edit("routes:", "routes:\n  - {when: {title: 海河}, drop: true}")
    assert settled.json("plan")["entries"]["by_section"] == {"news": {"appear": 0, "leave": 3}}
    settle(settled)
    assert "0 海河, revised" in titles(settled, "help")
    assert "0 海河, revised" not in titles(settled, "news")
    assert settled.store.check(NOW) == []
    assert "left to the rules" in settled.say("pin", item.id, "--undo").output
    assert "0 海河, revised" not in titles(settled, None)
    assert settled.say("pin", item.id, "--undo").exit_code == 2
    assert settled.store.check(NOW) == []


def test_a_pin_without_a_section_keeps_an_entry_where_it_stands(settled):
    item = settled.item("1 志愿")
    settled.say("pin", item.id)
    settled.edit("sections: [news]", "sections: [help]")
    settle(settled)
    assert "1 志愿" in titles(settled, "news")
    wrong = settled.say("pin", item.id, "hlep")
    assert (wrong.exit_code, 'did you mean "help"?' in wrong.output) == (2, True)


def test_placing_goes_on_where_it_stopped_and_leaves_the_withdrawn_alone(settled):
    settled.say("withdraw", settled.item("4 海河").id)
    settled.edit("{title: 志愿}, to: [help]", "{title: 海河}, to: [help]")
    config = settled.config
    assert step(settled.store, config, NOW, batch=2)
    rest = 0
    while step(settled.store, config, NOW, batch=2):  # as another process would go on
        rest += 1
    assert rest == 2
    assert not step(settled.store, config, NOW)
    assert titles(settled, "help") == {"0 海河", "2 海河", "10 志愿"}
    assert "4 海河" not in titles(settled, None)


def feed_id(town, section: str) -> str:
    return re.search(r"<id>([^<]+)</id>", town.published(section))[1]


def test_a_renamed_section_keeps_the_id_of_its_feed(settled):
    first = feed_id(settled, "news")
    kept = titles(settled, "news")
    settled.edit("news: {title: News}", "updates: {title: News, was: [news]}")
    settled.edit("sections: [news]", "sections: [updates]")
    for _ in range(2):
        settle(settled)
        assert feed_id(settled, "updates") == first
        assert titles(settled, "updates") == kept
    assert settled.store.check(NOW) == []


def test_of_two_sections_that_become_one_the_first_keeps_its_feed(settled):
    first = feed_id(settled, "help")
    settled.edit("news: {title: News}", "both: {title: Both, was: [help, news]}")
    settled.edit("  help: {title: 志愿服务}\n", "")
    for section in ("[news]", "[help]"):
        settled.edit(f"sections: {section}", "sections: [both]")
    settled.edit("to: [help]", "to: [both]")
    for _ in range(2):
        settle(settled)
        assert feed_id(settled, "both") == first
    assert len(titles(settled, "both")) == 7
    assert settled.store.check(NOW) == []


def test_a_section_that_is_merged_into_one_that_goes_on_leaves_it_its_feed(settled):
    first = feed_id(settled, "help")
    settled.edit("  news: {title: News}\n", "")
    settled.edit("help: {title: 志愿服务}", "help: {title: 志愿服务, was: [news]}")
    settled.edit("sections: [news]", "sections: [help]")
    settle(settled)
    assert feed_id(settled, "help") == first
    assert len(titles(settled, "help")) == 7


def test_a_policy_that_is_edited_is_told_and_nothing_stays_up_that_is_allowed_no_more(town, news):
    town.edit("news: {title: News}", "news: {title: News, body: full}")
    town.bring(news(1, "1 海河"))
    settle(town)
    assert "Text 1" in town.published("news")
    assert town.json("plan")["policies"] == {}
    town.edit("republish: full", "republish: link")
    town.edit("help: {title: 志愿服务}", "help: {title: 志愿服务, body: link}")
    town.edit("routes:", "publishers:\n  board: {name: Water Board, republish: none}\nroutes:")
    told = town.json("plan")
    assert told["changes"] is True
    assert told["policies"] == {
        "sections": {"help": {"was": "summary", "now": "link"}},
        "sources": {"herald": {"was": "full", "now": "link"}},
        "publishers": {"board": {"was": None, "now": "none"}},
    }
    shown = town.say("plan")
    assert re.search(r"source +herald +full +link", shown.output)
    assert "Text 1" in town.published("news"), "a plan changes nothing"
    App(town.config, town.store).publish()  # as a pull does that brings nothing
    assert "Text 1" not in town.published("news")
    assert "1 海河" in town.published("news")
    assert town.json("plan")["changes"] is False
