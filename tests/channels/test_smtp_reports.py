"""What mail servers send back: which attempt, what it shows, and whether anybody is there."""

from __future__ import annotations

import pytest

from arrears.channels.base import Reported
from arrears.channels.smtp.reports import read_report


def a_report(
    *, to="bounce+17@bounces.example", action="failed", status="5.1.1", quoted="", kind="delivery-status"
):
    """A delivery report in the form that Postfix writes."""
    return f"""\
Return-Path: <>
To: {to}
From: MAILER-DAEMON@mx.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type={kind}; boundary="b"

--b
Content-Type: text/plain; charset=us-ascii

I could not deliver it to <lin@borrower.example>.

--b
Content-Type: message/{kind}

Reporting-MTA: dns; mx.example
Arrival-Date: Mon,  5 Jan 2026 09:00:00 +0800 (CST)

Final-Recipient: rfc822; lin@borrower.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 no such user

--b
Content-Type: text/rfc822-headers

Subject: a notice about your account
{quoted}

--b--
""".replace("\n", "\r\n").encode()


def test_a_bounce_names_its_attempt_by_the_address_it_came_back_to():
    assert read_report(a_report()) == Reported(17, "returned", "5.1.1", is_address_dead=True)


def test_a_bounce_to_another_address_names_its_attempt_by_the_message_it_quotes():
    report = a_report(to="postmaster@bounces.example", quoted="Message-ID: <attempt-18@bounces.example>")

    assert read_report(report) == Reported(18, "returned", "5.1.1", is_address_dead=True)


def test_a_report_of_nothing_of_ours_names_no_attempt():
    assert read_report(a_report(to="postmaster@bounces.example")) == Reported(None, "returned", "5.1.1", True)


@pytest.mark.parametrize(
    ("action", "status", "expected"),
    [
        ("delivered", "2.0.0", Reported(17, "delivered", "2.0.0")),
        ("delayed", "4.4.1", Reported(17, "accepted", "4.4.1")),
        ("relayed", "2.0.0", Reported(17, "accepted", "2.0.0")),
        ("failed", "5.2.2", Reported(17, "returned", "5.2.2")),
        ("failed", "5.7.1 (policy)", Reported(17, "returned", "5.7.1")),
        ("Failed", "5.2.1", Reported(17, "returned", "5.2.1", is_address_dead=True)),
        ("failed", "", Reported(17, "returned", "")),
    ],
)
def test_action_and_status_say_what_became_of_it(action, status, expected):
    assert read_report(a_report(action=action, status=status)) == expected


def test_a_complaint_is_a_complaint():
    assert read_report(a_report(kind="feedback-report")) == Reported(17, "complained")


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe\x00", b"Subject: I am away\r\n\r\nBack on Monday", a_report(action=""), b"a: b" * 99],
)
def test_what_is_no_report_is_not_read_as_one(content):
    assert read_report(content) is None
