"""`hours` and `opt-out only-by` as they are typed."""

from __future__ import annotations

import json

import pytest

from arrears.cli.hours import hours
from arrears.cli.opt_out import opt_out
from arrears.kernel.errors import BadInput
from arrears.store import models
from tests.actions.sending import a_due_contact, a_writing_lender, end_of, gate, loan_of
from tests.cli.test_sending import say

pytestmark = pytest.mark.django_db(transaction=True)


def test_not_before_ten_is_recorded_listed_and_taken_back():
    ref = loan_of(a_due_contact(a_writing_lender())).source_ref

    said = ("--to", "10:00", "--on", "mon", "--on", "fri", "--channel", "call", "--told-by", "letter")
    added = say(hours, "inconvenient", ref, *said, "--by", "anna")
    number = models.Inconvenience.objects.get().pk

    assert f"take-back {number}" in added.stderr
    (row,) = json.loads(say(hours, "list", ref, "--format", "json").stdout)
    assert (row["what"], row["number"], row["hours"]) == ("inconvenient", number, "mon fri 00:00-10:00")
    assert (row["channel"], row["told"], row["recorded_by"]) == ("call", "letter", "staff:anna")
    assert "taken back" in say(hours, "take-back", str(number)).stderr


def test_it_binds_from_the_day_that_is_said_until_the_day_that_is_said():
    lender = a_writing_lender()
    planned = a_due_contact(lender)
    ref = loan_of(planned).source_ref

    say(hours, "inconvenient", ref, "--since", "2026-07-15", "--until", "2026-07-20")

    gate()
    assert end_of(planned)[0] == "reserved"
    row = models.Inconvenience.objects.get()
    assert (row.from_at.isoformat(), row.until_at.isoformat()) == (
        "2026-07-14T16:00:00+00:00",
        "2026-07-19T16:00:00+00:00",
    )


@pytest.mark.parametrize(
    ("options", "form"),
    [((), "oral"), (("--told-by", "letter"), "written"), (("--form", "written"), "written")],
)
def test_not_at_work_is_recorded_with_how_it_was_said(options, form):
    ref = loan_of(a_due_contact(a_writing_lender())).source_ref

    say(hours, "inconvenient", ref, "--at", "work", *options)

    row = models.Inconvenience.objects.get()
    assert (row.place, row.form) == ("work", form)
    (shown,) = json.loads(say(hours, "list", ref, "--format", "json").stdout)
    assert shown["place"] == "work"


def test_an_address_is_said_with_its_kind():
    planned = a_due_contact(a_writing_lender(), channel="email", value="ming@example.org")
    ref = loan_of(planned).source_ref

    assert say(hours, "inconvenient", ref, "--address", "ming@example.org").exit_code == 2
    say(hours, "inconvenient", ref, "--address", "Ming@example.org", "--kind", "email")

    gate("email")
    assert end_of(planned) == ("not_permitted", "house.inconvenient")


def test_agreed_hours_are_recorded_and_withdrawn():
    ref = loan_of(a_due_contact(a_writing_lender())).source_ref

    added = say(hours, "agreed", ref, "--from", "20:00", "--to", "22:00", "--form", "written")
    number = models.Consent.objects.get().pk

    assert f"withdraw {number}" in added.stderr
    (row,) = json.loads(say(hours, "list", ref, "--format", "json").stdout)
    assert (row["what"], row["hours"][-11:], row["told"]) == ("agreed", "20:00-22:00", "written")
    assert "withdrawn" in say(hours, "withdraw", str(number)).stderr


def test_hours_that_are_none_are_refused_with_what_to_do():
    ref = loan_of(a_due_contact(a_writing_lender())).source_ref

    with pytest.raises(BadInput, match="not after 22:00") as error:
        say(hours, "inconvenient", ref, "--from", "22:00", "--to", "06:00")

    assert "two" in error.value.hint


def test_only_by_e_mail_switches_every_other_channel_off():
    planned = a_due_contact(a_writing_lender())

    said = say(opt_out, "only-by", loan_of(planned).source_ref, "email")

    assert "Recorded as opt-outs" in said.stderr
    gate()
    assert end_of(planned) == ("not_permitted", "house.opt-out")
