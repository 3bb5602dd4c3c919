"""`arrears work`: what has to be done again and again, done."""

from __future__ import annotations

import threading
from pathlib import Path

import click

from arrears.cli.django import needs_database
from arrears.cli.errors import FAILED
from arrears.cli.output import note


@click.command()
@click.option(
    "--batch",
    type=click.IntRange(1, 5_000),
    default=500,
    show_default=True,
    help="Contacts decided together.",
)
@click.pass_context
@needs_database
def work(context: click.Context, batch: int) -> None:
    """Plan, send, sweep and seal as it falls due, until it is interrupted.

    Each lender's day is planned once it has begun and its books are complete to the day before. Start
    as many as you like, on as many machines: none does what another does. When it is stopped it ends
    what is at hand.
    """
    from django.conf import settings

    from arrears.channels.registry import Servers
    from arrears.jobs.queue import open_queue
    from arrears.jobs.worker import run_worker
    from arrears.jobs.working import Workshop, standing_clock
    from arrears.store.queue import bring_queue_up

    stands_at = standing_clock()  # a database that is not set up is said now
    bring_queue_up()
    stopping = threading.Event()
    servers = Servers(settings.ARREARS_SMTP_URL, settings.ARREARS_SMS_URL)
    workshop = Workshop(servers, Path(settings.ARREARS_HOME) / "nights", batch, stopping.is_set)
    if stands_at is not None:
        note(
            f"This is a simulation: its clock stands at {stands_at:%Y-%m-%d %H:%M} UTC, and this does not"
            " move it. arrears clock advance does."
        )
    ended = run_worker(open_queue(workshop), stopping, is_ready=lambda: note("At work. Ctrl-C ends it."))
    if not ended:
        note("The worker ended by itself: the database was lost. Start it again.")
        context.exit(FAILED)
