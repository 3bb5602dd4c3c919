"""The run of a business day: facts, arrears, ladder, law, plan, and every answer kept.

One transaction begins the run, one writes each batch of contact groups whole, one ends it. So a
run that is killed leaves nothing half: run again, it goes on with the groups not yet written,
knowing what it knew when it began.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection, transaction

from arrears.actions.duties import open_duties, with_duties
from arrears.actions.lenders import get_lender, lock_lender
from arrears.actions.planning import Batch, write_batch
from arrears.engines.partitions import merged, plan_facts
from arrears.kernel.days import instant_of
from arrears.kernel.errors import NotPossible
from arrears.kernel.facts import Codes
from arrears.kernel.law.candidates import groups_of
from arrears.kernel.law.intervals import Rows
from arrears.kernel.law.rules import Law
from arrears.kernel.planning.strategy import Strategy
from arrears.store import audit
from arrears.store.actors import actor_id
from arrears.store.facts import load_facts
from arrears.store.identity import is_live
from arrears.store.models import Loan, Run
from arrears.store.partitions import ensure_month
from arrears.strategies.reachability import with_reachability

BATCH = 4_000
"""Candidates written together; a batch ends with the contact group that fills it."""

MANY = 1_000
"""From so many candidates on, a run tells the database how its tables have grown."""

DAYS_AHEAD_MAX = 1
Progress = Callable[[int, int], None]
"""Told how many candidates have been written, and of how many."""


@dataclass(frozen=True, slots=True)
class DaySummary:
    """What the run of a business day decided.

    `is_new` is False when the day had been run before and nothing was done now. `counts` are
    figures by name: loans, late, in_episode, late_without_balance, due, decisions, contacts,
    loans_told, superseded, lapsed; `planned` by channel and step, `refused` by rule.
    """

    run_id: int
    lender_id: int
    business_on: date
    is_new: bool
    strategy_version: str
    law_version: str
    zones_version: str
    counts: dict[str, Any]


def run_day(
    *,
    lender: int,
    on: date,
    strategy: Strategy,
    law: Law,
    actor: str,
    at: datetime,
    progress: Progress = lambda _done, _total: None,
) -> DaySummary:
    """Plan the contacts of the lender's business day `on`; a day already run stays as it is.

    Raises NotPossible for a day behind the last one run (but in a simulation), for a live day
    further ahead than tomorrow, for a lender without loans, and when an unfinished run of the
    day was begun with another strategy or law; NotFound when the lender does not exist.
    """
    ensure_month("decision", at)
    strategy, law = with_duties(strategy), with_reachability(law, strategy)
    run = begin_run(lender, on, strategy, law, actor=actor, at=at)
    if run.finished_at is not None:
        return summary_of(run, is_new=False)
    _refuse_parts(run)
    facts = load_facts(lender_id=lender, known_at=run.known_at)
    asked_at, busy = max(at, run.known_at), list_busy(lender)
    duties = open_duties(lender_id=lender, law=law, at=asked_at, known_at=run.known_at)
    planned = plan_facts(facts, law, strategy, on=on, at=instant_of(asked_at), busy=busy, duties=duties)
    plan, done = planned.plan, 0
    groups = groups_of(facts, plan.proposals.candidates)
    for rows in _batches(groups):
        run = _write(run, Batch(strategy, plan, groups, rows), actor=actor, at=at)
        done += len(rows)
        progress(done, len(groups))
    run = finish_run(run, planned.counts, actor=actor, at=at)
    if done >= MANY:
        refresh_statistics()
    return summary_of(run, is_new=True)


def begin_run(lender: int, on: date, strategy: Strategy, law: Law, *, actor: str, at: datetime) -> Run:
    """The day's run, found or made; a new one first lets go of what earlier days planned."""
    with transaction.atomic(durable=True):
        lock_lender(get_lender(lender).id)
        _refuse_impossible(lender, on, at)
        run = Run.objects.filter(lender=lender, business_on=on).order_by("id").last()
        if run is not None:
            return _same_as_begun(run, strategy, law)
        run = Run.objects.create(
            lender_id=lender,
            business_on=on,
            known_at=at,
            recorded_at=at,
            actor_id=actor_id(actor, at=at),
            strategy_version=strategy.version,
            law_version=law.version,
            zones_version=law.zones_version,
        )
        run.counts = {"lapsed": _lapse_unclaimed(lender, on, at)}
        run.save(update_fields=["counts"])
        audit.record("run.begun", actor=actor, at=at, lender_id=lender, facts=named(run))
        return run


def _refuse_impossible(lender: int, on: date, at: datetime) -> None:
    if not Loan.objects.filter(lender=lender).exists():
        raise NotPossible(
            "run.no_loans",
            "The lender has no loans on file, so there is nothing to run.",
            hint="Import them first: arrears import reported FILE --mapping NAME",
        )
    if not is_live():
        return
    last = Run.objects.filter(lender=lender).order_by("business_on").last()
    if last is not None and on < last.business_on:
        raise NotPossible(
            "run.behind",
            f"{on} lies behind {last.business_on}, the last day run.",
            hint="Days are run in order. Only a simulation may go back.",
            on=on.isoformat(),
            last_on=last.business_on.isoformat(),
        )
    if on > today_at(lender, at) + timedelta(days=DAYS_AHEAD_MAX):
        raise NotPossible(
            "run.ahead",
            f"{on} has not come yet.",
            hint=f"Give today's date, {today_at(lender, at)}, or try it in a simulation.",
            on=on.isoformat(),
        )


TODAY_OF_LENDER = "(%s::timestamptz AT TIME ZONE lender.zone)::date"
"""SQL: the civil day at an instant of the row `lender` of organisations."""

