"""`arrears receive-mail` as it is started: a mail server of its own that knows no mailbox but ours."""

from __future__ import annotations

import json
import os
import signal
import smtplib
import subprocess
from pathlib import Path

import pytest

from tests.forking import python


@pytest.mark.slow
def test_it_takes_mail_for_marked_addresses_only_and_ends_when_interrupted(simulation: Path) -> None:
    command = python("-m", "arrears", "receive-mail", "--port", "0")
    own = {"ARREARS_HOME": str(simulation), "ARREARS_DATABASE_URL": "", "PYTHONWARNINGS": "error"}
    wanted = {name: value for name, value in {**os.environ, **own}.items() if value}
    running = subprocess.Popen(command, env=wanted, stderr=subprocess.PIPE, text=True)
    try:
        port = json.loads(running.stderr.readline())["port"]
        with smtplib.SMTP("127.0.0.1", port, "localhost", timeout=20) as server:
            server.ehlo()
            server.mail("somebody@x.example")
            answers = [
                server.rcpt(f"{name}@b.example")[0] for name in ("postmaster", "bounce+1.x", "complaints")
            ]
            told, _ = server.data(b"Subject: buy this\r\n\r\nnow\r\n")
    finally:
        running.send_signal(signal.SIGINT)
        _, rest = running.communicate(timeout=30)

    assert answers == [550, 550, 250]
    assert told == 550  # complaints have a form
    events = [json.loads(line) for line in rest.splitlines()]
    assert running.returncode == 0
    assert [(each["event"], each["is_taken"]) for each in events if each["event"] == "mail"] == [
        ("mail", False)
    ]
    assert "buy this" not in rest
