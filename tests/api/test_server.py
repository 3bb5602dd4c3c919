"""The server as it is started: a process of its own on this machine, asked over a socket."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

from arrears.conf.postgres.client import leave_server
from tests.cli.command import arrears
from tests.forking import python

QUESTION = {
    "items": [
        {
            "situation": {
                "at": "2026-07-14T23:00:00+08:00",
                "channel": "sms",
                "recipient": {"places": ["TW"], "zones": ["Asia/Taipei"]},
            }
        }
    ]
}


@pytest.mark.slow
def test_it_answers_on_loopback_and_its_log_says_nothing_of_anybody(tmp_path: Path) -> None:
    said = arrears("db", "init", "--kind", "simulation", home=tmp_path)
    assert said.returncode == 0, said.stderr
    arrears("lender", "add", "Example Bank", "--country", "TW", "--zone", "Asia/Taipei", home=tmp_path)
    made = arrears("token", "add", "dialler", "--scope", "decide", "--format", "json", home=tmp_path)
    secret = json.loads(made.stdout)["secret"]
    port = _free_port()
    server = subprocess.Popen(
        python("-m", "arrears", "serve", "--port", str(port), "--threads", "2"),
        env={**os.environ, "ARREARS_HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        _wait_for(port)
        answers = [_ask(port, secret) for _ in range(3)]
    finally:
        server.send_signal(signal.SIGINT)
        log = server.communicate(timeout=30)[0]
        leave_server(tmp_path, wait=True)

    assert [each["items"][0]["answer"]["result"] for each in answers] == ["refuse"] * 3
    events = [json.loads(line) for line in log.splitlines()]
    assert [(each["event"], each["port"]) for each in events] == [("serving", port)]
    assert secret not in log
    assert "Traceback" not in log


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(600):
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("the server did not answer within a minute")


def _ask(port: int, secret: str):
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/contact-decisions",
        json.dumps(QUESTION).encode(),
        {"Content-Type": "application/json", "Authorization": f"Bearer {secret}"},
    )
    with urllib.request.urlopen(request, timeout=30) as answered:
        return json.load(answered)
