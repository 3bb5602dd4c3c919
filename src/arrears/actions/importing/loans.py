"""The loans of a chunk into tables, and what is reported of them.

A report is added and never changed; one about a day already reported names the one it
supersedes, unless it says the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection

from arrears.actions.importing.context import Context
from arrears.actions.importing.known import Known, Loan, is_askable, plain
from arrears.actions.importing.validating import Rows
from arrears.kernel.vocabulary import RecipientKind, name_of
from arrears.store import models
from arrears.store.copying import copy_rows, next_ids


def store_loans(context: Context, rows: Rows, known: Known, borrowers: Sequence[int]) -> None:
    """Write what is new about the loans of these rows; `borrowers` are persons' ids, one per row."""
    new = [row for row, ref in enumerate(rows["loan_ref"]) if ref not in known.loans]
    ids = dict(zip(new, next_ids(models.Loan, len(new)).tolist(), strict=True))
    _add_loans(context, rows, borrowers, ids)
    loans = [known.loans.get(ref) for ref in rows["loan_ref"]]
    _update_loans(context, rows, known, loans)
    _add_reports(
        context, rows, [ids[row] if loan is None else loan.id for row, loan in enumerate(loans)], loans
    )
    _note_tightened(context, rows, known, loans)


def _add_loans(context: Context, rows: Rows, borrowers: Sequence[int], ids: dict[int, int]) -> None:
    groups = _contact_groups([borrowers[row] for row in ids])
    copy_rows(
        models.Loan,
        (
            *("id", "lender_id", "source_ref", "product", "debt_kind", "governing_law"),
            *("currency", "closed_on", "contact_group", "recorded_at"),
        ),
        (
            (
                loan,
                context.lender_id,
                *(plain(rows[name][row]) for name in ("loan_ref", "product", "debt_kind", "governing_law")),
                rows["currency"][row],
                _closed_on(rows, row, None),
                groups[borrowers[row]],
                context.at,
            )
            for row, loan in ids.items()
        ),
    )
    borrower = name_of(RecipientKind.BORROWER)
    copy_rows(
        models.LoanParty,
        ("loan_id", "person_id", "lender_id", "role", "recorded_at"),
        ((loan, borrowers[row], context.lender_id, borrower, context.at) for row, loan in ids.items()),
    )
    context.count("loans_added", len(ids))


def _contact_groups(people: Sequence[int]) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, contact_group FROM person WHERE id = ANY(%s)", [list(people)])
        return dict(cursor.fetchall())


def _update_loans(context: Context, rows: Rows, known: Known, loans: Sequence[Loan | None]) -> None:
    """The product's name and whether it is closed; the version before is kept by the database."""
    changed = []
    for row, loan in enumerate(loans):
        if loan is not None and known.is_news(rows, row):
            now = (rows["product"][row], _closed_on(rows, row, loan, context.stated))
            if now != (loan.product, loan.closed_on):
                changed.append((loan.id, *now))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE loan SET product = wanted.product, closed_on = wanted.closed_on,"
            "       recorded_at = greatest(%s, recorded_at + interval '1 microsecond')"
            "  FROM unnest(%s::bigint[], %s::text[], %s::date[]) AS wanted (loan_id, product, closed_on)"
            " WHERE id = wanted.loan_id",
            [context.at, *([each[n] for each in changed] for n in range(3))],
        )
    context.count("loans_changed", len(changed))


def _closed_on(
    rows: Rows, row: int, loan: Loan | None, stated: frozenset[str] = frozenset({"closed"})
) -> date | None:
    """The day a loan ended: the first report that says so. One that is open again has none."""
    if "closed" not in stated:
        return loan.closed_on if loan is not None else None
    if not rows["closed"][row]:
        return None
    already: date | None = loan.closed_on if loan is not None else None
    reported: date = rows["as_of_on"][row]
    return already or reported


def _add_reports(context: Context, rows: Rows, ids: Sequence[int], loans: Sequence[Loan | None]) -> None:
    added: list[tuple[Any, ...]] = []
    for row, (loan_id, loan) in enumerate(zip(ids, loans, strict=True)):
        before = loan.same_day if loan is not None else None
        said = _said(rows, row)
        if before is None or before.said != said:
            added.append((loan_id, rows["as_of_on"][row], *said, before.id if before is not None else None))
            context.count("reports_added" if before is None else "reports_corrected", 1)
    context.count("rows_unchanged", len(rows) - len(added))
    copy_rows(
        models.ReportedArrears,
        (
            *("loan_id", "as_of_on", "status", "months_late", "overdue_since_on", "overdue_minor"),
            *("statement_minor", "statement_on", "supersedes_id"),
            *("lender_id", "import_file_id", "recorded_at"),
        ),
        ((*report, context.lender_id, context.import_file_id, context.at) for report in added),
    )


def _said(rows: Rows, row: int) -> tuple[Any, ...]:
    """The row in the form of `known.Report.said`."""
    names = ("months_late", "overdue_since_on", "overdue_amount", "statement_amount", "statement_on")
    return (name_of(rows["status"][row]), *(rows[name][row] for name in names))


def _note_tightened(context: Context, rows: Rows, known: Known, loans: Sequence[Loan | None]) -> None:
    """Borrowers who could be asked for money before this file, and no longer."""
    for row, loan in enumerate(loans):
        if loan is None or loan.newest is None or not known.is_news(rows, row):
            continue
        was = loan.newest.asks_for_money and loan.closed_on is None
        status, _, _, overdue, statement, _ = _said(rows, row)
        if was and (not is_askable(status, overdue, statement) or rows["closed"][row]):
            context.tightened.append(loan.borrower)
