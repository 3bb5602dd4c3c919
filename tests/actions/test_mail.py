"""Mail that comes in: only what carries a mark is taken, and a request to stop is carried out once."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from arrears.actions.inbound import settle_inbound, words_of
from arrears.actions.mail import Incoming, marks_of_this_database, receive_mail
from arrears.actions.opt_outs import lift_opt_out
from arrears.actions.receipts import settle_receipts
from arrears.channels.marks import Marks
from arrears.channels.smtp.marked import REPLY, STOP, marked_address
from arrears.cli.receipts import NOT_OURS, TRY_AGAIN, receipts
from arrears.store import clock, models
from tests.actions.sending import ACTOR, a_due_contact, a_writing_lender, end_of, gate
from tests.actions.test_receipts import handed_over
from tests.channels.test_smtp_reports import a_complaint, a_note, a_report, bounce_to, quoting

pytestmark = pytest.mark.django_db(transaction=True)
ASKED = b"From: lin@borrower.example\r\nSubject: stop\r\n\r\n"
COMPLAINTS = "complaints@bounces.example"


def stop_at(attempt, marks=None):
    return marked_address(STOP, attempt.pk, domain="bounces.example", marks=marks or marks_of_this_database())


def receive(*recipients, content=ASKED, sender="lin@borrower.example"):
    return receive_mail(Incoming(sender, recipients, content), actor=ACTOR, at=clock.now())


def settle():
    return settle_receipts(actor=ACTOR, at=clock.now())


def complained_of(attempt):
    return a_complaint(quoted=quoting(attempt.pk, marks_of_this_database()))


def test_a_mail_to_the_stop_address_switches_the_address_off_for_e_mail_once():
    planned, attempt = handed_over()

    assert receive(stop_at(attempt))
    assert receive(stop_at(attempt))

    row = models.Preference.objects.get()
    assert (row.value_key, row.channel, row.told_by) == (attempt.value_key, "email", "unsubscribe")
    assert (row.person_id, row.attempt_id, row.lender_id) == (None, attempt.pk, planned.lender_id)


def test_the_next_e_mail_to_that_address_is_not_permitted_whoever_has_it():
    lender = a_writing_lender()
    a_due_contact(lender, channel="email", value="shared@example.org")
    gate("email")
    receive(stop_at(models.Attempt.objects.get()))
    another = a_due_contact(lender, channel="email", value="shared@example.org")

    gate("email")

    assert end_of(another) == ("not_permitted", "house.opt-out")


def test_who_switched_it_on_again_may_ask_to_stop_again():
    _, attempt = handed_over()
    receive(stop_at(attempt))
    lift_opt_out(opt_out=models.Preference.objects.get().pk, told_by="call", actor=ACTOR, at=clock.now())

    receive(stop_at(attempt))

    assert models.Preference.objects.filter(until_at__isnull=True).count() == 2
    assert models.AuditEntry.objects.filter(what="opt_out.recorded").count() == 2


def test_a_report_about_a_request_to_stop_is_no_request():
    _, attempt = handed_over()

    assert not receive(stop_at(attempt), sender="")

    assert models.Preference.objects.count() == 0


@pytest.mark.parametrize("use", ["stop", "bounce"])
def test_a_mark_that_somebody_made_up_is_nothing_for_us(use):
    _, attempt = handed_over()

    assert not receive(marked_address(use, attempt.pk, domain="x.example", marks=Marks(b"made up")))

    assert (models.Preference.objects.count(), models.Receipt.objects.count()) == (0, 0)


def test_a_complaint_settles_the_attempt_and_switches_the_address_off():
    _, attempt = handed_over()

    assert receive(COMPLAINTS, content=complained_of(attempt), sender="feedback@mailbox.example")
    assert settle() == {"matched": 1}

    attempt.refresh_from_db()
    row = models.Preference.objects.get()
    assert (attempt.state, row.value_key, row.told_by) == ("complained", attempt.value_key, "complaint")


def test_a_complaint_about_nothing_of_ours_is_kept_for_a_person_and_other_mail_is_not():
    handed_over()

    assert receive(COMPLAINTS, content=a_complaint(quoted=""))
    assert not receive(COMPLAINTS, content=a_note("From: x@y.example"))

    assert settle() == {"unmatched": 1}
    assert models.Preference.objects.count() == 0


def test_an_automatic_answer_to_the_return_path_changes_nothing():
    _, attempt = handed_over()
    away = a_note("From: lin@borrower.example", "Auto-Submitted: auto-replied")

    receive(bounce_to(attempt.pk, marks_of_this_database()), content=away)

    assert settle() == {"matched": 1}
    attempt.refresh_from_db()
    assert attempt.state == "accepted"


def piped(to, content):
    return CliRunner().invoke(receipts, ["mail", "--to", to, "-"], input=content)


def test_a_mail_servers_pipe_is_told_what_became_of_its_mail(monkeypatch):
    _, attempt = handed_over()
    address = bounce_to(attempt.pk, marks_of_this_database())

    assert piped(address, a_report(to=address)).exit_code == 0
    assert piped("somebody@bounces.example", a_report()).exit_code == NOT_OURS
    monkeypatch.setattr("arrears.actions.mail.store_receipt", None)
    assert piped(address, a_report(to=address)).exit_code == TRY_AGAIN

    assert settle() == {"matched": 1}


def test_what_nobody_can_read_is_listed_and_shown():
    _, attempt = handed_over()
    address = bounce_to(attempt.pk, marks_of_this_database())
    piped(address, a_note("From: MAILER-DAEMON@mx.example", text="550 no such user"))
    settle()

    listed = CliRunner().invoke(receipts, ["list", "--format", "json"]).stdout
    shown = CliRunner().invoke(receipts, ["show", str(models.Receipt.objects.get().id)]).stdout

    assert '"state": "unreadable"' in listed
    assert shown.startswith(f"Delivered-To: {address}")
    assert "550 no such user" in shown


def reply_to(attempt):
    return marked_address(REPLY, attempt.pk, domain="bounces.example", marks=marks_of_this_database())


def test_an_answer_is_heard_once_as_of_whoever_reads_the_address_that_was_written_to():
    planned, attempt = handed_over()
    answer = a_note("From: elsewhere@y.example", "Message-ID: <one@y.example>", text="STOP")

    assert receive(reply_to(attempt), content=answer, sender="elsewhere@y.example")
    assert receive(reply_to(attempt), content=answer, sender="elsewhere@y.example")

    row = models.InboundMessage.objects.get()
    assert (row.channel, row.provider, row.lender_id) == ("email", "smtp", planned.lender_id)
    assert row.value_key == attempt.value_key
    assert words_of(row) == "STOP"
    settle_inbound(row.pk, actor=ACTOR)
    assert set(models.Preference.objects.values_list("told_by", flat=True)) == {"reply"}


@pytest.mark.parametrize(
    ("content", "sender", "is_taken"),
    [
        (a_note("From: lin@borrower.example", "Auto-Submitted: auto-replied"), "lin@borrower.example", True),
        (a_note("From: MAILER-DAEMON@mx.example"), "", False),
    ],
)
def test_what_nobody_wrote_is_not_heard(content, sender, is_taken):
    _, attempt = handed_over()

    assert receive(reply_to(attempt), content=content, sender=sender) is is_taken

    assert models.InboundMessage.objects.count() == 0
