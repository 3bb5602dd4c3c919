"""A mail server that keeps a record instead of delivering: for the demo, and to be compared with ours.

    python -m arrears.channels.smtp.sink --port 0 --record FILE [--refuse PATTERN] ...

It listens on this machine only and prints `listening on 127.0.0.1 port N` when it is ready. For
each message it takes, one line of JSON is appended to FILE and fsynced before the sender is
told: what the record holds is what a real server would have delivered.

    {"attempt": 17, "message_id": "<attempt-17.MARK@..>", "envelope_sender": "bounce+17.MARK@..",
     "recipients": ["a@b.example"], "at": "2026-01-05T09:00:00.123456+00:00"}

PATTERN is a shell pattern over the recipient's address. The sink ends when its standard input
does, if that is a pipe, so that it does not outlive the program that started it.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import os
import stat
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from arrears.channels.smtp.channel import SINK_MARK
from arrears.channels.smtp.marked import find_attempt

_OK = "250 2.0.0 recorded"
_GONE = "550 5.1.1 no such mailbox here"
_LATER = "451 4.3.0 try again later"


@dataclass(frozen=True)
class Conduct:
    """How the sink answers; each a list of patterns over the recipient's address.

    refuse  550 to RCPT                    defer  451 to RCPT
    reject  550 to the message, unrecorded
    drop    records, then closes without an answer
    lose    closes without an answer, unrecorded
    hang    records, then never answers
    """

    refuse: Sequence[str] = ()
    defer: Sequence[str] = ()
    reject: Sequence[str] = ()
    drop: Sequence[str] = ()
    lose: Sequence[str] = ()
    hang: Sequence[str] = ()


@dataclass
class Sink:
    """The answers of one sink, in the form aiosmtpd asks for them."""

    record: Path
    conduct: Conduct = field(default_factory=Conduct)
    keeps_content: bool = False

    async def handle_EHLO(  # noqa: N802 - aiosmtpd calls it so
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [*responses[:-1], f"250-{SINK_MARK.upper()}", responses[-1]]

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if _matches(address, self.conduct.refuse):
            return _GONE
        if _matches(address, self.conduct.defer):
            return _LATER
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        conduct, addresses = self.conduct, envelope.rcpt_tos
        if any(_matches(address, conduct.reject) for address in addresses):
            return "550 5.7.1 not this message"
        is_lost = any(_matches(address, conduct.lose) for address in addresses)
        if not is_lost:
            self._append(self._entry(envelope))
        if any(_matches(address, conduct.hang) for address in addresses):
            await asyncio.Event().wait()
        if is_lost or any(_matches(address, conduct.drop) for address in addresses):
            _hang_up(server)
        return _OK

    def _entry(self, envelope: Envelope) -> dict[str, Any]:
        content = envelope.content
        assert isinstance(content, bytes), type(content)
        message_id = str(message_from_bytes(content)["Message-ID"] or "").strip()
        entry: dict[str, Any] = {
            "attempt": find_attempt(message_id),
            "message_id": message_id,
            "envelope_sender": envelope.mail_from,
            "recipients": list(envelope.rcpt_tos),
            "at": datetime.now(UTC).isoformat(),
        }
        return entry | ({"content": base64.b64encode(content).decode()} if self.keeps_content else {})

    def _append(self, entry: dict[str, Any]) -> None:
        """One write of one line, on the disk before it returns."""
        line = json.dumps(entry, ensure_ascii=False).encode() + b"\n"
        file = os.open(self.record, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, line)
            os.fsync(file)
        finally:
            os.close(file)


def read_record(record: Path) -> list[dict[str, Any]]:
    """Every message the sink took, in order; a line cut short by a crash was never answered for."""
    if not record.exists():
        return []
    lines = record.read_bytes().split(b"\n")
    return [json.loads(line) for line in lines[:-1]]


async def serve(sink: Sink, port: int) -> None:
    """Listen until cancelled, or until standard input ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(sink, hostname="localhost", enable_SMTPUTF8=True, ident="Arrears mail sink", loop=loop),
        host="127.0.0.1",
        port=port,
    )
    print(f"listening on 127.0.0.1 port {server.sockets[0].getsockname()[1]}", flush=True)  # noqa: T201
    async with server:
        if stat.S_ISFIFO(os.fstat(sys.stdin.fileno()).st_mode):
            await _end_of_input(loop)
        else:
            await asyncio.Event().wait()


async def _end_of_input(loop: asyncio.AbstractEventLoop) -> None:
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()


def _matches(address: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(address.lower(), pattern.lower()) for pattern in patterns)


def _hang_up(server: SMTP) -> None:
    assert isinstance(server.transport, asyncio.WriteTransport)
    server.transport.abort()


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m arrears.channels.smtp.sink",
        description="A mail server that records and delivers nothing.",
    )
    parser.add_argument("--port", type=int, default=0, help="0 chooses a free one (default)")
    parser.add_argument("--record", type=Path, required=True, metavar="FILE", help="the record to append to")
    parser.add_argument("--keep-content", action="store_true", help="record the message itself too")
    for name, effect in _CONDUCT_HELP.items():
        parser.add_argument(f"--{name}", action="append", default=[], metavar="PATTERN", help=effect)
    return parser


_CONDUCT_HELP = {
    "refuse": "answer RCPT with 550",
    "defer": "answer RCPT with 451",
    "reject": "answer the message with 550, unrecorded",
    "drop": "record the message, then close without an answer",
    "lose": "close without an answer, unrecorded",
    "hang": "record the message, then never answer",
}


def main() -> None:
    options = _arguments().parse_args()
    conduct = Conduct(**{name: tuple(getattr(options, name)) for name in _CONDUCT_HELP})
    sink = Sink(options.record, conduct, keeps_content=options.keep_content)
    try:
        asyncio.run(serve(sink, options.port))
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
