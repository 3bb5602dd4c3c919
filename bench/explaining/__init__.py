"""The measurements of `bench.explain`, imported once the database's settings stand."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from arrears.actions.databases import create_database
from arrears.actions.days import run_day
from arrears.actions.explanations import explain, get_subject
from arrears.actions.importing.mapping import find_mapping
from arrears.actions.imports import import_reported
from arrears.actions.lenders import create_lender
from arrears.actions.telling import tell
from arrears.cli.output import print_report
from arrears.demo.portfolio import write_portfolio
from arrears.rulepacks import load_law
from arrears.store.facts import load_facts
from arrears.store.models import ReportedArrears
from arrears.strategies import load_strategy

LOANS = 30_000
ASKED = 300
STATEMENT_ON = date(2026, 6, 30)
ON = date(2026, 7, 3)
AT = datetime(2026, 7, 2, 17, 0, tzinfo=UTC)  # 01:00 of that day in Taipei


def measure(home: Path) -> None:
    """Print what a day's run and an explanation take; Django is ready."""
    lender = make_portfolio(home)
    print_report("table", f"The run of a day, {LOANS:,} loans", [_run(lender)])
    print_report("table", f"Explaining one loan, {ASKED} loans of each kind", _explanations(lender))


def make_portfolio(home: Path) -> int:
    """An invented lender's loans, imported into a simulation; the lender's number."""
    create_database(kind="simulation", actor="program:bench", at=AT)
    lender = create_lender(
        name="Bench", country="TW", zone="Asia/Taipei", language="zh-Hant", actor="program:bench", at=AT
    )
    file = home / "portfolio.csv"
    write_portfolio(file, loans=LOANS, seed=1, statement_on=STATEMENT_ON)
    import_reported(
        file=file,
        mapping=find_mapping("demo_portfolio"),
        lender=None,
        complete_through_on=ON - timedelta(days=1),
        actor="program:bench",
        at=AT,
    )
    return lender.id


def _run(lender: int) -> dict[str, Any]:
    begun = time.perf_counter()
    summary = run_day(
        lender=lender, on=ON, strategy=load_strategy(), law=load_law(), actor="program:bench", at=AT
    )
    seconds = time.perf_counter() - begun
    late = summary.counts["late"]
    return {
        "late": late,
        "decisions": summary.counts["decisions"],
        "contacts": summary.counts["contacts"],
        "seconds": f"{seconds:.2f}",
        "late a second": round(late / seconds),
    }


def _explanations(lender: int) -> list[dict[str, Any]]:
    """Late loans and others: reading facts alone, the explanation, its words."""
    law, strategy = load_law(), load_strategy()

    def facts(ref: str) -> object:
        subject = get_subject(ref, lender=lender)
        return load_facts(lender_id=lender, persons=[subject.borrower], known_at=AT)

    def explained(ref: str) -> object:
        return tell(explain(loan_ref=ref, strategy=strategy, law=law, at=AT, lender=lender), "zh-Hant")

    rows = []
    for kind, refs in (("late", refs_of(lender, is_late=True)), ("not late", refs_of(lender, is_late=False))):
        floor = milliseconds(facts, refs)
        for what, taken in (
            ("read its facts", floor),
            ("four answers and 30 days", milliseconds(explained, refs)),
        ):
            rows.append(
                row_of(what, kind, taken) | {"over the floor": f"{np.median(taken) / np.median(floor):.1f}"}
            )
    return rows


def refs_of(lender: int, *, is_late: bool) -> list[str]:
    """Loans from all over the portfolio, always the same ones."""
    reports = ReportedArrears.objects.filter(lender=lender, status="late")
    if not is_late:
        reports = ReportedArrears.objects.filter(lender=lender).exclude(status="late")
    refs = list(reports.order_by("loan_id").values_list("loan__source_ref", flat=True))
    return refs[:: max(len(refs) // ASKED, 1)][:ASKED]


def milliseconds(ask: Callable[[str], object], refs: Sequence[str]) -> Sequence[float]:
    """What asking takes for each of these loans, after twenty to warm up."""
    for ref in refs[:20]:
        ask(ref)
    taken = []
    for ref in refs:
        begun = time.perf_counter()
        ask(ref)
        taken.append((time.perf_counter() - begun) * 1000)
    return taken


def row_of(what: str, kind: str, taken: Sequence[float]) -> dict[str, Any]:
    """A row of a table of milliseconds."""
    p50, p95, p99 = np.percentile(taken, [50, 95, 99])
    return {
        "what": what,
        "loan": kind,
        "p50 ms": f"{p50:.1f}",
        "p95 ms": f"{p95:.1f}",
        "p99 ms": f"{p99:.1f}",
    }
