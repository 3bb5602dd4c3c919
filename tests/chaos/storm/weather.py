"""A storm: days of a lender, its programs killed at any instant, its providers at their worst."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from threading import Timer
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

from arrears.actions.databases import create_database
from arrears.channels.smtp.sink_process import SinkProcess
from arrears.conf.postgres.layout import Layout
from arrears.store import clock
from tests.actions.lives import morning_of
from tests.actions.sending import ACTOR
from tests.builders import NOW, TODAY
from tests.channels.kannel import Kannel, a_kannel, free_port
from tests.channels.postfix import BOUNCES, Postfix, a_postfix, has_postfix
from tests.chaos.storm.forks import Forks
from tests.chaos.storm.postman import Postman
from tests.chaos.storm.reckoning import Records, Text, broken_promises, rows_of
from tests.chaos.storm.town import a_town, books_complete_through, fall_behind
from tests.chaos.storm.unruly import UnrulyGateway, UnrulyMail

T = TypeVar("T")

BAD_SHARE = 0.2
"""Of hand-overs, those that a provider makes difficult."""
LATEST_KILL = 1.2
"""Of the time that a sender usually takes here: until then it is killed, if it is."""
FROZEN_SHARE = 0.15
FROZEN_TIMES = 2
"""How many times a sender's usual time it stands still."""
KILLED_SHARE = {"send": 0.6, "sweep": 0.4, "opt-out": 0.2, "payment": 0.3}
PATIENCE = 200
BEFORE = {"hang before", "lost before", "500 before", "429", "temporal failure"}
STILL_OPEN = (
    "SELECT id FROM planned_contact WHERE state IN ('planned', 'reserved')"
    " UNION ALL SELECT id FROM attempt WHERE state IN ('reserved', 'handing_over')"
)


@dataclass(frozen=True)
class Weather:
    """How much happens: borrowers at first and more of them each day, rounds of each day, and for how long.

    In every day the database is stopped once in the middle. A storm has at least two days.
    """

    borrowers: int
    more: int
    rounds: int
    minutes: float


def weather_for(minutes: float) -> Weather:
    if minutes < 1:
        return Weather(borrowers=50, more=0, rounds=5, minutes=0)
    return Weather(borrowers=100, more=30, rounds=12, minutes=minutes)


@dataclass(frozen=True)
class Round:
    """Commands started at once; which of them are killed, which stand still for a while (a machine that was
    put to sleep), how many minutes the clock moves, and whether the database is stopped in the middle."""

    commands: list[tuple[str, ...]]
    kills: list[bool]
    moves: int
    is_crash: bool
    freezes: tuple[bool, ...] = ()


