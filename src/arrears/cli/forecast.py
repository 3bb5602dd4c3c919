"""`arrears forecast`: the coming days of one loan if nothing changes, and what if something did."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from arrears.cli.django import needs_database
from arrears.cli.options import LANGUAGE
from arrears.cli.output import format_option, print_json, print_report
from arrears.cli.strategy_option import strategy_for, strategy_option
from arrears.kernel.vocabulary import HoldReason, Stops, name_of

if TYPE_CHECKING:
    from arrears.actions.forecasts import Supposition

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("loan")
@click.option("--days", type=int, default=90, show_default=True, help="How many days from today on.")
@click.option(
    "--pay", metavar="AMOUNT", help="Suppose a payment (1250.00, in the loan's currency) --on a day."
)
@click.option("--pay-overdue", is_flag=True, help="Suppose that what is overdue is paid --on a day.")
@click.option("--pay-off", is_flag=True, help="Suppose that all of the schedule is paid --on a day.")
@click.option("--on", type=_DAY, help="The day of the payment.")
@click.option(
    "--hold",
    type=click.Choice([name_of(each) for each in HoldReason]),
    help="Suppose a hold for this reason, --from a day --until another.",
)
@click.option("--from", "from_", type=_DAY, help="The first day of the hold.")
@click.option("--until", type=_DAY, help="The first day on which it does not hold.  [default: no end]")
@click.option(
    "--stops",
    type=click.Choice([name_of(each) for each in Stops]),
    multiple=True,
    default=("notices", "calls"),
    show_default=True,
    help="What the hold stops; may be given several times.",
)
@click.option("--whole-person", is_flag=True, help="The hold is on all of the borrower's loans.")
@click.option("--lang", type=LANGUAGE, help="[default: the lender's]")
@click.option("--lender", help="Number or name; needed where two lenders share a number.")
@strategy_option
@format_option
@needs_database
def forecast(
    loan: str,
    *,
    days: int,
    lang: str | None,
    lender: str | None,
    strategy: str | None,
    format_: str,
    **supposed: Any,
) -> None:
    """Foretell the coming days of LOAN: what will be sent, and what will be refused and why.

    With --pay, --pay-overdue, --pay-off or --hold: beside it what would happen then. Nothing is
    stored.
    """
    from arrears.actions.days import today_at
    from arrears.actions.explanations import get_subject
    from arrears.actions.forecasts import foretell
    from arrears.actions.laws import law_in_use
    from arrears.actions.lenders import get_lender
    from arrears.actions.telling_forecasts import tell_forecast
    from arrears.locale.notices import language_of
    from arrears.store.clock import now

    at, owner = now(), None if lender is None else get_lender(lender).id
    its_lender = get_subject(loan, lender=owner).lender
    today = today_at(its_lender, at)
    found = foretell(
        loan_ref=loan,
        strategy=strategy_for(strategy, lender=its_lender, on=today),
        law=law_in_use(its_lender, on=today),
        at=at,
        days=days,
        supposition=_supposition(**supposed),
        lender=owner,
    )
    told = tell_forecast(found, lang or language_of(found.subject.language))
    if format_ == "json":
        print_json(told)
    else:
        _print(told)


def _supposition(
    *,
    pay: str | None,
    pay_overdue: bool,
    pay_off: bool,
    on: datetime | None,
    hold: str | None,
    from_: datetime | None,
    until: datetime | None,
    stops: tuple[str, ...],
    whole_person: bool,
) -> Supposition | None:
    """At most one supposition, with the days that belong to it."""
    from arrears.actions.forecasts import Kind, Supposition

    chosen = {Kind.PAY: pay is not None, Kind.PAY_OVERDUE: pay_overdue, Kind.PAY_OFF: pay_off}
    chosen[Kind.HOLD] = hold is not None
    kinds = [kind for kind, is_chosen in chosen.items() if is_chosen]
    if len(kinds) > 1:
        raise click.UsageError("Suppose one thing: --pay, --pay-overdue, --pay-off or --hold.")
    is_hold, day = kinds == [Kind.HOLD], from_ if kinds == [Kind.HOLD] else on
    if (on is not None and (is_hold or not kinds)) or (not is_hold and (from_ or until or whole_person)):
        raise click.UsageError("--on goes with a payment; --from, --until and --whole-person with --hold.")
    if not kinds:
        return None
    if day is None:
        raise click.UsageError("A hold needs --from." if is_hold else "A payment needs --on.")
    return Supposition(
        kind=kinds[0],
        on=day.date(),
        amount=pay or "",
        until_on=None if until is None else until.date(),
        reason=hold or "",
        stops=stops,
        of_borrower=whole_person,
    )


def _print(told: Mapping[str, Any]) -> None:
    """The forecast as a table, with what it supposes above and what it assumes below."""
    headings, supposed = told["headings"], told["supposed"]
    names = ["date", "nothing_changes", *(["supposed"] if supposed else [])]
    rows = [
        {headings[name]: _cell(each[name]) if name != "date" else each["said"] for name in names}
        for each in told["dates"]
    ]
    if supposed:
        click.echo(supposed["said"])
    print_report("table", headings["title"], rows, columns=[headings[name] for name in names])
    if not rows:
        click.echo(told["said_nothing"])
    elif supposed and told["is_same"]:
        click.echo(told["said_same"])
    for name, owed in told["owed"].items():
        if owed:
            click.echo(f"{headings['owed']} ({headings[name]})" if supposed else headings["owed"])
            click.echo("\n".join(f"  {each['said']}" for each in owed))
    lines = [headings["times"], *told["assumed"], told["not_stored"], told["not_legal_advice"]]
    click.echo("\n".join(lines))


def _cell(lines: list[Mapping[str, Any]]) -> str:
    """What happens on a day, and the reasons of what is refused."""
    told = []
    for line in lines:
        told.append(line["said"])
        told += [f"- {rule['said']}" for rule in line["rules"] if not line["is_planned"]]
    return "\n".join(told)
