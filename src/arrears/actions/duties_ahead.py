"""Duties of the days to come: what one loan's lender will have to tell or answer if the situation goes on.

A forecast asks for them on each of its days, so what it plans for a duty is what that day's run will.
What is known now is read once; payments that will have been missed and contacts that are foretold are
added to it, and the same functions say what has arisen and how it stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from arrears.actions.duties import duties_in
from arrears.actions.notice_facts import NoticeFacts, notice_facts
from arrears.actions.owed import ON_MISSED, Owed, actors_of, missed_in, reckoned, rules_of, written_channels
from arrears.kernel.days import instant_of
from arrears.kernel.facts import ALWAYS, NEVER, NO_ID, Facts
from arrears.kernel.law.rules import Law
from arrears.kernel.obligations.alarms import alarms_of
from arrears.kernel.obligations.rules import NOTICE_OF, Obligation, Trigger
from arrears.kernel.obligations.standing import is_through
from arrears.kernel.places import is_within
from arrears.kernel.planning.duties import Duties
from arrears.kernel.planning.forecast import Forecast, Line
from arrears.kernel.planning.strategy import Strategy
from arrears.kernel.vocabulary import Channel
from arrears.rulepacks import ZONES
from arrears.store.obligations import Foretold, OnFile, read_triggers


@dataclass(frozen=True, slots=True)
class ForetoldDuty:
    """One thing that has to be told or answered, now or once the situation has gone on.

    is_open       it has arisen by the instant of asking
    is_overdue    its last instant is over by then
    asked_at      when the fact was that it arose from
    arose_at      then, or the notice after which the next is due
    last_at       the last instant in time; NEVER where the law names no day
    arose_on      the lender's day of `arose_at`, and `last_on` that of `last_at`; None for no day
    is_written    the plan can give it: there is a text, and all that it has to say is on file
    missing       what its notice has to say and nothing on file does: then a person writes it
    notice        the `NoticeKind` that meets it; -1 for none
    by            the foretold contact that gives it; None for none, and for an answer
    """

    rule: Obligation
    trigger: Trigger
    loan: int
    asked_at: int
    arose_at: int
    last_at: int
    arose_on: int
    last_on: int | None
    is_open: bool
    is_overdue: bool
    missing: tuple[str, ...]
    notice: int
    is_written: bool
    by: Line | None = None


class DutiesAhead:
    """The duties about one loan of a borrower, as the days of one forecast find them."""

    def __init__(
        self,
        facts: Facts,
        law: Law,
        strategy: Strategy,
        *,
        loan: int,
        lender: int,
        borrower: int,
        at: datetime,
    ) -> None:
        loans = facts["loan"]["loan"].tolist()
        self.law, self.strategy, self.rules = law, strategy, rules_of(law)
        self.loan, self.borrower, self.at = loan, borrower, instant_of(at)
        self.on_file = read_triggers(
            lender_id=lender,
            known_at=at,
            actor_kinds=actors_of(self.rules),
            loans=loans,
            persons=[borrower],
            computed=loans,
        )
        self.notice_facts = self._notice_facts(lender, at)
        self.counts_missed = _counts_missed(self.rules, self.on_file)
        self.seen: dict[tuple[object, ...], ForetoldDuty] = {}

    def found_on(self, facts: Facts, made: Sequence[Line], on: int, at: int) -> tuple[Duties, int]:
        """What a run finds open, as `kernel.planning.forecast.DutiesOn` wants it."""
        known = self._known(facts, made, on, at)
        self._note(known)
        return duties_in(known), _next_on(known, on)

    def foretold(self, forecast: Forecast) -> tuple[ForetoldDuty, ...]:
        """What is open, or will be before the forecast ends, by the last instant in time.

        What a foretold contact meets is among it, with that contact.
        """
        made = [line for line in forecast.lines if line.is_planned]
        zone = ZONES[self.on_file.zone]
        end_at = int(zone.first_instant(np.array([forecast.until_on]))[0]) - 1
        self._note(self._known(forecast.facts, made, forecast.until_on - 1, end_at))
        found = [replace(each, by=self._given_by(each, made)) for each in self.seen.values()]
        return tuple(sorted(found, key=lambda each: (each.last_at, each.arose_at, each.rule.id)))

    def _known(self, facts: Facts, made: Sequence[Line], on: int, at: int) -> Owed:
        told = [
            Foretold(
                loan, line.person, int(self.strategy.steps[line.step].notice), line.channel, line.from_at
            )
            for line in made
            if line.channel != Channel.CALL  # one that nobody answers says nothing
            for loan in line.loans
        ]
        missed = missed_in(facts, on) if self.counts_missed else []
        stored = self.on_file.stored(missed=missed, spoken=self._speaks(told), given=told)
        return reckoned(stored, self.rules, self.law, at=at, facts=self.notice_facts)

    def _notice_facts(self, lender: int, at: datetime) -> NoticeFacts:
        """What every notice of these rules would say about each loan."""
        wanted = {int(NOTICE_OF[rule.duty]) for rule in self.rules if rule.duty in NOTICE_OF}
        rows = [row for row in (*self.on_file.triggers, *self.on_file.loans.values()) if row["loan"]]
        about = {(row["loan"], row["person"], notice) for row in rows for notice in wanted}
        return notice_facts(about, lender=lender, at=at, known_at=at)

    def _speaks(self, told: Sequence[Foretold]) -> Sequence[Foretold]:
        """Those that are a first communication of somebody whose first one is of interest."""
        kinds = actors_of(self.rules)
        return [each for each in told if self.on_file.loans[each.loan]["actor_kind"] in kinds]

    def _note(self, known: Owed) -> None:
        """Remember what is open about the loan, or about none, towards the borrower."""
        loan, person = known.of_trigger("loan"), known.of_trigger("person")
        is_his = np.isin(loan, (self.loan, NO_ID)) & (person == self.borrower)
        for row in np.flatnonzero(known.found.is_open & is_his).tolist():
            each = _foretold(known, row, self.at)
            self.seen.setdefault((each.rule.id, each.loan, each.asked_at, each.arose_at), each)

    def _given_by(self, duty: ForetoldDuty, made: Sequence[Line]) -> Line | None:
        """The first contact after it arose that gives it."""
        follows = duty.arose_at != duty.asked_at  # the notice from which it arose is not given for it
        since = duty.arose_at + follows
        return next(
            (
                line
                for line in sorted(made, key=lambda one: one.from_at)
                if self.strategy.steps[line.step].notice == duty.notice
                and duty.loan in line.loans
                and is_through(duty.rule, np.array([line.channel])).all()
                and line.person == self.borrower
                and line.from_at >= since
            ),
            None,
        )


def _foretold(known: Owed, row: int, at: int) -> ForetoldDuty:
    """One row of what is owed as it is told at the instant `at`."""
    loan, kind, asked_at = (int(known.of_trigger(name)[row]) for name in ("loan", "kind", "at"))
    arose_at, last_at = int(known.found.arose_at[row]), int(known.found.not_after_at[row])
    ends = last_at != NEVER
    arose_on, last_on = known.day_of(np.array([arose_at, last_at if ends else arose_at])).tolist()
    notice, missing = int(known.notices()[row]), known.missing(row)
    return ForetoldDuty(
        rule=known.rule(row),
        trigger=Trigger(kind),
        loan=loan,
        asked_at=asked_at,
        arose_at=arose_at,
        last_at=last_at,
        arose_on=arose_on,
        last_on=last_on if ends else None,
        is_open=arose_at <= at,
        is_overdue=last_at < at,
        missing=missing,
        notice=notice,
        is_written=notice in written_channels() and not missing,
    )


def _counts_missed(rules: Sequence[Obligation], on_file: OnFile) -> bool:
    """Whether a rule of some place of these loans asks for payments that were missed."""
    places = tuple(
        place for rule in rules if set(ON_MISSED) & set(rule.triggers) for place in rule.match["place"]
    )
    return any(is_within(place, places) for loan in on_file.loans.values() for place in loan["places"])


def _next_on(known: Owed, on: int) -> int:
    """The next day on which more is due, or something ends, by what is known: a run asks at a day's start."""
    found, triggers = known.found, known.stored.told.triggers
    turns_at = np.concatenate(
        [
            alarms_of(found.arose_at, found.not_after_at).four_fifths_at,
            found.not_after_at,
            triggers["at"],
            triggers["ended_at"],
        ]
    )
    days = known.day_of(turns_at[(turns_at != NEVER) & (turns_at > ALWAYS)]) + 1
    return int(days[days > on].min(initial=NEVER))
