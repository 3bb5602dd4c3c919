"""`arrears template check`: a lender checks the shipped texts, and its own before using them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from arrears.cli.template import template
from arrears.locale import notices

ENGLISH = (Path(notices.__file__).parent / "en" / "notices.toml").read_text(encoding="utf-8")


def run(*arguments: str) -> Result:
    return CliRunner(catch_exceptions=False).invoke(template, ["check", *arguments])


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "texts.toml"
    path.write_text(ENGLISH.replace("We write because a payment is overdue.", "We will sue you."), "utf-8")
    return path


def test_the_shipped_texts_are_in_order():
    result = run("--on", "2026-11-29")

    assert result.exit_code == 0
    assert "all in order" in result.stderr


def test_a_lenders_own_text_is_refused_with_rule_text_and_words(own):
    result = run(str(own), "--lang", "en", "--jurisdiction", "cn", "--on", "2026-11-29", "--format", "json")

    rows = json.loads(result.stdout)
    assert result.exit_code == 1
    assert {row["channel"] for row in rows if row["rule"] == "house.content.no-threat"} == {
        "in_app",
        "email",
        "letter",
    }
    assert {row["notice"] for row in rows} == {"overdue_notice"}
    assert 'says "we will sue" (suit_threat)' in {row["problem"] for row in rows}


def test_an_agency_in_the_united_states_is_told_what_the_creditors_texts_lack(tmp_path):
    path = tmp_path / "texts.toml"
    before, _, rest = ENGLISH.partition("[[collectors]]")
    path.write_text(before + rest[rest.index("[payment_reminder]") :], encoding="utf-8")
    say = ("--jurisdiction", "us", "--on", "2026-11-29", "--format", "json")

    result = run(str(path), "--lang", "en", "--actor", "agency", *say)

    found = json.loads(result.stdout)
    assert {row["rule"] for row in found} == {"us.mini-miranda", "us.mini-miranda.initial", "us.validation"}
    assert "agency" in found[0]["actors"]
    assert json.loads(run("--actor", "agency", *say).stdout) == []


def test_the_law_of_a_past_day_is_the_law_of_that_day(tmp_path):
    path = tmp_path / "texts.toml"
    path.write_text(
        ENGLISH.replace("We write because", "We shall inform your employer. We write because"), "utf-8"
    )
    say = (str(path), "--lang", "en", "--jurisdiction", "cn", "--format", "json")

    before, after = (
        {row["rule"] for row in json.loads(run(*say, "--on", day).stdout)}
        for day in ("2026-01-29", "2026-01-30")
    )
    assert "house.content.no-threat" in before
    assert after - before == {"cn.tone.eight"}


def test_a_file_of_no_known_language_asks_for_it(own):
    result = run(str(own))

    assert result.exit_code == 2
    assert "--lang" in result.stderr
