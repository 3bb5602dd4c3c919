"""A postfix of our own: its configuration, queue and log in a folder that goes with it, on free ports.

Postfix is a Debian package; it starts as root and works as the user postfix. Where one of these is
missing the tests that need it are skipped, with the reason. The machine's own postfix, if it has
one, is neither read nor touched: nothing here is in its folders.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import smtplib
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.channels.kannel import free_port, wait_for

POSTFIX = shutil.which("postfix", path="/usr/sbin:/usr/bin")


def _user() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam("postfix")
    except KeyError:
        return None


def has_postfix() -> bool:
    return bool(POSTFIX and _user() and os.getuid() == 0)


needs_postfix = pytest.mark.skipif(
    not has_postfix(),
    reason="needs the Debian package postfix, and root to start it",
)
BOUNCES = "bounces.example"
_MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
daemon_directory = /usr/lib/postfix/sbin
command_directory = /usr/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/maillog
maillog_file_prefixes = {folder}
myhostname = mx.example
mydestination =
local_recipient_maps =
local_transport = error:nobody lives here
alias_maps =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
smtp_dns_support_level = disabled
smtp_host_lookup = native
smtp_tls_security_level = none
smtpd_tls_security_level = none
default_transport = smtp:[127.0.0.1]:{sink}
transport_maps = inline:{{ {{ {bounces} = smtp:[127.0.0.1]:{returns} }}, {{ final.example = discard: }} }}
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 1s
transport_retry_time = 1s
smtp_destination_concurrency_failed_cohort_limit = 0
delay_warning_time = {delay_warning}
maximal_queue_lifetime = {lifetime}
notify_classes =
"""
_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
smtp      unix  - - n - - smtp
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
showq     unix  n - n - - showq
anvil     unix  - - n - 1 anvil
postlog   unix-dgram n - n - 1 postlogd
"""
_UNTIL_END_OF_INPUT = """
"$0" -c "$1" start-fg &
cat > /dev/null
kill "$(cat "$1/queue/pid/master.pid")"
wait
"""
"""So that it ends with whoever started it, however that ended: its master is a process of its own."""

_STATUS = re.compile(r" (\w+): to=<([^>]*)>.*, dsn=([\d.]+), status=(\w+)")


@dataclass(frozen=True)
class Logged:
    """One try of postfix to deliver: to whom, which status, how it ended (sent, bounced, deferred)."""

    to: str
    dsn: str
    status: str


@dataclass
class Postfix:
    """A running mail server that passes mail on to `sink`, and mail for `BOUNCES` to `returns` (ports).

    Mail for `final.example` it delivers itself, to nowhere. `lifetime` is how long it tries.
    """

    folder: Path
    sink: int
    returns: int
    delay_warning: str = "0"
    lifetime: str = "1h"
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        told = {
            "folder": self.folder, "sink": self.sink, "returns": self.returns, "port": self.port,
            "bounces": BOUNCES, "delay_warning": self.delay_warning, "lifetime": self.lifetime,
        }  # fmt: skip
        self.folder.chmod(0o755)  # its daemons are of another user
        for name, text in {"main.cf": _MAIN, "master.cf": _MASTER}.items():
            (self.folder / name).write_text(text.format(**told))
        user = _user()
        assert user is not None
        for name in ("queue", "data"):
            (self.folder / name).mkdir()
        os.chown(self.folder / "data", user.pw_uid, user.pw_gid)
        with (self.folder / "started.log").open("wb") as log:
            self._process = subprocess.Popen(
                ["sh", "-c", _UNTIL_END_OF_INPUT, str(POSTFIX), str(self.folder)],
                stdin=subprocess.PIPE, stdout=log, stderr=log,
            )  # fmt: skip
        try:
            wait_for(self.port)
        except OSError:
            self.stop()
            pytest.skip(f"postfix does not start here: {self._said()}")

    def stop(self) -> None:
        """End its master, which ends the others, and wait until they have ended."""
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.wait()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?bounces={BOUNCES}"

    def logged(self) -> list[Logged]:
        """What it did with each recipient, in order."""
        text = (self.folder / "maillog").read_text(errors="replace")
        return [Logged(found[2], found[3], found[4]) for found in _STATUS.finditer(text)]

    def flush(self) -> None:
        """Try at once what waits."""
        subprocess.run([str(POSTFIX), "-c", str(self.folder), "flush"], check=False, capture_output=True)

    def is_idle(self) -> bool:
        """Whether nothing is in its queue but what somebody began to hand over and has not ended."""
        return not any(
            _is_whole(each) for name in ("maildrop", "incoming", "active", "deferred")
            for each in (self.folder / "queue" / name).rglob("*")
        )  # fmt: skip

    def wait_until_idle(self, seconds: float = 20) -> None:
        """Twice in a row: a mail that changes folders, or becomes a report, may be overlooked once."""
        end, seen = time.monotonic() + seconds, 0
        while seen < 2:
            seen = seen + 1 if self.is_idle() else 0
            assert time.monotonic() < end, self._said()
            time.sleep(0.05)

    def pass_on(self, sender: str, recipient: str, content: bytes) -> None:
        """Hand it a mail, as another mail server would."""
        with smtplib.SMTP("127.0.0.1", self.port, "elsewhere.example", timeout=10) as server:
            server.sendmail(sender, [recipient], content)

    def _said(self) -> str:
        texts = [self.folder / name for name in ("started.log", "maillog")]
        return " / ".join(each.read_text(errors="replace")[-1_500:] for each in texts if each.exists())


def _is_whole(file: Path) -> bool:
    """Whether it is a mail that postfix has taken: only then its owner may execute the file."""
    try:
        status = file.stat()
    except FileNotFoundError:
        return False
    return stat.S_ISREG(status.st_mode) and bool(status.st_mode & stat.S_IXUSR)


@contextmanager
def a_postfix(sink: int, returns: int, **told: str) -> Iterator[Postfix]:
    """A postfix that runs while the block does. Its folder is of its own, since others must enter it."""
    folder = Path(tempfile.mkdtemp(prefix="arrears-postfix-"))
    postfix = Postfix(folder, sink, returns, **told)
    try:
        postfix.start()
        yield postfix
    finally:
        postfix.stop()
        shutil.rmtree(folder)
