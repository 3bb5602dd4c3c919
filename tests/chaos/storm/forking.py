"""Runs `arrears` commands in processes of their own that can be killed at any instant.

    python -m tests.chaos.storm.forking LOG

Django, the commands and the law are read once; each command is then a fork that opens its own
connections, as a command started by hand would. Lines of JSON on standard input, answers on
standard output:

    {"run": 7, "argv": ["send"], "wrong": ""}   ->  later {"ended": 7, "code": 0}, -9 when it was killed
    {"kill": 7}                                     killed if it still runs
    {"ask": 7}                                      the log says where it stands, if it still runs
    {"freeze": 7}, {"thaw": 7}                      stands still and goes on, if it still runs

`wrong` names a promise that this one breaks on purpose (`tests.chaos.wrongs`).
"""

from __future__ import annotations

import faulthandler
import json
import os
import selectors
import signal
import sys
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from arrears.conf.database import set_up_django

set_up_django()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from arrears.actions import laws  # noqa: E402
from arrears.actions.gating import wording  # noqa: E402
from arrears.cli import COMMANDS, arrears, main  # noqa: E402
from arrears.kernel.law.rules import Law  # noqa: E402
from arrears.kernel.vocabulary import ActorKind  # noqa: E402
from arrears.locale.notices import load_texts  # noqa: E402
from arrears.rulepacks.library import shipped_entries  # noqa: E402
from arrears.rulepacks.tables import table_entries  # noqa: E402
from tests.chaos.storm.rules import ADOPTED, with_the_storms_rules  # noqa: E402
from tests.chaos.wrongs import make_wrong  # noqa: E402


def warm() -> None:
    """Read what every command reads, and give the gate the rules of the storm.

    That the shipped texts are lawful is tried elsewhere; each new database asks for a second of it.
    """
    wording.refuse_unlawful = lambda *_texts, **_told: None
    for name in ("send", "sweep", "run-day", "opt-out", "payment", "serve", "receive-mail"):
        assert arrears.get_command(None, name) is not None, (name, COMMANDS)
    import_module("arrears.conf.wsgi")  # and with it the API
    table_entries()
    shipped_entries()
    laws._adopted(laws._Told(ADOPTED, (), (), None), ActorKind.ORIGINAL_CREDITOR, load_texts())
    laws_to_send_by = laws.laws_to_send_by

    def in_the_storm(*, at: datetime) -> dict[int, Law]:
        """The gate knows a count that plans do not keep, as if others had used the numbers since."""
        return {lender: with_the_storms_rules(law) for lender, law in laws_to_send_by(at=at).items()}

    laws.laws_to_send_by = in_the_storm


_SIGNALS = {
    "kill": signal.SIGKILL,
    "ask": signal.SIGUSR1,
    "freeze": signal.SIGSTOP,
    "thaw": signal.SIGCONT,
}


class Forking:
    """The children that run, by the number the driver gave them."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._pids: dict[int, int] = {}

    def told(self, line: str) -> None:
        said: dict[str, Any] = json.loads(line)
        for what, sent in _SIGNALS.items():
            if what in said:
                pid = self._pids.get(said[what])
                if pid is not None:  # not yet waited for, so the number is still its own
                    os.kill(pid, sent)
                return
        pid = os.fork()
        if pid == 0:
            _be(said["argv"], self._log, said["wrong"])
        self._pids[said["run"]] = pid

    def reap(self) -> None:
        for number, pid in list(self._pids.items()):
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                del self._pids[number]
                _say({"ended": number, "code": os.waitstatus_to_exitcode(status)})

    def end_all(self) -> None:
        for pid in self._pids.values():
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _be(argv: list[str], log: Path, wrong: str) -> None:
    """In the child: be the command. Its words go to the log, with what it was."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for stream in (0, 1, 2):
        os.dup2(descriptor if stream else os.open(os.devnull, os.O_RDONLY), stream)
    faulthandler.register(signal.SIGUSR1, file=2)
    sys.argv = ["arrears", *argv]
    code = 1
    try:
        make_wrong(wrong)
        main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    finally:
        if code:
            os.write(2, f"# {code} from: {' '.join(argv)}\n".encode())
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _say(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def serve(log: Path) -> None:
    reading, writing = os.pipe()
    for end in (reading, writing):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(writing)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    children, buffered = Forking(log), b""
    selector = selectors.DefaultSelector()
    selector.register(0, selectors.EVENT_READ)
    selector.register(reading, selectors.EVENT_READ)
    while True:
        ready = {key.fd for key, _ in selector.select()}
        if reading in ready:
            os.read(reading, 4096)
            children.reap()
        if 0 in ready:
            said = os.read(0, 65_536)
            if not said:
                children.end_all()
                return
            *lines, buffered = (buffered + said).split(b"\n")
            for line in lines:
                children.told(line.decode())


if __name__ == "__main__":
    if database := os.environ.get("ARREARS_STORM_DATABASE"):
        settings.DATABASES["default"]["NAME"] = database
        connection.settings_dict["NAME"] = database
    warm()
    _say({"ready": True})
    serve(Path(sys.argv[1]))
