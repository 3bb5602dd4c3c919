"""Calls take somebody's time: no more are planned for a day than people can make.

The calls that go first are those of the highest priority, of these the ones with the least slack
(the days of their window less the days they have waited), of these the oldest loan's. A call left
over is no skipped step: it is due again tomorrow, and by then has waited a day longer.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from arrears.kernel.facts import Codes, Column
from arrears.kernel.law.intervals import Rows
from arrears.kernel.planning.choice import Choice, Contacts, Outcome
from arrears.kernel.planning.ladder import Due
from arrears.kernel.planning.proposals import Proposals
from arrears.kernel.planning.strategy import Strategy
from arrears.kernel.vocabulary import Channel


def without_surplus_calls(
    strategy: Strategy, due: Due, proposals: Proposals, choice: Choice, contacts: Contacts
) -> tuple[Choice, Contacts]:
    """The choice with no more calls than `strategy.calls_per_day`."""
    if strategy.calls_per_day is None:
        return choice, contacts
    calls, keys = calls_of(strategy, due, proposals, contacts)
    surplus = surplus_of(keys, strategy.calls_per_day)
    return without(choice, contacts, calls[surplus]) if len(surplus) else (choice, contacts)


def calls_of(strategy: Strategy, due: Due, proposals: Proposals, contacts: Contacts) -> tuple[Rows, Column]:
    """(contacts that are calls, their keys): the lower key, compared row by row, is called first."""
    calls = np.flatnonzero(proposals.candidates["channel"][contacts.lead] == Channel.CALL)
    lead = contacts.lead[calls]
    step = proposals.step[lead]
    slack = strategy.of_steps("window_days")[step] - due.waited_days[proposals.due[lead]]
    return calls, np.stack([-strategy.of_steps("priority")[step], slack, proposals.candidates["loan"][lead]])


def surplus_of(keys: Column, calls_per_day: int) -> Rows:
    """The columns of `keys` beyond the first `calls_per_day` in their order."""
    return np.lexsort(keys[::-1])[calls_per_day:]


def without(choice: Choice, contacts: Contacts, surplus: Rows) -> tuple[Choice, Contacts]:
    """The choice without these contacts; their candidates wait for somebody with time."""
    is_kept = np.ones(len(contacts), np.bool_)
    is_kept[surplus] = False
    number: Codes = np.append(np.where(is_kept, np.cumsum(is_kept) - 1, -1), -1)
    outcome = choice.outcome.copy()
    outcome[np.isin(choice.contact, surplus)] = Outcome.NO_CAPACITY
    kept = np.flatnonzero(is_kept)
    fewer = Contacts(
        contacts.lead[kept], contacts.step[kept], contacts.not_before_at[kept], contacts.not_after_at[kept]
    )
    return replace(choice, outcome=outcome, contact=number[choice.contact]), fewer
