"""`arrears simulate-strategy`: what another strategy or law would have done in a past period."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from arrears.cli.django import needs_database
from arrears.cli.output import format_option, note, print_json, progress
from arrears.cli.strategy_option import strategy_for
from arrears.kernel.errors import BadInput

if TYPE_CHECKING:
    from arrears.actions.simulations import Side, Simulation
    from arrears.actions.tried_laws import Changes
    from arrears.cli.simulation_report import Effort
    from arrears.kernel.planning.strategy import Strategy

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("simulate-strategy")
@click.argument("new", metavar="NEW")
@click.option("--against", "current", help="The current strategy.  [default: the one adopted]")
@click.option("--from", "from_", type=_DAY, required=True, help="The first day.")
@click.option("--to", type=_DAY, required=True, help="The last day; it must be over.")
@click.option(
    "--law-adopt",
    "adopted",
    multiple=True,
    metavar="NAME",
    help="Jurisdictions of both sides, without the lender's own rules.  [default: the law adopted]",
)
@click.option("--law-on", multiple=True, metavar="RULE", help="NEW relies on this uncertain exception.")
@click.option("--law-off", multiple=True, metavar="RULE", help="NEW does not apply this uncertain rule.")
@click.option(
    "--law-packs",
    type=click.Path(path_type=Path, exists=True),
    help="NEW is under these packs (file or folder), in place of the shipped ones of their jurisdictions.",
)
@click.option(
    "--law-house",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="NEW is under these rules of one's own, in place of the adopted ones.",
)
@click.option("--calls-per-day", type=click.IntRange(min=0), help="So many calls a day on both sides.")
@click.option("--minutes-per-call", type=click.IntRange(min=0), default=6, show_default=True)
@click.option("--letter-cost", metavar="AMOUNT", help="What a letter costs: 1.50 or 'CNY 1.50'.")
@click.option("--svg", type=click.Path(path_type=Path, dir_okay=False), help="Draw contacts a day here.")
@click.option("--top", type=click.IntRange(min=0), default=5, show_default=True, help="Example loans a kind.")
@click.option("--lender", help="Number or name; not needed while there is only one.")
@format_option
@needs_database
def simulate_strategy(
    *,
    new: str,
    current: str | None,
    from_: datetime,
    to: datetime,
    adopted: tuple[str, ...],
    law_on: tuple[str, ...],
    law_off: tuple[str, ...],
    law_packs: Path | None,
    law_house: Path | None,
    calls_per_day: int | None,
    minutes_per_call: int,
    letter_cost: str | None,
    svg: Path | None,
    top: int,
    lender: str | None,
    format_: str,
) -> None:
    """Try the strategy NEW over past days beside the current one. Nothing is written.

    NEW is a shipped ladder or a .toml file. Both sides are under the law that the lender has adopted, its
    own rules among it. To try a law, give the same strategy and --law-on, --law-off, --law-packs or
    --law-house.
    """
    from arrears.actions.days import today_at
    from arrears.actions.lenders import get_lender
    from arrears.actions.simulations import Side, simulate
    from arrears.actions.tried_laws import Changes, law_to_try
    from arrears.cli.simulation_report import document, print_simulation
    from arrears.store.clock import now
    from arrears.strategies import load_strategy

    at = now()
    owner = get_lender(lender)
    effort = _effort(owner.id, minutes_per_call, letter_cost)
    changes = _changes(adopted, law_on, law_off, law_packs, law_house)
    followed = strategy_for(current, lender=owner.id, on=today_at(owner.id, at))
    sides = (
        Side(_bounded(followed, calls_per_day), *law_to_try(owner.id, Changes(adopted), at=at)),
        Side(_bounded(load_strategy(new), calls_per_day), *law_to_try(owner.id, changes, at=at)),
    )
    days = (to - from_).days + 1
    with progress("days lived", total=days if days > 0 else None) as advance:
        found = simulate(
            lender_id=owner.id,
            current=sides[0],
            new=sides[1],
            from_on=from_.date(),
            to_on=to.date(),
            at=at,
            progress=advance,
        )
    if format_ == "json":
        print_json(document(found, sides, owner.name, effort, top))
    else:
        print_simulation(found, sides, owner.name, effort, top)
    _say_what_it_means(found, sides)
    if svg is not None:
        _draw(svg, owner.name, found, sides)


def _bounded(strategy: Strategy, calls_per_day: int | None) -> Strategy:
    return strategy if calls_per_day is None else replace(strategy, calls_per_day=calls_per_day)


def _changes(
    adopted: tuple[str, ...],
    on: tuple[str, ...],
    off: tuple[str, ...],
    packs: Path | None,
    house: Path | None,
) -> Changes:
    from arrears.actions.law_checking import read_own_rules
    from arrears.actions.tried_laws import Changes
    from arrears.rulepacks.library import read_law

    return Changes(
        jurisdictions=adopted,
        switched_on=on,
        switched_off=off,
        own_rules=None if house is None else read_own_rules(house),
        files=[] if packs is None else read_law(packs),
    )


def _effort(lender: int, minutes_per_call: int, letter_cost: str | None) -> Effort:
    from arrears.actions.simulations import find_currency
    from arrears.cli.simulation_report import Effort
    from arrears.kernel.money import CURRENCIES, Money, minor_of

    if letter_cost is None:
        return Effort(minutes_per_call, None)
    named, _, amount = letter_cost.rpartition(" ")
    currency = named.upper() or find_currency(lender)
    if currency not in CURRENCIES:
        raise BadInput(
            "simulation.no_currency",
            f"What a letter costs has no currency: {named or 'the lender has none of its own'}.",
            hint='Name it with the amount: --letter-cost "CNY 1.50"',
        )
    minor = minor_of(amount, currency, code="simulation.letter_cost")
    return Effort(minutes_per_call, Money(minor, currency))


def _say_what_it_means(found: Simulation, sides: tuple[Side, Side]) -> None:
    current, new = sides
    if found.current.late_days == 0:
        note("No loans were late in this period. Choose days on which some were: arrears ageing --from --to")
    if current.strategy == new.strategy and current.law.version == new.law.version:
        note("Both sides are the same, so there is nothing to compare.")
    if found.books_through_on is None or (found.to_on - found.books_through_on).days > 1:
        told = found.books_through_on or "no day"
        note(f"Payments are in the books through {told}: from the second day after it everything is refused.")


def _draw(path: Path, lender: str, found: Simulation, sides: tuple[Side, Side]) -> None:
    from arrears.cli.charts import draw_stacks_beside
    from arrears.cli.simulation_report import points_of

    if found.current.contacts + found.new.contacts == 0:
        note("Neither side contacts anybody: there is nothing to draw.")
        return
    draw_stacks_beside(
        path,
        title=f"{lender}: contacts a day, by channel",
        panels={
            f"current: {sides[0].strategy.name}": points_of(found.current),
            f"new: {sides[1].strategy.name}": points_of(found.new),
        },
        first=found.from_on,
        last=found.to_on,
        axis="contacts",
    )
    note(f"The picture is in {path}.")
