"""The measurements of `bench.forecast`, imported once the database's settings stand."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from arrears.actions.explanations import get_subject
from arrears.actions.forecasts import Kind, Supposition, foretell
from arrears.actions.telling_forecasts import tell_forecast
from arrears.cli.output import print_report
from arrears.rulepacks import load_law
from arrears.store.actors import actor_id
from arrears.store.facts import load_facts
from arrears.store.models import Installment, Loan, LoanParty, Schedule
from arrears.strategies import load_strategy
from bench.explaining import AT, ON, make_portfolio, milliseconds, refs_of, row_of

ASKED = 200
INSTALLMENTS = 24
SUPPOSED = {
    "nothing": None,
    "part of it paid": Supposition(Kind.PAY, ON + timedelta(days=5), amount="10.00"),
    "what is overdue paid": Supposition(Kind.PAY_OVERDUE, ON + timedelta(days=5)),
    "a hold": Supposition(
        Kind.HOLD,
        ON + timedelta(days=5),
        until_on=ON + timedelta(days=30),
        reason="dispute",
        stops=("notices", "calls", "ageing"),
    ),
}
ALL_HELD = Supposition(Kind.HOLD, ON + timedelta(days=1), reason="dispute", of_borrower=True)
MANY = (200, 10_000)
_numbers = count(1)


def measure(home: Path) -> None:
    """Print what a forecast takes; Django is ready."""
    lender = make_portfolio(home)
    title = f"Ninety days of one borrower, {ASKED} loans of each kind"
    print_report("table", title, list(_of_one_borrower(lender)))
    title = "Ninety days of one borrower with many loans, every one late"
    print_report("table", title, [_of_many_loans(lender, size) for size in MANY])


def _of_one_borrower(lender: int) -> list[dict[str, Any]]:
    rows = []
    reported = refs_of(lender, is_late=True)[:ASKED]
    scheduled = list(refs_of(lender, is_late=False))[:ASKED]
    for ref in scheduled:
        _schedule([Loan.objects.get(lender=lender, source_ref=ref)])
    for kind, refs in (("reported", reported), ("schedule", scheduled)):
        floor = milliseconds(lambda ref: _facts(lender, ref), refs)
        rows.append(row_of("read its facts", kind, floor))
        for what, supposition in SUPPOSED.items():
            taken = milliseconds(_asking(lender, supposition), refs)
            rows.append(row_of(f"supposed: {what}", kind, taken))
    return rows


def _of_many_loans(lender: int, size: int) -> dict[str, Any]:
    """Seconds and memory for a borrower with so many late loans."""
    ref = _borrower_of_many(lender, size)
    return {
        "loans": size,
        "read its facts, s": _seconds(lambda: _facts(lender, ref)),
        "one paid, s": _seconds(lambda: _asking(lender, SUPPOSED["what is overdue paid"])(ref)),
        "all held, s": _seconds(lambda: _asking(lender, ALL_HELD)(ref)),
        "peak of the process, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _seconds(ask: Callable[[], object]) -> str:
    begun = time.perf_counter()
    ask()
    return f"{time.perf_counter() - begun:.2f}"


def _asking(lender: int, supposition: Supposition | None) -> Callable[[str], object]:
    law, strategy = load_law(), load_strategy()

    def ask(ref: str) -> object:
        found = foretell(
            loan_ref=ref, strategy=strategy, law=law, at=AT, lender=lender, supposition=supposition
        )
        return tell_forecast(found, "zh-Hant")

    return ask


def _facts(lender: int, ref: str) -> object:
    subject = get_subject(ref, lender=lender)
    return load_facts(lender_id=lender, persons=[subject.borrower], known_at=AT)


def _borrower_of_many(lender: int, size: int) -> str:
    """A borrower of the portfolio who owes so many loans more, each late since a day of its own."""
    model = Loan.objects.get(lender=lender, source_ref=refs_of(lender, is_late=True)[-next(_numbers)])
    person = LoanParty.objects.get(loan=model).person_id
    copied = {f.attname: getattr(model, f.attname) for f in Loan._meta.concrete_fields}
    copied |= {"id": None, "source_ref": ""}
    loans = Loan.objects.bulk_create(
        Loan(**{**copied, "source_ref": f"M{size}-{n}"}) for n in range(1, size + 1)
    )
    LoanParty.objects.bulk_create(
        LoanParty(
            lender_id=lender, loan=loan, person_id=person, role="borrower", recorded_at=model.recorded_at
        )
        for loan in loans
    )
    _schedule(loans)
    return f"M{size}-1"


def _schedule(loans: Sequence[Loan]) -> None:
    """Two years of monthly installments, of which none is paid; the last ones are overdue."""
    stated = {"reason": "contract", "actor_id": actor_id("program:bench", at=AT), "recorded_at": AT}
    schedules = Schedule.objects.bulk_create(
        Schedule(lender_id=loan.lender_id, loan=loan, version=1, **stated) for loan in loans
    )
    Installment.objects.bulk_create(
        (
            Installment(
                lender_id=schedule.lender_id,
                schedule=schedule,
                number=number,
                due_on=due_on,
                payable_until_on=due_on,
                principal_minor=100_000,
            )
            for schedule in schedules
            for number, due_on in enumerate(_due_days(schedule.loan_id), 1)
        ),
        batch_size=20_000,
    )


def _due_days(loan: int) -> list[date]:
    first = ON - timedelta(days=2 + loan % 28)
    return [first + timedelta(days=30 * n) for n in range(INSTALLMENTS)]
