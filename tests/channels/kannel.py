"""A Kannel of our own: its two boxes and the simulator of an operator, on free ports of this machine.

Kannel is a Debian package (kannel, kannel-extras); where it is missing the tests that need it are
skipped with that name.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote_plus, unquote_to_bytes

import pytest

BEARERBOX = shutil.which("bearerbox", path="/usr/sbin:/usr/bin")
SMSBOX = shutil.which("smsbox", path="/usr/sbin:/usr/bin")
FAKESMSC = Path("/usr/lib/kannel/test/fakesmsc")
needs_kannel = pytest.mark.skipif(
    not (BEARERBOX and SMSBOX and FAKESMSC.exists()),
    reason="needs the Debian packages kannel and kannel-extras",
)
_TAKEN = re.compile(r"Got message \d+: <(\S+) (\S+) (.*)>")
_CONFIGURATION = """
group = core
admin-port = {admin}
admin-password = {password}
admin-allow-ip = 127.0.0.1
smsbox-port = {boxes}
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
dlr-storage = internal
sms-resend-freq = 1

group = smsc
smsc = fake
smsc-id = operator
port = {operator}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {ask}
sendsms-interface = 127.0.0.1
global-sender = 10690
http-request-retry = 5
http-queue-delay = 1

group = sendsms-user
username = arrears
password = {password}
max-messages = 10
concatenation = true

group = sms-service
keyword = default
get-url = "{inbound}"
max-messages = 0
catch-all = true
"""


@dataclass(frozen=True)
class Taken:
    """One short message as the operator got it; several with one reference are one text."""

    sender: str
    number: str
    text: str


@dataclass
class Kannel:
    """A running gateway. `port` is where messages are handed over, `password` that of user arrears."""

    folder: Path
    inbound: str = "http://127.0.0.1:9/none"
    password: str = "open sesame"
    ports: dict[str, int] = field(default_factory=dict)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self) -> None:
        self.ports = {name: free_port() for name in ("admin", "boxes", "operator", "ask")}
        told = {**self.ports, "password": f'"{self.password}"', "inbound": self.inbound}
        (self.folder / "kannel.conf").write_text(_CONFIGURATION.format(**told))
        self._start("bearerbox", str(BEARERBOX), "kannel.conf")
        wait_for(self.ports["boxes"])
        self._start("smsbox", str(SMSBOX), "kannel.conf")
        wait_for(self.ports["ask"])
        self.start_operator()

    def start_operator(self, *texts: str) -> None:
        """The operator; with texts it sends each once, as `sender number text`."""
        nothing = ("-m", "0", "1 2 text nothing")
        said = ("-i", "0.01", "-m", str(len(texts)), *texts) if texts else nothing
        to = ("-H", "127.0.0.1", "-r", str(self.ports["operator"]))
        self._start("operator", str(FAKESMSC), *to, *said)

    def write(self, *texts: str) -> None:
        """The operator hands over these, each once and in order, as `sender number text WORDS`."""
        self.end("operator")
        with socket.create_connection(("127.0.0.1", self.ports["operator"]), 5) as operator:
            operator.sendall("".join(f"{text}\n" for text in texts).encode())
            operator.shutdown(socket.SHUT_WR)
            while operator.recv(4096):
                pass
        self.start_operator()

    def start_box(self) -> None:
        """The box that takes messages, again where it was."""
        self._start("smsbox", str(SMSBOX), "kannel.conf")
        wait_for(self.ports["ask"])

    def start_bearer(self) -> None:
        """The box that speaks to operators, again where it was, with the operator."""
        self._start("bearerbox", str(BEARERBOX), "kannel.conf")
        wait_for(self.ports["boxes"])
        self.start_operator()

    def end(self, name: str) -> None:
        process = self.running.pop(name)
        process.kill()
        process.wait()

    def stop(self) -> None:
        for name in list(self.running):
            self.end(name)

    def url(self, port: int | None = None, **options: str) -> str:
        """What ARREARS_SMS_URL takes; `port` is that of whatever stands between."""
        options = {"sender": "10690", "sink": "yes", **options}
        told = "&".join(f"{name}={quote_plus(value)}" for name, value in options.items())
        user = f"arrears:{quote_plus(self.password).replace('+', '%20')}"
        return f"kannel://{user}@127.0.0.1:{port or self.ports['ask']}/cgi-bin/sendsms?{told}"

    def taken(self, number: str = "") -> list[Taken]:
        """What the operator got so far, in order, of this number if one is given; parts joined."""
        found: list[Taken] = []
        for line in (self.folder / "operator.log").read_text(errors="replace").splitlines():
            if match := _TAKEN.search(line):
                found.append(Taken(match[1], match[2], match[3]))
        return _joined([each for each in found if number in ("", each.number)])

    def wait_for_taken(self, count: int, number: str = "", seconds: float = 20) -> list[Taken]:
        """The texts once there are so many whole ones, or when the time is over."""
        end = time.monotonic() + seconds
        while len(taken := self.taken(number)) < count and time.monotonic() < end:
            time.sleep(0.05)
        return taken

    def _start(self, name: str, *command: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log)


@contextmanager
def a_kannel(folder: Path, **told: str) -> Iterator[Kannel]:
    kannel = Kannel(folder, **told)
    try:
        kannel.start()
        yield kannel
    finally:
        kannel.stop()


def _joined(found: list[Taken]) -> list[Taken]:
    """The texts whose short messages are these, out of Kannel's own notation.

    `text ...`, `ucs-2 ENCODED`, or for a part of several `udh %05%00%03REF TOTAL NUMBER data ENCODED`.
    """
    texts: list[tuple[Taken, bytes, bool]] = []
    for each in found:
        kind, _, rest = each.text.partition(" ")
        header, _, content = rest.partition(" data ") if kind == "udh" else ("", "", rest)
        said = content.encode() if kind == "text" else unquote_to_bytes(content.replace("+", " "))
        number, of = (unquote_to_bytes(header)[5], unquote_to_bytes(header)[4]) if header else (1, 1)
        if number > 1:
            said = texts.pop()[1] + said
        texts.append((each, said, number == of))
    return [Taken(each.sender, each.number, _read(said)) for each, said, is_whole in texts if is_whole]


def _read(said: bytes) -> str:
    """The simulator gets UTF-8 where telephones get the GSM alphabet, else UTF-16."""
    try:
        return said.decode("utf-8")
    except UnicodeDecodeError:
        return said.decode("utf-16-be", "replace")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def wait_for(port: int, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            return
