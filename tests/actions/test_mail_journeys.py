"""An e-mail from the plan through a real mail server, and what comes back of it.

Postfix carries the mail to a server that accepts, refuses or defers by the recipient's name, and
what comes back to the receiver of `arrears receive-mail`. Nobody but postfix writes the reports.
"""

from __future__ import annotations

import base64
import re
import time
from collections import Counter
from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from arrears.actions.days import run_day
from arrears.actions.mail import marks_of_this_database
from arrears.actions.sending import Sending, send_due
from arrears.actions.sweeping import sweep
from arrears.channels.registry import Servers
from arrears.channels.smtp.marked import find_attempt
from arrears.channels.smtp.sink_process import SinkProcess
from arrears.kernel.planning.strategy import CatchUp, Ladder, Step, Strategy, Tone
from arrears.kernel.vocabulary import Channel, NoticeKind, Purpose
from arrears.store import clock, models
from tests.actions.sending import ACTOR, LAW, a_writing_lender, for_all, move_clock, states
from tests.builders import TODAY, a_contact_point, a_loan, a_person, a_watermark
from tests.channels.kannel import free_port
from tests.channels.postfix import BOUNCES, a_postfix, needs_postfix
from tests.channels.receiving import a_receiver
from tests.channels.test_smtp_reports import a_report, bounce_to

pytestmark = [pytest.mark.django_db(transaction=True), needs_postfix]


def _step(name, rank, offset_days):
    return Step(
        id=name,
        rank=rank,
        offset_days=offset_days,
        channels=(Channel.EMAIL, Channel.IN_APP),
        notice=NoticeKind.PAYMENT_REMINDER,
        purpose=Purpose.COLLECT,
        window_days=2,
        catch_up=CatchUp.IN_ORDER,
        tone=Tone.PLAIN,
    )


WRITING = Strategy("writing", "v1", (Ladder("standard", (_step("first", 10, 3), _step("second", 20, 6))),))


@pytest.fixture(scope="module")
def sink(tmp_path_factory):
    conduct = {"refuse": ["gone*@*"], "defer": ["later*@*"]}
    with SinkProcess(tmp_path_factory.mktemp("sink") / "record", conduct) as running:
        yield running


@pytest.fixture(scope="module")
def postfix(sink):
    with a_postfix(sink.port, free_port()) as running:
        yield running


@pytest.fixture
def lender(postfix):
    """A lender to whose database mail comes back."""
    lender = a_writing_lender()
    with a_receiver(postfix.returns):
        yield lender


def a_borrower(lender, address):
    """Somebody three days late who can be reached by e-mail and in the app."""
    person = a_person(lender, points=("app_inbox",))
    a_contact_point(person, "email", value=address)
    return a_loan(lender, person, overdue_days=3)


def plan(lender, *, days=0):
    on = TODAY + timedelta(days=days)
    return run_day(lender=lender.pk, on=on, strategy=WRITING, law=LAW, actor=ACTOR, at=clock.now())


def send(postfix, more=""):
    sending = Sending(for_all(LAW), for_all(WRITING), Servers(postfix.url + more), 500, is_until_empty=True)
    return {run.channel: dict(run.states) for run in send_due(sending, actor=ACTOR)}


def settled_once(wanted, seconds=20):
    """The attempts by state once there are those wanted, or when the time is over."""
    end = time.monotonic() + seconds
    while Counter(wanted) - states(models.Attempt) and time.monotonic() < end:
        time.sleep(0.05)
        sweep(actor=ACTOR)
    return dict(states(models.Attempt))


def point_of(attempt):
    return models.ContactPoint.objects.get(pk=attempt.contact_point_id)


def give_back(postfix, content, *, to):
    postfix.pass_on("", to, content)


