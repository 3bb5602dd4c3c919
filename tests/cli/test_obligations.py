"""`arrears obligations` as it is typed."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner

from arrears.cli.obligations import obligations
from tests.builders import NA, NOW, a_lender, a_loan, a_person, a_refusal
from tests.builders.requests import a_measure, a_request

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
        "last_permitted_on": None,
        "slack_days": None,
        "alarm": "none",
        "next": "answer",
        "missing": [],
        "ways": None,
        "loan": None,
        "request": request.pk,
        "because_of": "dispute",
        "since": "2026-07-14",
        "give": "answer",
        "to": "requester",
        "satisfied_by": "answered",
        "certainty": "A",
        "citation": (
            "Regulation on the Administration of the Credit Reporting Industry (征信业管理条例), art. 25"
        ),
        "about": "收到异议之日起二十日内须核查处理，并将结果书面答复异议人。",
        "bans": None,
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


def a_report_planned(lender, points=(), **columns):
    na = a_person(lender, NA, points=points)
    loan = a_loan(lender, na, overdue_days=10, governing_law="CN")
    a_measure(loan, takes_effect_at=NOW + timedelta(days=5), **columns)
    return na, loan


def test_a_notice_shows_its_last_permitted_day_and_the_ways_that_remain():
    a_report_planned(a_lender(), ("app_inbox", "email", "postal"))

    done = say("--on", "2026-07-14", "--format", "json")

    (row,) = json.loads(done.stdout)
    assert (done.exit_code, row["next"], row["bans"]) == (0, "plan", [])
    assert (row["last_on"], row["days_left"]) == ("2026-07-19", 5)
    assert (row["last_permitted_on"], row["slack_days"]) == ("2026-07-19", 5)
    assert row["ways"] == [
        {"channel": "in_app", "by_exception": False},
        {"channel": "email", "by_exception": False},
    ]


def test_paper_is_a_way_by_exception():
    a_report_planned(a_lender(), ("postal",))

    done = say("--on", "2026-07-14")

    (row,) = json.loads(say("--on", "2026-07-14", "--format", "json").stdout)
    assert row["ways"] == [{"channel": "letter", "by_exception": True}]
    assert "exception)" in done.stdout


def test_a_duty_that_meets_a_ban_is_a_conflict_that_names_both_sources():
    na, loan = a_report_planned(a_lender(), ("app_inbox",))
    a_refusal(na)

    done = say("--on", "2026-07-14")

    assert done.exit_code == 1
    assert "Conflict: cn.cr.prenotice (" in done.stderr
    assert f"(征信业管理条例), art. 15) wants a notice about loan {loan.source_ref}" in done.stderr
    assert "in_app: house.refusal (" in done.stderr
    (row,) = json.loads(say("--on", "2026-07-14", "--format", "json").stdout)
    assert (row["next"], row["ways"]) == ("resolve", [])
    assert ("in_app", "house.refusal") in [(ban["channel"], ban["rule"]) for ban in row["bans"]]


def test_a_notice_without_a_text_is_for_a_person_to_write():
    lender = a_lender()
    loan = a_loan(lender, a_person(lender, NA, points=("app_inbox",)), governing_law="HK", overdue_days=10)
    a_measure(loan, "placement", takes_effect_at=NOW + timedelta(days=5))

    rows = json.loads(say("--on", "2026-07-14", "--format", "json").stdout)

    assert [(row["rule"], row["next"]) for row in rows] == [
        ("cn.bcpm.outsource-notice", "write"),
        ("hk.dca.notice", "write"),
    ]
