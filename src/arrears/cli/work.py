"""`arrears work`: what has to be done again and again, done."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path

import click

from arrears.cli.django import needs_database
from arrears.cli.errors import FAILED
from arrears.conf.logs import logs_as_json, say


@click.command()
@click.option(
    "--batch",
    type=click.IntRange(1, 5_000),
    default=500,
    show_default=True,
    help="Contacts decided together.",
)
@click.option(
    "--metrics-port", type=click.IntRange(0, 65_535), help="Answer Prometheus on this port of this machine."
)
@click.pass_context
@needs_database
@logs_as_json
def work(context: click.Context, batch: int, metrics_port: int | None) -> None:
    """Plan, send, sweep and seal as it falls due, until it is interrupted.

    Each lender's day is planned once it has begun and its books are complete to the day before. Start
    as many as you like, on as many machines: none does what another does. When it is stopped it ends
    what is at hand.
    """
    from django.conf import settings

    from arrears.actions.handing_over import Manner
    from arrears.conf.servers import servers_set
    from arrears.jobs.metrics import OfThisProcess, database_registry, serve_metrics
    from arrears.jobs.queue import open_queue
    from arrears.jobs.worker import run_worker
    from arrears.jobs.working import Workshop, standing_clock
    from arrears.store.queue import bring_queue_up

    stands_at = standing_clock()  # a database that is not set up is said now
    bring_queue_up()
    stopping = threading.Event()
    servers = servers_set()
    registry = database_registry()
    process = OfThisProcess(registry)
    manner = Manner(is_stopping=stopping.is_set, timed=process.timed)
    workshop = Workshop(servers, Path(settings.ARREARS_HOME) / "nights", batch, manner, process.told)
    if metrics_port is not None:
        port = serve_metrics(registry, metrics_port)
        say("serving metrics", f"http://127.0.0.1:{port}/metrics answers.", port=port)
    if stands_at is not None:
        words = (
            f"This is a simulation: its clock stands at {stands_at:%Y-%m-%d %H:%M} UTC, and this does not"
            " move it. arrears clock advance does."
        )
        say("clock stands still and is not moved", words, stands_at=stands_at)
    ready = partial(say, "at work", "At work. Ctrl-C ends it.")
    if not run_worker(open_queue(workshop), stopping, is_ready=ready):
        say("ended by itself", "The worker ended by itself: the database was lost. Start it again.")
        context.exit(FAILED)
