"""Which strategy a command follows: the one in use, or in its place one that is named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import click

from arrears.cli.output import note

if TYPE_CHECKING:
    from datetime import datetime

    from arrears.kernel.planning.strategy import Strategy

F = TypeVar("F", bound=Callable[..., Any])


def strategy_option(command: F) -> F:
    """Adds `--strategy FILE|NAME`, which the command receives as the argument `strategy`, or None."""
    option = click.option(
        "--strategy",
        metavar="FILE|NAME",
        help="A shipped strategy or a .toml file.  [default: the one that the lender has adopted]",
    )
    return option(command)


def strategy_for(named: str | None, *, lender: int, on: date, is_binding: bool = False) -> Strategy:
    """The strategy for a lender's business day, as `choose_strategy` says; tells where none is adopted."""
    from arrears.actions.strategies import choose_strategy

    chosen = choose_strategy(named, lender=lender, on=on, is_binding=is_binding)
    if not chosen.is_decided:
        _say_none_is_adopted()
    return chosen.strategy


def strategies_to_send_by(named: str | None, *, at: datetime) -> Mapping[int, Strategy]:
    """The strategy of every lender that is to be served, as `choose_to_send_by` says."""
    from arrears.actions.strategies import choose_to_send_by

    chosen = choose_to_send_by(named, at=at)
    if not all(each.is_decided for each in chosen.values()):
        _say_none_is_adopted()
    return {lender: each.strategy for lender, each in chosen.items()}


def _say_none_is_adopted() -> None:
    note(
        "No strategy is adopted, so this follows the shipped sample. To adopt one: arrears strategy adopt -h"
    )