def test_an_address_that_is_refused_behind_the_mail_server_is_dead_and_the_next_step_goes_another_way(
    lender, postfix
):
    a_borrower(lender, "gone-1@borrower.example")
    plan(lender)
    logged_before = len(postfix.logged())

    assert send(postfix) == {"email": {"accepted": 1}}
    assert settled_once({"returned": 1}) == {"returned": 1}

    attempt = models.Attempt.objects.get()
    assert (attempt.failure_code, point_of(attempt).dead_reason) == ("5.1.1", "returned 5.1.1")
    move_clock(days=3)
    a_watermark(lender, payments_complete_through_on=TODAY + timedelta(days=2), recorded_at=clock.now())
    plan(lender, days=3)
    assert send(postfix) == {"in_app": {"delivered": 1}}
    postfix.wait_until_idle()
    assert [(each.to, each.status) for each in postfix.logged()[logged_before:]] == [
        ("gone-1@borrower.example", "bounced"),
        (bounce_to(attempt.pk, marks_of_this_database()), "sent"),
    ]


def test_what_the_mail_server_logged_is_what_the_database_says(lender, postfix, sink):
    names = [f"{kind}-{number}" for kind in ("gone", "lin") for number in range(10, 20)]
    for name in names:
        a_borrower(lender, f"{name}@borrower.example")
    plan(lender)
    logged_before, taken_before = len(postfix.logged()), len(sink.taken())

    assert send(postfix) == {"email": {"accepted": 20}}
    assert settled_once({"returned": 10, "accepted": 10}) == {"returned": 10, "accepted": 10}
    postfix.wait_until_idle()

    logged = [each for each in postfix.logged()[logged_before:] if not each.to.endswith(BOUNCES)]
    reports = [each for each in postfix.logged()[logged_before:] if each.to.endswith(BOUNCES)]
    returned = set(models.Attempt.objects.filter(state="returned").values_list("id", flat=True))
    assert Counter(each.status for each in logged) == {"bounced": 10, "sent": 10}
    assert {find_attempt(each.to) for each in reports} == returned
    assert {entry["attempt"] for entry in sink.taken()[taken_before:]} == set(
        models.Attempt.objects.filter(state="accepted").values_list("id", flat=True)
    )
    assert states(models.ReceiptResult) == {"matched": 10}


def test_a_delivery_is_reported_where_that_is_asked_for(lender, postfix):
    a_borrower(lender, "lin-5@final.example")
    plan(lender)

    send(postfix, "&delivered=ask")

    assert settled_once({"delivered": 1}) == {"delivered": 1}


def test_a_mail_that_is_passed_on_out_of_sight_was_accepted_and_no_more(lender, postfix):
    a_borrower(lender, "lin-6@borrower.example")
    plan(lender)

    send(postfix, "&delivered=ask")
    postfix.wait_until_idle()
    sweep(actor=ACTOR)

    assert states(models.ReceiptResult) == {"matched": 1}
    assert models.ReceiptResult.objects.get().evidence == "accepted"
    assert states(models.Attempt) == {"accepted": 1}


def test_a_bounce_that_comes_days_after_delivery_returns_the_mail(lender, postfix):
    a_borrower(lender, "lin-1@borrower.example")
    plan(lender)
    send(postfix)
    attempt = models.Attempt.objects.get()
    address = bounce_to(attempt.pk, marks_of_this_database())
    give_back(postfix, a_report(to=address, action="delivered", status="2.0.0"), to=address)
    assert settled_once({"delivered": 1}) == {"delivered": 1}

    move_clock(days=2)
    give_back(postfix, a_report(to=address, action="failed", status="5.2.2"), to=address)

    assert settled_once({"returned": 1}) == {"returned": 1}
    assert point_of(attempt).dead_from_at is None


def headers_of(sink_of_content):
    (entry,) = sink_of_content.taken()
    return message_from_bytes(base64.b64decode(entry["content"]), policy=policy.default)


@pytest.fixture
def reader(tmp_path):
    """A mail server that keeps what it takes, as a recipient's program would."""
    with SinkProcess(tmp_path / "record", keeps_content=True) as running:
        yield running


