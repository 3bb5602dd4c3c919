"""`arrears hours`: when and where contact does not suit a borrower, and when he has agreed to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import click

from arrears.cli.actor import by_option
from arrears.cli.django import needs_database
from arrears.cli.options import midnight
from arrears.cli.output import format_option, note, print_report
from arrears.kernel.vocabulary import (
    WEEKDAYS,
    Channel,
    ConsentForm,
    PointKind,
    PointPlace,
    StatementForm,
    name_of,
)

_CHANNEL = click.Choice([name_of(each) for each in Channel])
_PLACES = tuple(name_of(each) for each in PointPlace)
_FORMS = tuple(name_of(each) for each in StatementForm)
_DAY = click.DateTime(["%Y-%m-%d"])
_TOLD_BY = click.Choice(["call", "reply", "letter", "portal"])
_told_by_option = click.option(
    "--told-by", type=_TOLD_BY, default="call", show_default=True, help="How it was told."
)
_lender_option = click.option("--lender", help="Number or name; needed where two lenders share a number.")


@click.group()
def hours() -> None:
    """Record when contact does not suit a borrower, and when he has agreed to it."""


def _hours_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Days and times of day where the borrower is, a channel, and an end."""
    options = (
        click.option(
            "--on",
            "days",
            type=click.Choice(WEEKDAYS),
            multiple=True,
            help="Repeat for several.  [default: all]",
        ),
        click.option("--from", "start", default="00:00", show_default=True, help="From this time on."),
        click.option("--to", "end", default="24:00", show_default=True, help="Until before this time."),
        click.option("--channel", type=_CHANNEL, help="[default: all]"),
        click.option("--until", type=_DAY, help="The first day without it.  [default: no end]"),
    )
    for option in reversed(options):
        command = option(command)
    return command


@hours.command()
@click.argument("loan")
@_hours_options
@click.option("--at", "place", type=click.Choice(_PLACES), help="Only at this place, however it is reached.")
@click.option("--address", help="Only at this address or number of his.")
@click.option("--kind", type=click.Choice([name_of(each) for each in PointKind]), help="What the address is.")
@click.option("--country", help="How to read a number without a country code, ISO 3166.")
@click.option("--since", type=_DAY, help="The first day on which it holds.  [default: from now on]")
@_told_by_option
@click.option("--form", type=click.Choice(_FORMS), help="[default: oral when told by call, else written]")
@_lender_option
@by_option
@needs_database
def inconvenient(
    *,
    loan: str,
    days: tuple[str, ...],
    start: str,
    end: str,
    channel: str | None,
    until: datetime | None,
    place: str | None,
    address: str | None,
    kind: str | None,
    country: str | None,
    since: datetime | None,
    told_by: str,
    form: str | None,
    lender: str | None,
    actor: str,
) -> None:
    """Record that contact does not suit the borrower of LOAN then. It binds at once, whoever was told."""
    from arrears.actions.inconvenient_times import record_inconvenient_time
    from arrears.actions.opt_outs import value_key_of
    from arrears.actions.weekly_hours import weekly_hours
    from arrears.store.clock import now

    if (address is None) != (kind is None):
        raise click.UsageError("Give --address and --kind together.")
    owner, person = _borrower(loan, lender)
    number = record_inconvenient_time(
        lender=owner.id,
        person=person,
        hours=weekly_hours(days=days, start=start, end=end),
        channel=channel,
        value_key=value_key_of(kind, address, country=country) if kind and address else None,
        place=place,
        form=form or ("oral" if told_by == "call" else "written"),
        from_at=since and midnight(since, owner.zone),
        until_at=until and midnight(until, owner.zone),
        told_by=told_by,
        actor=actor,
        at=now(),
    )
    note(f"Recorded as inconvenient time {number}. To take it back: arrears hours take-back {number}")


@hours.command("take-back")
@click.argument("number", type=int)
@_told_by_option
@by_option
@needs_database
def take_back(number: int, told_by: str, actor: str) -> None:
    """The inconvenient time of this NUMBER holds no longer, from now on."""
    from arrears.actions.inconvenient_times import take_back_inconvenient_time
    from arrears.store.clock import now

    take_back_inconvenient_time(inconvenient_time=number, told_by=told_by, actor=actor, at=now())
    note(f"Inconvenient time {number} is taken back.")


@hours.command()
@click.argument("loan")
@_hours_options
@click.option(
    "--form",
    type=click.Choice([name_of(each) for each in ConsentForm]),
    required=True,
    help="How he agreed to it.",
)
@_lender_option
@by_option
@needs_database
def agreed(
    *,
    loan: str,
    days: tuple[str, ...],
    start: str,
    end: str,
    channel: str | None,
    until: datetime | None,
    form: str,
    lender: str | None,
    actor: str,
) -> None:
    """Record that the borrower of LOAN agreed to contact then. It lifts what the law lets him lift."""
    from arrears.actions.agreed_hours import record_agreed_hours
    from arrears.actions.weekly_hours import weekly_hours
    from arrears.store.clock import now

    owner, person = _borrower(loan, lender)
    number = record_agreed_hours(
        lender=owner.id,
        person=person,
        hours=weekly_hours(days=days, start=start, end=end),
        form=form,
        channel=channel,
        until_at=until and midnight(until, owner.zone),
        actor=actor,
        at=now(),
    )
    note(f"Recorded as agreement {number}. To end it: arrears hours withdraw {number}")


@hours.command()
@click.argument("number", type=int)
@by_option
@needs_database
def withdraw(number: int, actor: str) -> None:
    """The agreement of this NUMBER holds no longer, from now on."""
    from arrears.actions.agreed_hours import withdraw_agreed_hours
    from arrears.store.clock import now

    withdraw_agreed_hours(consent=number, actor=actor, at=now())
    note(f"Agreement {number} is withdrawn.")


@hours.command("list")
@click.argument("loan")
@_lender_option
@format_option
@needs_database
def list_(loan: str, lender: str | None, format_: str) -> None:
    """Show what the borrower of LOAN has said of hours: inconvenient and agreed."""
    from arrears.actions.agreed_hours import list_agreed_hours
    from arrears.actions.inconvenient_times import list_inconvenient_times

    _, person = _borrower(loan, lender)
    rows = [_row("inconvenient", row, row.told_by) for row in list_inconvenient_times(person=person)]
    rows += [_row("agreed", row, row.form) for row in list_agreed_hours(person=person)]
    print_report(format_, f"Hours of the borrower of {loan}", rows, columns=_COLUMNS)


_COLUMNS = ("what", "number", "hours", "channel", "place", "from_at", "until_at", "told", "recorded_by")


def _row(what: str, row: Any, told: str) -> dict[str, Any]:
    from arrears.actions.weekly_hours import WeeklyHours

    return {
        "what": what,
        "number": row.pk,
        "hours": str(WeeklyHours(row.weekdays, row.start_local_minutes, row.end_local_minutes)),
        "channel": row.channel or "all",
        "place": getattr(row, "place", None) or "any",
        "from_at": row.from_at,
        "until_at": row.until_at,
        "told": told,
        "recorded_by": row.actor.name,
    }


def _borrower(loan: str, lender: str | None) -> tuple[Any, int]:
    from arrears.actions.explanations import get_subject
    from arrears.actions.lenders import get_lender

    owner = get_lender(lender)
    return owner, get_subject(loan, lender=owner.id).borrower
