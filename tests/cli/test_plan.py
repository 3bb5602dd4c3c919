"""`arrears plan`: every way of taking a due step, what refuses it and what would release it."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from arrears.cli.plan import plan
from tests.builders import TODAY, a_lender, a_loan, a_person

pytestmark = pytest.mark.django_db(transaction=True)


def run(*arguments: str) -> Result:
    return CliRunner(catch_exceptions=False).invoke(plan, arguments)


def test_a_due_step_is_shown_with_the_contact_that_would_be_made():
    lender = a_lender()
    a_loan(lender, a_person(lender, points=("app_inbox", "email")), overdue_days=4, source_ref="A-1")

    done = run("show", "A-1")

    assert "Loans looked at: 1" in done.stdout
    assert "step app-message of ladder standard" in done.stdout
    assert "loans A-1" in done.stdout


def test_a_refused_way_names_the_rule_and_what_would_release_it():
    lender = a_lender()
    person = a_person(lender, points=("app_inbox",))
    a_loan(lender, person, overdue_days=9, overdue_minor=0, statement_minor=0, source_ref="A-2")

    done = run("show", "A-2", "--format", "json")

    (due,) = json.loads(done.stdout)["due"]
    (way,) = due["ways"]
    assert (way["outcome"], way["from_at"]) == ("refused", None)
    assert [each["id"] for each in way["rules"]] == ["house.amount"]
    assert way["rules"][0]["release"]["fact"] == "amount"


def test_somebody_who_is_not_late_has_nothing_due_and_is_told_so():
    lender = a_lender()
    a_loan(lender, a_person(lender, points=("app_inbox",)), source_ref="A-3")

    done = run("show", "A-3")

    assert "  Nothing." in done.stdout
    assert "  No step is due." in done.stdout
    assert "nobody is late" in done.stdout


def test_without_tasks_the_list_says_where_they_come_from():
    a_lender()

    done = run("tasks", "--on", str(TODAY))

    assert "Calls and letters are planned by arrears run-day" in done.stderr
