"""A send from plan to mailbox: real SMTP to a sink, the inbox of the app, and a provider that is away."""

from __future__ import annotations

import ast
import base64
import socket
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

import arrears
from arrears.actions.days import run_day
from arrears.actions.gating.claims import Left, count_left
from arrears.actions.sending import Sending, send_due
from arrears.channels.smtp.sink_process import SinkProcess
from arrears.kernel.errors import Misconfigured
from arrears.store import clock, models
from tests.actions.sending import (
    ACTOR,
    LAW,
    SAMPLE,
    a_due_contact,
    a_writing_lender,
    end_of,
    for_all,
    send,
    states,
)
from tests.builders import (
    ANA,
    MING,
    NA,
    NOW,
    TODAY,
    a_contact_point,
    a_loan,
    a_person,
    a_report,
    a_watermark,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sink(tmp_path):
    conduct = {"refuse": ["gone-*"], "defer": ["later-*"], "drop": ["silent-*"]}
    with SinkProcess(tmp_path / "record", conduct, keeps_content=True) as running:
        yield running


def mails(sink):
    """The messages the sink took, parsed, by attempt."""
    return {
        entry["attempt"]: message_from_bytes(base64.b64decode(entry["content"]), policy=default)
        for entry in sink.taken()
    }


def nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        return f"smtp://127.0.0.1:{closed.getsockname()[1]}"


def test_an_e_mail_arrives_as_it_is_kept(sink):
    lender = a_writing_lender()
    for who in (MING, NA, ANA):
        a_due_contact(lender, channel="email", who=who)

    send(sink.url)

    assert states(models.Attempt) == {"accepted": 2}  # it is night in New York
    for attempt in models.Attempt.objects.all():
        mail = mails(sink)[attempt.pk]
        assert mail["From"] == "Example Bank <service@bank.example>"
        assert mail["Content-Language"] == attempt.language
        assert attempt.verification_code in mail.get_body(("plain",)).get_content()
    assert {mail["Content-Language"] for mail in mails(sink).values()} == {"zh-Hant", "zh-Hans"}


def test_each_answer_of_a_server_is_counted_truly(sink):
    lender = a_writing_lender()
    addresses = ["a@x.example", "gone-b@x.example", "later-c@x.example", "silent-d@x.example"]
    contacts = [a_due_contact(lender, channel="email", value=each) for each in addresses]

    run = send(sink.url)["email"]

    assert run.states == Counter(accepted=1, refused_by_provider=1, not_sent=1, unsure=1)
    assert [end_of(each)[0] for each in contacts] == ["sent", "lapsed", "planned", "unsure"]
    recipients = [entry["recipients"] for entry in sink.taken()]
    assert recipients == [["a@x.example"], ["silent-d@x.example"]]


def test_a_message_in_the_app_is_delivered_when_its_attempt_says_so():
    planned = a_due_contact(a_writing_lender())

    run = send()["in_app"]

    attempt = models.Attempt.objects.get()
    assert run.states == Counter(delivered=1)
    assert (attempt.state, attempt.provider) == ("delivered", "store")
    assert models.Message.objects.get(attempt=attempt).channel == "in_app"
    assert end_of(planned) == ("sent", None)


def test_sending_again_sends_nothing_again(sink):
    lender = a_writing_lender()
    a_due_contact(lender), a_due_contact(lender, channel="email")
    send(sink.url)
    before = (states(models.Attempt), len(sink.taken()))

    assert send(sink.url) == {}
    assert (states(models.Attempt), len(sink.taken())) == before


def test_small_batches_send_everything_once(sink):
    lender = a_writing_lender()
    for _ in range(7):
        a_due_contact(lender, channel="email")

    run = send(sink.url, batch=2)["email"]

    assert (run.gated.cleared, run.states) == (7, Counter(accepted=7))
    assert len({entry["attempt"] for entry in sink.taken()}) == 7


def test_a_server_that_is_away_costs_no_try_and_no_decision():
    planned = a_due_contact(a_writing_lender(), channel="email")

    run = send(nobody_listens())["email"]

    planned.refresh_from_db()
    assert run.away == "smtp.no_connection"
    assert (planned.state, planned.tries, models.Decision.objects.count()) == ("planned", 0, 0)


def test_without_a_mail_server_the_app_is_served_and_then_the_setting_is_asked_for():
    lender = a_writing_lender()
    in_app, email = a_due_contact(lender), a_due_contact(lender, channel="email")

    with pytest.raises(Misconfigured) as raised:
        send("")

    assert raised.value.code == "setting.smtp_url_missing"
    assert (end_of(in_app)[0], end_of(email)[0]) == ("sent", "planned")


def test_without_e_mails_due_no_mail_server_is_needed():
    a_due_contact(a_writing_lender())

    assert list(send("")) == ["in_app"]


def test_a_simulation_refuses_a_mail_server_elsewhere_before_anything_is_reserved():
    planned = a_due_contact(a_writing_lender(), channel="email")

    with pytest.raises(Misconfigured) as raised:
        send("smtp://mail.example:2525")

    assert raised.value.code == "smtp.not_loopback"
    assert end_of(planned) == ("planned", None)


def test_a_live_database_hands_nothing_to_a_sink(sink, monkeypatch):
    a_due_contact(a_writing_lender(), channel="email")
    monkeypatch.setattr("arrears.actions.handing_over.is_live", lambda: True)

    assert send(sink.url)["email"].away == "smtp.sink"
    assert sink.taken() == []


def test_two_days_lived_send_each_step_once(sink):
    """Planned by the nightly run, gated, sent, and planned on: app message first, then e-mail."""
    lender = a_writing_lender()
    person = a_person(lender, points=("app_inbox", "email"))
    loan = a_loan(lender, person, overdue_days=4)
    sent = []
    for days in range(5):
        on = TODAY + timedelta(days=days)
        a_watermark(lender, payments_complete_through_on=on - timedelta(days=1))
        clock.set_simulated(max(clock.now(), NOW + timedelta(days=days)))
        run_day(lender=lender.pk, on=on, strategy=SAMPLE, law=LAW, actor=ACTOR, at=clock.now())
        send(sink.url)
        told = models.AttemptLoan.objects.filter(loan=loan).values_list("attempt__channel", flat=True)
        sent.append(list(told))

    assert [len(channels) for channels in sent] == [1, 1, 1, 1, 2]
    assert sent[-1] == ["in_app", "email"]
    assert len(sink.taken()) == 1
    done = models.StepRecord.objects.filter(loan=loan).order_by("rank")
    assert list(done.values_list("step", "done_on")) == [
        ("app-message", TODAY),
        ("email", TODAY + timedelta(days=4)),
    ]


def test_a_payment_reported_overnight_stops_the_ladder(sink):
    lender = a_writing_lender()
    person = a_person(lender, points=("app_inbox",))
    loan = a_loan(lender, person, overdue_days=4)
    a_contact_point(person, "email")
    run_day(lender=lender.pk, on=TODAY, strategy=SAMPLE, law=LAW, actor=ACTOR, at=NOW)
    a_report(loan, date(2026, 7, 14), recorded_at=NOW)

    send(sink.url)

    assert states() == {"cancelled": 1}
    assert states(models.Attempt) == {}


def test_only_the_gate_makes_a_cleared_contact():
    """Called, handed to somebody who could call it, or imported under another name: nowhere else."""
    package = Path(arrears.__file__).parent
    makers = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if any(map(_makes_cleared, ast.walk(ast.parse(path.read_text(encoding="utf-8")))))
    }

    assert makers == {"actions/gate.py"}


