"""`arrears obligations` as it is typed."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from arrears.cli.obligations import obligations
from tests.builders import NA, a_lender, a_person
from tests.builders.requests import a_request

pytestmark = pytest.mark.django_db


def say(*arguments):
    return CliRunner(catch_exceptions=False).invoke(obligations, arguments)


def test_nothing_open_says_what_gives_rise_to_something():
    a_lender()

    done = say()

    assert (done.exit_code, "(nothing)" in done.stdout) == (0, True)
    assert "arrears schema show notices" in done.stderr


def test_a_dispute_is_listed_with_its_last_day_and_law():
    request = a_request(a_person(a_lender(), NA))

    done = say("--on", "2026-07-20", "--lang", "zh-Hans", "--format", "json")

    (row,) = json.loads(done.stdout)
    assert row == {
        "rule": "cn.cr.dispute",
        "last_on": "2026-08-03",
        "days_left": 14,
        "alarm": "none",
        "loan": None,
        "request": request.pk,
        "because_of": "dispute",
        "since": "2026-07-14",
        "give": "answer",
        "to": "requester",
        "satisfied_by": "answered",
        "certainty": "A",
        "citation": "征信业管理条例 art. 25",
        "about": "收到异议之日起二十日内须核查处理，并将结果书面答复异议人。",
    }


def test_a_day_after_the_last_it_is_overdue():
    a_request(a_person(a_lender(), NA))

    on_the_day, after = (say("--on", on, "--format", "json") for on in ("2026-08-03", "2026-08-04"))

    assert [(row["alarm"], row["days_left"]) for row in json.loads(on_the_day.stdout)] == [("last_day", 0)]
    assert [(row["alarm"], row["days_left"]) for row in json.loads(after.stdout)] == [("overdue", -1)]


def test_the_table_shows_the_same_without_the_text():
    a_request(a_person(a_lender(), NA))

    done = say()

    assert "cn.cr.dispute" in done.stdout
    assert "about" not in done.stdout
