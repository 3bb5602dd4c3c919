"""By which ways an open obligation can still be met in time, until when, and what bars the others.

The law of contact is asked, as it will be by the plan and the gate. That the books will be complete
on the days to come is assumed: they are delivered every night, and nobody could give anything else.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from arrears.actions.lawful_texts import KIND as CONTENT
from arrears.actions.owed import PREFERRED, Owed
from arrears.kernel.arrears import arrears_of
from arrears.kernel.facts import NEVER, NO_ID, Codes, Facts, Instants, rows_of
from arrears.kernel.law.candidates import Candidates, candidates_of, take
from arrears.kernel.law.intervals import Rows
from arrears.kernel.law.rules import Law, Rule
from arrears.kernel.obligations.alarms import last_permitted_days
from arrears.kernel.obligations.routes import Ban, Route, routes_of
from arrears.kernel.planning.duties import PAPER, kind_of_liable
from arrears.kernel.planning.living import with_books_through
from arrears.kernel.planning.proposals import points_of
from arrears.kernel.vocabulary import Channel, Purpose
from arrears.store.facts import load_facts


@dataclass(frozen=True, slots=True)
class Way:
    """A channel by which it can still be given in time; paper only where nothing electronic can."""

    channel: Channel
    is_exception: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """What is left of the time of one obligation.

    ways         in the lender's order; none: the law of contact permits nothing in time
    bans         the rules in the way where there is no way, by channel
    last_at      the last permitted instant; NEVER where the law names no day, or it is over
    day_before   the last permitted instant at least a day before that; NEVER likewise
    """

    ways: tuple[Way, ...]
    bans: tuple[Ban, ...]
    last_at: int
    day_before_at: int

    @property
    def is_conflict(self) -> bool:
        return not self.ways


def unstated(notice: int, reach: Reach | None) -> tuple[str, ...]:
    """The facts that the notice's texts do not state, where they alone keep a channel closed for good."""
    lasting: dict[int, list[Rule]] = defaultdict(list)
    for ban in reach.bans if reach is not None else ():
        if ban.binding.from_at == NEVER:
            lasting[ban.channel].append(ban.binding.rule)
    against = [
        (channel, rule.params["texts"])
        for channel, rules in lasting.items()
        if all(rule.kind == CONTENT for rule in rules)
        for rule in rules
    ]
    faults = [
        (fact, words)
        for channel, texts in against
        for key, told in texts.items()
        if key[:2] == (notice, channel)
        for fact, words in told
    ]
    return tuple(sorted({fact for fact, words in faults if not words}))


def reach_of(known: Owed, law: Law, *, lender_id: int, known_at: datetime) -> dict[int, Reach]:
    """By row of what is owed: everything open towards a borrower that is given by a notice."""
    is_given = known.found.is_open & (known.notices() >= 0) & (known.of_trigger("loan") != NO_ID)
    rows = np.flatnonzero(is_given & ~known.given.awaits_proof)
    asked = _Asking(known, law, rows, lender_id=lender_id, known_at=known_at)
    routes, conflicts = routes_of(
        asked.facts,
        law,
        asked.candidates,
        of=asked.of,
        at=asked.at,
        obligations=replace(known.found, not_after_at=asked.not_after_at),
        rules=known.rules,
    )
    found = {each.obligation: Reach((), each.bans, NEVER, NEVER) for each in conflicts}
    return found | asked.reached(routes)


class _Asking:
    """Every way of giving some obligations as candidates, and the instant they are asked about."""

    def __init__(self, known: Owed, law: Law, rows: Rows, *, lender_id: int, known_at: datetime) -> None:
        self.law = law
        loans, persons = known.of_trigger("loan")[rows], known.of_trigger("person")[rows]
        ends = np.where(known.found.not_after_at < known.at, NEVER, known.found.not_after_at)
        self.not_after_at = ends
        facts = load_facts(
            lender_id=lender_id, loans=np.unique(loans), persons=np.unique(persons), known_at=known_at
        )
        on = int(known.day_of(np.array([known.at]))[0])
        last = np.append(ends[rows][ends[rows] != NEVER], known.at)
        self.facts = with_books_through(facts, int(known.day_of(last).max()))
        kind = kind_of_liable(facts, rows_of(facts["loan"]["loan"], loans), persons, on)
        owes = kind >= 0
        self.of, self.candidates = _candidates(self.facts, law, known, rows[owes], kind[owes], on=on)
        self.at = np.full(len(self.of), known.at)

    def reached(self, routes: list[Route]) -> dict[int, Reach]:
        last_at, before_at = self._last_days([row for route in routes for row in route.usable])
        found = {}
        for route in routes:
            best = max(route.usable, key=lambda row: last_at[row])
            ways = tuple(dict.fromkeys(self._way(row) for row in route.usable))
            is_paper_needed = all(way.is_exception for way in ways)
            shown = tuple(way for way in ways if is_paper_needed or not way.is_exception)
            found[route.obligation] = Reach(shown, (), last_at[best], before_at[best])
        return found

    def _way(self, row: int) -> Way:
        channel = Channel(self.candidates["channel"][row])
        return Way(channel, channel in PAPER)

    def _last_days(self, usable: list[int]) -> tuple[dict[int, int], dict[int, int]]:
        """By row the last permitted instant, and the one a day before; NEVER where there is no end."""
        rows = np.array(usable, np.int64)
        ends: Instants = self.not_after_at[self.of[rows]]
        none = dict.fromkeys(usable, NEVER)
        with_end = rows[ends != NEVER]
        asked = take(self.candidates, with_end)
        last, before = last_permitted_days(
            self.facts, self.law, asked, self.at[with_end], self.not_after_at[self.of[with_end]]
        )
        listed = with_end.tolist()
        return (
            none | dict(zip(listed, last.tolist(), strict=True)),
            none | dict(zip(listed, before.tolist(), strict=True)),
        )


def _candidates(
    facts: Facts, law: Law, known: Owed, rows: Rows, kind: Codes, *, on: int
) -> tuple[Rows, Candidates]:
    """(obligation, candidate) for every channel of each notice, and every address of the person."""
    channels = [_channels(known, row) for row in rows.tolist()]
    sizes = [len(each) for each in channels]
    of, kind = np.repeat(rows, sizes), np.repeat(kind, sizes)
    channel = np.array([int(each) for ways in channels for each in ways], np.int64)
    at, point = points_of(facts, known.of_trigger("person")[of], channel)
    of, kind, channel = of[at], kind[at], channel[at]
    loan, person = known.of_trigger("loan")[of], known.of_trigger("person")[of]
    row = rows_of(facts["loan"]["loan"], loan)
    arrears = arrears_of(facts, on, law.zones)
    return of, candidates_of(
        facts,
        loan=loan,
        person=person,
        recipient_kind=kind,
        point=point,
        channel=channel,
        notice=known.notices()[of],
        purpose=np.full(len(of), int(Purpose.NOTICE_REQUIRED_BY_LAW)),
        is_amount_known=arrears["amount_known"][row],
        reported_on=arrears["reported_on"][row],
    )


def _channels(known: Owed, row: int) -> tuple[Channel, ...]:
    """The channels of an obligation's notice; of one that a person has to write, all that meet it."""
    named = known.rule(row).channels
    return known.ways(row) or tuple(each for each in PREFERRED if not named or each in named)
