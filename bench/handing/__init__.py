"""The measurements of `bench.messages`, imported once the database's settings stand.

The servers are those of the tests: a Kannel with a simulated operator, and a mail server that keeps a
record of what it takes and forces it to the disk.
"""

from __future__ import annotations

import smtplib
import socket
import time
from collections.abc import Callable
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from arrears.actions.databases import create_database
from arrears.actions.handing_over import hand_over_reserved, open_for
from arrears.channels.base import Channel, Cleared
from arrears.channels.registry import Servers
from arrears.channels.smtp.sink_process import SinkProcess
from arrears.cli.output import note, print_report
from arrears.store import clock, models
from tests.actions.sending import a_writing_lender
from tests.builders import (
    NOW,
    a_contact_point,
    a_loan,
    a_person,
    a_planned_contact,
    an_attempt,
    cipher_of,
)
from tests.channels.builders import a_contact
from tests.channels.kannel import BEARERBOX, Kannel, a_kannel

MESSAGES = 300
WORKER = "bench"
TEXT = "Harbour Bank: a payment on your account is late. Ask us on 02 1234 5678. Reply STOP to end."
POINTS = {"sms": "mobile", "email": "email"}


def measure(home: Path) -> None:
    """Print messages a second; Django is ready."""
    create_database(kind="simulation", actor="program:bench", at=NOW)
    lender = a_writing_lender()
    rows = []
    with SinkProcess(home / "sink") as sink:
        rows.append(_row("email", Servers(smtp_url=sink.url), lender, lambda: _mail(sink.port)))
    if BEARERBOX:
        with a_kannel(home) as kannel:
            rows.append(_row("sms", Servers(sms_url=kannel.url()), lender, lambda: _ask(kannel)))
    else:
        note("Text messages are left out: the Debian packages kannel and kannel-extras are not installed.")
    print_report("table", f"{MESSAGES} messages, one after another", rows)


def _row(
    name: str, servers: Servers, lender: models.Organisation, bare: Callable[[], None]
) -> dict[str, Any]:
    with open_for(name, servers=servers, worker=WORKER, actor="program:bench") as channel:
        floor = _seconds(bare)
        alone = _seconds(lambda: _send(channel))
        for n in range(MESSAGES):
            _reserve(lender, name, n)
        whole = _seconds(lambda: _hand_over(channel))
    return {
        "channel": name,
        "bare client a second": round(MESSAGES / floor),
        "channel a second": round(MESSAGES / alone),
        "over the client": f"{alone / floor:.2f}",
        "marked and settled a second": round(MESSAGES / whole),
        "over the client, in all": f"{whole / floor:.2f}",
    }


def _seconds(work: Callable[[], None]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _addressed(name: str, n: int) -> Cleared:
    address = f"+8869123{n:05}" if name == "sms" else f"box-{n}@borrower.example"
    return a_contact(
        attempt=n + 1, channel=name, address=address, body=TEXT, send_before=NOW + timedelta(hours=1)
    )


def _send(channel: Channel) -> None:
    answers = list(channel.send_all([_addressed(channel.name, n) for n in range(MESSAGES)]))
    assert not any(isinstance(each, Exception) for each in answers), answers[:3]


def _hand_over(channel: Channel) -> None:
    handed = hand_over_reserved(channel, worker=WORKER, actor="program:bench")
    assert handed.states == {"accepted": MESSAGES}, handed


def _ask(kannel: Kannel) -> None:
    """The same request, one connection each."""
    for n in range(MESSAGES):
        told = {"username": "arrears", "password": kannel.password, "from": "10690", "to": f"+8869123{n:05}"}
        connection = HTTPConnection("127.0.0.1", kannel.ports["ask"], timeout=10)
        connection.request("GET", f"/cgi-bin/sendsms?{urlencode({**told, 'text': TEXT, 'coding': '0'})}")
        assert connection.getresponse().read().startswith(b"0:")
        connection.close()


def _mail(port: int) -> None:
    """The same message over one connection."""
    with smtplib.SMTP("127.0.0.1", port, "localhost", timeout=10) as server:
        assert server.sock is not None
        server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for n in range(MESSAGES):
            server.sendmail(
                "bounce@bank.example",
                [f"box-{n}@borrower.example"],
                f"Subject: late\r\nMessage-ID: <{n}@bank.example>\r\n\r\n{TEXT}\r\n",
            )


def _reserve(lender: models.Organisation, name: str, n: int) -> None:
    """A contact as the gate leaves it: reserved, with its text."""
    person = a_person(lender)
    loan = a_loan(lender, person, overdue_days=10)
    value = _addressed(name, n).address
    point = a_contact_point(person, POINTS[name], value=value)
    planned = a_planned_contact(loan, point, channel=name, state="reserved", tries=1)
    attempt = an_attempt(loan, point, planned=planned, channel=name, worker=None, language="en")
    cipher = cipher_of(person)
    models.Message.objects.create(
        lender_id=lender.pk,
        attempt=attempt,
        person=person,
        channel=name,
        language="en",
        recorded_at=clock.now(),
        subject_encrypted=cipher.encrypt("subject", "late"),
        body_encrypted=cipher.encrypt("body", TEXT),
    )