_TODAY = f"SELECT {TODAY_OF_LENDER} FROM organisation AS lender WHERE id = %s"  # noqa: S608 # of fixed parts


def today_at(lender: int, at: datetime) -> date:
    """The lender's civil day at this instant."""
    with connection.cursor() as cursor:
        cursor.execute(_TODAY, [at, lender])
        today: date = cursor.fetchone()[0]
    return today


def _same_as_begun(run: Run, strategy: Strategy, law: Law) -> Run:
    begun_with = (run.strategy_version, run.law_version)
    if run.finished_at is None and begun_with != (strategy.version, law.version):
        raise NotPossible(
            "run.begun_otherwise",
            f"The run of {run.business_on} was begun with another strategy or law and is not finished.",
            hint="Run it with what it was begun with, or go on to the next day.",
            on=run.business_on.isoformat(),
        )
    return run


def _lapse_unclaimed(lender: int, on: date, at: datetime) -> int:
    """End the planned contacts of other days that nobody has claimed; this run plans anew."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE planned_contact SET state = 'lapsed', state_at = %s, end_reason = 'planned_anew'"
            " WHERE lender_id = %s AND state = 'planned' AND planned_for_on <> %s",
            [at, lender, on],
        )
        return int(cursor.rowcount)


def _refuse_parts(run: Run) -> None:
    if run.finished_at is None and "through_part" in run.counts:
        raise NotPossible(
            "run.begun_in_parts",
            f"The run of {run.business_on} was begun by workers, part by part, and is not finished.",
            hint="Finish it in the same way: arrears run-day --workers 1",
            on=run.business_on.isoformat(),
        )


def list_busy(lender: int, loans: Codes | None = None) -> Codes:
    """Loans with a contact under way whose step has not been recorded as done, ascending."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT served.loan_id FROM planned_contact AS planned"
            " JOIN planned_contact_loan AS served"
            "   ON served.planned_contact_id = planned.id AND served.is_live"
            " WHERE planned.lender_id = %(lender)s AND planned.state IN ('reserved', 'unsure')"
            " AND (%(loans)s::bigint[] IS NULL OR served.loan_id = ANY(%(loans)s))"
            " AND NOT EXISTS (SELECT FROM step_record AS done WHERE done.loan_id = served.loan_id"
            "   AND done.person_id = served.person_id AND done.step = served.step"
            "   AND done.episode_start_on = served.episode_start_on"
            "   AND done.outcome = 'done') ORDER BY 1",
            {"lender": lender, "loans": None if loans is None else [int(loan) for loan in loans]},
        )
        return np.array([row[0] for row in cursor.fetchall()], np.int64)


def _batches(groups: Codes) -> Iterator[Rows]:
    """Rows of candidates, whole contact groups together, ascending by group."""
    order = np.argsort(groups, kind="stable")
    first = 0
    while first < len(order):
        last_group = groups[order[min(first + BATCH, len(order)) - 1]]
        end = int(np.searchsorted(groups[order], last_group, side="right"))
        yield order[first:end]
        first = end


def _write(run: Run, batch: Batch, *, actor: str, at: datetime) -> Run:
    """One batch, unless an earlier try of this run has written it."""
    with transaction.atomic(durable=True):
        run = Run.objects.select_for_update(no_key=True).get(pk=run.pk)
        _refuse_parts(run)
        through = run.counts.get("through_group")
        if run.finished_at is None and (through is None or batch.last_group > through):
            written = write_batch(run, batch, at=at)
            run.counts = merged(run.counts, written) | {"through_group": batch.last_group}
            run.save(update_fields=["counts"])
            facts = named(run) | {"decisions": written["decisions"], "contacts": written["contacts"]}
            audit.record("run.batch_written", actor=actor, at=at, lender_id=run.lender_id, facts=facts)
    return run


def finish_run(run: Run, counts: Mapping[str, Any], *, actor: str, at: datetime) -> Run:
    with transaction.atomic(durable=True):
        run = Run.objects.select_for_update(no_key=True).get(pk=run.pk)
        if run.finished_at is None:
            run.counts = merged(run.counts, counts)
            run.finished_at = at
            run.save(update_fields=["counts", "finished_at"])
            audit.record("run.finished", actor=actor, at=at, lender_id=run.lender_id, facts=named(run))
    return run


def refresh_statistics() -> None:
    """Tell the database how its tables have grown: until it knows, it reads them badly.

    Measured: the facts of one borrower take 30 ms instead of 1 ms in the minute after a large
    import or run.
    """
    read = "person, loan, loan_party, contact_point, zone_evidence, reported_arrears, payment,"
    read += " schedule, installment, loan_event, statement"
    written = "decision, planned_contact, planned_contact_loan, step_record"
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {read}, {written}")


def named(run: Run) -> dict[str, object]:
    return {"run": run.pk, "on": run.business_on, "strategy": run.strategy_version, "law": run.law_version}


PROGRESS = frozenset({"through_group", "through_part", "night"})
"""What a run's counts say about how far it has come, which is no figure."""

_FIGURES = (
    *("loans", "late", "in_episode", "late_without_balance", "due", "decisions"),
    *("contacts", "loans_told", "superseded", "lapsed"),
)


def summary_of(run: Run, *, is_new: bool) -> DaySummary:
    told = {name: count for name, count in run.counts.items() if name not in PROGRESS}
    return DaySummary(
        run_id=run.pk,
        lender_id=run.lender_id,
        business_on=run.business_on,
        is_new=is_new,
        strategy_version=run.strategy_version,
        law_version=run.law_version,
        zones_version=run.zones_version,
        counts={**dict.fromkeys(_FIGURES, 0), "planned": {}, "refused": {}, "ladders": {}, **told},
    )
