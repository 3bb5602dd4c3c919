"""The run of a business day in parts, for portfolios that do not fit one process.

    BASE/DAY-run-NUMBER/lock        held while a run is at work here
    BASE/DAY-run-NUMBER/snapshot/   what is known, in parts that can be planned apart; goes when all is loaded
    BASE/DAY-run-NUMBER/decisions/  the plan of each part: kept, as evidence

Every stage leaves whole things or nothing that counts: the snapshot has its manifest last, a
planned part its name last, a loaded part its transaction. So a run that is killed goes on, run
again, where it stopped.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from django.db import connection, transaction

from arrears.actions.days import (
    MANY,
    PROGRESS,
    DaySummary,
    begin_run,
    finish_run,
    list_busy,
    named,
    refresh_statistics,
    summary_of,
)
from arrears.actions.duties import open_duties, with_duties
from arrears.actions.planning import Batch, write_batch
from arrears.engines.files import alone_in
from arrears.engines.local import Night, plan_parts
from arrears.engines.manifests import Snapshot, is_finished, name_of, open_snapshot, write_snapshot
from arrears.engines.partitions import merged, surplus_calls
from arrears.engines.plans import KeptPlan, read_plan
from arrears.engines.results import Question, Result, ask, find_result
from arrears.engines.splitting import LOANS_A_PART, Links, alone, slices
from arrears.kernel.days import day_of, instant_of
from arrears.kernel.errors import NotPossible
from arrears.kernel.facts import Facts
from arrears.kernel.law.intervals import Rows
from arrears.kernel.law.rules import Law
from arrears.kernel.planning.capacity import without
from arrears.kernel.planning.strategy import Strategy
from arrears.store import audit
from arrears.store.facts import load_facts
from arrears.store.facts.links import load_ids, load_links
from arrears.store.models import Loan, Run
from arrears.store.partitions import ensure_month
from arrears.strategies.reachability import with_reachability

LARGE = 200_000
"""From so many loans on, a run is made in parts unasked."""

Progress = Callable[[str, int, int], None]
"""Told the stage (`exported`, `planned`, `loaded`), how many loans more, and of how many."""


@dataclass(frozen=True, slots=True)
class InParts:
    """How a run is made in parts: by how many processes, of how many loans a part, and where.

    `base` is the folder of all runs; each has one of its own in it.
    """

    workers: int
    base: Path
    loans_a_part: int = LOANS_A_PART


def is_better_in_parts(lender: int, on: date) -> bool:
    """Whether the day was begun in parts and is not finished, or the portfolio is large."""
    run = Run.objects.filter(lender=lender, business_on=on).order_by("id").last()
    if run is not None and (run.finished_at or run.counts.keys() & PROGRESS):
        return "night" in run.counts
    return Loan.objects.filter(lender=lender)[:LARGE].count() == LARGE


def run_night(
    *,
    lender: int,
    on: date,
    strategy: Strategy,
    law: Law,
    parts: InParts,
    actor: str,
    at: datetime,
    progress: Progress = lambda _stage, _done, _total: None,
) -> DaySummary:
    """`run_day` in parts: the same contacts and decisions, and a folder of evidence.

    Raises what `run_day` raises; Conflict when another run is at work in the folder; and
    NotPossible when a worker died or the run was begun in one piece.
    """
    ensure_month("decision", at)
    strategy, law = with_duties(strategy), with_reachability(law, strategy)
    run = begin_run(lender, on, strategy, law, actor=actor, at=at)
    folder = folder_of(run, parts.base)
    with alone_in(folder):
        run.refresh_from_db()
        if run.finished_at is not None:
            return summary_of(run, is_new=False)
        _refuse_one_piece(run)
        snapshot = _snapshot(run, folder / "snapshot", parts.loans_a_part, progress)
        question = ask(folder / "decisions", _question(run, snapshot, law, max(at, run.known_at)))
        night = Night(snapshot, folder / "decisions", question, law, strategy)
        plan_parts(night, workers=parts.workers, advance=_telling(progress, "planned", snapshot))
        run = _load(run, night, actor=actor, at=at, advance=_telling(progress, "loaded", snapshot))
        run = finish_run(run, {}, actor=actor, at=at)
        shutil.rmtree(snapshot.folder)
    if run.counts.get("decisions", 0) >= MANY:
        refresh_statistics()
    return summary_of(run, is_new=True)


def folder_of(run: Run, base: Path) -> Path:
    """Where the files of a run stand below the folder of all runs."""
    return base / f"{run.business_on}-run-{run.pk}"


def _refuse_one_piece(run: Run) -> None:
    if run.finished_at is None and "through_group" in run.counts:
        raise NotPossible(
            "run.begun_in_one_piece",
            f"The run of {run.business_on} was begun in one piece, and is not finished.",
            hint="Finish it in the same way: arrears run-day without --workers",
            on=run.business_on.isoformat(),
        )


def _telling(progress: Progress, stage: str, snapshot: Snapshot) -> Callable[[int], None]:
    return lambda loans: progress(stage, loans, snapshot.loans)


# -- what is known -----------------------------------------------------------------------------


def _snapshot(run: Run, folder: Path, loans_a_part: int, progress: Progress) -> Snapshot:
    """The snapshot of what the run knows: the finished one in the folder, or a new one.

    One of another instant is of another run, whose database is gone, and is written anew; but
    not once parts of this run have been loaded from it.
    """
    known_at = instant_of(run.known_at)
    if is_finished(folder):
        found = open_snapshot(folder, known_at=known_at if "night" in run.counts else None)
        if (found.known_at, found.lender) == (known_at, run.lender_id):
            return found
    with _one_state():
        links, persons, loans = _links(run.lender_id)
        return write_snapshot(
            folder,
            _facts_of_parts(run, slices(links, persons, size=loans_a_part)),
            lender=run.lender_id,
            known_at=known_at,
            advance=lambda done: progress("exported", done, loans),
        )


@contextmanager
def _one_state() -> Iterator[None]:
    """All reads inside see one state of the database."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _links(lender: int) -> tuple[list[Links], Any, int]:
    loans, persons = load_ids(lender)
    links = [Links(a, left, b, right) for (a, b), (left, right) in load_links(lender).items()]
    return [alone("loan", loans), *links], persons, len(loans)


