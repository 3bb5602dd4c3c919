"""`arrears explain`: one page for a person, one document for a program, in three languages."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner, Result

from arrears.actions.strategies import adopt_strategy
from arrears.actions.telling_shape import EXPLANATION
from arrears.cli.explain import explain
from arrears.cli.schema import answers
from arrears.kernel.errors import NotFound
from tests.actions.lives import SAMPLE_TEXT
from tests.builders import NOW, TODAY, a_hold, a_lender, a_loan, a_person

pytestmark = pytest.mark.django_db(transaction=True)


def ask(*arguments: str) -> Result:
    return CliRunner(catch_exceptions=False).invoke(explain, arguments)


def a_late_loan(**columns):
    lender = a_lender(**columns)
    return a_loan(lender, a_person(lender, points=("app_inbox", "email")), overdue_days=4, source_ref="L-1")


PAGE = """\
Loan L-1, as of 14 July 2026
Example Bank
Overdue since 9 July 2026: 5 days past due, 5 of them counting towards reminders. \
As the lender recorded it for 13 July 2026. \
Recorded as overdue: TWD 3,913.00.
Times are those of Asia/Taipei.

Will I be sent a notice?
  Yes, electronically.
  - 14 July 2026, 10:00 or soon after: a message in the app.
  - 18 July 2026, 08:00 or soon after: an e-mail.
  What you can do now
  * Pay what is overdue. Reminders end once nothing is overdue any more.
"""


def test_the_page_answers_in_plain_words():
    a_late_loan()

    page = ask("L-1", "--lang", "en").stdout

    assert page.startswith(PAGE)
    assert "\nWill it show on my credit record?\n  That is not known: it has not been stated.\n" in page
    assert page.rstrip().endswith("It is not legal advice.")


def test_a_lender_of_the_united_states_has_days_and_times_as_people_write_them_there():
    a_hold(loan=a_late_loan(country="US", zone="America/New_York", language="en"))

    page = ask("L-1").stdout

    assert "Loan L-1, as of July 13, 2026\n" in page
    assert "Since January 1, 2026, 8:00 AM: " in page
    assert not re.search(r"\b[0-9]{1,2} [A-Z][a-z]+ 20[0-9]{2}\b", page)


def test_the_page_says_what_is_on_hold_and_who_has_to_state_what_is_not_known():
    loan = a_late_loan()
    a_hold(loan=loan)

    page = ask("L-1", "--lang", "en").stdout

    assert "\n  Who has to state it: Example Bank\n" in page
    assert (
        "\nOn hold\n  Since 1 January 2026, 08:00: your objection to what is owed. "
        "In the lender's words: “We are looking into what you wrote.”\n"
    ) in page


@pytest.mark.parametrize(
    ("language", "first"),
    [("en", "Will I be sent a notice?"), ("zh-Hans", "会给我发通知吗？"), ("zh-Hant", "我會收到通知嗎？")],
)
def test_the_language_can_be_chosen(language, first):
    a_late_loan()

    assert f"\n{first}\n" in ask("L-1", "--lang", language).stdout


def test_without_a_choice_the_lenders_language_is_spoken():
    a_late_loan(language="zh-CN")

    assert "会给我发通知吗？" in ask("L-1").stdout


def test_the_same_object_is_printed_for_programs():
    a_late_loan()

    told = json.loads(ask("L-1", "--format", "json", "--lang", "en").stdout)

    assert (told["loan"], told["on"], told["zone"]) == ("L-1", "2026-07-14", "Asia/Taipei")
    assert [answer["value"] for answer in told["answers"]] == ["yes", "no", "no", "never", "not_known"]
    first, second = told["ahead"]["lines"]
    assert (first["on"], first["step"], first["from_at"]) == (
        "2026-07-14",
        "app-message",
        "2026-07-14T02:00:00+00:00",
    )
    assert second["rules"][0]["id"] == "house.hours"


def test_the_schema_of_the_object_can_be_printed():
    printed = CliRunner(catch_exceptions=False).invoke(answers).stdout

    assert json.loads(printed) == json.loads(json.dumps(EXPLANATION))
    assert list(json.loads(printed)["$defs"])[:2] == ["answer", "reason"]


def test_another_day_can_be_asked_about():
    a_late_loan()

    told = json.loads(ask("L-1", "--on", "2026-07-16", "--format", "json").stdout)

    assert (told["on"], told["arrears"]["past_due_days"]) == ("2026-07-16", 7)


def test_an_unknown_loan_suggests_what_there_is():
    a_late_loan()

    with pytest.raises(NotFound) as raised:
        ask("L-2")

    assert "The numbers next to it: L-1." in str(raised.value)


def test_the_answers_follow_what_the_lender_has_adopted_for_the_day(tmp_path):
    loan = a_late_loan()
    path = tmp_path / "mine.toml"
    path.write_text(SAMPLE_TEXT.replace("offset_days = 7", "offset_days = 8"), encoding="utf-8")
    told = {"approver": "Board", "from_on": TODAY, "actor": "staff:anna", "at": NOW}

    before = ask("L-1", "--lang", "en")
    adopt_strategy(lender=loan.lender_id, source=path, **told)
    after = ask("L-1", "--lang", "en")

    assert "18 July 2026, 08:00 or soon after: an e-mail." in before.stdout
    assert "arrears strategy adopt" in before.stderr
    assert "19 July 2026, 08:00 or soon after: an e-mail." in after.stdout
    assert after.stderr == ""
    assert ask("L-1", "--lang", "en", "--strategy", "sample").stdout == before.stdout