def _makes_cleared(node):
    if isinstance(node, ast.ImportFrom):
        return any(alias.name == "Cleared" and alias.asname for alias in node.names)
    if not isinstance(node, ast.Call):
        return False
    named = [node.func, *node.args, *(keyword.value for keyword in node.keywords)]
    return any("Cleared" in (getattr(each, "id", None), getattr(each, "attr", None)) for each in named)


def test_each_lender_is_served_under_its_own_strategy():
    first, second = a_writing_lender(), a_writing_lender(name="Other Bank")
    other = replace(SAMPLE, version="other")
    mine, swapped = a_due_contact(first), a_due_contact(first, strategy_version="other")
    its, left = a_due_contact(second, strategy_version="other"), a_due_contact(second)

    sending = Sending(for_all(LAW), {first.pk: SAMPLE, second.pk: other}, "", 500, is_until_empty=True)
    (run,) = send_due(sending, actor=ACTOR)

    assert run.gated.cleared == 2
    assert [end_of(each)[0] for each in (mine, its, swapped, left)] == ["sent", "sent", "planned", "planned"]
    assert count_left(versions={first.pk: SAMPLE.version, second.pk: "other"}, at=NOW) == Left(0, 2)


def test_a_lender_that_no_strategy_is_given_for_is_not_served():
    served, other = a_writing_lender(), a_writing_lender(name="Other Bank")
    a_due_contact(served), a_due_contact(other)

    sending = Sending(for_all(LAW), {served.pk: SAMPLE}, "", 500, is_until_empty=True)
    (run,) = send_due(sending, actor=ACTOR)

    assert run.gated.cleared == 1
    assert count_left(versions={served.pk: SAMPLE.version}, at=NOW) == Left(0, 1)
