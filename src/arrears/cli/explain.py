"""`arrears explain`: the four answers about one loan, and what the coming days hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import click

from arrears.cli.django import needs_database
from arrears.cli.options import LANGUAGE
from arrears.cli.output import format_option, note, print_json
from arrears.cli.strategy_option import strategy_for, strategy_option


@click.command()
@click.argument("loan")
@click.option("--lang", type=LANGUAGE, help="[default: the lender's]")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="As of this day.  [default: today]")
@click.option("--lender", help="Number or name; needed where two lenders share a number.")
@strategy_option
@format_option
@needs_database
def explain(
    loan: str,
    *,
    lang: str | None,
    on: datetime | None,
    lender: str | None,
    strategy: str | None,
    format_: str,
) -> None:
    """Answer a borrower's four questions about the loan with the lender's number LOAN.

    Will I be sent a notice, and will a letter come to my home? Will they call me? Will they
    contact the people around me? Will it show on my credit record? As JSON it is the object
    that docs/answers.md describes.
    """
    from arrears.actions.days import today_at
    from arrears.actions.explanations import explain as explain_loan
    from arrears.actions.explanations import get_subject
    from arrears.actions.hearing.listing import messages_refusing
    from arrears.actions.laws import law_in_use
    from arrears.actions.lenders import get_lender
    from arrears.actions.telling import tell
    from arrears.locale.notices import language_of
    from arrears.store.clock import now

    at, owner = now(), None if lender is None else get_lender(lender).id
    its_lender = get_subject(loan, lender=owner).lender
    day = today_at(its_lender, at) if on is None else on.date()
    found = explain_loan(
        loan_ref=loan,
        strategy=strategy_for(strategy, lender=its_lender, on=day),
        law=law_in_use(its_lender, on=day),
        at=at,
        on=None if on is None else on.date(),
        lender=owner,
    )
    told = tell(found, lang or language_of(found.subject.language))
    if format_ == "json":
        print_json(told)
    else:
        click.echo("\n".join(_lines(told)))
    for message in messages_refusing(person=found.subject.borrower):
        note(f"Some contact is refused because of message {message}. See: arrears inbound show {message}")


def _lines(told: Mapping[str, Any]) -> Iterator[str]:
    """The explanation as a page of text."""
    headings = told["headings"]
    yield headings["title"]
    yield told["lender"]
    yield told["arrears"]["said"]
    yield headings["times"]
    for answer in told["answers"]:
        yield from _answer(answer, headings)
    if told["holds"]:
        yield from _section(headings["holds"], [each["said"] for each in told["holds"]])
    if told["owed"]:
        yield from _section(headings["owed"], [each["said"] for each in told["owed"]])
    yield from _section(headings["ahead"], [*_ahead(told["ahead"]), *told["ahead"]["assumed"]])
    yield from _section(headings["made"], [each["said"] for each in told["made"]] or [headings["none"]])
    if told["lapsed"]:
        yield from _section(headings["lapsed"], [each["said"] for each in told["lapsed"]])
    yield from _section(headings["refused"], [each["said"] for each in told["refused"]] or [headings["none"]])
    yield from ("", headings["rests_on"], told["not_legal_advice"])


def _answer(answer: Mapping[str, Any], headings: Mapping[str, str]) -> Iterator[str]:
    yield from ("", answer["asked"], f"  {answer['said']}")
    yield from (f"  - {reason['said']}" for reason in answer["reasons"])
    if answer["said_must_state"]:
        yield f"  {answer['said_must_state']}"
    if answer["can_do"]:
        yield f"  {headings['can_do']}"
        yield from (f"  * {each['said']}" for each in answer["can_do"])


def _ahead(ahead: Mapping[str, Any]) -> Iterator[str]:
    for line in ahead["lines"]:
        yield line["said"]
        yield from (f"    {rule['said']}" for rule in line["rules"])
    if not ahead["lines"]:
        yield ahead["said_nothing"]


def _section(title: str, lines: list[str]) -> Iterator[str]:
    yield from ("", title)
    yield from (f"  {line}" for line in lines)
