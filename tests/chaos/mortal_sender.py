"""A sender that is killed where it is told to be: the real one, with a fuse around what it does.

    python -m tests.chaos.mortal_sender DATABASE SMTP_URL RECORD

For every line on standard input, one process per field of it (between tabs) is forked beside
the others. Each runs `send_due` and is killed (SIGKILL) just before or after an event: a
statement, a commit, a command to the mail server, an answer from it. A number n names the n-th
event, `gate: after commit#2` the second of that name; each takes one small batch per channel. A
0 is not killed and goes on until nothing is due. When all of them have ended, one
line of their exit codes is written. Where each was killed stands in RECORD.

Nothing of it is in the product: the fuse is put around Django's and smtplib's functions here.
"""

from __future__ import annotations

import os
import signal
import smtplib
import sys
from pathlib import Path
from typing import Any

from arrears.conf.database import set_up_django

set_up_django()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from arrears.actions import handing_over, sending  # noqa: E402
from arrears.channels.registry import Servers  # noqa: E402
from arrears.kernel.law.rules import Law  # noqa: E402
from tests.actions.sending import ACTOR, LAW, SAMPLE, a_cap, for_all  # noqa: E402
from tests.chaos.wrongs import make_wrong  # noqa: E402

PER_PERSON, PER_ADDRESS = 3, 2
EVER = 24 * 365
FEW_RULES = Law(
    (
        a_cap("test.person", scope="person", most=PER_PERSON, hours=EVER),
        a_cap("test.address", scope="value", most=PER_ADDRESS, hours=EVER),
    ),
    (),
    "test",
    LAW.zones,
    LAW.zones_version,
)
"""Two counts and no hours, so that a day of simulated time is one span."""


class Fuse:
    """Counts events and kills this process at the one it was told, leaving word of where that was."""

    def __init__(self, burns_at: str, record: Path) -> None:
        name, _, count = burns_at.rpartition("#")
        self.name, self.count = name, int(count)
        self.record, self.seen, self.phase = record, 0, "send"

    def burn(self, where: str) -> None:
        event = f"{self.phase}: {where}"
        self.seen += self.name in ("", event)
        if self.seen == self.count and self.name in ("", event):
            with self.record.open("a") as file:
                file.write(f"{event}\n")
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, owner: Any, name: str, where: Any) -> None:
        """Put it before and after a function; `where` names the event from the call."""
        wrapped = getattr(owner, name)

        def fused(*args: Any, **named: Any) -> Any:
            what = where(*args) if callable(where) else where
            self.burn(f"before {what}")
            result = wrapped(*args, **named)
            self.burn(f"after {what}")
            return result

        setattr(owner, name, fused)

    def within(self, owner: Any, name: str, phase: str) -> None:
        """Say in which part of sending the events fall."""
        wrapped = getattr(owner, name)

        def phased(*args: Any, **named: Any) -> Any:
            before, self.phase = self.phase, phase
            try:
                return wrapped(*args, **named)
            finally:
                self.phase = before

        setattr(owner, name, phased)


def arm(fuse: Fuse) -> None:
    def around_statement(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        words = " ".join(str(sql).split()[:3])
        fuse.burn(f"before {words}")
        result = execute(sql, params, many, context)
        fuse.burn(f"after {words}")
        return result

    connection.execute_wrappers.append(around_statement)
    fuse.around(connection, "_commit", "commit")
    fuse.around(smtplib.SMTP, "send", lambda _server, content: f"smtp {_command(content)}")
    fuse.around(smtplib.SMTP, "getreply", "smtp answer")
    fuse.within(sending, "sweep", "sweep")
    fuse.within(sending, "gate_due", "gate")
    fuse.within(handing_over, "_claim", "claim")
    fuse.within(handing_over, "_settle", "settle")
    fuse.within(handing_over, "_deliver_in_app", "deliver in app")


def _command(content: bytes | str) -> str:
    text = content.decode("utf-8", "replace") if isinstance(content, bytes) else content
    word = text.split(maxsplit=1)[0].upper() if text.split() else ""
    if text == ".\r\n":
        return "final dot"
    return word if word in ("EHLO", "MAIL", "RCPT", "DATA", "RSET") else "message"


def send_once(burns_at: str, smtp_url: str, record: Path) -> None:
    fuse = Fuse(burns_at, record)
    arm(fuse)
    is_last = burns_at == "0"
    go = sending.Sending(
        for_all(FEW_RULES), for_all(SAMPLE), Servers(smtp_url), batch=2, is_until_empty=is_last
    )
    sending.send_due(go, actor=ACTOR)


def fork(burns_at: str, smtp_url: str, record: Path) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        send_once(burns_at, smtp_url, record)
        code = 0
    finally:
        sys.stderr.flush()
        os._exit(code)


def main() -> None:
    database, smtp_url, record = sys.argv[1:4]
    settings.DATABASES["default"]["NAME"] = database
    connection.settings_dict["NAME"] = database
    make_wrong(sys.argv[4] if len(sys.argv) > 4 else "")
    for line in sys.stdin:
        children = [fork(where, smtp_url, Path(record)) for where in line.strip().split("\t")]
        codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        sys.stdout.write(" ".join(map(str, codes)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
