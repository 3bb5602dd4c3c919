"""The days of the demo, one after the other, through the same actions that a lender's own days take.

    05:00  the morning file is imported, payments are posted, the books are declared complete
    05:10  run-day; on one day some forecasts first, which are held against the days after it
           sending begins; from then on the clock goes from one planned contact to the next, wherever
           in the world somebody may be contacted by then, and the gate is asked each time
    07:50  some of those who are to be contacted today and were not yet pay first
    last   some of those who got a message switch the channel off, promise to pay, or object

Hours are the lender's. All of it is invented but the starting portfolio.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from threading import Event
from zoneinfo import ZoneInfo

from django.db import connection

from arrears.actions.ageing import AgeingReport, get_ageing
from arrears.actions.databases import create_database
from arrears.actions.days import DaySummary, run_day
from arrears.actions.feeds.importing import import_feed
from arrears.actions.forecasts import Foretold
from arrears.actions.holds import place_hold
from arrears.actions.importing.mapping import find_mapping
from arrears.actions.imports import ImportReport, import_reported
from arrears.actions.lenders import create_lender
from arrears.actions.opt_outs import record_opt_out
from arrears.actions.payments import post_payment
from arrears.actions.sending import ChannelRun, Sending, send_due
from arrears.actions.strategies import adopt_strategy, strategy_in_use
from arrears.channels.registry import Servers
from arrears.demo import people
from arrears.demo.core_system import CoreSystem, Paid
from arrears.demo.feed import write_consents, write_contacts, write_feed, write_notices
from arrears.demo.foretelling import foretell_some
from arrears.demo.looking import LoanNumber, Planned, list_contacted, list_planned, loan_numbers, next_due_at
from arrears.demo.sources import Source
from arrears.kernel.law.rules import Law
from arrears.kernel.money import digits_of
from arrears.kernel.planning.strategy import Strategy
from arrears.store import clock

ACTOR = "program:demo"
DAYS = 30
MISSING_FEED_DAY = 7
"""On this day, counted from 1, the morning file does not arrive."""
FORETELLING_DAY = MISSING_FEED_DAY + 2
"""On this one the forecasts are made; the books are complete again, and stay so."""
_FORECASTS = 100
CHAMPION, CHALLENGER = "cn-consumer-credit", "international"
_SHARE_PERCENT = 50

_FILE_COMES, _RUN, _EARLY = time(5), time(5, 10), time(7, 50)
_REACTING_AFTER = timedelta(hours=2)
_CONTACTS_KNOWN = timedelta(days=90)
_SOLD_BEFORE = timedelta(days=60)
_BATCH = 250
SENDERS = 2
Tell = Callable[[str], None]
"""Told in a few words what is being done now; often."""


@dataclass
class Day:
    """What one day came to; counts of loans, payments, people."""

    on: date
    is_feed_missing: bool = False
    payments: int = 0
    newly_late: int = 0
    cured: int = 0
    run: DaySummary | None = None
    ageing: AgeingReport | None = None
    early_payments: int = 0
    sent: Counter[tuple[str, str]] = field(default_factory=Counter)  # by channel and state
    gated: Counter[str] = field(default_factory=Counter)
    opt_outs: int = 0
    promises: int = 0
    disputes: int = 0

    @property
    def held_back(self) -> int:
        """Steps that were due and led to no planned contact, each with its refusals on record."""
        counts = self.run.counts if self.run else {}
        return int(counts.get("due", 0)) - int(counts.get("loans_told", 0))

    def sent_through(self, channel: str) -> int:
        """Attempts that left, or may have, or were refused by the other side."""
        return sum(n for (name, state), n in self.sent.items() if name == channel and state != "not_sent")


@dataclass
class Life:
    """One lender's simulated life in the database of this process, which is made for it."""

    source: Source
    law: Law
    smtp_url: str
    folder: Path
    seed: int
    tell: Tell = lambda _text: None
    lender: int = 0
    foretold: list[Foretold] = field(default_factory=list)
    _is_interrupted: Event = field(default_factory=Event)

    def begin(self) -> ImportReport:
        """Make the simulation, record the lender, adopt two ladders, import the starting portfolio."""
        lender = self.source.lender
        at = self._local(self.source.through_on + timedelta(days=1), time(0))
        create_database(kind="simulation", actor=ACTOR, at=at)
        self.lender = create_lender(
            name=lender.name,
            country=lender.country,
            zone=lender.zone,
            language=lender.language,
            currency=lender.currency,
            actor_kind=lender.actor_kind,
            licence=lender.licence,
            pay_through="https://pay.lender.example",
            ask_through="https://ask.lender.example",
            check_through="https://check.lender.example",
            email_from="service@lender.example",
            actor=ACTOR,
            at=at,
        ).id
        adopt_strategy(
            lender=self.lender,
            source=CHAMPION,
            challenger=CHALLENGER,
            share_percent=_SHARE_PERCENT,
            salt="demo",
            approver="nobody: an invented lender",
            actor=ACTOR,
            at=at,
        )
        imported = self._import(self.source.file, "demo_portfolio", self.source.through_on)
        self._remember(at)
        return imported

    def _remember(self, at: datetime) -> None:
        """What was before: calls in the lender's country, and what the buyer of a loan owes its borrower.

        With the calls the lender declares that it knows of every contact.
        """
        accounts, through_on = self.source.accounts, self.source.through_on
        near = [each for each in accounts if each.terms.governing_law == self.source.lender.country]
        write_contacts(self._file("contacts"), near, through_on=through_on, seed=self.seed)
        self._take("contacts", at, contacts_known_from_on=through_on - _CONTACTS_KNOWN)
        if self.source.lender.actor_kind == "assignee":
            write_notices(self._file("notices"), accounts, on=through_on - _SOLD_BEFORE, seed=self.seed)
            write_consents(self._file("consents"), accounts, on=through_on - _SOLD_BEFORE, seed=self.seed)
            self._take("notices", at)
            self._take("consents", at)

    def _file(self, feed: str) -> Path:
        return self.folder / f"{feed}.csv"

    def _take(self, feed: str, at: datetime, *, contacts_known_from_on: date | None = None) -> None:
        import_feed(
            feed=feed,
            file=self._file(feed),
            mapping=None,
            lender=self.lender,
            contacts_known_from_on=contacts_known_from_on,
            actor=ACTOR,
            at=at,
        )

    def live(self, days: int = DAYS) -> Iterator[Day]:
        """Live the first days after the portfolio's statement; each is given when it is over."""
        coming = self.source.days(days + 1)
        for number, (on, next_on) in enumerate(pairwise(coming), start=1):
            day = Day(on, is_feed_missing=number == MISSING_FEED_DAY)
            self._morning(day)
            if number == FORETELLING_DAY:
                self._foretell(days - number + 1)
            self._plan(day)
            self._send(day, until=self._local(on, _EARLY))
            self._pay_early(day)
            self._send(day, until=self._local(next_on, _FILE_COMES))
            self._react(day)
            yield day

    # the morning

    def _morning(self, day: Day) -> None:
        clock.set_simulated(self._local(day.on, _FILE_COMES))
        if day.is_feed_missing:
            return
        delivery = self._core.deliver(day.on - timedelta(days=1))
        file = self.folder / f"feed-{day.on}.csv"
        write_feed(file, delivery.changed or [self._core.first_account], as_of_on=delivery.through_on)
        self._post(delivery.payments)
        self._import(file, "demo_feed", delivery.through_on)
        day.payments = len(delivery.payments)
        day.newly_late = len(delivery.newly_late)
        day.cured = sum(not account.is_late for account in delivery.changed)

    def _import(self, file: Path, mapping: str, through_on: date) -> ImportReport:
        seen = Counter[str]()

        def advance(stage: str, rows: int) -> None:
            seen[stage] += rows
            self.tell(f"{file.name}: {seen[stage]:,} rows {stage}")

        return import_reported(
            file=file,
            mapping=find_mapping(mapping),
            lender=self.lender,
            complete_through_on=through_on,
            strict=True,
            advance=advance,
            actor=ACTOR,
            at=clock.now(),
        )

    def _post(self, payments: Sequence[Paid]) -> None:
        for paid in payments:
            post_payment(
                loan=self._loans[paid.loan_no].id,
                source_ref=paid.payment_no,
                amount_minor=paid.amount * 10 ** digits_of(self._loans[paid.loan_no].currency),
                value_on=paid.value_on,
                actor=ACTOR,
                at=clock.now(),
            )

    # the run

    def _foretell(self, days: int) -> None:
        """Through the last day that is lived."""
        self.tell("looking ahead")
        self.foretold = foretell_some(
            _FORECASTS, lender=self.lender, strategy=self.strategy, law=self.law, at=clock.now(), days=days
        )

    def _plan(self, day: Day) -> None:
        clock.set_simulated(self._local(day.on, _RUN))
        at = clock.now()
        day.run = run_day(
            lender=self.lender,
            on=day.on,
            strategy=self.strategy,
            law=self.law,
            actor=ACTOR,
            at=at,
            progress=lambda done, total: self.tell(f"{day.on}: {done:,} of {total:,} candidates decided"),
        )
        day.ageing = get_ageing(lender_id=self.lender, on=day.on - timedelta(days=1), known_at=at)

    # what people do before and after

    def _pay_early(self, day: Day) -> None:
        clock.set_simulated(self._local(day.on, _EARLY))
        for planned in list_planned(self.lender, day.on):
            if people.does(self.seed, "pays", people.PAYS_BEFORE_THE_MESSAGE, day.on, planned.loan_no):
                self._post([self._core.pay_early(planned.loan_no, day.on)])
                day.early_payments += 1

    def _react(self, day: Day) -> None:
        clock.set_simulated(clock.now() + _REACTING_AFTER)
        for contacted in list_contacted(self.lender, day.on):
            drawn = people.chance(self.seed, "reacts", day.on, contacted.loan_no)
            if drawn < people.SWITCHES_OFF:
                self._switch_off(contacted)
                day.opt_outs += 1
            elif drawn < people.SWITCHES_OFF + people.PROMISES:
                self._hold(contacted, "promise", ("notices", "calls"), days=10)
                day.promises += 1
            elif drawn < people.SWITCHES_OFF + people.PROMISES + people.DISPUTES:
                self._hold(contacted, "dispute", ("notices", "calls", "ageing"), days=None)
                day.disputes += 1

    def _switch_off(self, contacted: Planned) -> None:
        """Everything, or the app's inbox (by the person), or an e-mail address (for whoever holds it)."""
        share = people.SWITCHES_EVERYTHING_OFF
        is_everything = people.does(self.seed, "everything", share, date.min, contacted.loan_no)
        is_address = contacted.channel == "email" and not is_everything
        record_opt_out(
            lender=self.lender,
            person=None if is_address else contacted.person,
            value_key=contacted.value_key if is_address else None,
            channel=None if is_everything else contacted.channel,
            told_by="reply" if is_address else "portal",
            actor=ACTOR,
            at=clock.now(),
        )

    def _hold(self, contacted: Planned, reason: str, stops: Sequence[str], *, days: int | None) -> None:
        at = clock.now()
        place_hold(
            lender=self.lender,
            loan=contacted.loan,
            reason=reason,
            shown_reason=people.SHOWN_REASON[reason],
            stops=stops,
            until_at=None if days is None else at + timedelta(days=days),
            actor=ACTOR,
            at=at,
        )

    # sending

    def _send(self, day: Day, *, until: datetime) -> None:
        """Go from one planned contact's first instant to the next, and let the gate decide at each."""
        sending = Sending(
            {self.lender: self.law},
            {self.lender: self.strategy},
            Servers(self.smtp_url),
            batch=_BATCH,
            is_until_empty=True,
        )
        after: datetime | None = None
        while (due_at := next_due_at(self.lender, after)) is not None and due_at < until:
            clock.set_simulated(max(due_at, clock.now()))
            for run in self._send_side_by_side(sending, day):
                self._count(day, run)
            after = max(due_at, clock.now())

    def _send_side_by_side(self, sending: Sending, day: Day) -> Iterator[ChannelRun]:
        """Several senders at once, as a lender would have them; an interrupt ends each after its batch."""
        self._is_interrupted.clear()
        with ThreadPoolExecutor(SENDERS) as senders:
            started = [senders.submit(self._send_due, sending, day) for _ in range(SENDERS)]
            try:
                for sender in started:
                    yield from sender.result()
            except BaseException:
                self._is_interrupted.set()
                raise

    def _send_due(self, sending: Sending, day: Day) -> list[ChannelRun]:
        """One sender, with a connection of its own."""
        try:
            return send_due(sending, actor=ACTOR, progress=lambda run: self._tell_sent(day, run))
        finally:
            connection.close()

    def _tell_sent(self, day: Day, run: ChannelRun) -> None:
        if self._is_interrupted.is_set():
            raise KeyboardInterrupt
        self.tell(f"{day.on}: {run.channel}: {sum(run.states.values()):,} handed over")

    @staticmethod
    def _count(day: Day, run: ChannelRun) -> None:
        day.sent.update({(run.channel, state): count for state, count in run.states.items()})
        day.gated.update(
            cleared=run.gated.cleared,
            put_off=run.gated.put_off,
            not_permitted=run.gated.not_permitted,
            cancelled=run.gated.cancelled,
            lapsed=run.gated.lapsed,
        )

    # what it lives with

    @cached_property
    def strategy(self) -> Strategy:
        return strategy_in_use(self.lender, on=self.source.days(1)[0])

    @cached_property
    def _core(self) -> CoreSystem:
        return CoreSystem(self.source.accounts, seed=self.seed)

    @cached_property
    def _loans(self) -> dict[str, LoanNumber]:
        return loan_numbers(self.lender)

    def _local(self, on: date, wall: time) -> datetime:
        return datetime.combine(on, wall, ZoneInfo(self.source.lender.zone))
