"""What was taken back, as its page and the list for partners say it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator.records import Withdrawal


@pytest.fixture
def gone(shelf):
    noon = max(item.sort_at for item in shelf.items)
    stories = [shelf.items.pop() for _ in range(3)]
    shelf.gone = [
        Withdrawal(id=item.id, iri=f"urn:x:{item.id}", source=item.source, at=noon + index * timedelta(hours=1), by=by, reason=reason)
        for index, (item, by, reason) in enumerate(
            zip(stories, ("operator", "upstream", "operator"), ("<b>隐私</b>", None, None), strict=True)
        )
    ]
    return shelf.gone


def test_the_page_of_a_withdrawn_entry_says_that_it_is_gone_and_why(client, gone):
    answer = client.get(f"/entries/{gone[0].id}/", headers={"Accept-Language": "zh"})
    assert (answer.status_code, answer.mimetype) == (410, "text/html")
    page = answer.get_data(as_text=True)
    assert "此内容已撤下" in page
    assert "&lt;b&gt;隐私&lt;/b&gt;" in page
    assert 'content="noindex"' in page
    assert "本站编辑" in page
    assert "taken back by its source" in client.get(f"/entries/{gone[1].id}/", headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert client.get("/entries/nobody/").status_code == 404


def test_partners_read_the_list_page_by_page_and_go_on_from_its_end(client, gone):
    answer = client.get("/api/v1/withdrawn?limit=2")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    first = answer.get_json()
    assert first["withdrawn"][0] == {
        "id": gone[0].iri,
        "page": f"https://feeds.example.org/entries/{gone[0].id}/",
        "source": gone[0].source,
        "withdrawn_at": "2022-09-28T04:00:00Z",
        "by": "operator",
        "reason": "<b>隐私</b>",
    }
    assert (len(first["withdrawn"]), first["more"]) == (2, True)
    rest = client.get(first["next"].removeprefix("https://feeds.example.org")).get_json()
    assert ([row["id"] for row in rest["withdrawn"]], rest["more"]) == ([gone[2].iri], False)
    end = client.get(rest["next"].removeprefix("https://feeds.example.org")).get_json()
    assert (end["withdrawn"], end["next"]) == ([], rest["next"])
    assert client.get("/api/v1/withdrawn?limit=2", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_nothing_withdrawn_is_an_empty_list(client):
    assert client.get("/api/v1/withdrawn").get_json()["withdrawn"] == []


@pytest.mark.parametrize("asked", ["limit=0", "limit=1001", "limit=٣", "limit=-1", "limit=x", "since=yesterday", "limit=" + "9" * 5000])
def test_what_cannot_be_understood_is_said(client, asked):
    answer = client.get(f"/api/v1/withdrawn?{asked}")
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["parameter"] == asked.partition("=")[0]


def test_a_moment_may_carry_an_offset_and_an_unquoted_plus(client, gone):
    asked = (gone[1].at + timedelta(hours=8)).isoformat().replace("+00:00", "+08:00")
    rows = client.get(f"/api/v1/withdrawn?since={asked}").get_json()["withdrawn"]
    assert [row["id"] for row in rows] == [one.iri for one in gone[1:]]
