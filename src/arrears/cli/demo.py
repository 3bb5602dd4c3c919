"""`arrears demo`: thirty days of a lender, in a simulation of its own."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from arrears.cli.output import note
from arrears.demo.home import fresh_home
from arrears.demo.sources import Source, find_real_file, real_source, synthetic_source
from arrears.kernel.errors import Misconfigured

if TYPE_CHECKING:
    from arrears.demo.life import Day

_NOT_THE_USERS = (
    *("ARREARS_DATABASE_URL", "ARREARS_MASTER_KEY_FILE", "ARREARS_SMTP_URL", "ARREARS_SMS_URL"),
    *("ARREARS_EMAIL_URL", "ARREARS_PUSH_URL"),
    *("ARREARS_PRINT_URL", "ARREARS_LETTER_SIGNING_P12", "ARREARS_LETTER_SIGNING_PASSPHRASE"),
)
_PLAIN_SECONDS = 5.0


@click.command()
@click.option(
    "--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The file of 2005."
)
@click.option("--synthetic", is_flag=True, help="The invented portfolio, even where the real file is.")
@click.option(
    "--loans", type=click.IntRange(50, 1_000_000), default=6_000, show_default=True, help="How many."
)
@click.option("--days", type=click.IntRange(1, 60), default=30, show_default=True, help="To be lived.")
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed, other events.")
@click.option("--home", type=click.Path(file_okay=False, path_type=Path), help="A folder for its data.")
def demo(file: Path | None, *, synthetic: bool, loans: int, days: int, seed: int, home: Path | None) -> None:
    """Live some days of a lender in a simulation, from the import to one borrower's story.

    Half of the borrowers climb the one shipped ladder, half the other. Uses the file of real
    customers of 2005 where it lies beside the project, else an invented portfolio. Nobody can be
    reached from it: its mail goes to a server on this machine that keeps a record and delivers
    nothing.
    """
    started_at = time.monotonic()
    with fresh_home(home.expanduser().absolute() if home else _usual_home()) as folder:
        source = _source(folder, file, synthetic=synthetic, loans=loans, seed=seed)
        _introduce(source)
        with _prepared(folder):
            _live(source, folder, days=days, seed=seed)
    note(f"\nThis took {time.monotonic() - started_at:.0f} seconds.")


def _usual_home() -> Path:
    """In the data folder; where there can be none, in the system's folder for passing things."""
    from arrears.conf.paths import data_folder, make_private

    try:
        folder = data_folder()
        make_private(folder)
    except Misconfigured:
        folder = Path(tempfile.gettempdir()) / f"arrears-{os.geteuid()}"
    return folder / "demo"


def _source(folder: Path, file: Path | None, *, synthetic: bool, loans: int, seed: int) -> Source:
    if file and synthetic:
        raise click.UsageError("--file and --synthetic exclude each other.")
    found = file or (None if synthetic else find_real_file(Path(__file__).parents[3]))
    portfolio = folder / "portfolio.csv"
    if found:
        return real_source(found, portfolio, loans=loans, seed=seed)
    return synthetic_source(portfolio, loans=loans, seed=seed)


def _introduce(source: Source) -> None:
    customers, law = (each.replace("\n", "\n" + " " * 11) for each in (source.title, source.about_the_law))
    click.echo(
        f"Customers  {customers}\n"
        "Invented   names and addresses, and all that happens from here on: payments, customers newly\n"
        "           late, opt-outs, promises, disputes, addresses that do not exist\n"
        "Ladders    cn-consumer-credit for half of the borrowers, international for the other half\n"
        "Channels   the app's inbox and e-mail for real, to a server that delivers nothing; text messages\n"
        "           and calls go nowhere: every call rings, and nobody answers\n"
        f"Clock      simulated, from the end of {source.through_on}\n"
        f"Law        {law}\n"
    )


@contextmanager
def _prepared(folder: Path) -> Iterator[None]:
    """Django on a server in `folder` and on nothing of the user's; the server has ended afterwards."""
    for name in _NOT_THE_USERS:
        os.environ.pop(name, None)
    os.environ["ARREARS_HOME"] = str(folder)
    from arrears.conf.database import set_up_django
    from arrears.conf.postgres.client import leave_server

    set_up_django()
    from django.db import connections

    try:
        with connections["default"].cursor() as cursor:
            # A crash of the machine may cost the last instants of a demonstration, and nothing else.
            cursor.execute("ALTER ROLE CURRENT_USER SET synchronous_commit = off")
        connections["default"].close()
        yield
    finally:
        connections.close_all()
        leave_server(folder, wait=True)


def _live(source: Source, folder: Path, *, days: int, seed: int) -> None:
    from arrears.actions.laws import shipped_law
    from arrears.channels.smtp.sink_process import SinkProcess
    from arrears.cli import demo_report
    from arrears.demo import people
    from arrears.demo.life import Life
    from arrears.kernel.vocabulary import ActorKind, code_of

    conduct = {"refuse": people.NO_SUCH_MAILBOX, "drop": people.LOST_ANSWER}
    status = _Status()
    with SinkProcess(folder / "mail-server.jsonl", conduct) as sink:
        law = shipped_law(code_of(ActorKind, source.lender.actor_kind))
        life = Life(source, law, sink.url, folder, seed, tell=status.tell)
        status.tell("making the database")
        report = life.begin()
        status.say(f"Imported: {report.rows_accepted:,} of {report.rows_read:,} rows.\n")
        lived = []
        for day in life.live(days):
            status.say(_line(day))
            lived.append(day)
        status.tell("counting")
        taken = sink.taken()
    status.say("")
    demo_report.print_figures(life, lived, taken)
    demo_report.print_foretold(life, through_on=lived[-1].on)
    loan = demo_report.print_story(life)
    demo_report.print_next(lived[-1].on, loan, folder)


def _line(day: Day) -> str:
    came = f"{day.payments:3} paid, {day.newly_late:3} newly late"
    if day.is_feed_missing:
        came = "NO MORNING FILE CAME    "
    return (
        f"{day.on:%a %Y-%m-%d}  {came} | app {day.sent_through('in_app'):5,}, "
        f"e-mail {day.sent_through('email'):4,}, text {day.sent_through('sms'):4,}, "
        f"calls {day.sent_through('call'):3,} | held back {day.held_back:5,}"
    )


class _Status:
    """What is being done, in one line that the next overwrites; without a terminal, now and then."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._said_at = time.monotonic()

    def tell(self, text: str) -> None:
        if self._is_terminal:
            click.echo(f"\r\x1b[K{text}", nl=False, err=True)
        elif time.monotonic() - self._said_at > _PLAIN_SECONDS:
            self._said_at = time.monotonic()
            note(f"... {text}")

    def say(self, text: str) -> None:
        """A line that stays."""
        if self._is_terminal:
            click.echo("\r\x1b[K", nl=False, err=True)
        self._said_at = time.monotonic()
        click.echo(text)
        sys.stdout.flush()
