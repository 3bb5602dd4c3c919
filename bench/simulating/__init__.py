"""The measurements of `bench.simulation`, imported once the database's settings stand."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from arrears.actions.databases import create_database
from arrears.actions.feeds.importing import import_folder
from arrears.actions.lenders import create_lender
from arrears.actions.simulations import Side, Simulation, simulate
from arrears.cli.output import print_report
from arrears.demo.books import write_books
from arrears.kernel.arrears import arrears_of
from arrears.kernel.days import day_of
from arrears.rulepacks import ZONES, load_law
from arrears.store.facts import load_facts
from arrears.strategies import load_strategy

LOANS, DAYS = 30_000, 30
TO = date(2026, 5, 31)
FROM = TO - timedelta(days=DAYS - 1)
AT = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
ACTOR = "program:bench"
T = TypeVar("T")


def measure(home: Path) -> None:
    """Print what a simulation takes; Django is ready."""
    lender = _portfolio(home)
    floor, _ = _timed(lambda: _floor(lender))
    taken, found = _timed(lambda: _simulated(lender))
    row = {
        "loans": LOANS,
        "late a day": round(found.current.late_days / DAYS),
        "contacts, both sides": found.current.contacts + found.new.contacts,
        "treated differently": sum(len(each.loans) for each in found.different),
        "floor": f"{floor:.1f} s",
        "ours": f"{taken:.1f} s",
        "over the floor": f"{taken / floor:.1f}",
    }
    print_report("table", f"{DAYS} past days under two strategies", [row])


def _portfolio(home: Path) -> int:
    create_database(kind="simulation", actor=ACTOR, at=AT)
    lender = create_lender(name="Bench", country="CN", zone="Asia/Shanghai", actor=ACTOR, at=AT).id
    write_books(home / "books", loans=LOANS, seed=1, on=TO)
    import_folder(folder=home / "books", lender=None, actor=ACTOR, at=AT)
    return lender


def _floor(lender: int) -> int:
    facts = load_facts(lender_id=lender, known_at=AT)
    days = range(day_of(FROM), day_of(TO) + 1)
    return sum(int(arrears_of(facts, day, ZONES)["is_late"].sum()) for day in days)


def _simulated(lender: int) -> Simulation:
    current, law = load_strategy(), load_law()
    first, second = current.steps
    ladder = replace(current.ladders[0], steps=(first, replace(second, offset_days=10)))
    new = replace(current, ladders=(ladder,))
    return simulate(
        lender_id=lender, current=Side(current, law), new=Side(new, law), from_on=FROM, to_on=TO, at=AT
    )


def _timed(ask: Callable[[], T]) -> tuple[float, T]:
    begun = time.perf_counter()
    answer = ask()
    return time.perf_counter() - begun, answer
