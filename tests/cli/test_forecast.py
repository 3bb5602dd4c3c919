"""`arrears forecast`: two columns for a person, one document for a program."""

from __future__ import annotations

import json
from datetime import timedelta

import click
import pytest
from click.testing import CliRunner, Result

from arrears.cli.forecast import forecast
from arrears.kernel.errors import BadInput
from tests.builders import TODAY, a_lender, a_loan, a_person, a_schedule

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


def ask(*arguments: str) -> Result:
    return CliRunner(catch_exceptions=False).invoke(forecast, ["L-1", *arguments])


def a_late_loan(**columns):
    lender = a_lender(**columns)
    person = a_person(lender, points=("app_inbox", "email"))
    a_schedule(a_loan(lender, person, source_ref="L-1"), TODAY - 4 * DAY, TODAY + 26 * DAY)


def test_both_futures_stand_side_by_side():
    a_late_loan()

    page = ask("--pay-overdue", "--on", "2026-07-15", "--lang", "en").stdout

    assert page.startswith("Supposed: what is overdue is paid on 15 July 2026, TWD 1,000.00.\n")
    assert "Loan L-1: the 90 days from 14 July 2026 on" in page
    assert "14 July 2026, 10:00: a message in the app" in page
    assert "Nothing of this was stored.\n" in page
    assert page.rstrip().endswith("It is not legal advice.")


def test_without_a_supposition_there_is_one_column():
    a_late_loan()

    page = ask("--lang", "en").stdout

    assert "If nothing changes" in page
    assert "If this happens" not in page


def test_a_supposition_that_changes_nothing_says_so():
    a_late_loan()

    page = ask("--pay", "1", "--on", "2026-07-15", "--lang", "en").stdout

    assert "The supposition changes nothing of this.\n" in page


def test_a_refusal_stands_in_the_table_with_its_reason():
    a_late_loan()

    page = ask("--hold", "dispute", "--from", "2026-07-14", "--lang", "en").stdout

    assert "house.hold: the lender's own rule" in " ".join(page.split())


def test_the_same_object_is_printed_for_programs():
    a_late_loan()

    told = json.loads(ask("--pay-off", "--on", "2026-07-15", "--format", "json").stdout)

    assert told["supposed"]["amount_minor"] == 200_000
    assert told["is_same"] is False
    first, second = told["dates"][:2]
    assert (first["on"], first["is_same"], len(first["supposed"])) == ("2026-07-14", True, 1)
    assert (second["on"], second["nothing_changes"][0]["step"], second["supposed"]) == (
        "2026-07-18",
        "email",
        [],
    )


def test_without_a_choice_the_lenders_language_is_spoken():
    a_late_loan(language="zh-CN")

    assert "如果一切不变" in ask().stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("--pay", "5"),
        ("--hold", "plan"),
        ("--on", "2026-07-15"),
        ("--pay", "5", "--pay-off", "--on", "2026-07-15"),
        ("--pay", "5", "--on", "2026-07-15", "--until", "2026-07-16"),
        ("--hold", "plan", "--from", "2026-07-15", "--on", "2026-07-16"),
    ],
)
def test_options_that_do_not_go_together_are_a_usage_error(arguments):
    a_late_loan()

    result = ask(*arguments)

    assert result.exit_code == click.UsageError.exit_code
    assert "Error: " in result.stderr


def test_an_amount_with_too_many_decimals_is_refused_in_words():
    a_late_loan()

    with pytest.raises(BadInput, match="is not an amount of TWD"):
        ask("--pay", "5.001", "--on", "2026-07-15")