def _facts_of_parts(run: Run, parts: Iterator[tuple[Any, Any]]) -> Iterator[Facts]:
    for loans, persons in parts:
        yield load_facts(lender_id=run.lender_id, loans=loans, persons=persons, known_at=run.known_at)


# -- what is planned ---------------------------------------------------------------------------


def _question(run: Run, snapshot: Snapshot, law: Law, at: datetime) -> Question:
    duties = open_duties(lender_id=run.lender_id, law=law, at=at, known_at=run.known_at)
    return Question(
        on=run.business_on.isoformat(),
        at=instant_of(at),
        busy=tuple(list_busy(run.lender_id).tolist()),
        duties=tuple(duties.rows()),
        snapshot=snapshot.digest,
        law=run.law_version,
        strategy=run.strategy_version,
        zones=run.zones_version,
    )


# -- what is loaded ----------------------------------------------------------------------------


def _load(run: Run, night: Night, *, actor: str, at: datetime, advance: Callable[[int], None]) -> Run:
    """Bring the parts into the database in their order, each in one transaction."""
    surplus = _surplus_calls(night)
    for part in night.snapshot.parts:
        batch = partial(_batch, night, surplus.get(part.number))
        run = _load_part(run, night, _result(night, part.number), batch, actor=actor, at=at)
        advance(part.loans)
    return run


def _result(night: Night, number: int) -> Result:
    result = find_result(night.folder, night.question, number)
    assert result is not None, (number, "plan_parts has seen it whole")
    return result


def _surplus_calls(night: Night) -> dict[int, Rows]:
    """By part, the calls that nobody has time for; parts without calls are not read."""
    results = {part.number: _result(night, part.number) for part in night.snapshot.parts}
    with_calls = [number for number, result in results.items() if "call" in result.counts["planned"]]
    return surplus_calls(night.strategy, with_calls, lambda number: _kept(night, results[number]).plan)


def _load_part(
    run: Run, night: Night, result: Result, batch: Callable[[Result], Batch], *, actor: str, at: datetime
) -> Run:
    """One part, unless an earlier try of this run has loaded it."""
    with transaction.atomic(durable=True):
        run = Run.objects.select_for_update(no_key=True).get(pk=run.pk)
        _refuse_one_piece(run)
        _refuse_another_night(run, night)
        if run.finished_at is None and result.number > run.counts.get("through_part", -1):
            written = write_batch(run, batch(result), at=at)
            counts = merged(run.counts, {**_portfolio(result), **written})
            run.counts = counts | {"through_part": result.number, "night": night.question.digest}
            run.save(update_fields=["counts"])
            facts = named(run) | {
                "part": result.number,
                "decisions": written["decisions"],
                "contacts": written["contacts"],
                "files": {name: mark.sha256 for name, mark in result.files.items()},
            }
            audit.record("run.part_loaded", actor=actor, at=at, lender_id=run.lender_id, facts=facts)
    return run


def _portfolio(result: Result) -> dict[str, int]:
    return {name: result.counts[name] for name in ("loans", "late", "in_episode", "late_without_balance")}


def _batch(night: Night, surplus: Rows | None, result: Result) -> Batch:
    kept = _kept(night, result)
    plan = kept.plan
    if surplus is not None:
        choice, contacts = without(plan.choice, plan.contacts, surplus)
        plan = replace(plan, choice=choice, contacts=contacts)
    return Batch(night.strategy, plan, kept.groups, np.arange(len(plan.proposals)))


def _kept(night: Night, result: Result) -> KeptPlan:
    return read_plan(
        night.folder / name_of(result.number),
        night.law,
        night.strategy,
        on=day_of(night.question.day),
        at=result.counts["asked_at"],
    )


def _refuse_another_night(run: Run, night: Night) -> None:
    begun_with = run.counts.get("night")
    if run.finished_at is None and begun_with not in (None, night.question.digest):
        raise NotPossible(
            "run.begun_from_other_files",
            f"Part of the run of {run.business_on} was loaded from files that are not in {night.folder}.",
            hint="Give the folder that it was begun with, or go on to the next day.",
            on=run.business_on.isoformat(),
        )
