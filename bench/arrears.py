"""Arrears of a million loans from a snapshot, over the floor of reading and writing alone.

Every loan has 12 installments and 8 payments. The floor reads the same columns of the same
files and writes a table of the same shape, and computes nothing in between. Both run in turn,
in this process, and only their processor time counts. Loans whose money goes by component are
measured apart: what they owe has to be lived day by day.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from arrears.cli.output import print_report
from arrears.engines.snapshot import read_part, write_part
from arrears.kernel.arrears import arrears_of
from arrears.kernel.arrears.orders import DEFAULT_ORDER
from arrears.kernel.facts import NO_DATE, Column, Facts, facts_of
from arrears.rulepacks.zones import ZONES

PARTS, LOANS_PER_PART, RUNS = 10, 100_000, 3
INSTALLMENTS, PAYMENTS = 12, 8
AS_OF = 20_330
TABLES = ("loan", "lender", "terms", "installment", "payment", "allocation", "loan_event", "statement")
BY_COMPONENT = "by_component: penalty, fee, interest, principal"


def main() -> None:
    rows = [
        _measured("by installment, oldest first", DEFAULT_ORDER, PARTS),
        _measured("by component", BY_COMPONENT, 2),
    ]
    title = (
        f"Arrears from a snapshot: {INSTALLMENTS} installments, {PAYMENTS} payments a loan; processor time"
    )
    print_report("table", title, rows)


def _measured(what: str, order: str, parts: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="arrears-bench-") as folder:
        for part in range(parts):
            write_part(a_portfolio(LOANS_PER_PART, order, seed=part), Path(folder) / str(part))
        out = Path(folder) / "out.parquet"
        sample = arrears_of(read_part(Path(folder) / "0", TABLES), AS_OF, ZONES)
        floor, ours = [], []
        for _ in range(RUNS):
            floor.append(_seconds(folder, parts, lambda _: sample, out))
            ours.append(_seconds(folder, parts, lambda facts: arrears_of(facts, AS_OF, ZONES), out))
    loans = parts * LOANS_PER_PART
    return {
        "order": what,
        "loans": loans,
        "late": int(sample["is_late"].sum()) * parts,
        "floor_s": f"{min(floor):.2f}",
        "ours_s": f"{min(ours):.2f}",
        "loans_a_second": round(loans / min(ours)),
        "over_floor": f"{np.median(ours) / np.median(floor):.1f}",
    }


def _seconds(folder: str, parts: int, compute: Callable[[Facts], dict[str, Column]], out: Path) -> float:
    start = time.process_time()
    for part in range(parts):
        columns = compute(read_part(Path(folder) / str(part), TABLES))
        pl.DataFrame(dict(columns)).write_parquet(out, compression="zstd")
    return time.process_time() - start


def a_portfolio(count: int, order: str, *, seed: int) -> Facts:
    """Loans of one product, a tenth of which pay weeks late; ids apart for each seed."""
    rng = np.random.default_rng(seed)
    loan = np.arange(count) + seed * count + 1
    start = rng.integers(20_000, AS_OF, count)
    principal = rng.integers(10_000, 200_000, count)
    delay = np.where(rng.random(count) < 0.1, rng.integers(5, 90, count), 0)
    zeros = np.zeros(count, np.int64)
    return facts_of(
        {
            "loan": {
                "loan": loan,
                "lender": zeros,
                "borrower": loan,
                "debt": loan,
                "debt_kind": zeros,
                "law_place": zeros - 1,
                "contact_group": loan,
                "is_closed": zeros.astype(np.bool_),
                "currency": zeros,
                "risk": zeros - 1,
                "opened_on": np.full_like(zeros, NO_DATE),
            },
            "lender": {
                "lender": [0],
                "payments_complete_through_on": [AS_OF],
                "contacts_known_from_on": [NO_DATE],
                "zone": [0],
                "actor_kind": [0],
                "licence": [0],
            },
            "terms": {
                "loan": loan,
                "product": zeros,
                "tolerance_minor": zeros + 100,
                "tolerance_days": zeros,
                "grace_days": zeros + 3,
                "pause_basis": zeros,
                "order": zeros,
                "surplus": zeros,
            },
            "installment": _installments(loan, start, principal),
            "payment": _payments(rng, loan, start + delay, principal + principal // 20),
        },
        known_at=0,
        zones=("UTC",),
        products=("loan",),
        orders=(order,),
    )


def _installments(loan: Column, start: Column, principal: Column) -> dict[str, Column]:
    number = np.tile(np.arange(1, INSTALLMENTS + 1), len(loan))
    due_on = np.repeat(start, INSTALLMENTS) + 30 * number
    each = np.repeat(principal, INSTALLMENTS)
    return {
        "loan": np.repeat(loan, INSTALLMENTS),
        "due_on": due_on,
        "number": number,
        "payable_until_on": due_on,
        "principal_minor": each,
        "interest_minor": each // 20,
        "fee_minor": np.zeros_like(each),
        "penalty_minor": np.zeros_like(each),
    }


def _payments(rng: np.random.Generator, loan: Column, start: Column, amount: Column) -> dict[str, Column]:
    size = len(loan) * PAYMENTS
    number = np.tile(np.arange(1, PAYMENTS + 1), len(loan))
    value_on = np.repeat(start, PAYMENTS) + 30 * number + rng.integers(-3, 2, size)
    return {
        "loan": np.repeat(loan, PAYMENTS),
        "value_on": value_on,
        "ordinal": np.ones(size, np.int64),
        "payment": np.repeat(loan, PAYMENTS) * PAYMENTS + number,
        "amount_minor": np.repeat(amount, PAYMENTS),
        "surplus": np.full(size, -1),
        "recorded_at": np.zeros(size, np.int64),
    }
