"""Sending what is due: the gate and the hand-over in turn, one channel after another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.db import connection

from arrears.actions.breakers import Draw, Standing, ask_breaker, failures_of, note_failures
from arrears.actions.gate import Gated, gate_due
from arrears.actions.gating.claims import as_json
from arrears.actions.handing_over import (
    PLAINLY,
    HandedOver,
    Manner,
    hand_over_reserved,
    new_worker,
    open_for,
    release_reserved,
)
from arrears.actions.hearing.confirming import confirm_refusals, has_refusals_to_confirm
from arrears.actions.sweeping import sweep
from arrears.channels.base import Channel
from arrears.channels.prices import Price
from arrears.channels.registry import Servers, channels_of
from arrears.kernel.errors import ChannelUnavailable, Misconfigured
from arrears.kernel.law.rules import Law
from arrears.kernel.planning.strategy import Strategy
from arrears.store import clock
from arrears.store.identity import is_live

PAUSED = "paused"
"""Why nothing was handed over: the provider failed too often, and its time has not come again."""


@dataclass
class ChannelRun:
    """What one channel came to: what the gate decided, and the attempts by the state they ended in.

    `away` is the code of why the provider got nothing, or nothing more; None when it was there.
    `parts` are those of the messages that it took or may have taken, where it charges by them, and
    `price_of_part` what it charges for each; None when nobody has said.
    """

    channel: str
    gated: Gated = field(default_factory=Gated)
    states: Counter[str] = field(default_factory=Counter)
    away: str | None = None
    parts: int = 0
    price_of_part: Price | None = None

    @property
    def cost(self) -> Price | None:
        """What the provider charges for them; None when nobody has said."""
        return None if self.price_of_part is None else self.price_of_part.times(self.parts)


Progress = Callable[[ChannelRun], None]
"""Told after every batch how far its channel has come."""


@dataclass(frozen=True, slots=True)
class Sending:
    """How to send: under which law, through which servers, how much at a time.

    `laws` and `strategies` are those of the lenders to be served, by lender.
    """

    laws: Mapping[int, Law]
    strategies: Mapping[int, Strategy]
    servers: Servers
    batch: int
    is_until_empty: bool
    manner: Manner = PLAINLY


def send_due(sending: Sending, *, actor: str, progress: Progress = lambda _run: None) -> list[ChannelRun]:
    """Decide and hand over what is due now: one batch per channel, or until nothing is due.

    What earlier senders left behind is settled or handed over first. A channel that is not set
    up stops no other: Misconfigured is raised after the others were served, and only when
    something was due on it.
    """
    sweep(actor=actor, servers=sending.servers)
    runs, failure = [], None
    for name in channels_of(is_simulation=not is_live(), servers=sending.servers):
        if not _has_work(name, sending.strategies):
            continue
        runs.append(ChannelRun(name))
        try:
            _serve(runs[-1], sending, actor, progress)
        except Misconfigured as error:
            failure = failure or error
    if failure is not None:
        raise failure
    return runs


def send_channel(name: str, sending: Sending, *, actor: str) -> ChannelRun:
    """`send_due` for one channel, without the sweeping; raises Misconfigured when it is not set up."""
    run, names = ChannelRun(name), channels_of(is_simulation=not is_live(), servers=sending.servers)
    if name in names and _has_work(name, sending.strategies):
        _serve(run, sending, actor, lambda _run: None)
    return run


def _serve(run: ChannelRun, sending: Sending, actor: str, progress: Progress) -> None:
    worker = new_worker()
    with open_for(run.channel, servers=sending.servers, worker=worker, actor=actor) as channel:
        run.price_of_part, standing = channel.price_of_part, ask_breaker(channel)
        run.away = _away(channel, standing, actor, sending.manner.draw)
        limit = 1 if standing is Standing.TRYING else sending.batch
        while run.away is None and not sending.manner.is_stopping():
            gated = gate_due(
                channel=run.channel,
                laws=sending.laws,
                strategies=sending.strategies,
                limit=limit,
                actor=actor,
            )
            confirm_refusals(run.channel, laws=sending.laws, actor=actor)
            handed = hand_over_reserved(channel, worker=worker, actor=actor, manner=sending.manner)
            _add(run, gated, handed)
            progress(run)
            if not sending.is_until_empty or gated.due == 0:
                return
            limit = sending.batch if handed.states else limit


def _away(channel: Channel, standing: Standing, actor: str, draw: Draw) -> str | None:
    """Why nothing could be handed over now: asked before anything is decided, so that no try is spent."""
    if standing is Standing.OPEN:
        release_reserved(channel.name, actor=actor)
        return PAUSED
    try:
        channel.check()
    except ChannelUnavailable as error:
        was = failures_of(channel)
        note_failures(channel, was + 1, was=was, code=error.code, actor=actor, draw=draw)
        return error.code
    return None


def _add(run: ChannelRun, gated: Gated, handed: HandedOver) -> None:
    run.gated += gated
    run.states += handed.states
    run.parts += handed.parts
    run.away = "failing" if handed.is_broken else None


def _has_work(channel: str, strategies: Mapping[int, Strategy]) -> bool:
    """Whether anything is due for the gate, or reserved already, or a refusal is to be confirmed."""
    if has_refusals_to_confirm(channel):
        return True
    versions = as_json({lender: strategy.version for lender, strategy in strategies.items()})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM planned_contact WHERE state = 'planned' AND channel = %(channel)s"
            "   AND not_before_at <= %(at)s AND strategy_version = %(versions)s::jsonb ->> lender_id::text)"
            " OR EXISTS (SELECT FROM attempt WHERE state = 'reserved' AND channel = %(channel)s"
            "   AND worker IS NULL)",
            {"channel": channel, "at": clock.now(), "versions": versions},
        )
        return bool(cursor.fetchone()[0])
