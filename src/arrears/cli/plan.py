"""`arrears plan`: what a run would do about one person now, and the calls and letters it has planned."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from arrears.cli.django import needs_database
from arrears.cli.options import LANGUAGE
from arrears.cli.output import format_option, note, print_json, print_report
from arrears.cli.strategy_option import strategy_for, strategy_option

if TYPE_CHECKING:
    from arrears.actions.plans import DueStep, ShownPlan, Way
    from arrears.locale.answers import Speech


@click.group()
def plan() -> None:
    """What is planned: for one person, and for people who call and write."""


@plan.command()
@click.argument("who", metavar="LOAN|PERSON")
@click.option("--lang", type=LANGUAGE, default="en", show_default=True)
@click.option("--lender", help="Number or name; needed where two lenders share a number.")
@strategy_option
@format_option
@needs_database
def show(who: str, *, lang: str, lender: str | None, strategy: str | None, format_: str) -> None:
    """Show what a run would plan now for a loan, or for a person, by the lender's number.

    Every step that is due, every way of taking it, what the law says of each, and what would
    release it. Nothing is written.
    """
    from arrears.actions.days import today_at
    from arrears.actions.laws import law_in_use
    from arrears.actions.plans import lender_of, show_plan
    from arrears.locale.answers import Speech
    from arrears.store.clock import now

    at, its_lender = now(), lender_of(who, lender=lender)
    today = today_at(its_lender, at)
    ladder, law = strategy_for(strategy, lender=its_lender, on=today), law_in_use(its_lender, on=today)
    shown = show_plan(who=who, strategy=ladder, law=law, at=at, lender=lender)
    speech = Speech(lang, ladder, shown.zone, shown.country)
    if format_ == "json":
        print_json(_document(shown, speech))
    else:
        click.echo("\n".join(_lines(shown, speech)))


@plan.command()
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The lender's business day.")
@click.option("--lender", help="Number or name; not needed while there is only one.")
@format_option
@needs_database
def tasks(on: datetime, lender: str | None, format_: str) -> None:
    """List the calls and letters that the run of a day has planned and nobody has made yet.

    A task is no permission: whoever makes it asks the gate first.
    """
    from arrears.actions.lenders import get_lender
    from arrears.actions.tasks import Task, list_tasks

    owner = get_lender(lender)
    rows = [task._asdict() for task in list_tasks(owner.id, on=on.date())]
    for row in rows:
        row["loan_refs"] = ", ".join(row["loan_refs"]) if format_ == "table" else row["loan_refs"]
    print_report(format_, f"{owner.name}: calls and letters of {on.date()}", rows, columns=Task._fields)
    if not rows:
        note("Calls and letters are planned by arrears run-day, where the strategy has such steps.")


def _lines(shown: ShownPlan, speech: Speech) -> Iterator[str]:
    from arrears.kernel.days import day_of, instant_of
    from arrears.kernel.vocabulary import name_of

    asked = f"{speech.moment(instant_of(shown.at))} ({shown.zone.name})"
    yield f"{shown.lender}: as a run would plan it now, {asked}"
    yield f"Loans looked at: {shown.loans}"
    yield from ("", "Planned")
    for each in shown.contacts:
        begins, ends = (speech.moment(instant_of(at)) for at in (each.not_before_at, each.not_after_at))
        yield f"  {speech.channel(name_of(each.channel))}: {begins} - {ends}, step {each.step.id}"
        yield f"    person {each.person}, loans {', '.join(each.loan_refs)}"
    if not shown.contacts:
        yield "  Nothing."
    yield from ("", "Due")
    for due in shown.due:
        yield from _due_lines(due, speech)
    if not shown.due:
        yield "  No step is due."
    yield from ("", "Next")
    for coming in shown.coming:
        day = speech.day(day_of(coming.on))
        yield f"  {coming.loan_ref}, person {coming.person}: step {coming.step.id}, not before {day}"
    if not shown.coming:
        yield "  No further step: nobody is late, or every step has been reached."
    yield from ("", speech.closing())


def _due_lines(due: DueStep, speech: Speech) -> Iterator[str]:
    from arrears.kernel.vocabulary import name_of

    who = f"{name_of(due.recipient_kind)}, person {due.person}"
    yield f"  {due.loan_ref} ({who}): step {due.step.id} of ladder {due.ladder}, {speech.step(due.step)}"
    if due.passed_over:
        yield f"    passed over: {', '.join(step.id for step in due.passed_over)}"
    for way in due.ways:
        where = "no address on file" if way.point is None else f"contact point {way.point}"
        yield f"    {speech.channel(name_of(way.channel))}, {where}: {_said(way, speech)}"
        for each in way.bindings:
            yield f"      {each.rule.id}: {speech.why(each.rule, each.release)}"


_OUTCOMES = {
    "planned": "planned",
    "joined": "told in the contact planned for another loan",
    "refused": "refused",
    "other_point": "not needed, another way serves this step",
    "other_contact": "waits, the person has another contact today",
    "no_capacity": "waits, nobody has time for the call today",
}


def _said(way: Way, speech: Speech) -> str:
    from arrears.kernel.days import instant_of
    from arrears.kernel.vocabulary import name_of

    outcome = name_of(way.outcome)
    if outcome != "refused":
        return _OUTCOMES[outcome]
    if way.from_at is None:
        return "refused; no time would release it"
    return f"refused, permitted from {speech.moment(instant_of(way.from_at))}"


def _document(shown: ShownPlan, speech: Speech) -> dict[str, Any]:
    from arrears.kernel.vocabulary import name_of

    return {
        "lender": shown.lender,
        "on": shown.on,
        "asked_at": shown.at,
        "zone": shown.zone.name,
        "loans": shown.loans,
        "strategy": {"name": speech.strategy.name, "version": speech.strategy.version},
        "contacts": [
            {
                "person": each.person,
                "channel": name_of(each.channel),
                "step": each.step.id,
                "loans": list(each.loan_refs),
                "not_before_at": each.not_before_at,
                "not_after_at": each.not_after_at,
            }
            for each in shown.contacts
        ],
        "due": [_due_document(due, speech) for due in shown.due],
        "coming": [
            {"loan": each.loan_ref, "person": each.person, "step": each.step.id, "not_before_on": each.on}
            for each in shown.coming
        ],
        "not_legal_advice": speech.closing(),
    }


def _due_document(due: DueStep, speech: Speech) -> dict[str, Any]:
    from arrears.kernel.vocabulary import name_of

    return {
        "loan": due.loan_ref,
        "person": due.person,
        "recipient_kind": name_of(due.recipient_kind),
        "step": due.step.id,
        "track": name_of(due.step.track),
        "ladder": due.ladder,
        "waited_days": due.waited_days,
        "passed_over": [step.id for step in due.passed_over],
        "ways": [_way_document(way, speech) for way in due.ways],
    }


def _way_document(way: Way, speech: Speech) -> dict[str, Any]:
    from arrears.actions.telling import rule_document
    from arrears.kernel.vocabulary import name_of

    return {
        "channel": name_of(way.channel),
        "contact_point": way.point,
        "point_kind": None if way.point_kind is None else name_of(way.point_kind),
        "outcome": name_of(way.outcome),
        "from_at": way.from_at,
        "until_at": way.until_at,
        "rules": [rule_document(each, speech) for each in way.bindings],
    }