def test_who_asks_by_mail_to_stop_is_not_written_to_again(lender, postfix, reader):
    a_borrower(lender, "lin-7@borrower.example")
    plan(lender)
    sending = Sending(for_all(LAW), for_all(WRITING), Servers(f"{reader.url}?bounces={BOUNCES}"), 500, True)
    send_due(sending, actor=ACTOR)
    address = re.search(r"<mailto:([^?]+)\?", headers_of(reader)["List-Unsubscribe"])[1]

    postfix.pass_on("lin-7@borrower.example", address, b"Subject: stop\r\n\r\n")
    postfix.wait_until_idle()

    assert models.Preference.objects.get().told_by == "unsubscribe"
    move_clock(days=3)
    a_watermark(lender, payments_complete_through_on=TODAY + timedelta(days=2), recorded_at=clock.now())
    plan(lender, days=3)
    assert send(postfix) == {"in_app": {"delivered": 1}}


def test_an_answer_comes_back_and_is_understood_before_the_next_mail_leaves(lender, postfix, reader):
    a_borrower(lender, "lin-8@borrower.example")
    plan(lender)
    url = f"{reader.url}?bounces={BOUNCES}&replies=yes"
    send_due(Sending(for_all(LAW), for_all(WRITING), Servers(url), 500, True), actor=ACTOR)
    received = headers_of(reader)

    answer = f"From: lin-8@borrower.example\r\nSubject: Re: {received['Subject']}\r\n\r\nSTOP\r\n"
    postfix.pass_on("lin-8@borrower.example", received["Reply-To"], answer.encode())
    postfix.wait_until_idle()
    sweep(actor=ACTOR)

    assert models.InboundMessage.objects.get().state == "applied"
    assert set(models.Preference.objects.values_list("told_by", flat=True)) == {"reply"}


def test_the_same_report_twice_is_one(lender, postfix):
    a_borrower(lender, "lin-2@borrower.example")
    plan(lender)
    send(postfix)
    address = bounce_to(models.Attempt.objects.get().pk, marks_of_this_database())

    for _ in range(2):
        give_back(postfix, a_report(to=address), to=address)
    postfix.wait_until_idle()
    sweep(actor=ACTOR)

    assert states(models.ReceiptResult) == {"matched": 1, "duplicate": 1}
    assert states(models.Attempt) == {"returned": 1}


def test_a_forged_report_is_refused_and_nothing_is_stored(lender, postfix):
    a_borrower(lender, "lin-3@borrower.example")
    plan(lender)
    send(postfix)
    attempt = models.Attempt.objects.get().pk
    logged_before = len(postfix.logged())

    for forged in (
        f"bounce+{attempt}@{BOUNCES}",
        f"bounce+{attempt}.{'0' * 32}@{BOUNCES}",
        bounce_to(attempt),
    ):
        give_back(postfix, a_report(to=forged), to=forged)
    postfix.wait_until_idle()

    given_back = [each for each in postfix.logged()[logged_before:] if each.to.endswith(BOUNCES)]
    assert Counter(each.status for each in given_back) == {"bounced": 3}
    assert models.Receipt.objects.count() == 0
    assert states(models.Attempt) == {"accepted": 1}


def test_a_report_that_cannot_be_stored_waits_in_the_mail_server(lender, postfix, monkeypatch):
    a_borrower(lender, "lin-4@borrower.example")
    plan(lender)
    send(postfix)
    address = bounce_to(models.Attempt.objects.get().pk, marks_of_this_database())

    with monkeypatch.context() as patch:
        patch.setattr("arrears.actions.mail.store_receipt", _no_database)
        give_back(postfix, a_report(to=address), to=address)
        assert _logged_once(postfix, address, "deferred")
    postfix.flush()

    assert settled_once({"returned": 1}) == {"returned": 1}


def _no_database(**_told):
    raise OSError("the database is away")


def _logged_once(postfix, address, status, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if any((each.to, each.status) == (address, status) for each in postfix.logged()):
            return True
        time.sleep(0.05)
    return False
