"""The verbs as an operator types them: what they print, what they leave behind, how they end."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from aggregator.cli import ORDER, main
from aggregator.store import Store

pytestmark = pytest.mark.process

README = Path(__file__).parents[2] / "README.md"

OPML = """<opml version="2.0"><head><title>Mine</title></head><body>
<outline text="志愿服务"><outline type="rss" text="River &amp; Bank" xmlUrl="https://river.example/feed"/></outline>
<outline text="Harbour"><outline type="rss" text="Harbour News" xmlUrl="https://harbour.example/rss" htmlUrl="https://harbour.example/"/></outline>
</body></opml>"""


def test_pull_says_what_came_of_it_and_status_remembers(haihe, site):
    first = haihe("pull")
    assert first.returncode == 0, first.stderr
    assert "4 sources, 0 unchanged, 15 new entries, 0 revised, 0 failed" in first.stdout
    again = haihe("pull")
    assert "4 unchanged, 0 new entries" in again.stdout
    report = json.loads(haihe("status", "--json").stdout)
    assert {row["source"]: (row["health"], row["entries"]) for row in report["sources"]} == {
        "wenming-jsjx": ("fine", 5),
        "volunteer": ("fine", 4),
        "riverside": ("fine", 3),
        "library": ("fine", 3),
    }
    assert "\x1b" not in haihe("status").stdout  # no colours in a pipe


def test_the_same_on_postgresql(haihe, site, tmp_path, postgres_url):
    config = tmp_path / "config.yaml"
    text = config.read_text(encoding="utf-8").replace('database: "sqlite:///haihe.db"', f"database: {json.dumps(postgres_url)}")
    assert postgres_url in text
    config.write_text(text, encoding="utf-8")
    assert "15 new entries" in haihe("pull").stdout
    assert "4 unchanged, 0 new entries" in haihe("pull").stdout


def test_what_was_pulled_can_be_found_and_stands_by_the_rules_of_now(haihe, site, tmp_path):
    assert haihe("pull").returncode == 0
    config = tmp_path / "config.yaml"
    store = Store.open(f"sqlite:///{tmp_path / 'haihe.db'}")
    try:
        assert store.search("志愿", 10)
        config.write_text(
            config.read_text(encoding="utf-8").replace("{title: 志愿}, to: [zyfw]", "{title: 志愿}, to: [whsh]"), encoding="utf-8"
        )
        assert haihe("plan", "--exit-code").returncode == 1
        assert "1 source, 1 unchanged, 0 new entries" in haihe("pull", "volunteer").stdout
        assert haihe("plan", "--exit-code").returncode == 0
    finally:
        store.close()


def test_pull_of_one_source_and_of_none_that_is_known(haihe, site, rows):
    one = rows(haihe("pull", "volunteer", "--json").stdout)
    assert [(row["source"], row["new"]) for row in one] == [("volunteer", 4)]
    wrong = haihe("pull", "voluntee")
    assert wrong.returncode == 2
    assert 'did you mean "volunteer"?' in wrong.stderr


def test_an_upstream_that_fails_is_exit_code_one(haihe, site, tmp_path):
    config = tmp_path / "config.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("/volunteer/feed.xml", "/nothing.xml"), encoding="utf-8")
    done = haihe("pull")
    assert done.returncode == 1
    assert "there is nothing at this address (404)" in done.stdout


def test_a_wrong_configuration_is_exit_code_two_for_every_verb(haihe, site, tmp_path):
    config = tmp_path / "config.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("\nsections:", "\nsecions:"), encoding="utf-8")
    for verb in ("run", "check", "pull", "status", "serve", "migrate"):
        done = haihe(verb)
        assert done.returncode == 2, verb
        assert 'unknown key "secions"; did you mean "sections"?' in done.stderr
        assert "Traceback" not in done.stderr
    problems = json.loads(haihe("check", "--json").stdout)
    assert problems["ok"] is False
    assert {"file", "line", "column", "message"} <= problems["problems"][0].keys()


def test_check_tells_what_a_configuration_amounts_to(haihe, site):
    assert "4 sources into 5 sections" in haihe("check").stdout
    assert json.loads(haihe("check", "--json").stdout)["ok"] is True


def test_secrets_are_never_printed(haihe, site, tmp_path):
    config = tmp_path / "config.yaml"
    text = config.read_text(encoding="utf-8").replace(
        'database: "sqlite:///haihe.db"', 'database: "postgresql+psycopg://u:${PW}@127.0.0.1:1/x"'
    )
    config.write_text(text, encoding="utf-8")
    for verb in ("check", "pull", "status", "run"):
        done = haihe(verb, PW="hunter2")
        assert "hunter2" not in done.stdout + done.stderr
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_import_shows_its_plan_then_writes_what_loads(haihe, site, tmp_path):
    (tmp_path / "mine.opml").write_text(OPML, encoding="utf-8")
    plan = haihe("import", "mine.opml", "--dry-run")
    assert plan.returncode == 0, plan.stderr
    assert "2 new sources, and 1 new section (harbour)" in plan.stdout
    assert not (tmp_path / "sources").exists()
    config = tmp_path / "config.yaml"
    config.write_text(config.read_text(encoding="utf-8") + "include: sources/*.yaml\n", encoding="utf-8")
    (tmp_path / "sources").mkdir()
    assert haihe("import", "mine.opml").returncode == 0
    assert "6 sources into 6 sections" in haihe("check").stdout
    assert "2 are in the configuration already" in haihe("import", "mine.opml").stdout


def test_an_import_that_is_no_opml_is_refused(haihe, site, tmp_path):
    (tmp_path / "mine.opml").write_text("<html>", encoding="utf-8")
    done = haihe("import", "mine.opml")
    assert done.returncode == 2
    assert "mine.opml" in done.stderr


def test_explain_says_why_and_whence(haihe, site):
    assert "as soon as `haihe run` or `haihe pull` knows of it" in haihe("explain", "volunteer").stdout
    assert haihe("pull").returncode == 0
    why = json.loads(haihe("explain", "volunteer", "--json").stdout)
    assert why["next_pull_why"] in haihe("explain", "volunteer").stdout
    done = haihe("explain", "volunter")
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert 'did you mean "volunteer"' in done.stderr


def test_a_reader_that_goes_away_is_no_failure(haihe, site, tmp_path):
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {sys.executable} -m aggregator status | true"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("verb", [command.name for command in ORDER])
def test_every_verb_teaches_by_example_and_stands_in_the_readme(verb):
    done = CliRunner().invoke(main, [verb, "--help"])
    assert done.exit_code == 0
    assert re.search(rf"^  haihe .*\b{verb}\b", done.output, re.MULTILINE)
    assert re.search(rf"`(haihe )?{verb}[ `]", README.read_text(encoding="utf-8"))


def test_the_list_of_verbs_is_cut_nowhere():
    assert "..." not in CliRunner().invoke(main, ["--help"]).output.partition("Commands:")[2]


def test_migrate_says_what_it_did(haihe, site):
    assert "applied 001" in haihe("migrate").stdout
    assert haihe("migrate").stdout == "the database is up to date\n"


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_stream_that_is_closed_from_the_start_harms_nothing(haihe, site, tmp_path, closed):
    for verb in ("check", "pull", "status"):
        done = subprocess.run(
            ["/bin/sh", "-c", f'"$0" -m aggregator {verb} {closed}', sys.executable],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, verb
        assert "Traceback" not in done.stderr
