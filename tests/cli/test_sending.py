"""`send`, `sweep`, `opt-out`, `hold` and `payment` as they are typed."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from arrears.actions.strategies import adopt_strategy
from arrears.channels.smtp.sink_process import SinkProcess
from arrears.cli.hold import hold
from arrears.cli.opt_out import opt_out
from arrears.cli.payment import payment
from arrears.cli.send import send
from arrears.cli.sweep import sweep
from arrears.cli.unsure import unsure
from arrears.kernel.errors import BadInput, Misconfigured, NotFound
from arrears.store import models
from arrears.strategies import load_strategy
from tests.actions.lives import SAMPLE_TEXT
from tests.actions.sending import a_due_contact, a_writing_lender, end_of, gate, loan_of, move_clock
from tests.builders import NOW, TODAY

pytestmark = pytest.mark.django_db(transaction=True)


def say(command, *arguments):
    return CliRunner(catch_exceptions=False).invoke(command, arguments)


def test_send_reports_what_it_decided_and_handed_over(tmp_path, settings):
    lender = a_writing_lender()
    a_due_contact(lender), a_due_contact(lender, channel="email", value="gone@x.example")
    with SinkProcess(tmp_path / "record", {"refuse": ["gone*"]}) as sink:
        settings.ARREARS_SMTP_URL = sink.url
        done = say(send, "--until-empty", "--format", "json")

    rows = {row["channel"]: row for row in json.loads(done.stdout)}
    assert (rows["in_app"]["cleared"], rows["in_app"]["delivered"]) == (1, 1)
    assert (rows["email"]["cleared"], rows["email"]["refused_by_provider"]) == (1, 1)
    assert "marked dead" in done.stderr


def test_send_takes_one_batch_and_says_that_more_is_due():
    lender = a_writing_lender()
    for _ in range(3):
        a_due_contact(lender)

    done = say(send, "--batch", "2")

    assert done.exit_code == 0
    assert "1 more are due" in done.stderr


def test_send_without_a_mail_server_says_which_setting(settings):
    settings.ARREARS_SMTP_URL = ""
    a_due_contact(a_writing_lender(), channel="email")

    with pytest.raises(Misconfigured, match="ARREARS_SMTP_URL"):
        say(send)


def test_send_names_contacts_of_another_strategy():
    a_due_contact(a_writing_lender(), strategy_version="another")

    assert "planned by another strategy" in say(send).stderr


def test_sweep_says_what_it_settled():
    a_due_contact(a_writing_lender())
    gate()
    move_clock(minutes=6)

    rows = {row["what"]: row["number"] for row in json.loads(say(sweep, "--format", "json").stdout)}

    told = {"not_sent": 1, "accepted": 0, "unsure": 0, "lapsed": 0, "receipts": 0, "inbound": 0}
    assert rows == told


def test_unsure_lists_what_may_or_may_not_have_arrived(tmp_path, settings):
    planned = a_due_contact(a_writing_lender(), channel="email", value="silent@x.example")
    with SinkProcess(tmp_path / "record", {"drop": ["silent*"]}) as sink:
        settings.ARREARS_SMTP_URL = sink.url
        assert "arrears unsure" in say(send).stderr

    (row,) = json.loads(say(unsure, "--format", "json").stdout)

    assert (row["loan"], row["channel"], row["provider"]) == (loan_of(planned).source_ref, "email", "smtp")
    assert (row["handed_over_at"], row["because"]) == ("2026-07-14T02:00:00+00:00", "smtp.no_answer")


def test_an_opt_out_of_a_loans_borrower_is_recorded_listed_and_lifted():
    planned = a_due_contact(a_writing_lender())
    ref = loan_of(planned).source_ref

    added = say(opt_out, "add", ref, "--channel", "in_app")
    number = models.Preference.objects.get().pk

    assert f"opt-out {number}" in added.stderr
    (row,) = json.loads(say(opt_out, "list", ref, "--format", "json").stdout)
    assert (row["number"], row["channel"], row["until_at"]) == (number, "in_app", None)
    assert "lifted" in say(opt_out, "lift", str(number)).stderr


def test_an_opt_out_of_an_address_binds_whoever_has_it():
    planned = a_due_contact(a_writing_lender(), channel="email", value="shared@example.org")

    say(opt_out, "add", "--address", "Shared@example.org", "--kind", "email")

    gate("email")
    assert end_of(planned) == ("not_permitted", "house.opt-out")


@pytest.mark.parametrize(
    "arguments", [(), ("L-1", "--address", "x"), ("--address", "x"), ("L-1", "--kind", "email")]
)
def test_an_opt_out_is_of_a_loan_or_of_an_address(arguments):
    a_writing_lender()

    assert say(opt_out, "add", *arguments).exit_code == 2


def test_a_hold_is_placed_and_ended():
    planned = a_due_contact(a_writing_lender())
    ref = loan_of(planned).source_ref

    say(hold, "place", ref, "--reason", "dispute", "--shown", "We are checking.", "--until", "2026-08-01")

    placed = models.Hold.objects.get()
    assert (placed.stops_notices, placed.stops_calls, placed.stops_ageing) == (True, True, False)
    assert placed.until_at.isoformat() == "2026-07-31T16:00:00+00:00"  # midnight in Taipei
    say(hold, "end", str(placed.pk))
    assert models.Hold.objects.exclude(pk=placed.pk).get().until_at == NOW


def test_a_payment_is_recorded_in_minor_units():
    loan = loan_of(a_due_contact(a_writing_lender()))

    done = say(payment, loan.source_ref, "1250.5", "--ref", "P-9", "--on", "2026-07-14")

    assert "TWD 1,250.50" in done.stderr
    assert models.Payment.objects.get().amount_minor == 125_050


@pytest.mark.parametrize("amount", ["1,250", "1250.505", "1e3", "-5", "", "one", "１２", "1250."])
def test_an_amount_that_is_not_exact_is_refused(amount):
    loan = loan_of(a_due_contact(a_writing_lender()))

    with pytest.raises(BadInput):
        say(payment, loan.source_ref, "--ref", "P-9", "--on", "2026-07-14", "--", amount)
    assert models.Payment.objects.count() == 0


def test_an_unknown_loan_is_said_to_be_unknown():
    a_writing_lender()

    with pytest.raises(NotFound):
        say(payment, "L-none", "1.00", "--ref", "P-9", "--on", "2026-07-14")


def test_send_follows_what_each_lender_has_adopted(tmp_path):
    lender, other = a_writing_lender(), a_writing_lender(name="Other Bank")
    path = tmp_path / "mine.toml"
    path.write_text(SAMPLE_TEXT.replace("window_days = 3", "window_days = 4"), encoding="utf-8")
    adopt_strategy(lender=lender.pk, source=path, approver="Board", from_on=TODAY, actor="staff:anna", at=NOW)
    mine = a_due_contact(lender, strategy_version=load_strategy(path).version)
    its = a_due_contact(other)

    done = say(send, "--until-empty")

    assert (end_of(mine)[0], end_of(its)[0]) == ("sent", "sent")
    assert "No strategy is adopted" in done.stderr  # by the other bank
