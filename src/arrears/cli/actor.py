"""Who gives a command: every write is recorded under a name."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def by_option(command: F) -> F:
    """Adds `--by NAME` to a command, which receives the argument `actor`, such as `staff:anna`."""
    option = click.option(
        "--by",
        "actor",
        default=_user,
        show_default="your user name",
        callback=lambda _context, _parameter, name: f"staff:{name}",
        help="Who does this; it is recorded.",
    )
    return option(command)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise click.UsageError("This user has no name here: say --by NAME.") from None