class Storm:
    """One lender's days. Every choice is drawn from `seed`, in one order."""

    def __init__(self, folder: Path, seed: int, weather: Weather) -> None:
        self.folder, self.weather = folder, weather
        self.rng = random.Random(seed)
        self.began = time.monotonic()
        self.opt_outs: list[tuple[int, str | None, datetime]] = []
        self.events: Counter[str] = Counter()
        self.broken: list[str] = []
        self.failed_before = 0
        self.postfix: Postfix | None = None

    def live(self) -> int:
        """The whole of it; 0 when every promise was kept."""
        create_database(kind="simulation", actor=ACTOR, at=NOW)
        with ExitStack() as stack:
            kannel = stack.enter_context(a_kannel(self.folder))
            sink = stack.enter_context(SinkProcess(self.folder / "sink", {"refuse": ["gone-*"]}))
            self.returns = free_port()
            if has_postfix():
                self.postfix = stack.enter_context(a_postfix(sink.port, self.returns))
            self._open(kannel, sink)
            stack.callback(self.forks.stop)  # however it ends, nothing of it goes on
            for day in count():
                if day > 1 and self._minutes() > self.weather.minutes:
                    break
                self._live_day(TODAY + timedelta(days=day))
            self._come_to_an_end(kannel)
            self.forks.stop()
            self.broken += broken_promises(self._records(kannel, sink))
            for each in (self.mail, self.gateway, self.postman):
                each.stop()
        return self._told()

    def _minutes(self) -> float:
        return (time.monotonic() - self.began) / 60

    def _open(self, kannel: Kannel, sink: SinkProcess) -> None:
        draw = self.rng.random
        self.town = a_town(self.weather.borrowers, self.rng, self.folder)
        self.postman = Postman(random.Random(draw()))
        to = self.postfix.port if self.postfix else sink.port
        self.mail = UnrulyMail(to, random.Random(draw()), BAD_SHARE)
        self.gateway = UnrulyGateway(kannel.ports["ask"], random.Random(draw()), BAD_SHARE)
        self.forks = Forks(
            self.folder / "commands.log",
            {
                "ARREARS_SMTP_URL": f"smtp://127.0.0.1:{self.mail.port}?answer_seconds=0.5&bounces={BOUNCES}",
                "ARREARS_SMS_URL": kannel.url(
                    self.gateway.port, reports=self.postman.url, answer_seconds="0.5"
                ),
            },
        )
        self.port = free_port()
        self.servers = {
            name: self.forks.start(name, "--port", str(port)) for name, port in self._ports().items()
        }

    def _ports(self) -> dict[str, int]:
        return {"serve": self.port, "receive-mail": self.returns}

    def _records(self, kannel: Kannel, sink: SinkProcess) -> Records:
        return Records(
            mails=[int(str(entry["attempt"])) for entry in sink.taken()],
            texts=[Text(each.number, each.text) for each in kannel.taken()],
            asked=self.gateway.asked,
            reports=self.postman.acknowledged,
            reported=self.postman.carried,
            opt_outs=self.opt_outs,
        )

    # -- a day ---------------------------------------------------------------------------------

    def _live_day(self, on: date) -> None:
        self._clock_to(max(morning_of(on), self._now()))
        again(lambda: books_complete_through(self.town.lender, on - timedelta(days=1)))
        if on > TODAY:
            again(partial(fall_behind, self.town, self.weather.more, self.rng))
        crash = self.rng.randrange(self.weather.rounds)
        planners = [("run-day", "--on", on.isoformat())] * 2
        for n in range(2):
            self._round(Round([*planners[n:]], kills=[True] * (2 - n), moves=0, is_crash=False))
        while self.forks.run(*planners[0]) != 0:
            self.events["runs begun again"] += 1
        for n in range(self.weather.rounds):
            self._round(self._drawn(on, is_crash=n == crash))

    def _drawn(self, on: date, *, is_crash: bool) -> Round:
        """Programs beside each other: several senders, and whoever else comes in at that moment."""
        rng = self.rng
        commands: list[tuple[str, ...]] = []
        for _ in range(rng.randint(2, 3)):
            until_empty = ("--until-empty",) if rng.random() < 0.2 else ()
            commands.append(("send", "--batch", str(rng.choice((1, 2, 4, 8))), *until_empty))
        if rng.random() < 0.4:
            commands.append(("sweep",))
        if rng.random() < 0.5:
            channel = rng.choice((None, None, "sms", "email", "in_app"))
            only = ("--channel", channel) if channel else ()
            commands.append(("opt-out", "add", rng.choice(self.town.loans), *only))
        if rng.random() < 0.3:
            number = f"P{on:%m%d}-{rng.randrange(1_000_000)}"
            commands.append(
                ("payment", rng.choice(self.town.loans), "1000.00", "--ref", number, "--on", on.isoformat())
            )
        for server in self.servers.values():
            if rng.random() < 0.2:
                self.forks.kill(server)
        kills = [rng.random() < KILLED_SHARE[command[0]] for command in commands]
        freezes = tuple(command[0] == "send" and rng.random() < FROZEN_SHARE for command in commands)
        moves = rng.choice((0, 1, 2, 4, 6, 12, 25))
        return Round(commands, kills, moves, is_crash, freezes)

    def _round(self, drawn: Round) -> None:
        """Start them at once; kill, move the clock and stop the database at drawn instants; wait for all."""
        running = [(self.forks.start(*command), command) for command in drawn.commands]
        timeline: list[tuple[float, Callable[[], None]]] = [
            (self.rng.random(), partial(self.forks.kill, number))
            for (number, _), is_killed in zip(running, drawn.kills, strict=True)
            if is_killed
        ]
        timeline.append((self.rng.random(), partial(self._move, drawn.moves)))
        for (number, _), is_frozen in zip(running, drawn.freezes, strict=False):
            if is_frozen:
                timeline.append((self.rng.random(), partial(self._freeze, number)))
        if drawn.is_crash:
            timeline.append((self.rng.random(), self._crash))
        opt_outs = [each for each in running if each[1][0] == "opt-out"]
        began, usual = time.monotonic(), LATEST_KILL * self.forks.usual_seconds
        for when, happens in sorted(timeline, key=lambda each: each[0]):
            while time.monotonic() - began < when * usual:
                opt_outs = self._note_opt_outs(opt_outs)
                time.sleep(0.002)
            happens()
        for number, _ in running:
            self.forks.ended(number)
        self._note_opt_outs(opt_outs)
        self._note_failures(is_expected=drawn.is_crash)
        self._start_servers()
        self.postman.carry(self.port)

    def _freeze(self, number: int) -> None:
        """It goes on by itself: the driver may be waiting for a lock that it holds."""
        self.events["senders that stood still"] += 1
        self.forks.freeze(number)
        Timer(FROZEN_TIMES * self.forks.usual_seconds, self.forks.thaw, (number,)).start()

    def _start_servers(self) -> None:
        """Those that were killed."""
        for name, port in self._ports().items():
            if self.forks.wait(self.servers[name], 0) is not None:
                self.servers[name] = self.forks.start(name, "--port", str(port))

    def _note_opt_outs(self, running: list[tuple[int, tuple[str, ...]]]) -> list[tuple[int, tuple[str, ...]]]:
        """Those still running. One that has ended well is committed; the clock goes on after it."""
        left = []
        for number, command in running:
            code = self.forks.wait(number, 0)
            if code is None:
                left.append((number, command))
            elif code == 0:
                loan, channel = command[2], command[4] if len(command) > 4 else None
                person = again(lambda loan=loan: borrower_of(loan))
                self.opt_outs.append((person, channel, self._now()))
                self._move(0, seconds=1)
        return left

    def _note_failures(self, *, is_expected: bool) -> None:
        failures = self.forks.failures()
        if not is_expected:
            self.broken += [f"a command failed by itself: {each}" for each in failures[self.failed_before :]]
        self.failed_before = len(failures)

    # -- what happens ----------------------------------------------------------------------------

    def _move(self, minutes: float, seconds: float = 0) -> None:
        self._clock_to(self._now() + timedelta(minutes=minutes, seconds=seconds))

    def _clock_to(self, at: datetime) -> None:
        again(lambda: clock.set_simulated(max(at, clock.now())))

    def _now(self) -> datetime:
        return again(clock.now)

    def _crash(self) -> None:
        """Stop the database as a power cut would: everybody is thrown out, and it recovers when it starts."""
        self.events["databases stopped"] += 1
        pid = (Layout.of(self.folder).cluster / "postmaster.pid").read_text().split()[0]
        os.kill(int(pid), signal.SIGQUIT)

    # -- the end ---------------------------------------------------------------------------------

    def _come_to_an_end(self, kannel: Kannel) -> None:
        """Providers are well again and nobody is killed: everything left comes to its end."""
        self.mail.share = self.gateway.share = 0
        for n in range(60):
            self._move(12 if n < 3 else 180)
            for command in (("sweep",), ("send", "--until-empty")):
                assert self.forks.run(*command) == 0, self.forks.failures()[-1:]
            if not again(lambda: rows_of(STILL_OPEN)):
                break
        forwarded = sum(conduct not in BEFORE for _, conduct in self.gateway.asked)
        kannel.wait_for_taken(forwarded, seconds=10)
        for _ in range(20):
            self.postman.carry(self.port, everything=True)
            time.sleep(0.1)
        if self.postfix:
            self.postfix.flush()
            self.postfix.wait_until_idle()
        for server in self.servers.values():
            self.forks.kill(server)
        assert self.forks.run("sweep") == 0

    def _told(self) -> int:
        """Print what happened; 1 when a promise was broken."""
        for name, counted in self._counts().items():
            for what, number in sorted(counted.items(), key=str):
                say(f"{name:<22} {what!s:<40} {number:>7}")
        say(f"{'minutes':<63} {self._minutes():>7.1f}")
        for each in self.broken:
            say(f"BROKEN {each}")
        return 1 if self.broken else 0

    def _counts(self) -> dict[str, Counter[str]]:
        def by(sql: str) -> Counter[str]:
            return Counter({row["what"]: row["n"] for row in rows_of(sql)})

        return {
            "killed": Counter({name: n for (name, code), n in self.forks.ends.items() if code == -9}),
            "ended by itself": Counter(
                {f"{name} with {code}": n for (name, code), n in self.forks.ends.items() if code >= 0}
            ),
            "also": self.events,
            "mail server": self.mail.conduct,
            "gateway": self.gateway.conduct,
            "reports": self.postman.told,
            "planned contacts": by("SELECT state AS what, count(*) AS n FROM planned_contact GROUP BY 1"),
            "attempts": by("SELECT channel || ' ' || state AS what, count(*) AS n FROM attempt GROUP BY 1"),
            "receipts": by("SELECT state AS what, count(*) AS n FROM receipt_result GROUP BY 1"),
            "opt-outs": Counter({"committed and checked": len(self.opt_outs)}),
        }


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def again(asked: Callable[[], T]) -> T:
    """What is asked of the database; asked again when the database was stopped meanwhile."""
    for _ in range(PATIENCE):
        try:
            return asked()
        except (OperationalError, InterfaceError):
            connection.close()
            time.sleep(0.05)
    return asked()


def borrower_of(loan: str) -> int:
    (row,) = rows_of(
        "SELECT person_id FROM loan_party JOIN loan ON loan.id = loan_id WHERE source_ref = %s", loan
    )
    return int(row["person_id"])
