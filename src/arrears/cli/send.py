"""`arrears send`: decide what is due once more, and hand over what is permitted now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

from arrears.cli.actor import by_option
from arrears.cli.django import needs_database
from arrears.cli.output import format_option, note, print_json, print_report, progress
from arrears.cli.strategy_option import strategies_to_send_by, strategy_option

if TYPE_CHECKING:
    from arrears.actions.sending import ChannelRun

_FIGURES = {
    "due": "looked at",
    "cleared": "cleared to go out",
    "put_off": "permitted later, put off",
    "not_permitted": "not permitted any more",
    "cancelled": "needed no longer",
    "lapsed": "too late",
    "delivered": "delivered",
    "accepted": "accepted by the provider",
    "refused_by_provider": "refused by the provider",
    "unsure": "may or may not have arrived",
    "not_sent": "not sent, to be tried again",
    "late": "answered too late",
}
_DECIDED = tuple(_FIGURES)[:6]


@click.command()
@click.option(
    "--batch",
    type=click.IntRange(1, 5_000),
    default=500,
    show_default=True,
    help="Contacts decided together.",
)
@click.option(
    "--until-empty", is_flag=True, help="Go on until nothing is due, instead of one batch per channel."
)
@strategy_option
@by_option
@format_option
@needs_database
def send(batch: int, until_empty: bool, strategy: str | None, actor: str, format_: str) -> None:
    """Send the planned contacts that are due, each decided once more before it leaves.

    Each lender is served under the strategy it has adopted. E-mail goes to the server named by
    ARREARS_SMTP_URL or the provider of ARREARS_EMAIL_URL, text messages to that of ARREARS_SMS_URL,
    letters to the folder of ARREARS_PRINT_URL, notifications to the browsers' push services
    (ARREARS_PUSH_URL). Stop it at any instant: what was not begun is decided
    again, and nothing is sent twice.
    """
    from arrears.actions.laws import laws_to_send_by
    from arrears.actions.sending import Sending, send_due
    from arrears.conf.servers import servers_set
    from arrears.store.clock import now

    at = now()
    laws, strategies = laws_to_send_by(at=at), strategies_to_send_by(strategy, at=at)
    sending = Sending(laws, strategies, servers_set(), batch, until_empty)
    with progress("contacts decided") as advance:
        runs = send_due(sending, actor=actor, progress=_told(advance))
    if format_ == "json":
        print_json([_row(run) for run in runs])
    else:
        _print(runs)
    _say_what_it_means(runs)
    _say_what_is_left({lender: each.version for lender, each in strategies.items()})


def _told(advance: Callable[[int], None]) -> Callable[[ChannelRun], None]:
    """Turns "so many by now" of each channel into "so many more"."""
    by_now: dict[str, int] = {}

    def tell(run: ChannelRun) -> None:
        advance(run.gated.due - by_now.get(run.channel, 0))
        by_now[run.channel] = run.gated.due

    return tell


def _row(run: ChannelRun) -> dict[str, Any]:
    decided = {name: getattr(run.gated, name) for name in _DECIDED}
    ended = {name: run.states[name] for name in _FIGURES if name not in _DECIDED}
    cost = None if run.cost is None else {"amount": run.cost.amount, "currency": run.cost.currency}
    return {
        "channel": run.channel,
        **decided,
        **ended,
        "away": run.away,
        "parts": run.parts,
        "cost": cost,
    }


def _print(runs: list[ChannelRun]) -> None:
    by_channel = {run.channel: _row(run) for run in runs}
    rows = [
        {"what": words, **{channel: row[name] for channel, row in by_channel.items()}}
        for name, words in _FIGURES.items()
    ]
    if runs:
        print_report("table", "Sent", rows, columns=("what", *by_channel))
    else:
        note("Nothing is due.")


def _say_what_it_means(runs: list[ChannelRun]) -> None:
    for run in runs:
        unsure, refused = run.states["unsure"], run.states["refused_by_provider"]
        if run.away:
            note(
                f"{run.channel}: the provider is away ({run.away}). The rest stays planned; send again later."
                " When it is tried next: arrears doctor"
            )
        if run.parts:
            note(f"{run.channel}: {_charged(run)}")
        if unsure:
            note(
                f"{run.channel}: {unsure} may or may not have arrived. Never sent again; see: arrears unsure"
            )
        if refused:
            note(f"{run.channel}: {refused} were refused. Addresses that nobody has are marked dead.")


def _charged(run: ChannelRun) -> str:
    parts = f"{run.parts} parts in all"
    if run.cost is None:
        return f"{parts}. What a part costs is not said (option price)."
    return f"{parts}, {run.cost} at {run.price_of_part} a part."


def _say_what_is_left(versions: Mapping[int, str]) -> None:
    from arrears.actions.gating.claims import count_left
    from arrears.store.clock import now

    left = count_left(versions=versions, at=now())
    if left.of_this:
        note(f"{left.of_this} more are due. Go on with: arrears send --until-empty")
    if left.of_others:
        note(
            f"{left.of_others} due contacts were planned by another strategy than is followed here."
            " The next run plans anew."
        )
