"""`arrears clock`: what time it is, and in a simulation, that it gets later."""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from arrears.cli.actor import by_option
from arrears.cli.django import needs_database
from arrears.cli.output import to_instant


@click.group()
def clock() -> None:
    """Say what time it is in the database; move a simulation's clock forward."""


@clock.command()
@needs_database
def show() -> None:
    """Print the instant that everything is recorded with."""
    from arrears.store.clock import now

    click.echo(now().isoformat())


@clock.command(name="set")
@click.argument("instant", callback=lambda _context, _parameter, text: to_instant(text))
@by_option
@needs_database
def set_(instant: datetime, *, actor: str) -> None:
    """Move a simulation's clock to INSTANT, 2026-06-02T09:00+08:00."""
    from arrears.actions.clocks import move_clock

    click.echo(move_clock(to_at=instant, actor=actor).isoformat())


@clock.command()
@click.option("--days", type=click.IntRange(0, 4_000), default=0, show_default=True)
@click.option("--hours", type=click.IntRange(0, 100_000), default=0, show_default=True)
@by_option
@needs_database
def advance(days: int, hours: int, *, actor: str) -> None:
    """Move a simulation's clock on by so many days and hours."""
    from arrears.actions.clocks import move_clock
    from arrears.store.clock import now

    later = now() + timedelta(days=days, hours=hours)
    click.echo(move_clock(to_at=later, actor=actor).isoformat())
