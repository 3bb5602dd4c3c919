"""`arrears calls`: an agent takes the next call, dials it, and says what came of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from arrears.cli.actor import by_option
from arrears.cli.django import needs_database
from arrears.cli.output import format_option, note, print_json, print_report

if TYPE_CHECKING:
    from arrears.actions.calls.showing import CallTask
    from arrears.channels.base import Accepted
    from arrears.channels.dialer import BaresipDialer
    from arrears.kernel.errors import ChannelError
    from arrears.kernel.law.rules import Law
    from arrears.kernel.planning.strategy import Strategy

F = TypeVar("F", bound=Callable[..., Any])
# The words of the tables, which this file may not read before a command runs.
_RESULTS = ("busy", "not_in_service", "not_connected", "rang_out", "voicemail", "answered")
_ANSWERED_BY = ("self", "third_person", "unknown")
_LEFT = ("none", "limited_content", "full")
_WISHES = (
    *("stop", "stop_channel", "stop_address", "not_me", "no_calls_at", "stop_third_person"),
    *("deceased", "represented", "dispute", "complaint", "hardship", "wants_person", "promise"),
)


@click.group()
def calls() -> None:
    """Calls that people make: take the next, dial it, say what came of it."""


def _agent_options(command: F) -> F:
    command = click.option("--agent", required=True, help="Who calls; one call at a time.")(command)
    return _lender_option(command)


def _lender_option(command: F) -> F:
    return click.option("--lender", help="Number or name; not needed while there is only one.")(command)


@calls.command("next")
@_agent_options
@by_option
@format_option
@needs_database
def next_(agent: str, lender: str | None, actor: str, format_: str) -> None:
    """Take the due call with the least time left, if the law permits it now.

    It is yours alone until the time shown; a call that you have already is shown again. The number is
    told when you dial.
    """
    from arrears.actions.calls.taking import take_next_call

    owner, law, strategy = _in_use(lender)
    task = take_next_call(lender=owner, agent=agent, law=law, strategy=strategy, actor=actor)
    if task is None:
        note("No call is due that may be made now.")
    else:
        _show(task, format_)


@calls.command()
@click.argument("attempt", type=int)
@_agent_options
@by_option
@format_option
@needs_database
def dial(attempt: int, agent: str, lender: str | None, actor: str, format_: str) -> None:
    """Ask the law once more about call ATTEMPT, and show its number: from here on it counts as made.

    Where ARREARS_DIALER_URL names a telephone program on this machine, it dials.
    """
    from django.conf import settings

    from arrears.actions.calls.dialling import dial_call, dial_call_by
    from arrears.actions.calls.showing import get_call

    owner, law, strategy = _in_use(lender)
    if not settings.ARREARS_DIALER_URL:
        task = dial_call(lender=owner, attempt=attempt, agent=agent, law=law, strategy=strategy, actor=actor)
        _show(task, format_)
        return
    dialer = _dialer(settings.ARREARS_DIALER_URL)
    answer = dial_call_by(
        dialer, lender=owner, attempt=attempt, agent=agent, law=law, strategy=strategy, actor=actor
    )
    _show(get_call(attempt, lender=owner), format_)
    _say_how_it_ended(answer)


@calls.command("give-back")
@click.argument("attempt", type=int)
@_agent_options
@by_option
@needs_database
def give_back(attempt: int, agent: str, lender: str | None, actor: str) -> None:
    """Let go of call ATTEMPT, which was not dialled: it is due again at once."""
    from arrears.actions.calls.taking import give_back_call
    from arrears.actions.lenders import get_lender

    give_back_call(lender=get_lender(lender).id, attempt=attempt, agent=agent, actor=actor)
    note("Given back. Nobody was called.")


@calls.command()
@click.argument("attempt", type=int)
@click.argument("result", type=click.Choice(_RESULTS))
@click.option("--answered-by", type=click.Choice(_ANSWERED_BY), help="Who answered.")
@click.option("--conversation/--no-conversation", default=None, help="Whether it came to a conversation.")
@click.option("--discussed", multiple=True, metavar="LOAN", help="A loan spoken of.  [default: all]")
@click.option("--nothing-discussed", is_flag=True, help="In the conversation no loan was spoken of.")
@click.option("--message-left", type=click.Choice(_LEFT), default="none", show_default=True)
@click.option("--seconds", type=click.IntRange(0), help="How long it lasted.")
@click.option("--wish", multiple=True, type=click.Choice(_WISHES), help="What was asked for.")
@click.option("--said", default="", help="The person's own words; kept encrypted.")
@click.option("--correct", is_flag=True, help="What was recorded before was wrong.")
@_lender_option
@by_option
@format_option
@needs_database
def outcome(attempt: int, result: str, lender: str | None, actor: str, format_: str, **told: Any) -> None:
    """Record what came of call ATTEMPT, as it was: what the law counts is made from it."""
    from arrears.actions.calls.outcomes import CallFacts, record_call_outcome
    from arrears.actions.lenders import get_lender

    if told["nothing_discussed"] and told["discussed"]:
        raise click.UsageError("Give --discussed or --nothing-discussed, not both.")
    facts = CallFacts(
        result,
        told["answered_by"],
        is_conversation=told["conversation"],
        message_left=told["message_left"],
        duration_seconds=told["seconds"],
        discussed=() if told["nothing_discussed"] else told["discussed"] or None,
        wishes=told["wish"],
        said=told["said"],
    )
    recorded = record_call_outcome(
        lender=get_lender(lender).id,
        attempt=attempt,
        facts=facts,
        is_correction=told["correct"],
        actor=actor,
    )
    row = {"attempt": recorded.attempt, "sequence": recorded.sequence, "state": recorded.state}
    print_report(format_, "Recorded", [row])
    if recorded.to_do:
        note(f"Somebody has to act on: {', '.join(recorded.to_do)}. Hours are recorded with: arrears hours")


@calls.command("list")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The lender's business day.  [default: today]")
@_lender_option
@format_option
@needs_database
def list_(on: datetime | None, lender: str | None, format_: str) -> None:
    """Show the calls planned for a day, what became of each, and why."""
    from arrears.actions.calls.taking import PlannedCall, list_calls
    from arrears.actions.days import today_at
    from arrears.actions.lenders import get_lender
    from arrears.store.clock import now

    owner = get_lender(lender).id
    day = on.date() if on else today_at(owner, now())
    rows = [{**each._asdict(), "loan_refs": ", ".join(each.loan_refs)} for each in list_calls(owner, on=day)]
    print_report(format_, f"Calls of {day}", rows, columns=PlannedCall._fields)


def _in_use(named: str | None) -> tuple[int, Law, Strategy]:
    from arrears.actions.laws import law_now
    from arrears.actions.lenders import get_lender
    from arrears.actions.strategies import strategy_now
    from arrears.store.clock import now

    owner, at = get_lender(named).id, now()
    return owner, law_now(owner, at=at), strategy_now(owner, at=at)


def _dialer(url: str) -> BaresipDialer:
    from arrears.channels.dialer import BaresipDialer, read_dialer
    from arrears.store.clock import now
    from arrears.store.identity import is_live

    return BaresipDialer(now, read_dialer(url, is_simulation=not is_live()))


def _say_how_it_ended(answer: Accepted | ChannelError) -> None:
    from arrears.channels.base import Accepted
    from arrears.kernel.vocabulary import NetworkResult, name_of

    if not isinstance(answer, Accepted):
        note(f"{answer.what} ({answer.code})")
    elif answer.network_result is NetworkResult.ANSWERED:
        note("Somebody has answered. Afterwards say what came of it: arrears calls outcome")
    elif answer.network_result is not None:
        note(f"Nobody has answered ({name_of(answer.network_result)}); that is recorded.")


def _show(task: CallTask, format_: str) -> None:
    row: dict[str, Any] = {
        "attempt": task.attempt,
        "state": task.state,
        "name": task.name,
        "number": task.number or f"ends in {task.number_ends}",
        "recipient_kind": task.recipient_kind,
        "language": task.language,
        "begin_before": [f"{at:%Y-%m-%d %H:%M} {zone}" for zone, at in task.local],
        "loans": list(task.loan_refs),
        "does_not_suit": [f"{each.hours} {each.channel or ''}".strip() for each in task.wishes],
        "verification": task.verification,
        "script": task.script,
    }
    if format_ == "json":
        print_json(row)
        return
    shown = [{"what": name, "is": _line(value)} for name, value in row.items() if name != "script"]
    print_report("table", f"Call {task.attempt}", shown)
    click.echo(task.script)


def _line(value: object) -> object:
    return "; ".join(map(str, value)) if isinstance(value, list) else value
